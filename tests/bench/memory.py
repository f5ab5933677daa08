"""长会话的代价：`python -m tests.bench.memory`，打印 Markdown 表，约两分钟。"""

from __future__ import annotations

import asyncio

import nonebot
from nonebot.adapters.onebot.v11 import Adapter
from nonebot.log import logger


def run() -> None:
    """本插件要先有 NoneBot 才能导入。"""
    nonebot.init(_env_file=None, driver="~none", log_level="ERROR")
    logger.remove()
    nonebot.get_driver().register_adapter(Adapter)
    nonebot.load_plugin("nonebot_plugin_glm")
    from .conversations import main

    asyncio.run(main())


if __name__ == "__main__":
    run()

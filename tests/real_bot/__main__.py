"""只装了本插件的机器人；一切设置来自环境变量。"""

from __future__ import annotations

import os

import nonebot
from nonebot.adapters.onebot.v11 import Adapter

nonebot.init(_env_file=None)
nonebot.get_driver().register_adapter(Adapter)
for name in os.environ.get("BOT_PLUGINS", "nonebot_plugin_glm").split(","):
    loaded = nonebot.load_plugin(name)
    assert loaded or os.environ.get("BOT_LENIENT"), f"插件 {name} 没有加载"
nonebot.run()

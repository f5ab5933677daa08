"""在终端里试一试：`python -m tests.try_it`，不需要 QQ，也不需要密钥。

设了 GLM_API_KEY 就与真的 GLM 对话，没设就与测试用的假 GLM 对话；
历史放在临时目录里，退出就没有了。
"""

from __future__ import annotations

import os
import re
import socket
import tempfile

import nonebot
from nonebot.adapters.console import Adapter, Bot
from nonebot.drivers import Driver
from nonebot.drivers.none import Driver as NoneDriver

from tests.fake_glm import FakeGLM
from tests.fake_glm.demo import demo_answer

FAKE_NOTICE = (
    "没有设置 GLM_API_KEY，和你对话的是测试用的假 GLM，不是真的模型。\n"
    "直接打字就能聊；/glm 看有哪些命令；Ctrl+Q 离开。"
)
REAL_NOTICE = "已设置 GLM_API_KEY，和你对话的是 GLM。\n/glm 看有哪些命令；Ctrl+Q 离开。"


def use_fake_glm(driver: Driver) -> None:
    """在本进程里启动假 GLM，让插件连它。"""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        fake = FakeGLM(port=probe.getsockname()[1])
    fake.answer = lambda body: re.sub("⟦.*?⟧ ", "", demo_answer(body))
    fake.chunk_delay = 0.02
    fields = {"glm_api_key": fake.api_key, "glm_base_url": fake.base_url}
    for name, value in fields.items():
        setattr(driver.config, name, value)
    driver.on_startup(fake.__aenter__)

    @driver.on_shutdown
    async def _stop() -> None:
        await fake.__aexit__(None, None, None)


async def open_screen(driver: Driver, bot: Bot, notice: str) -> None:
    """说明在和谁对话，光标放进输入框；屏幕关掉时进程也退出。"""
    # 适配器没有公开屏幕，而不这样做，人要先点输入框，离开后还要再按 Ctrl+C
    screen, running = bot.adapter._frontend, bot.adapter._task
    channel = await bot.call_api("current_channel")
    await bot.send_message(channel.id, notice)
    screen.action_focus_input()
    if running is not None and isinstance(driver, NoneDriver):
        running.add_done_callback(lambda _: driver.exit())


def main() -> None:
    """启动终端里的机器人。"""
    with tempfile.TemporaryDirectory(prefix="glm-try-") as data:
        nonebot.init(driver="~none", localstore_data_dir=data, console_bot_name="GLM")
        driver = nonebot.get_driver()
        driver.register_adapter(Adapter)
        key = os.environ.get("GLM_API_KEY") or getattr(driver.config, "glm_api_key", "")
        if not key:
            use_fake_glm(driver)
        assert nonebot.load_plugin("nonebot_plugin_glm"), "插件没有加载"

        @driver.on_bot_connect
        async def _greet(bot: Bot) -> None:
            await open_screen(driver, bot, REAL_NOTICE if key else FAKE_NOTICE)

        nonebot.run()


if __name__ == "__main__":
    main()

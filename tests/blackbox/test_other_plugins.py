"""别的插件用公开接口：真的进程里，与聊天共用一份历史、一本账。"""

from __future__ import annotations

from pathlib import Path

from tests.fake_glm import FakeGLM
from tests.real_bot import BotProcess

from .conftest import PLUGINS, check_remains, settings_for
from .patience import wait_until

ALICE = 1902
SAMPLE = "tests.public_api.sample"


async def test_a_plugin_written_with_the_api(glm: FakeGLM, tmp_path: Path) -> None:
    """会话之外问，在会话里接着聊天的说，一段段地拿，拿一半就走，拦下，重置。"""
    settings = settings_for(glm, GLM_QUOTA_USER="5次")
    async with BotProcess(tmp_path, settings, (*PLUGINS, SAMPLE)) as bot:
        qq = await bot.connect()
        assert (await qq.talk(ALICE, "/签 上上签")).text == "收到：上上签"
        [outside] = glm.chats
        assert [m["content"] for m in outside["messages"]] == ["你解签。", "上上签"]
        assert outside["temperature"] == 0.9
        assert "0 轮" in (await qq.talk(ALICE, "/几轮")).text

        # 与聊天是同一份历史；钩子改过的就是问的与存的
        await qq.talk(ALICE, "暗号是什么")
        assert (await qq.talk(ALICE, "/接着 再说一遍暗号")).text == "收到：再说一遍口令"
        said = [m["content"] for m in glm.chats[-1]["messages"][1:]]
        assert said == ["口令是什么", "收到：口令是什么", "再说一遍口令"]
        told = (await qq.talk(ALICE, "/几轮")).text
        assert told == "2 轮：口令是什么、再说一遍口令；答了 2 次"

        asked = len(glm.chats)
        assert (await qq.talk(ALICE, "我要骂人了")).text == "不许骂人。"
        assert (await qq.talk(ALICE, "/接着 骂人")).text == "拦下了：不许骂人。"
        assert len(glm.chats) == asked

        glm.answer = "春眠不觉晓，处处闻啼鸟。"
        assert (await qq.talk(ALICE, "/诗 春")).text == glm.answer
        glm.answer, glm.chunk_delay = "停下来" * 1000, 0.1
        assert "停" in (await qq.talk(ALICE, "/诗 长的")).text
        await wait_until(lambda: glm.in_flight == 0)
        glm.answer, glm.chunk_delay = "收到", 0
        assert (await qq.talk(ALICE, "/几轮")).text.startswith("3 轮")

        # 说了是谁的才算他的：聊天一次，接着说一次
        assert "你今天用了 2 次" in (await qq.talk(ALICE, "/glm quota")).text
        assert (await qq.talk(ALICE, "/清空")).text == "忘了 3 轮"
        assert (await qq.talk(ALICE, "/几轮")).text.startswith("0 轮")
    check_remains(bot)

"""备忘与人设：记下、选了就一直在，杀掉重启也在，文件改了就用新的。"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import Ok, ToolCalls
from tests.real_bot import QQ, BotProcess

from .conftest import SUPERUSER, Launch

GROUP, ALICE, BOB, ADMIN = 810, 811, 812, 813
TEXT = '你叫{bot}，在{group}。\n现在 {time}："喵" [CQ:at,qq=all]'


def system(glm: FakeGLM) -> str:
    """最后一个请求的系统消息。"""
    return glm.chats[-1]["messages"][0]["content"]


async def test_notes_of_a_group(qq: QQ, glm: FakeGLM) -> None:
    """群里记下的，下一问就带上并写明是谁说的；别人忘不掉，管理员可以；重置不忘。"""
    await qq.call(GROUP, ALICE, "/glm remember 我对花生过敏")
    assert "（811）" in (await qq.call(GROUP, BOB, "/glm memory")).text
    assert "这样做。" in (await qq.call(GROUP, BOB, "/glm forget 1")).text
    await qq.call(GROUP, BOB, "我能吃什么")
    assert system(glm).endswith("\n⟦备忘｜811⟧ 我对花生过敏")
    await qq.talk(ALICE, "私聊里没有")
    assert "花生" not in system(glm)
    told = await qq.call(GROUP, ADMIN, "/glm reset", role="admin")
    assert "1 条备忘还在" in told.text
    await qq.call(GROUP, ADMIN, "/glm forget 1", role="admin")
    await qq.call(GROUP, BOB, "问")
    assert "花生" not in system(glm)


async def restarted(bot: BotProcess) -> QQ:
    """杀掉，再起来，连上。"""
    await bot.kill()
    await bot.start()
    return await bot.connect()


def write(file: Path, text: str) -> None:
    """主人写一个文件。"""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


async def check_file(qq: QQ, glm: FakeGLM, file: Path) -> None:
    """文件里的人设可以选，改了不必重启就用新的。"""
    write(file, "汪")
    assert "狼" in (await qq.talk(BOB, "/glm persona")).text
    await qq.talk(BOB, "/glm persona 狼")
    await qq.talk(BOB, "问")
    assert system(glm) == "汪"
    write(file, "汪汪")
    for _ in range(600):
        if (await qq.talk(SUPERUSER, "/glm persona show 狼")).text == "汪汪":
            break
        await asyncio.sleep(0.1)
    await qq.talk(BOB, "再问")
    assert system(glm) == "汪汪"


async def test_notes_and_personas_survive(launch: Launch, glm: FakeGLM) -> None:
    """备忘、模型自己记的、添的与选的人设，杀掉重启之后都在；文件改了就用新的。"""
    bot = await launch(GLM_AUTO_MEMORY="true", GLM_SYSTEM_PROMPT="默认{bot}")
    qq = await bot.connect()
    await qq.talk(ALICE, "/glm remember 我叫甲")
    call = ToolCalls((("remember", json.dumps({"text": "爱吃辣"})),), pieces=4)
    glm.script(call, Ok("好的。"))
    assert (await qq.talk(ALICE, "我爱吃辣")).text == "好的。\n\n（记下了：爱吃辣）"
    escaped = TEXT.replace("[", "&#91;").replace("]", "&#93;")
    command = f"/glm persona add 猫\n{escaped}"
    await qq.group(GROUP, ADMIN, command, role="admin")
    assert "添了 猫" in (await qq.next()).text
    await qq.call(GROUP, ADMIN, f"/glm persona add 狗 {TEXT}", role="admin")
    told = await qq.call(GROUP, ADMIN, "/glm persona show 猫", role="admin")
    assert told.text == TEXT
    await qq.call(GROUP, ADMIN, "/glm persona 狗", role="admin")

    qq = await restarted(bot)
    await qq.talk(ALICE, "我是谁")
    assert system(glm).startswith("默认小智\n\n")
    assert system(glm).endswith("：\n- 我叫甲\n- 爱吃辣")
    assert [m["role"] for m in glm.chats[-1]["messages"][1:]] == [
        "user",
        "assistant",
        "user",
    ]
    await qq.call(GROUP, BOB, "问", group_name="读书会")
    assert system(glm).startswith("你叫小智，在读书会。\n现在 （最后一条消息")
    assert '："喵" [CQ:at,qq=all]\n\n' in system(glm)
    label, _, asked = glm.chats[-1]["messages"][-1]["content"].partition("\n")
    assert label.startswith("⟦时间｜20")
    assert asked == f"⟦昵称{BOB}｜{BOB}⟧ 问"
    first = glm.chats[-1]["messages"]
    await qq.call(GROUP, BOB, "再问")
    assert glm.chats[-1]["messages"][: len(first) - 1] == first[:-1]
    await qq.call(GROUP + 1, BOB, "别的群")
    assert system(glm).startswith("默认小智\n\n")
    folder = bot.directory / "config" / "nonebot_plugin_glm" / "personas"
    await check_file(qq, glm, folder / "狼.md")

"""对自己的话的权利：取出一份，全部忘记，过期的不留。"""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, REFUSED, at, reply, text

from .conftest import Launch
from .patience import wait_until

GROUP, HIM, OTHER = 1501, 987654321, 1503
UPLOADS = ("upload_private_file", "upload_group_file")


def uploaded(qq: QQ) -> dict[str, str]:
    """传来的文件：名字的结尾到内容。"""
    return {
        params["name"].rpartition(".")[2]: base64.b64decode(
            params["file"].removeprefix("base64://")
        ).decode()
        for api, params in qq.calls
        if api in UPLOADS
    }


async def test_export_in_private(qq: QQ, glm: FakeGLM) -> None:
    """自己的对话作为两个文件发来，读得回来。"""
    glm.answer = "一个*好*回答"
    await qq.talk(HIM, "第一问")
    await qq.private(HIM, "/glm export")
    await wait_until(lambda: len(uploaded(qq)) == 2)
    files = uploaded(qq)
    assert "第一问" in files["md"]
    (turn,) = json.loads(files["json"])["turns"]
    assert (turn["question"], turn["answer"]) == ("第一问", "一个*好*回答")
    assert await qq.silence(0.1)


async def test_export_in_a_group(qq: QQ, glm: FakeGLM) -> None:
    """群共用的历史：成员被告知不行，管理员的发在群里；传不上去就合并转发。"""
    await qq.call(GROUP, HIM, "第一问")
    await qq.group(GROUP, OTHER, "/glm export md")
    assert "这样做。" in (await qq.next()).text
    await qq.group(GROUP, OTHER, "/glm export md", role="admin")
    await wait_until(lambda: set(uploaded(qq)) == {"md"})
    assert qq.calls[-1][1]["group_id"] == GROUP
    qq.respond = lambda api, params: REFUSED if api in UPLOADS else None
    await qq.group(GROUP, OTHER, "/glm export md", role="admin")
    forwarded, told = await qq.collect(2)
    assert "第一问" in forwarded.text
    assert "文件没能发出去" in told.text


def found(directory: Path, *words: str) -> list[str]:
    """数据目录里的哪些文件有这些字。"""
    return [
        f"{file.name}：{word}"
        for file in directory.rglob("*")
        if file.is_file()
        for word in words
        if word.encode() in file.read_bytes()
    ]


async def test_forget_me(launch: Launch, glm: FakeGLM) -> None:
    """抹去之后，整个数据目录里搜不到他的号码与话，正在跑和停下之后都是；
    别人的还在，过期了就也不在。"""
    settings = {"GLM_RETENTION_DAYS": "30", "GLM_MERGE_SECONDS": "0"}
    bot = await launch(GLM_CONTEXT_MESSAGES="5", **settings)
    data = bot.directory / "data"
    qq = await bot.connect()
    await qq.talk(HIM, "机密的私聊")
    await qq.group(GROUP, HIM, "机密的闲谈")
    answer = await qq.call(GROUP, HIM, "机密的提问")
    mine = await qq.group(GROUP, HIM, "机密的一句")
    await qq.group(GROUP, OTHER, [reply(mine), at(qq.self_id), text(" 他说什么")])
    await qq.next()
    assert answer.group_id == GROUP
    glm.hold()
    await qq.ask(GROUP, HIM, "机密的晚到")
    await glm.wait_for_chats(4)
    assert found(data, "机密", str(HIM))
    await qq.private(HIM, "/glm forget me")
    assert "确认" in (await qq.next()).text
    await qq.private(HIM, "/glm forget me 确认")
    told = (await qq.next()).text
    assert "2 轮问答" in told
    assert "中止了 1 个提问" in told
    assert found(data, "机密", str(HIM)) == []
    glm.release()
    await qq.call(GROUP, OTHER, "还记得什么")
    assert str(HIM) not in json.dumps(glm.chats[-1])
    assert "机密" not in json.dumps(glm.chats[-1], ensure_ascii=False)
    await bot.stop()
    assert found(data, "机密", str(HIM)) == []
    assert found(data, "还记得什么")
    (database,) = data.rglob("glm.db")
    with closing(sqlite3.connect(database)) as stored:
        stored.execute("UPDATE glm_turn SET created_at = 0")
        stored.commit()
        await bot.start()
        await wait_until(
            lambda: stored.execute("SELECT count(*) FROM glm_turn").fetchone() == (0,)
        )

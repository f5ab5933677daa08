"""二十万字的回答：折成几个合并转发，一字不少，之后照常。"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fake_glm import FakeGLM, faults
from tests.real_bot import QQ, BotProcess, Sent

from ..conftest import Tune
from .book import Book
from .procedure import AFTER, BEFORE, DURING, USER, spoken, told, watched

TEXT = "\n\n".join(f"【{n}】" + "说明文字。" * 21 for n in range(1850))
CPU_SECONDS = 15


@pytest.mark.parametrize("stream", [True, False], ids=["边写边发", "写完才发"])
async def test_huge_answer(
    bot: BotProcess, qq: QQ, glm: FakeGLM, book: Book, tune: Tune, stream: bool
) -> None:
    """几个客户端收得下的合并转发；下一问照常，不再带着它。"""
    assert len(TEXT) > 200_000
    await tune(GLM_STREAM=str(stream).lower())
    await told(qq, BEFORE)
    glm.chunk_size = 40
    glm.script(faults.Content(TEXT))
    heard: list[Sent] = []

    async def listen() -> str:
        await qq.private(USER, DURING)
        heard.append(await qq.next())
        await qq.private(USER, AFTER)
        while (sent := await qq.next()).text != f"收到：{AFTER}":
            heard.append(sent)
        return check_sent(heard)

    before = cpu_seconds(bot.pid)
    seen = await watched(glm, listen())
    assert cpu_seconds(bot.pid) - before < CPU_SECONDS
    # 比模型的窗口还大，GLM 不收：不带它再问一次
    assert spoken(glm) == [AFTER]
    await told(qq, "还带着吗")
    assert spoken(glm) == [AFTER, f"收到：{AFTER}", "还带着吗"]
    name = f"20 万字的回答，{'边写边发' if stream else '写完才发'}"
    asked = [chat["messages"][-1]["content"] for chat in glm.chats]
    book.note(name, replace(seen, requests=asked.count(DURING)))


def check_sent(heard: list[Sent]) -> str:
    """一字不少，次序不变，节点不多也不长；返回是几条几个。"""
    assert squeezed("".join(sent.text for sent in heard)) == squeezed(TEXT)
    forwards = [sent for sent in heard if "forward" in sent.action]
    assert all(len(sent.segments) <= 100 for sent in forwards)
    contents = [node["data"]["content"] for f in forwards for node in f.segments]
    assert max(len(part["data"]["text"]) for c in contents for part in c) <= 600
    messages = len(heard) - len(forwards)
    return f"{messages} 条消息与 {len(forwards)} 个合并转发，一字不少"


def squeezed(text: str) -> str:
    """去掉空白的文本。"""
    return re.sub(r"\s", "", text)


def cpu_seconds(pid: int) -> float:
    """进程至今用了多少 CPU 秒；看不到时是 0。"""
    if sys.platform != "linux":
        return 0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

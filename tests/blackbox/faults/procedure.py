"""对每种故障都做的一遍：问，看到一句话；再问，有回答；历史照次序。"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ

from ..conftest import SUPERUSER

USER = 701
BEFORE, DURING, AFTER = "出事之前问的", "出事的时候问的", "出事之后问的"


@dataclass(frozen=True, slots=True)
class Seen:
    """出事时的一问。"""

    text: str
    """提问的人看到的"""
    requests: int
    """GLM 收到了几个请求"""
    seconds: float


async def watched(glm: FakeGLM, asking: Awaitable[str]) -> Seen:
    """数着请求与秒数问一句。"""
    before, start = len(glm.chats), time.monotonic()
    text = await asking
    return Seen(text, len(glm.chats) - before, time.monotonic() - start)


async def told(qq: QQ, words: str) -> str:
    """问一句，得到的下一句；给主人的通知不算。"""
    await qq.private(USER, words)
    while (sent := await qq.next(30)).user_id == SUPERUSER:
        continue
    assert sent.user_id == USER
    return sent.text


def spoken(glm: FakeGLM) -> list[str]:
    """最后一次问 GLM 时带着的话，没有系统提示。"""
    messages = glm.chats[-1]["messages"]
    return [m["content"] for m in messages if m["role"] != "system"]


async def undergo(
    qq: QQ,
    glm: FakeGLM,
    begin: Callable[[], object],
    end: Callable[[], object],
    *,
    saved: bool,
    kept: bool = True,
    ask: Callable[[QQ, str], Awaitable[str]] = told,
) -> Seen:
    """问一句，出事时问一句，好了再问一句；返回出事时看到的。

    参数:
        begin: 造出故障
        end: 恢复
        saved: 出事时照样有回答，也存下了
        kept: 此前的历史还在
        ask: 出事时怎样问
    """
    assert await told(qq, BEFORE) == f"收到：{BEFORE}"
    begin()
    seen = await watched(glm, ask(qq, DURING))
    end()
    # 紧接着就是下一问的回答：出事的那一问只有一句话
    assert await told(qq, AFTER) == f"收到：{AFTER}"
    expected = [BEFORE, f"收到：{BEFORE}"] if kept else []
    if saved:
        expected += [DURING, seen.text]
    assert spoken(glm) == [*expected, AFTER]
    return seen

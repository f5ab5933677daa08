"""对每种故障都做的一遍：问，看到一句话；再问，有回答；历史照次序。"""

from __future__ import annotations

from collections.abc import Callable

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, fragments

from ..conftest import API_KEY, SUPERUSER

USER = 701
BEFORE, DURING, AFTER = "出事之前问的", "出事的时候问的", "出事之后问的"


async def next_for(qq: QQ, user: int) -> str:
    """对 `user` 说的下一句；给主人的通知不算。"""
    while (sent := await qq.next(30)).user_id == SUPERUSER:
        continue
    assert sent.user_id == user
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
) -> str:
    """问一句，出事时问一句，好了再问一句；返回出事时看到的。

    参数:
        begin: 造出故障
        end: 恢复
        saved: 出事时照样有回答，也存下了
        kept: 此前的历史还在
    """
    await qq.private(USER, BEFORE)
    assert await next_for(qq, USER) == f"收到：{BEFORE}"
    begin()
    await qq.private(USER, DURING)
    seen = await next_for(qq, USER)
    end()
    await qq.private(USER, AFTER)
    # 紧接着就是下一问的回答：出事的那一问只有一句话
    assert await next_for(qq, USER) == f"收到：{AFTER}"
    expected = [BEFORE, f"收到：{BEFORE}"] if kept else []
    if saved:
        expected += [DURING, seen]
    assert spoken(glm) == [*expected, AFTER]
    assert not any(piece in seen for piece in fragments([API_KEY]))
    return seen

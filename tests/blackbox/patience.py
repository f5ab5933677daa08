"""等机器人说完、排上。"""

from __future__ import annotations

from tests.fake_glm import FakeGLM
from tests.patience import wait_until as wait_until
from tests.real_bot import QQ, Sent

LAST = "说完了吗"


async def heard_out(
    qq: QQ, glm: FakeGLM, user: int, group: int | None = None
) -> list[Sent]:
    """听完正在说的回答，返回它的各条。

    听到头一条就再问一句：同一会话里一个接一个，它的回答来了，前一个就说完了。
    """
    heard = [await qq.next()]
    glm.answer = LAST
    if group is None:
        await qq.private(user, LAST)
    else:
        await qq.ask(group, user, LAST)
    while True:
        sent = await qq.next()
        if sent.text == LAST:
            return heard
        heard.append(sent)


def reacted(qq: QQ) -> list[int]:
    """给哪些提问贴过、收过表情：贴了就是排上了，收了就是离开了队伍。"""
    return [
        params["message_id"] for api, params in qq.calls if api == "set_msg_emoji_like"
    ]

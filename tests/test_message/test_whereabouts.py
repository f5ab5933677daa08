"""whereabouts：没有回音的消息，发出去了就不再发。"""

from __future__ import annotations

import time
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import ActionFailed, ApiNotAvailable, NetworkError

from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.whereabouts import is_unsure

from .builders import SELF, ScriptedBot, group_event, private_event

TIMEOUT = "Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg EventRet: {}"
UNSURE = {
    "adapter": (NetworkError("WebSocket call api send_msg timeout"), True),
    "NapCat": (ActionFailed(retcode=1200, message=TIMEOUT), True),
    "NapCat wording": (ActionFailed(retcode=1200, wording=TIMEOUT), True),
    "refused": (ActionFailed(retcode=1200, message="EventChecker Failed"), False),
    "no message": (ActionFailed(retcode=100), False),
    "disconnected": (NetworkError("HTTP request failed"), False),
    "no api": (ApiNotAvailable(), False),
    "other": (RuntimeError("timeout"), False),
}


@pytest.mark.parametrize(("error", "unsure"), UNSURE.values(), ids=UNSURE)
def test_which_failures_are_unsure(error: Exception, unsure: bool) -> None:
    """等不到回音的才说不准，明说不行的就是没有发出。"""
    assert is_unsure(error) is unsure


class SilentBot(ScriptedBot):
    """发消息没有回音的客户端；`history` 是群里最近的消息，`None` 是没有这个接口。"""

    def __init__(self, history: object) -> None:
        super().__init__()
        self._history = history

    async def call_api(self, api: str, **data: Any) -> Any:
        """发送一律超时。"""
        self.tried.append((api, data))
        if api == "delete_msg":
            return {}
        if "history" in api and self._history is not None:
            return self._history
        raise NetworkError(f"WebSocket call api {api} timeout")


def message(text: str, **changes: Any) -> dict[str, Any]:
    """历史里我们刚说的一条。"""
    segments = [
        {"type": "reply", "data": {"id": "7"}},
        {"type": "text", "data": {"text": text}},
    ]
    fields = {"message_id": 55, "user_id": SELF, "time": int(time.time())}
    return {**fields, "message": segments, **changes}


async def test_message_that_went_out_is_not_sent_again() -> None:
    """超时的消息已经在群里：只发一次，撤回时找得到它。"""
    bot = SilentBot({"messages": [message("别的"), message("回答 一\n\n二")]})
    outgoing = Outgoing(bot, group_event(), quote=True)
    assert await outgoing.text("回答 一\n\n二")
    sends = [api for api, _ in bot.tried]
    assert sends == ["send_msg", "get_group_msg_history"]
    assert bot.tried[1][1]["group_id"] == 30
    assert outgoing.sent == ["55"]
    await outgoing.withdraw()
    assert bot.tried[-1] == ("delete_msg", {"message_id": 55})


async def test_private_history() -> None:
    """私聊看私聊的；CQ 码的字符串也读得懂。"""
    own = {"user_id": None, "sender": {"user_id": SELF}, "message": "[CQ:reply,id=7]好"}
    bot = SilentBot({"messages": [message("", **own)]})
    assert await Outgoing(bot, private_event(), quote=False).text("好")
    assert bot.tried[1][0] == "get_friend_msg_history"
    assert bot.tried[1][1]["user_id"] == 2


async def test_forward_that_went_out() -> None:
    """合并转发看不到里面的字，刚发的就是它。"""
    card = [{"type": "forward", "data": {"id": "x"}}]
    bot = SilentBot({"messages": [message("", message=card)]})
    assert await Outgoing(bot, group_event(), quote=True).forward(["一", "二"])


NOT_THERE: dict[str, object] = {
    "no api": None,
    "nothing": {"messages": []},
    "odd answer": {"messages": ["x", {}]},
    "odd shape": [],
    "another's": {"messages": [message("好", user_id=2)]},
    "long ago": {"messages": [message("好", time=int(time.time()) - 600)]},
    "other words": {"messages": [message("不好")]},
}


@pytest.mark.parametrize("history", NOT_THERE.values(), ids=NOT_THERE)
async def test_message_that_did_not_go_out(history: object) -> None:
    """群里没有它、客户端说不清：照旧换法子再发。"""
    bot = SilentBot(history)
    assert not await Outgoing(bot, group_event(), quote=True).text("好")
    assert [api for api, _ in bot.tried].count("send_msg") == 2

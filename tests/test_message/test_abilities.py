"""abilities：客户端是谁、会什么、在哪里被禁言，问不到也不出错。"""

from __future__ import annotations

import time
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import ActionFailed

from nonebot_plugin_glm.message.abilities import Abilities, abilities

from .builders import ScriptedBot

NAPCAT = {"app_name": "NapCat.Onebot", "app_version": "4.8.98"}


class Client(ScriptedBot):
    """照 `answers` 答的客户端，没有的接口失败。"""

    answers: dict[str, Any]

    async def call_api(self, api: str, **data: Any) -> Any:
        """答一次。"""
        if api not in self.answers:
            raise ActionFailed(retcode=1404)
        answer = self.answers[api]
        return answer(data) if callable(answer) else answer


def client(**answers: Any) -> Client:
    """一个客户端。"""
    bot = Client()
    bot.answers = answers
    return bot


KNOWN = {
    "NapCat.Onebot": (True, True),
    "LLOneBot": (True, True),
    "Lagrange.OneBot": (True, False),
    "go-cqhttp": (False, False),
    "别的": (True, False),
}


@pytest.mark.parametrize("name", KNOWN)
async def test_what_each_client_can(name: str) -> None:
    """各家会贴表情、会显示正在输入的。"""
    able = await abilities(client(get_version_info={"app_name": name}))
    assert able is not None
    assert (able.app, able.reacts, able.types) == (name, *KNOWN[name])


async def test_silent_client() -> None:
    """什么都不肯说的客户端，当作好的。"""
    assert await abilities(client()) == Abilities(muted=[])


async def test_offline_and_muted() -> None:
    """掉线了，有一个群里被禁言。"""
    later = int(time.time()) + 600
    bot = client(
        get_version_info=NAPCAT,
        get_status={"online": False, "good": True},
        get_group_list=[{"group_id": 1}, {"group_id": 2}],
        get_group_member_info=lambda data: {
            "shut_up_timestamp": later if data["group_id"] == 2 else 0
        },
    )
    able = await abilities(bot)
    assert able == Abilities("NapCat.Onebot 4.8.98", False, muted=["2"])

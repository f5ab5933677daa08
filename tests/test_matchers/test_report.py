"""report：`/glm status` 的内容。"""

from __future__ import annotations

from typing import Any, cast

import pytest

from nonebot_plugin_glm.api.parking import Parking, Reach
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.domain import ConversationKey, Scope
from nonebot_plugin_glm.exception import AuthError, MissingKeyError, NetworkError
from nonebot_plugin_glm.matchers.commands.report import status_report

from .fake_service import FakeService

SCOPES = {
    Scope.PRIVATE: "私聊，只有你我",
    Scope.GROUP: "全群共用一份历史",
    Scope.MEMBER: "群里每个成员一份历史",
}


async def report(service: Any, scope: Scope = Scope.GROUP) -> list[str]:
    """报告的各行。"""
    key = ConversationKey("qq", "1", scope, "3")
    return (await status_report(cast("ChatService", service), key)).split("\n")


@pytest.mark.parametrize("scope", Scope)
async def test_everything_is_reported(scope: Scope) -> None:
    """模型、思考、范围、轮数、用量、密钥，一项一行。"""
    assert await report(FakeService(), scope) == [
        "模型：glm-4.7",
        "思考：auto",
        f"范围：{SCOPES[scope]}",
        "记住：3 轮",
        "上一轮：glm-4.7，提示 100 token（其中 80 命中缓存），回答 20 token",
        "密钥：有效",
    ]


async def test_nothing_yet() -> None:
    """还没有问答时。"""
    service = FakeService()
    service.last = None
    lines = await report(service)
    assert lines[3:5] == ["记住：0 轮", "上一轮：还没有"]


STATES = {
    "没有设置": MissingKeyError(),
    "无效": AuthError(401, "1000"),
    "现在无法确认": NetworkError("ConnectTimeout"),
}


@pytest.mark.parametrize(("state", "failure"), STATES.items())
async def test_state_of_the_key(state: str, failure: Exception) -> None:
    """密钥的状态看得出是谁的事。"""
    service = FakeService()
    service.key_failure = failure
    assert (await report(service))[-1] == f"密钥：{state}"


NOW = 1_800_000_000.0
"""北京时间 2027-01-15 16:00。"""


def parked(number: int, reach: Reach = Reach.KEY) -> tuple[int, Parking]:
    """第几个密钥搁置着。"""
    return number, Parking(AuthError(401, "1000"), NOW, reach, "glm-4.6")


SEVERAL = {
    "都可用": ([], "3 个，3 个可用，有效"),
    "一个搁置": (
        [parked(2)],
        "3 个，2 个可用，有效；第 2 个搁置到 01-15 16:00（北京时间）",
    ),
    "一个欠费": (
        [parked(2, Reach.PAID)],
        "3 个，3 个可用，有效；第 2 个的收费模型搁置到 01-15 16:00（北京时间）",
    ),
    "都搁置": (
        [parked(1), parked(2), parked(3)],
        "3 个，都搁置了；"
        + "；".join(f"第 {n} 个搁置到 01-15 16:00（北京时间）" for n in (1, 2, 3)),
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
async def test_several_keys(name: str) -> None:
    """几个密钥：几个可用，搁置的到何时。"""
    service = FakeService()
    service.key_count = 3
    service.parked, expected = SEVERAL[name]
    assert (await report(service))[-1] == f"密钥：{expected}"


async def test_one_parked_key_is_reported_as_it_is() -> None:
    """只有一个密钥：搁置了也没有可换的，只说它是否有效。"""
    service = FakeService()
    service.parked = [parked(1)]
    service.key_failure = AuthError(401, "1000")
    assert (await report(service))[-1] == "密钥：无效"

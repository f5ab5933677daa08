"""owners：要让主人知道的事，私聊告诉每个超级用户，一件事一次。"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from nonebot import get_driver
from nonebot.adapters.onebot.v11 import ActionFailed
from nonebot.log import logger

from nonebot_plugin_glm.api.parking import KeyParked, Parking, Reach
from nonebot_plugin_glm.exception import APIError, AuthError, QuotaError
from nonebot_plugin_glm.matchers import owners as module
from nonebot_plugin_glm.matchers.owners import Owners, parked_sentence, tell_parked
from tests.test_message.builders import ScriptedBot

NOW = 1_800_000_000.0
"""北京时间 2027-01-15 16:00。"""
WORDS = "第 1 个密钥用完了。"


@pytest.fixture
def bots(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """连着的机器人，一开始没有。"""
    connected: dict[str, Any] = {}
    monkeypatch.setattr(module, "get_bots", lambda: connected)
    return connected


@pytest.fixture
def logs() -> Iterator[list[str]]:
    """这个测试里的日志。"""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), format="{level} {message}")
    yield lines
    logger.remove(sink)


def superusers(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """谁是超级用户。"""
    monkeypatch.setattr(get_driver().config, "superusers", set(names))


async def settle(owners: Owners) -> None:
    """等它说完。"""
    if owners._sending is not None:
        await asyncio.wait_for(owners._sending, 2)


def told(bot: ScriptedBot) -> list[tuple[int, str]]:
    """它私聊了谁、说了什么。"""
    return [
        (data["user_id"], "".join(s.data["text"] for s in data["message"]))
        for _, data in bot.accepted
    ]


async def test_every_owner_is_told(
    bots: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """每个超级用户一条私聊，写着平台的也认得；别的平台的留着。"""
    superusers(monkeypatch, "7", "onebot:8", "telegram:9")
    bots["1"] = bot = ScriptedBot()
    owners = Owners()
    owners.tell(WORDS)
    await settle(owners)
    assert sorted(told(bot)) == [(7, WORDS), (8, WORDS)]
    owners.catch_up()
    await settle(owners)
    assert len(bot.accepted) == 2
    assert owners._unsaid == [("telegram:9", WORDS)]


async def test_waits_for_a_bot(
    bots: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """没有机器人连着就等连上再说，只说一次。"""
    superusers(monkeypatch, "7")
    owners = Owners()
    owners.tell(WORDS)
    await settle(owners)
    bots["1"] = bot = ScriptedBot()
    for _ in range(2):
        owners.catch_up()
        await settle(owners)
    assert told(bot) == [(7, WORDS)]


async def test_another_bot_tries(
    bots: dict[str, Any], monkeypatch: pytest.MonkeyPatch, logs: list[str]
) -> None:
    """一个账号说不到就换一个；都说不到只写日志，不写说的话，也不再试。"""
    superusers(monkeypatch, "7")
    refusing = ScriptedBot(lambda api, data: ActionFailed(retcode=100))
    bots["1"], bots["2"] = refusing, (bot := ScriptedBot())
    owners = Owners()
    owners.tell(WORDS)
    await settle(owners)
    assert told(bot) == [(7, WORDS)]
    del bots["2"]
    owners.tell(WORDS)
    await settle(owners)
    assert [line for line in logs if "WARNING" in line and "没有发出去" in line]
    assert WORDS not in "".join(logs)
    assert owners._unsaid == []


async def test_nobody_to_tell(
    bots: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """没有超级用户就没有人可告诉。"""
    superusers(monkeypatch)
    bots["1"] = bot = ScriptedBot()
    owners = Owners()
    owners.tell(WORDS)
    await settle(owners)
    assert bot.tried == []


async def test_close(bots: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """关机时不等没有说完的。"""
    superusers(monkeypatch, "7")
    stuck = ScriptedBot()

    async def forever(api: str, **data: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(stuck, "call_api", forever)
    bots["1"] = stuck
    owners = Owners()
    owners.tell(WORDS)
    await asyncio.sleep(0.01)
    await asyncio.wait_for(owners.close(), 10)
    await owners.close()


def parked(
    error: APIError, reach: Reach = Reach.KEY, *, total: int = 3, usable: int = 2
) -> KeyParked:
    """第二个密钥被搁置了。"""
    return KeyParked(2, total, usable, Parking(error, NOW, reach, "glm-4.6"))


QUOTA, AUTH = QuotaError(429, "1113"), AuthError(401, "1000")
UNTIL = "搁置到 01-15 16:00（北京时间）再试；还有 2 个可用。"
ALONE = "没有别的密钥可换。每个提问仍会再试，恢复了就照常回答。"
SENTENCES = [
    (parked(AUTH), f"GLM 不认第 2 个密钥（HTTP 401，业务码 1000），{UNTIL}"),
    (
        parked(QUOTA),
        f"GLM 的第 2 个密钥额度用完了（HTTP 429，业务码 1113），{UNTIL}",
    ),
    (
        parked(QUOTA, Reach.PAID),
        "GLM 的第 2 个密钥额度用完了，收费的模型用不了"
        f"（HTTP 429，业务码 1113），{UNTIL}",
    ),
    (
        parked(AUTH, Reach.MODEL),
        f"GLM 的第 2 个密钥不能用 glm-4.6（HTTP 401，业务码 1000），{UNTIL}",
    ),
    (
        parked(AUTH, total=1, usable=0),
        f"GLM 不认密钥（HTTP 401，业务码 1000），{ALONE}",
    ),
]


@pytest.mark.parametrize(("event", "expected"), SENTENCES)
def test_sentence(event: KeyParked, expected: str) -> None:
    """说第几个、为什么、到何时、还剩几个。"""
    assert parked_sentence(event) == expected


@pytest.mark.parametrize(("reach", "count"), [(Reach.KEY, 1), (Reach.MODEL, 0)])
def test_missing_model_is_only_logged(
    reach: Reach, count: int, monkeypatch: pytest.MonkeyPatch, logs: list[str]
) -> None:
    """缺一个模型只写日志，不打扰主人。"""
    heard: list[str] = []
    monkeypatch.setattr(module, "owners", SimpleNamespace(tell=heard.append))
    tell_parked(parked(AUTH, reach))
    assert len(heard) == count
    assert len([line for line in logs if line.startswith("WARNING GLM")]) == 1

"""进程里的几类用例各怎样跑一个。"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from random import Random

import httpx

from . import archives, bodies, bot, commands, consistency, events, glm
from .bot import Case, blame, current
from .memory import resident
from .result import Result

AT_ONCE = 16
"""同时跑几个。"""
PATIENCE = 60.0
"""一个用例过了这么多秒还没有完就是挂住了。"""
_WARM = 0.2
"""跑了这么多之后的内存才算底。"""
MEMBER, ADMIN = 5, 7
_SETTLED = (
    "/glm persona add 猫 喵", "/glm persona 猫", "/glm model glm-4.7", "/glm think on",
    "/glm remember 主人的话", "/glm join probability 0", "/glm block 123456",
    "/glm config glm_temperature 0.5",
)  # fmt: skip
"""超级用户在每个群里先定下的。"""
_FOR_US = re.compile(r"\s*/glm(?:\s|$)")
Run = Callable[[Case, int], Awaitable[None]]


async def run(kind: str, cases: int, seed: int, only: int | None = None) -> Result:
    """跑一类用例。"""
    one = await KINDS[kind]()
    result = Result(kind)
    numbers = iter(range(cases) if only is None else [only])
    warm, floor = int(cases * _WARM), 0.0
    started = time.monotonic()

    async def work() -> None:
        nonlocal floor
        for number in numbers:
            case = Case(Random(f"{seed}/{kind}/{number}"))
            await _timed(one, case, number, result)
            if result.cases == warm:
                floor = resident()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    result.seconds = time.monotonic() - started
    result.grown = resident() - floor if floor else 0.0
    for fault in [*bot.stray, *await consistency.troubles()]:
        result.faults[fault] += 1
    return result


async def _timed(one: Run, case: Case, number: int, result: Result) -> None:
    began = time.monotonic()

    async def inside() -> None:
        current.set(case)
        await one(case, number)

    try:
        await asyncio.wait_for(asyncio.create_task(inside()), PATIENCE)
    except asyncio.TimeoutError:
        case.faults.append("挂住了")
    except Exception as error:
        case.faults.append(f"{type(error).__name__}: {str(error)[:100]}")
    result.cases += 1
    result.slowest = max(result.slowest, (time.monotonic() - began, number))
    result.busiest = max(result.busiest, case.calls)
    result.silent += not case.said
    for fault in case.faults:
        result.faults[fault] += 1
        result.first.setdefault(fault, number)


async def reported() -> Run:
    """事件。"""
    robot = await bot.start(glm_join_probability=0.05)

    async def one(case: Case, number: int) -> None:
        case.hostile = case.rng.random() < 0.5
        await bot.feed(robot, case, events.event(case.rng))

    return one


async def answered() -> Run:
    """GLM 的回应。"""
    await bot.start()
    from nonebot_plugin_glm.api.client import GLMClient
    from nonebot_plugin_glm.api.retry import RetryPolicy
    from nonebot_plugin_glm.api.schema import ChatRequest
    from nonebot_plugin_glm.domain import Message
    from nonebot_plugin_glm.exception import GLMError
    from tests.test_api.talk import Eager

    async def sleep(_: float) -> None:
        pass

    async def one(case: Case, number: int) -> None:
        rng = case.rng
        transport = httpx.MockTransport(lambda request: bodies.response(rng))
        client = GLMClient(
            "k", retry=RetryPolicy(rng.choice((0, 0, 2))), transport=transport,
            sleep=sleep, fallback_models=lambda: rng.choice(((), ("glm-4-flash",))),
        )  # fmt: skip
        request = ChatRequest("glm-4.7-flash", (Message("user", "好"),))
        try:
            reader = Eager() if rng.random() < 0.5 else None
            (await client.complete(request, reader)).text.encode()
            if reader is not None:
                "".join(reader.got).encode()
        except GLMError as error:
            str(error).encode()
        finally:
            await client.aclose()

    return one


async def asked() -> Run:
    """提问：各人各处都只问一次，没有理由不答，所以正好一个回答，或者一句话。"""
    robot = await bot.start()
    from nonebot_plugin_glm.message.sentences import SENTENCES

    async def one(case: Case, number: int) -> None:
        await bot.feed(
            robot, case, events.question(case.rng, number, glm.asking(number))
        )
        said = "".join(case.said)
        answered = said.count(glm.ending(number)) == 1 or said in SENTENCES.values()
        if not answered and not case.lost:
            blame(f"不是正好一个回答：{len(case.said)} 条，{said[-60:]!r}")

    return one


async def imported() -> Run:
    """存档。"""
    await bot.start()
    lines = await archives.whole()

    async def one(case: Case, number: int) -> None:
        await archives.take(case, lines)

    return one


async def commanded() -> Run:
    """命令，谁都打。"""
    robot = await bot.start()

    async def one(case: Case, number: int) -> None:
        case.hostile = False
        user, role = case.rng.choice(
            ((MEMBER, "member"), (ADMIN, "admin"), (events.OWNER, "member"))
        )
        await _type(robot, case, user, role)

    return one


async def overreached() -> Run:
    """命令，只有普通群员打：别人定的、别人说的都不能变。"""
    robot = await bot.start()
    for line in _SETTLED:
        said = [{"type": "text", "data": {"text": line}}]
        for group in (1, 2, 3):
            await bot.feed(robot, Case(Random(0)), _chat(said, events.OWNER, group))
    from nonebot_plugin_glm.matchers.runtime import config

    settled = str(config), consistency.shared()

    async def one(case: Case, number: int) -> None:
        await _type(robot, case, MEMBER + number % 3 * 100, "member")
        if number % 50 == 0 and (str(config), consistency.shared()) != settled:
            blame("普通群员改了不该改的")

    return one


async def _type(robot: bot.Bot, case: Case, user: int, role: str) -> None:
    said = commands.message(case.rng)
    raw = _chat(said, user, case.rng.randrange(1, 4)) | {"user_id": user}
    raw["sender"] = {"user_id": user, "role": role, "nickname": "小明"}
    await bot.feed(robot, case, raw)
    if _FOR_US.match(said[0]["data"]["text"]) and not case.calls:
        blame("没有回话")


def _chat(said: object, user: int, group: int) -> dict[str, object]:
    fields = {"user_id": user, "message_type": "group", "sub_type": "normal"}
    raw = events.chat(Random(0), list(said) if isinstance(said, list) else said)
    sender = {"user_id": user, "role": "member", "nickname": "小明"}
    return raw | fields | {"group_id": group, "message": said, "sender": sender}


KINDS: dict[str, Callable[[], Awaitable[Run]]] = {
    "events": reported,
    "answers": answered,
    "questions": asked,
    "archives": imported,
    "commands": commanded,
    "members": overreached,
}
"""用例的种类，依次占一份；事件最多。"""

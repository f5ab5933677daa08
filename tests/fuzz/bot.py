"""进程里的一个机器人：真的适配器解析、真的响应器与历史；QQ 与 GLM 是编的。"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Any

import nonebot
from nonebot.adapters import Adapter as BaseAdapter
from nonebot.adapters.onebot.v11 import ActionFailed, Adapter, Bot, NetworkError
from nonebot.adapters.onebot.v11 import adapter as onebot_adapter
from nonebot.log import logger
from nonebot.message import run_postprocessor

from . import events, garbage, glm

if TYPE_CHECKING:
    from loguru import Message as LogMessage

PACKAGE = "nonebot_plugin_glm"
LONGEST = 6000
"""一条消息最多多少字：设置里的两千，加上说明与围栏，再宽一倍。"""


@dataclass(slots=True)
class Case:
    """一个用例，与跑它时看到的。"""

    rng: Random
    hostile: bool = False
    """接口是不是也乱答"""
    calls: int = 0
    said: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lost: bool = False
    """没有交到本插件手里：适配器或 NoneBot 抛了异常"""


current: ContextVar[Case | None] = ContextVar("current", default=None)
stray: list[str] = []
"""不知是哪个用例的异常。"""
others: Counter[str] = Counter()
"""本插件之外（适配器、NoneBot）抛出的异常，不算我们的。"""


def blame(what: str) -> None:
    """记下一个不该有的。"""
    case = current.get()
    (stray if case is None else case.faults).append(what)


def blame_exception(error: BaseException) -> None:
    """记下一个没有接住的异常；没有经过本插件的不算。"""
    for inner in getattr(error, "exceptions", ()):
        blame_exception(inner)
    if hasattr(error, "exceptions"):
        return
    frames = list(_frames(error))
    name = f"{type(error).__name__}: {str(error)[:100]}"
    if any(PACKAGE in frame for frame in frames):
        ours = [frame for frame in frames if PACKAGE in frame]
        blame(f"{name} @ {ours[-1].partition(PACKAGE)[2]} ({frames[-1][-60:]})")
    else:
        if (case := current.get()) is not None:
            case.lost = True
        others[f"{name[:40]} @ {frames[-1][-50:] if frames else '?'}"] += 1


def _frames(error: BaseException) -> list[str]:
    found: list[str] = []
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        found.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found


class ScriptedAdapter(Adapter):
    """接口由用例的种子作答的适配器。"""

    async def _call_api(self, bot: BaseAdapter | Any, api: str, **data: Any) -> Any:
        case = current.get()
        if case is None:
            return {"message_id": 1}
        case.calls += 1
        if api.startswith("send"):
            self._look(case, data)
        await asyncio.sleep(0)
        if not case.hostile:
            return {"message_id": case.rng.randrange(1, 2**31)}
        dice = case.rng.random()
        if dice < 0.05:
            raise ActionFailed(retcode=1200, message=garbage.text(case.rng))
        if dice < 0.07:
            raise NetworkError("Websocket call api timeout")
        return events.answer(case.rng, api, data)

    @staticmethod
    def _look(case: Case, data: dict[str, Any]) -> None:
        """发出去的：不 @ 全体、没有外来的图片、不太长、编得成 UTF-8。"""
        case.said.append("")
        for segment in _segments(data):
            text = str(segment.data.get("text", ""))
            case.said[-1] += text
            if segment.type not in ("text", "at", "reply", "image"):
                blame(f"发了 {segment.type}")
            if segment.type == "at" and not str(segment.data["qq"]).isdigit():
                blame("@ 了不是人的")
            if len(text) > LONGEST:
                blame(f"一条 {len(text)} 字")
            try:
                json.dumps(segment.data, ensure_ascii=False).encode()
            except (UnicodeError, TypeError, ValueError) as error:
                blame(f"发了编不成的：{type(error).__name__}")


def _segments(data: dict[str, Any]) -> Iterator[Any]:
    """一条消息的各段；合并转发是它各个节点里的。"""
    yield from data.get("message") or ()
    for node in data.get("messages") or ():
        yield from node.data["content"]


async def start(**settings: Any) -> Bot:
    """启动 GLM 与机器人。"""
    server = await asyncio.start_server(glm.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    home = Path(tempfile.mkdtemp(prefix="glm-fuzz-"))
    options = {
        "driver": "~fastapi", "superusers": {str(events.OWNER)}, "nickname": {"小智"},
        "command_start": {"/"}, "log_level": "WARNING", "glm_api_key": "fuzz",
        "localstore_data_dir": home, "localstore_config_dir": home / "config",
        "glm_base_url": f"http://127.0.0.1:{port}", "glm_max_retries": 0,
        "glm_render": "text", "glm_fallback_models": [], "glm_context_messages": 5,
    }  # fmt: skip
    nonebot.init(_env_file=None, **{**options, **settings})
    logger.remove()
    logger.add(_overhear, level="WARNING", format="{message}")
    # 适配器把读不懂的事件原样写进日志，而 loguru 给一兆字的「<」上色要几分钟
    setattr(onebot_adapter, "log", lambda *_: None)  # noqa: B010
    asyncio.get_running_loop().set_exception_handler(_strayed)
    driver = nonebot.get_driver()
    driver.register_adapter(ScriptedAdapter)
    if nonebot.load_plugin(PACKAGE) is None:
        sys.exit("插件没有加载")
    run_postprocessor(_postmortem)
    bot = Bot(nonebot.get_adapter(ScriptedAdapter), str(events.SELF))
    await driver._lifespan.startup()
    driver._bot_connect(bot)
    from nonebot_plugin_glm.matchers.runtime import get_service

    await get_service()
    return bot


async def feed(bot: Bot, case: Case, raw: Any) -> None:
    """上报一个事件，等一切响应器都做完。"""
    current.set(case)
    try:
        event = Adapter.json_to_event(raw)
        if event is not None:
            await bot.handle_event(event)
    except Exception as error:
        blame_exception(error)


def _overhear(message: LogMessage) -> None:
    record = message.record
    if (found := record["exception"]) is not None and found.value is not None:
        blame_exception(found.value)
    elif "StoreError" in record["message"]:
        blame(record["message"][:200])


async def _postmortem(exception: Exception | None) -> None:
    if exception is not None:
        blame_exception(exception)


def _strayed(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    blame_exception(error) if error else blame(str(context.get("message")))

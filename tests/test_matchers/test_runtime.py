"""runtime：一个进程里只有一个服务，打不开时下一次再试。"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from nonebot.log import logger

from nonebot_plugin_glm.exception import GLMError, NetworkError, ServerError, StoreError
from nonebot_plugin_glm.matchers import runtime
from nonebot_plugin_glm.matchers.unmade import unmade_data_file
from nonebot_plugin_glm.message.reconnecting import Reconnection


@pytest.fixture(autouse=True)
def _still_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """这里的关机不算数，别的测试还要用。"""
    monkeypatch.setattr(runtime, "reconnection", Reconnection())


class Opener:
    """照剧本打开服务，记下打开了几次。"""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.opened = 0
        self.closed = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> Any:
        """打开一次。"""
        self.opened += 1
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        return self

    async def aclose(self) -> None:
        """关闭。"""
        self.closed += 1


def opening(monkeypatch: pytest.MonkeyPatch, *failures: Exception) -> Opener:
    """从没打开过服务的进程。"""
    opener = Opener(*failures)
    monkeypatch.setattr(runtime, "_open", opener)
    monkeypatch.setattr(runtime, "_opening", None)
    return opener


async def test_everyone_gets_the_same_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """同时要服务的人等同一次打开。"""
    opener = opening(monkeypatch)
    services = await asyncio.gather(*(runtime.get_service() for _ in range(5)))
    assert services == [opener] * 5
    assert opener.opened == 1


async def test_failure_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """打不开时这一次失败，下一次重新打开。"""
    opener = opening(monkeypatch, StoreError("磁盘满了"))
    with pytest.raises(StoreError):
        await runtime.get_service()
    assert await runtime.get_service() is opener
    assert opener.opened == 2


async def test_one_who_leaves_does_not_spoil_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """等的人被取消，打开照常进行，别人照常得到。"""
    opener = opening(monkeypatch)
    opener.gate.clear()
    impatient = asyncio.create_task(runtime.get_service())
    await asyncio.sleep(0)
    impatient.cancel()
    opener.gate.set()
    assert await runtime.get_service() is opener
    assert opener.opened == 1
    assert impatient.cancelled()


async def test_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """退出时关闭打开了的，没打开的不去打开；之后还可以再打开。"""
    opener = opening(monkeypatch)
    await runtime._close()
    assert opener.opened == 0
    await runtime.get_service()
    await runtime._close()
    await runtime._close()
    assert (opener.opened, opener.closed) == (1, 1)
    await runtime.get_service()
    assert opener.opened == 2


async def test_broken_store_does_not_break_connecting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """机器人连上时历史打不开，只写日志；退出时也不出错。"""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), format="{level} {message}")
    opener = opening(monkeypatch, StoreError("磁盘满了"))
    await runtime._warm_up()
    await runtime._close()
    logger.remove(sink)
    assert opener.closed == 0
    [line] = [line for line in lines if line.startswith("ERROR")]
    assert str(runtime.DATABASE) in line
    assert "磁盘满了" in line


def test_unmade_directory_is_where_localstore_would_make_it() -> None:
    """目录建不成时说的路径，与建得成时是同一个。"""
    assert unmade_data_file("glm.db") == runtime.DATABASE


REPORTS: dict[str, tuple[GLMError, float | None, str]] = {
    "retried": (
        ServerError(500, "1234", "忙"),
        1.26,
        "m 失败（ServerError：HTTP 500，业务码 1234，忙），1.3 秒后重试",
    ),
    "given up": (
        NetworkError("ReadTimeout"),
        None,
        "m 失败（NetworkError：ReadTimeout），不再重试",
    ),
}


@pytest.mark.parametrize(("error", "delay", "expected"), REPORTS.values(), ids=REPORTS)
def test_log_failure(error: GLMError, delay: float | None, expected: str) -> None:
    """一次失败在日志里是一句话：业务码、上游的说明、何时再试。"""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), format="{level} {message}")
    runtime.log_failure(error, "m", delay)
    logger.remove(sink)
    assert lines == [f"WARNING {expected}\n"]

"""关机：闲着就走，忙着先说完，再来一个信号就不等。"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from nonebot_plugin_glm.matchers import signals
from nonebot_plugin_glm.matchers.leaving import RELAY, Leaving

SECONDS = 5.0


class Scene:
    """一个要走的机器人。"""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.now = 0.0
        self.left = 0
        self.drained: list[float] = []
        self.finished = asyncio.Event()
        self.leaving = Leaving(self._drain, lambda: seconds, lambda: self.now)

    async def _drain(self, seconds: float) -> None:
        self.drained.append(seconds)
        await self.finished.wait()

    def _leave(self) -> None:
        self.left += 1

    @contextmanager
    def working(self) -> Iterator[None]:
        """一个响应器正在说话。"""
        self.leaving.started()
        yield
        self.leaving.finished()

    async def signal(self, sign: int = signal.SIGTERM) -> None:
        """来一个信号，让该发生的都发生。"""
        self.leaving.asked(sign, self._leave, asyncio.get_running_loop())
        for _ in range(5):
            await asyncio.sleep(0)


async def test_idle() -> None:
    """没有人在说话：立即走，不等什么。"""
    scene = Scene()
    with scene.working():
        pass
    await scene.signal()
    assert (scene.left, scene.drained) == (1, [])


async def test_switched_off() -> None:
    """设为 0：忙着也立即走。"""
    scene = Scene(0)
    with scene.working():
        await scene.signal()
        assert (scene.left, scene.drained) == (1, [])


async def test_busy() -> None:
    """答完了、话也说完了才走，只走一次。"""
    scene = Scene()
    with scene.working():
        await scene.signal()
        scene.finished.set()
        await asyncio.sleep(0.01)
        assert scene.left == 0
    assert scene.leaving._task is not None
    await scene.leaving._task
    assert (scene.left, scene.drained) == (1, [SECONDS])


async def test_second_signal() -> None:
    """再来一个同样的就不等，也不再走第二次。"""
    scene = Scene()
    with scene.working():
        await scene.signal()
        await scene.signal()
        assert scene.left == 1
    await scene.leaving.aclose()
    assert scene.left == 1


async def test_relayed_signal() -> None:
    """`nb run` 转来的另一种信号不算又一个，过了一会儿才算。"""
    scene = Scene()
    with scene.working():
        await scene.signal(signal.SIGINT)
        scene.now = RELAY / 2
        await scene.signal(signal.SIGTERM)
        assert scene.left == 0
        scene.now = RELAY
        await scene.signal(signal.SIGTERM)
        assert scene.left == 1


async def test_a_failure_still_leaves() -> None:
    """等的时候出了错，照样走。"""
    scene = Scene()

    async def fail(seconds: float) -> None:
        raise OSError

    scene.leaving._drain = fail
    with scene.working():
        await scene.signal()
        assert scene.left == 1


def test_other_threads_are_left_alone() -> None:
    """不在主线程里：信号装不上，一切照旧。"""
    before = signal.getsignal(signal.SIGTERM)
    failures: list[BaseException] = []

    async def take_over() -> None:
        signals.take_over(asyncio.get_running_loop())

    def run() -> None:
        try:
            asyncio.run(take_over())
        except BaseException as exc:
            failures.append(exc)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not failures
    assert signal.getsignal(signal.SIGTERM) is before


async def test_handlers_are_given_back() -> None:
    """换上的处理函数用完换回去；没有人管的不换，别人后来换的不动。"""
    heard: list[int] = []
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        signal.signal(signal.SIGINT, lambda sign, frame: heard.append(sign))
        theirs = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signals.take_over(asyncio.get_running_loop())
        assert signal.getsignal(signal.SIGINT) is not theirs
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        signals.give_back()
        assert signal.getsignal(signal.SIGINT) is theirs
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)

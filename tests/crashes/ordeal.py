"""磨难：杀掉、看证据、再启动，一遍又一遍。"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.blackbox.patience import wait_until
from tests.fake_glm import FakeGLM
from tests.real_bot import BotProcess

from .evidence import Snapshot, look, pairs_in
from .people import Town, answer_to, is_whole, tags_of

_LABEL = re.compile(r"^⟦[^⟧]*⟧ ")


@dataclass
class Seen:
    """一共看到了什么。"""

    kills: int = 0
    asked: int = 0
    readings: int = 0
    """读完的回答"""
    turns: int = 0
    """存过的轮"""
    unread: int = 0
    """杀掉时已经存下、还没有读完的轮"""
    dropped: int = 0
    """杀掉时在排队或正在回答、因此没有答的提问"""
    resets: int = 0
    requests: int = 0
    """重启后看过历史的请求"""
    recovery: float = 0.0
    """从启动到读完头一个回答，最久的一次，秒"""
    problems: list[str] = field(default_factory=list)


class Ordeal:
    """同一个数据目录上的一次次杀掉。

    参数:
        bot: 还没有启动的机器人
        glm: 它所连的假 GLM
        seed: 何时杀、谁何时重置
    """

    def __init__(self, bot: BotProcess, glm: FakeGLM, seed: int) -> None:
        self.seen = Seen()
        self._bot = bot
        self._glm = glm
        self._dice = random.Random(seed)
        self._town = Town(self._dice)
        self._last = Snapshot({}, 0, [])
        self._asked = 0
        """启动之前问过的"""
        self._resets = 0
        """启动之前重置过的"""
        glm.answer, glm.chunk_delay, glm.chunk_size = answer_to, 0.005, 40

    async def run(self, kills: int) -> Seen:
        """杀这么多次，再启动一次看最后的历史。"""
        for _ in range(kills):
            await self._lap()
            self.seen.kills += 1
        await self._lap()
        return self._counted()

    async def _lap(self) -> None:
        self._glm.chats.clear()
        self._town.resetting.clear()
        self._asked, self._resets = len(self._town.asked), len(self._town.resets)
        started = time.monotonic()
        await self._bot.start()
        qq = await self._bot.connect()
        living = asyncio.create_task(self._town.live(qq))
        # 有时还没有答出一句就杀，多数时候聊得正热闹
        for answer in range(self._dice.randint(0, 6)):
            before = self._town.readings
            await wait_until(lambda b=before: self._town.readings > b, 60)
            took = time.monotonic() - started
            if not answer:
                self.seen.recovery = max(self.seen.recovery, took)
        await asyncio.sleep(self._dice.uniform(0, 0.5))
        await self._bot.kill()
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        while True:  # 死前发出的，人也读到了
            try:
                self._town.note(await qq.next(0.01))
            except asyncio.TimeoutError:
                break
        self._check_requests()
        self._check_file(look(self._bot.directory))

    def _check_requests(self) -> None:
        """每处重启后的第一个请求：历史正是杀掉时存着的最后几轮。"""
        met: set[str] = set()
        for chat in self._glm.chats:
            tags = tags_of(chat["messages"][-1]["content"])
            place = self._town.asked[tags[0]]
            pairs, problems = pairs_in(chat["messages"], _words_of)
            self._complain(problems)
            if place in met:
                continue
            met.add(place)
            self.seen.requests += 1
            kept = self._last.turns.get(place, [])
            if pairs and pairs != kept[-len(pairs) :]:
                self._complain([f"{place} 的历史不是存着的：{pairs[-1]}"])
            if kept and not pairs and place not in self._town.resets[self._resets :]:
                self._complain([f"{place} 的历史没有带上"])

    def _check_file(self, now: Snapshot) -> None:
        self._complain(now.problems)
        found: list[int] = []
        for place, turns in now.turns.items():
            here = [tag for question, _ in turns for tag in tags_of(question)]
            found += here
            self._complain(
                f"{place} 的一轮残缺：{question}" for question, answer in turns
                if not is_whole(question, answer)
            )  # fmt: skip
            lost = self._town.read[place] - set(here)
            self._town.read[place] -= lost  # 说一次就够了
            self._complain(f"{place} 丢了读完的 {tag} 号" for tag in sorted(lost))
        if len(found) != len(set(found)):
            self._complain(["有一轮存了两遍"])
        missing = {p for p, tags in self._town.read.items() if tags} - set(now.turns)
        self._complain(f"{place} 的历史全没了" for place in sorted(missing))
        self._count(set(found))
        self._last = now

    def _count(self, found: set[int]) -> None:
        """这一次杀掉时正悬着的提问。"""
        hanging = {tag for tag in self._town.asked if tag > self._asked}
        hanging -= self._town.finished
        self.seen.unread += len(hanging & found)
        self.seen.dropped += len(hanging - found)

    def _complain(self, problems: Iterable[str]) -> None:
        lap = self.seen.kills + 1
        self.seen.problems += [f"第 {lap} 次：{problem}" for problem in problems]

    def _counted(self) -> Seen:
        seen, town = self.seen, self._town
        seen.asked, seen.resets = len(town.asked), len(town.resets)
        seen.readings, seen.turns = town.readings, self._last.ever
        return seen


def _words_of(content: str) -> str:
    """去掉说话人的标签。"""
    return _LABEL.sub("", content)

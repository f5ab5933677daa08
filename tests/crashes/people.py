"""几处会话里的人：不停地问，偶尔分两条说、偶尔重置，记下读完了哪些回答。"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.real_bot import QQ, Sent

from .evidence import Place

GROUPS = {"11": (1, 2), "12": (3,)}
FRIENDS = (4, 5)
PLACES = tuple(GROUPS) + tuple(str(user) for user in FRIENDS)
_ASKED = re.compile(r"问(\d+)号")
_END = re.compile(r"完([\d、]+)号。$")


def tags_of(text: str) -> tuple[int, ...]:
    """一句话里问的是几号；并在一起的有几个。"""
    return tuple(int(tag) for tag in _ASKED.findall(text))


def answer_to(body: dict[str, Any]) -> str:
    """假 GLM 的回答：说是答几号的，三分之一写成几段，末尾是「完几号。」。"""
    tags = tags_of(body["messages"][-1]["content"])
    called = "、".join(map(str, tags))
    long = [f"{part}：答{called}号，" + "话" * 50 for part in ("起", "承", "转")]
    parts = [f"答{called}号"] if tags[-1] % 3 else long
    return "\n\n".join([*parts, f"完{called}号。"])


def is_whole(question: str, answer: str) -> bool:
    """回答是不是这个提问的，而且一字不少。"""
    content = [{"content": question}]
    return bool(tags_of(question)) and answer == answer_to({"messages": content})


@dataclass
class Town:
    """所有的人与他们见过的。"""

    dice: random.Random
    asked: dict[int, Place] = field(default_factory=dict)
    """几号是在哪里问的"""
    read: dict[Place, set[int]] = field(default_factory=lambda: defaultdict(set))
    """各处至今读完的回答，重置之前的不算"""
    finished: set[int] = field(default_factory=set)
    """读完的全部回答"""
    resets: list[Place] = field(default_factory=list)
    """各次重置是在哪里"""
    readings: int = 0
    """读完了几个回答"""
    resetting: set[Place] = field(default_factory=set)
    """说了重置、还没有回音的各处：这时读完的在不在历史里都对"""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _heard: dict[Place, asyncio.Condition] = field(
        default_factory=lambda: defaultdict(asyncio.Condition)
    )

    async def live(self, qq: QQ) -> None:
        """都说起来，直到被取消或断线。"""
        tasks = [asyncio.create_task(self._listen(qq))]
        for group, users in GROUPS.items():
            tasks += [
                asyncio.create_task(self._talk(qq, group, int(group), user))
                for user in users
            ]
        tasks += [
            asyncio.create_task(self._talk(qq, str(user), None, user))
            for user in FRIENDS
        ]
        try:
            await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def note(self, sent: Sent) -> None:
        """读到一条消息；是一个回答的末尾就算读完了。"""
        if "忘记" in sent.text:
            self.resetting.discard(str(sent.group_id or sent.user_id))
        end = _END.search(sent.text)
        if end is None:
            return
        tags = {int(tag) for tag in end[1].split("、")}
        place = self.asked[min(tags)]
        if place not in self.resetting:
            self.read[place] |= tags
        self.finished |= tags
        self.readings += 1

    async def _listen(self, qq: QQ) -> None:
        while True:
            sent = await qq.next(600)
            self.note(sent)
            place = str(sent.group_id or sent.user_id)
            async with self._heard[place]:
                self._heard[place].notify_all()

    async def _talk(self, qq: QQ, place: Place, group: int | None, user: int) -> None:
        while True:
            if self.dice.random() < 0.03:
                await self._reset(qq, place, group, user)
            pieces = 2 if self.dice.random() < 0.2 else 1
            tag = 0
            for _ in range(pieces):
                tag = next(self._numbers)
                self.asked[tag] = place
                await self._say(qq, group, user, f"问{tag}号")
            await self._until(place, lambda tag=tag: tag in self.finished)

    async def _reset(self, qq: QQ, place: Place, group: int | None, user: int) -> None:
        self.resets.append(place)
        self.resetting.add(place)
        self.read[place].clear()
        await self._say(qq, group, user, "/glm reset")
        await self._until(place, lambda: place not in self.resetting)

    async def _until(self, place: Place, happened: Callable[[], bool]) -> None:
        async with self._heard[place]:
            await self._heard[place].wait_for(happened)

    async def _say(self, qq: QQ, group: int | None, user: int, words: str) -> None:
        if group is None:
            await qq.private(user, words)
        else:
            await qq.ask(group, user, words, role="owner")

"""一天里 QQ 上会有的事：多半是闲聊，夹着提问、命令、撤回、重置，不时断线重连。"""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass, field

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import CutStream, EmptyChoices, Error, Filtered, Html, Reset
from tests.real_bot import QQ, BotProcess, Sent

GROUPS, MEMBERS, FRIENDS = 40, 10, 200
STILL_THINKING = "还在想，请稍等。"
MIX = {"闲聊": 900, "群里问": 45, "私聊问": 35, "命令": 10, "撤回": 7, "重置": 3}
"""一千条里各有几条。"""
FAULTS = (Reset(), CutStream(), Html(), EmptyChoices(), Filtered(), Error.of(500))
FAULT_SECONDS, RECONNECT_SECONDS = 5.0, 60.0
_NUMBER = re.compile(r"第(\d+)问")
Place = tuple[int | None, int]


@dataclass
class Waiting:
    """一个等着回话的人。"""

    message_id: int
    since: float = field(default_factory=time.monotonic)


class Traffic:
    """发，收，记着谁还没有等到回话。一个人等到了才会再问。"""

    def __init__(self, bot: BotProcess, glm: FakeGLM, qq: QQ) -> None:
        self.qq = qq
        self.waiting: dict[Place, Waiting] = {}
        self.counts = dict.fromkeys((*MIX, "答了", "重连"), 0)
        self._bot, self._glm = bot, glm
        self._places: dict[int, Place] = {}
        self._recallable: list[tuple[int, Place]] = []
        self._dice = random.Random(5)
        self._numbers = 0
        self._seen = 0

    async def run(self, seconds: float, rate: float) -> None:
        """照 `rate` 发这么久。"""
        started = fault = reconnected = time.monotonic()
        sent = 0
        while (now := time.monotonic()) < started + seconds:
            if now > fault + FAULT_SECONDS:
                self._glm.script(self._dice.choice(FAULTS))
                fault = now
            if now > reconnected + RECONNECT_SECONDS:
                await self.reconnect()
                reconnected = now
            (kind,) = self._dice.choices(tuple(MIX), tuple(MIX.values()))
            await self.send(kind)
            sent += 1
            await asyncio.sleep(max(0, started + sent / rate - time.monotonic()))
            self.receive()

    async def reconnect(self) -> None:
        """断线，两秒之后再连上；其间 QQ 收不到话，也发不出。"""
        old = self.qq
        await old.close()
        self.receive()
        await asyncio.sleep(2)
        self.qq = await self._bot.connect(old.self_id)
        self.qq.messages, self._seen = old.messages, 0
        self.counts["重连"] += 1

    async def send(self, kind: str) -> None:
        """发一条；要问的人还在等，就改成闲聊。"""
        group = self._dice.randrange(GROUPS) + 1
        member = group * 100 + self._dice.randrange(MEMBERS)
        friend = 20_000 + self._dice.randrange(FRIENDS)
        place = (group, member) if kind in {"群里问", "重置"} else (None, friend)
        if kind == "撤回" and self._recallable:
            await self._recall()
        elif kind in {"闲聊", "撤回"} or place in self.waiting:
            kind = "闲聊"
            await self.qq.group(group, member, f"闲聊{self._dice.randrange(1000)}")
        elif kind == "命令":
            self._wait(place, await self.qq.private(friend, "/glm status"))
        elif kind == "重置":
            self._forgive(group)
            self._wait(
                place, await self.qq.ask(group, member, "/glm reset", role="admin")
            )
        else:
            await self._ask(place)
        self.counts[kind] += 1

    def receive(self) -> None:
        """看看又来了哪些回话。"""
        for sent in self.qq.sent[self._seen :]:
            if sent.text != STILL_THINKING:
                self._answered(sent)
        self._seen = len(self.qq.sent)

    async def drain(self, seconds: float) -> None:
        """不再问了，等剩下的回话。"""
        deadline = time.monotonic() + seconds
        while self.waiting and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
            self.receive()

    async def _ask(self, place: Place) -> None:
        group, user = place
        self._numbers += 1
        words = f"第{self._numbers}问"
        if group is None:
            message = await self.qq.private(user, words)
        else:
            message = await self.qq.ask(group, user, words)
        self._places[self._numbers] = place
        self._wait(place, message)
        self._recallable.append((message, place))
        del self._recallable[:-100]

    async def _recall(self) -> None:
        """撤回不久前问的；还没有答的就不等了。"""
        picked = self._dice.randrange(len(self._recallable))
        message, place = self._recallable.pop(picked)
        found = self.waiting.get(place)
        if found is not None and found.message_id == message:
            del self.waiting[place]
        group, user = place
        where = (
            {"notice_type": "friend_recall"}
            if group is None
            else {
                "notice_type": "group_recall",
                "group_id": group,
                "operator_id": user,
            }
        )
        await self.qq.push(
            post_type="notice", user_id=user, message_id=message, **where
        )

    def _wait(self, place: Place, message: int) -> None:
        self.waiting[place] = Waiting(message)

    def _forgive(self, group: int) -> None:
        """重置的群里，问到一半的都不会有回答。"""
        for place in [place for place in self.waiting if place[0] == group]:
            del self.waiting[place]

    def _answered(self, sent: Sent) -> None:
        for place in self._whose(sent):
            if self.waiting.pop(place, None) is not None:
                self.counts["答了"] += 1

    def _whose(self, sent: Sent) -> list[Place]:
        """照回答里的号、引用的消息、私聊的人，认出答的是谁。"""
        if numbers := _NUMBER.findall(sent.text):
            return [self._places[int(number)] for number in numbers]
        if sent.group_id is None:
            return [(None, sent.user_id or 0)]
        return [
            place
            for place, waiting in self.waiting.items()
            if place[0] == sent.group_id and str(waiting.message_id) == sent.quoted
        ]

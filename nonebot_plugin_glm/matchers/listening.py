"""正等着谁说下一句：空的 @ 之后，刚回答了他，或者他刚叫了机器人。"""

from __future__ import annotations

import time
from collections.abc import Callable

from nonebot.adapters import Bot, Event

LISTEN_SECONDS = 60.0
"""空的 @ 之后，同一个人的下一条消息在多少秒内算作提问。"""


class Listening:
    """正等着的人。"""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str], float] = {}

    def start(self, bot: Bot, event: Event, seconds: float = LISTEN_SECONDS) -> None:
        """等这个人的下一句。"""
        now = self._clock()
        self._until = {k: until for k, until in self._until.items() if until > now}
        self._until[bot.self_id, event.get_session_id()] = now + seconds

    def stop(self, bot: Bot, event: Event) -> None:
        """不再等这个人。"""
        if self._until:
            self._until.pop((bot.self_id, event.get_session_id()), None)

    def expects(self, bot: Bot, event: Event) -> bool:
        """是否正等着这个人。"""
        if not self._until:
            return False
        until = self._until.get((bot.self_id, event.get_session_id()))
        return until is not None and until > self._clock()


listening = Listening()
"""等的是下一句，说了就不再等。"""
pieces = Listening()
"""一个意思分几条打：叫了它之后的这段时间里，几句都算。"""

"""北京时间：给人看的都照它，账与额度在它的零点换一天，不看机器的时区。"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ..domain import BEIJING


def moment(seconds: float) -> datetime:
    """Unix 秒的那一刻。"""
    return datetime.fromtimestamp(seconds, BEIJING)


def beijing_day(now: float) -> str:
    """Unix 秒所在的日子，如 `2026-11-25`。"""
    return moment(now).date().isoformat()


def days_until(last: str, count: int) -> list[str]:
    """到 `last` 为止的 `count` 天，从早到晚。"""
    end = date.fromisoformat(last)
    return [(end - timedelta(days=n)).isoformat() for n in reversed(range(count))]

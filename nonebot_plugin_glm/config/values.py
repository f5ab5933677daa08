"""设置的值怎样读：`.env` 里的各种写法，都变成一种。"""

from __future__ import annotations

import re
from typing import Any

Names = list[str] | str
"""验证之后总是列表；写成联合，NoneBot 才肯把不是 JSON 的值也交给验证器。"""

_RATE = re.compile(r"[1-9]\d*/[1-9]\d*s")


def split_names(value: Any) -> Any:
    """接受逗号分隔的写法。"""
    if isinstance(value, str | int | float):
        value = str(value).replace("，", ",").split(",")
    if not isinstance(value, list):
        return value
    return [name for item in value if (name := str(item).strip())]


def as_text(value: Any) -> Any:
    """NoneBot 把形如数字的值读成数字，这里变回文本。"""
    return str(value).strip() if isinstance(value, str | int | float) else value


def unset_if_blank(value: Any) -> Any:
    """`.env` 里写成空的，就是没有设置。"""
    return None if value == "" else value


def checked_rate(value: str) -> str:
    """次数、斜线、秒数。"""
    if value and not _RATE.fullmatch(value.replace(" ", "")):
        raise ValueError("应写成 10/60s 的样子")
    return value.replace(" ", "")


def given(value: str) -> str:
    """没有就什么都做不了的，不必等到第一个提问才知道。"""
    if not value:
        raise ValueError("应有内容，删去这一行即用默认值")
    return value


def postgresql_address(value: str) -> str:
    """只接受 PostgreSQL 的地址。"""
    if value and not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("应写成 postgresql://用户:密码@主机/库 的样子")
    return value


def http_address(value: str) -> str:
    """只接受 HTTP 的地址。"""
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("应以 http:// 或 https:// 开头")
    return value.rstrip("/")

"""`/glm config` 的话：设置怎样列给主人看，密钥从不显示。"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from nonebot.compat import model_dump

from ...config import Config
from ...config.changing import CHANGEABLE, shown
from ...config.sections import Section, sections_of
from ..misspelling import PREFIX, hint
from ..settings import Settings

DEFAULTS: dict[str, Any] = model_dump(Config())


def field_of(key: str) -> str | None:
    """人写的键是哪一个，大小写与 `GLM_` 写不写都行；没有这个键是 `None`。"""
    name = key.lower()
    return next((n for n in (name, PREFIX + name) if n in DEFAULTS), None)


def overview(config: Config, settings: Settings, command: str) -> str:
    """与默认不同的各项。"""
    changed = [name for name in DEFAULTS if getattr(config, name) != DEFAULTS[name]]
    marks = ("（用命令改的）" if settings.is_changed(name) else "" for name in changed)
    lines = [
        f"{_assigned(config, name)}{mark}"
        for name, mark in zip(changed, marks, strict=True)
    ]
    return "\n".join(
        [
            f"{len(DEFAULTS)} 项设置里有 {len(changed)} 项与默认不同：",
            *lines,
            f"发送 {command} config 键 看一项，{command} config 键 值 改它，"
            f"{command} config all 看全部。",
        ]
    )


def describe(config: Config, settings: Settings, name: str, command: str) -> str:
    """一项设置。"""
    lines = [
        _assigned(config, name),
        next(s.fields[name] for s in sections_of(Config) if name in s.fields),
        f"默认：{shown(name, DEFAULTS[name])}",
    ]
    key = name.upper()
    if settings.is_changed(name):
        original = shown(name, settings.original[name])
        lines.append(f".env：{original}，发送 {command} config {key} default 回到它")
    elif name in CHANGEABLE:
        lines.append(f"发送 {command} config {key} 值 可以改，立即生效")
    else:
        lines.append("要在 .env 里改，重启后生效")
    return "\n".join(lines)


def everything(config: Config, sections: Sequence[Section]) -> list[str]:
    """全部设置，一类一段。"""
    groups = (map(partial(_assigned, config), s.fields) for s in sections)
    titles = (f"{section.title}：" for section in sections)
    return ["\n".join([t, *lines]) for t, lines in zip(titles, groups, strict=True)]


def unknown(key: str, command: str) -> str:
    """没有这个键，也许是想说哪一个。"""
    guess = hint(key)
    return f"没有 {key[:64]} 这一项设置。{guess}发送 {command} config all 看全部。"


def _assigned(config: Config, name: str) -> str:
    return f"{name.upper()}={shown(name, getattr(config, name))}"

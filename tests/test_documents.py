"""README 与 .env.example 说的，和代码是一回事。"""

from __future__ import annotations

import json
import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from nonebot.compat import model_dump, type_validate_python

from nonebot_plugin_glm.config import Config
from nonebot_plugin_glm.matchers.command import Entry
from nonebot_plugin_glm.matchers.help import ENTRIES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
DEFAULTS = model_dump(type_validate_python(Config, {}))


def rows() -> list[list[str]]:
    """README 里每张表的每一行。"""
    lines = [line.strip() for line in README.splitlines()]
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
        for line in lines
        if line.startswith("|")
    ]


def row_of(code: str) -> list[str]:
    """第一格里有这段代码的那一行，只能有一行。"""
    found = [row for row in rows() if f"`{code}`" in row[0]]
    assert len(found) == 1, f"README 里 {code} 有 {len(found)} 行"
    return found[0]


def written(value: Any) -> str:
    """一个默认值在 `.env` 里的写法。"""
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or value == "":
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("name", DEFAULTS)
def test_setting_is_in_the_readme(name: str) -> None:
    """README 的设置表里有这个键，默认值写得对。"""
    default = written(DEFAULTS[name])
    assert row_of(name.upper())[1].strip("`") == (default or "空")


@pytest.mark.parametrize("name", DEFAULTS)
def test_setting_is_in_the_example(name: str) -> None:
    """.env.example 里有这个键，写着默认值。"""
    found = re.findall(rf"^(?:# ?)?{name.upper()}=(.*)$", EXAMPLE, re.MULTILINE)
    assert found == [written(DEFAULTS[name])]


def test_documents_name_no_unknown_setting() -> None:
    """README 与 .env.example 里没有不存在的键。"""
    named = set(re.findall(r"\bGLM_[A-Z_]+", README + EXAMPLE))
    assert named == {name.upper() for name in DEFAULTS}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.usage)
def test_command_is_in_the_readme(entry: Entry) -> None:
    """README 的命令表与 `/glm help` 逐条相符。"""
    usage = entry.usage.replace("|", r"\|")
    _, effect, who = row_of(f"/glm {usage}")
    assert (effect.replace("`", ""), who) == (entry.effect, entry.who)


def test_readme_lists_no_other_command() -> None:
    """README 的命令表没有多出的行。"""
    commands = [row[0] for row in rows() if row[0].startswith("`/glm")]
    assert len(commands) == len(ENTRIES)

"""settings 与 config.changing：改了立即生效、先落盘，撤得回去，坏的不理。"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from nonebot.log import logger

from nonebot_plugin_glm import matchers
from nonebot_plugin_glm.config import Config, ConfigError
from nonebot_plugin_glm.config.changing import CHANGEABLE, shown
from nonebot_plugin_glm.domain import Thinking
from nonebot_plugin_glm.exception import StoreError
from nonebot_plugin_glm.matchers.settings import Settings

from .fake_service import NoSettings

FIXED = {
    "glm_api_key",
    "glm_api_keys",
    "glm_auth",
    "glm_base_url",
    "glm_proxy",
    "glm_retention_days",
    "glm_database_url",
    "glm_connect_timeout",
    "glm_read_timeout",
    "glm_max_retries",
    "glm_max_concurrency",
    "glm_priority",
}
"""启动时就用掉了的；别的都要列在 CHANGEABLE 里，新加的键两边选一边。"""


def test_every_key_is_one_or_the_other() -> None:
    """每个键要么可以改，要么明说不可以。"""
    assert set(Settings(Config()).original) == CHANGEABLE | FIXED
    assert not CHANGEABLE & FIXED


def read_at_import(tree: ast.AST) -> set[str]:
    """不在函数里的 `config.glm_…`。"""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Attribute) and node.attr.startswith("glm_"):
            found.add(node.attr)
        found |= read_at_import(node)
    return found


def test_changeable_keys_are_read_when_used() -> None:
    """可以改的键没有在导入时就读掉：那样改了也不生效。"""
    files = Path(matchers.__file__).parent.rglob("*.py")
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    found = set[str]().union(*map(read_at_import, trees))
    assert "glm_priority" in found
    assert not found & CHANGEABLE


CHANGES: list[tuple[str, str, Any]] = [
    ("glm_temperature", "0.5", 0.5),
    ("glm_temperature", '""', None),
    ("glm_model", "4", "4"),
    ("glm_models", "a，b", ["a", "b"]),
    ("glm_models", '["a", "b"]', ["a", "b"]),
    ("glm_thinking", "on", Thinking.ON),
    ("glm_stream", "false", False),
    ("glm_system_prompt", "第一行\n第二行", "第一行\n第二行"),
    ("glm_rate_limit", "10/60s", "10/60s"),
]


@pytest.mark.parametrize(("name", "text", "value"), CHANGES)
async def test_change_and_undo(name: str, text: str, value: Any) -> None:
    """照 `.env` 的写法改，存下原样的话；撤了回到 `.env` 里的。"""
    done: list[tuple[Any, ...]] = []
    config, store = Config(glm_model="m"), NoSettings(done)
    settings = Settings(config)
    before = getattr(config, name)
    await settings.change(store, name, text)
    assert getattr(config, name) == value
    assert settings.is_changed(name)
    await settings.change(store, name, None)
    assert getattr(config, name) == before
    assert not settings.is_changed(name)
    assert done == [(f"config.{name}", text), (f"config.{name}", None)]


async def test_bad_value_changes_nothing() -> None:
    """不合规矩的值得到与启动时一样的句子，什么也没有变，也没有存下。"""
    done: list[tuple[Any, ...]] = []
    config = Config()
    settings = Settings(config)
    with pytest.raises(ConfigError, match=r"^GLM_TEMPERATURE 应不大于 1$"):
        await settings.change(NoSettings(done), "glm_temperature", "3")
    assert config.glm_temperature is None
    assert (done, settings.is_changed("glm_temperature")) == ([], False)


async def test_unsaved_change_does_not_count() -> None:
    """存不下时什么也没有变：不然重启之后又变回去。"""

    class Full(NoSettings):
        async def put(self, name: str, value: str | None) -> None:
            raise StoreError("磁盘满了")

    config = Config()
    with pytest.raises(StoreError):
        await Settings(config).change(Full([]), "glm_temperature", "0.5")
    assert config.glm_temperature is None


def test_restore() -> None:
    """启动时照存下的改；坏的、不许改的不理，日志里说是哪一个，别人存的不动。"""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), format="{level} {message}")
    config = Config(glm_api_key="k")
    settings = Settings(config)
    settings.restore(
        {
            "config.glm_temperature": "3",
            "config.glm_api_key": "别的",
            "config.glm_gone": "1",
            "config.glm_model": "glm-4.7",
            "other": "x",
        }
    )
    logger.remove(sink)
    assert (config.glm_temperature, config.glm_api_key) == (None, "k")
    assert config.glm_model == "glm-4.7"
    assert settings.original["glm_model"] == "glm-4.7-flash"
    assert [line.split("：")[1].split()[0] for line in lines] == [
        "GLM_TEMPERATURE",
        "GLM_API_KEY",
        "GLM_GONE",
    ]


SHOWN = [
    ("glm_api_key", "", "空"),
    ("glm_api_key", "0123456789abcdef.s3cr3t", "已设置（23 个字符）"),
    ("glm_api_keys", ["a.b", "c.d"], "已设置（2 个）"),
    ("glm_api_keys", [], "空"),
    ("glm_proxy", "http://u:p@127.0.0.1:1", "已设置（22 个字符）"),
    ("glm_proxy", "http://127.0.0.1:1", "http://127.0.0.1:1"),
    ("glm_temperature", None, "空"),
    ("glm_timeout", 180.0, "180"),
    ("glm_stream", True, "true"),
    ("glm_thinking", Thinking.OFF, "off"),
    ("glm_join_keywords", ["天气"], '["天气"]'),
]


@pytest.mark.parametrize(("name", "value", "words"), SHOWN)
def test_shown(name: str, value: Any, words: str) -> None:
    """照 `.env` 的写法给人看，密钥与密码一段也不露。"""
    assert shown(name, value) == words

"""choices 与 help：可以选的模型、说明的全文。"""

from __future__ import annotations

from typing import Any

import pytest
from nonebot.compat import type_validate_python

from nonebot_plugin_glm.api.models import CATALOGUE
from nonebot_plugin_glm.config import Config
from nonebot_plugin_glm.matchers.commands import COMMANDS, choices
from nonebot_plugin_glm.matchers.help import ENTRIES, explain, overview

MODELS = ["GLM-4.7", "glm-4.7-flash", "my-vllm"]
BUILT_IN = list(CATALOGUE)
AVAILABLE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "built in": ({}, BUILT_IN),
    "listed": ({"glm_models": ["glm-4.7-flash", "b"]}, ["glm-4.7-flash", "b"]),
    "default is added": ({"glm_models": ["b"]}, ["glm-4.7-flash", "b"]),
    "unknown default": ({"glm_model": "mine"}, ["mine", *BUILT_IN]),
    "both defaults": (
        {"glm_model": "mine", "glm_models": ["b"]},
        ["glm-4.7-flash", "mine", "b"],
    ),
}


@pytest.mark.parametrize(("fields", "names"), AVAILABLE.values(), ids=AVAILABLE)
def test_available_models(fields: dict[str, Any], names: list[str]) -> None:
    """主人列出的，没有列就是内置目录；默认模型总在其中。"""
    config = type_validate_python(Config, fields)
    assert choices.available_models(config, "glm-4.7-flash") == names


def test_available_models_leave_the_catalogue_alone() -> None:
    """改得到的列表，目录不变。"""
    choices.available_models(type_validate_python(Config, {}), "").clear()
    assert list(CATALOGUE) == BUILT_IN


FOUND = {
    "GLM-4.7": "GLM-4.7",
    "glm-4.7": "GLM-4.7",
    "GLM-4.7-FLASH": "glm-4.7-flash",
    "glm": None,
    "": None,
    "default": None,
}


@pytest.mark.parametrize(("name", "found"), FOUND.items())
def test_find_model(name: str, found: str | None) -> None:
    """不分大小写，但要写全。"""
    assert choices.find_model(name, MODELS) == found


def test_find_model_prefers_the_first() -> None:
    """只有大小写不同的两个名字，取先列出的。"""
    assert choices.find_model("A", ["a", "A"]) == "a"


SIMILAR = {
    "glm4.7": ["GLM-4.7", "glm-4.7-flash"],
    "GLM-4.7-flsh": ["glm-4.7-flash", "GLM-4.7"],
    "zzzz": [],
}


@pytest.mark.parametrize(("name", "close"), SIMILAR.items())
def test_similar_models(name: str, close: list[str]) -> None:
    """打错了就给出最近的，最近的在前。"""
    assert choices.similar_models(name, MODELS) == close


def test_similar_models_are_three_at_most() -> None:
    """至多三个。"""
    assert len(choices.similar_models("glm", [f"glm-{n}" for n in range(9)])) == 3


def test_model_list() -> None:
    """正在用的、可以选的、免费的、怎么选，都说到。"""
    text = choices.model_list("my-vllm", ["glm-4.7-flash", "my-vllm"], "/glm")
    start, _, names = text.partition("可以换成：")
    assert start == "正在用 my-vllm。发送 /glm model 名字 "
    assert names == "glm-4.7-flash（免费）、my-vllm。"


UNKNOWN = {
    "glm4.7": "可以选的模型里没有 glm4.7。是不是想选 GLM-4.7、glm-4.7-flash？",
    "zzzz": "可以选的模型里没有 zzzz。发送 /glm model 看全部。",
    "z" * 9999: f"可以选的模型里没有 {'z' * 64}。发送 /glm model 看全部。",
}


@pytest.mark.parametrize(("name", "start"), UNKNOWN.items(), ids=range(len(UNKNOWN)))
def test_unknown_model(name: str, start: str) -> None:
    """没有这个模型时说明，名字太长只说开头。"""
    text = choices.unknown_model(name, MODELS, "/glm")
    assert text.startswith(start)
    assert text.endswith("发送 /glm model 看全部。")


def test_help_names_every_subcommand() -> None:
    """总览提到每个子命令；每个都说得出怎么写，从它自己的名字说起。"""
    told = overview("/glm")
    for name in COMMANDS:
        assert name in told
        lines = (explain(name, "/glm") or "").split("\n")
        assert all(line.startswith(f"/glm {name}") for line in lines)
    assert {entry.usage.split()[0] for entry in ENTRIES} == {*COMMANDS, "help"}


@pytest.mark.parametrize("command", ["/glm", "!glm", "glm"])
def test_help_has_the_real_prefix(command: str) -> None:
    """写法带着实际的前缀，末尾说明谁能用；没有的命令没有说明。"""
    assert explain("stop", command) == (
        f"{command} stop：中止正在进行的回答（提问的人；群主、管理员、超级用户）"
    )
    assert overview(command).endswith(f"如 {command} help reset。")
    assert explain("dance", command) is None

"""可以选哪些模型，打错了是不是想说另一个：纯函数。"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from ...api.models import CATALOGUE
from ...config import Config

DEFAULT = "default"
"""回到默认的写法。"""


def available_models(config: Config, configured: str) -> list[str]:
    """可以选的模型：主人列出的，没有列就是内置目录；默认模型总在其中。

    参数:
        config: 正在用的设置
        configured: `.env` 里的默认模型，换掉之后还可以换回来
    """
    names = list(config.glm_models or CATALOGUE)
    defaults = dict.fromkeys((configured, config.glm_model))
    return [*(name for name in defaults if name not in names), *names]


def find_model(name: str, available: Sequence[str]) -> str | None:
    """不分大小写地找一个模型。"""
    exact = {model.lower(): model for model in reversed(available)}
    return exact.get(name.lower())


def similar_models(name: str, available: Sequence[str]) -> list[str]:
    """名字最近的至多三个，最近的在前。"""
    lowered = {model.lower(): model for model in available}
    close = get_close_matches(name.lower(), lowered, n=3, cutoff=0.4)
    return [lowered[found] for found in close]


def describe_model(name: str) -> str:
    """模型的名字，免费的注明。"""
    info = CATALOGUE.get(name)
    return f"{name}（免费）" if info and info.free else name


def model_list(current: str, available: Sequence[str], command: str) -> str:
    """正在用的模型与可以选的模型。"""
    names = "、".join(describe_model(name) for name in available)
    return f"正在用 {current}。发送 {command} model 名字 可以换成：{names}。"


def unknown_model(name: str, available: Sequence[str], command: str) -> str:
    """没有这个模型，也许是想说哪一个。"""
    close = similar_models(name, available)
    hint = f"是不是想选 {'、'.join(close)}？" if close else ""
    return f"可以选的模型里没有 {name[:64]}。{hint}发送 {command} model 看全部。"

"""设置：每个 `GLM_*` 键，启动时经 `get_plugin_config` 读一次，得到的对象全程只有一个。

`/glm config` 就地改它，所以由它算出的一切都在用到时才算。一项都不设也能加载；
不合规矩的值在启动时说清是哪一个键、该怎么写，而不带出它的值，因为那可能是密钥。
"""

from __future__ import annotations

from typing import Any, get_type_hints

from nonebot import get_plugin_config
from nonebot.compat import model_dump, type_validate_python
from pydantic import ValidationError

from .answer import AnswerSettings
from .api import APISettings
from .cost import CostSettings
from .errors import ConfigError as ConfigError
from .errors import explain
from .group import GroupSettings
from .memory import MemorySettings


class Config(APISettings, MemorySettings, AnswerSettings, GroupSettings, CostSettings):
    """所有设置。"""


def load_config() -> Config:
    """读设置。

    异常:
        ConfigError: 有不合规矩的键
    """
    try:
        return get_plugin_config(Config)
    except ValidationError as exc:
        problems = _problems(exc)
    raise ConfigError(f"请修改 .env 里的设置：{problems}")


def validated(config: Config, name: str, value: Any) -> Any:
    """一个键改成这样之后的值；`config` 不变。

    异常:
        ConfigError: 不合规矩
    """
    try:
        fields = {**model_dump(config), name: value}
        return getattr(type_validate_python(Config, fields), name)
    except ValidationError as exc:
        problems = _problems(exc)
    raise ConfigError(problems)


def _problems(error: ValidationError) -> str:
    hints = get_type_hints(Config)
    return "；".join(dict.fromkeys(explain(one, hints) for one in error.errors()))

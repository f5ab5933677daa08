"""设置：每个 `GLM_*` 键，只在启动时经 `get_plugin_config` 读一次。

一项都不设也能加载；不合规矩的值在启动时说清是哪一个键、该怎么写，
而不带出它的值，因为那可能是密钥。
"""

from __future__ import annotations

from typing import get_type_hints

from nonebot import get_plugin_config
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
        hints = get_type_hints(Config)
        sentences = dict.fromkeys(explain(error, hints) for error in exc.errors())
    raise ConfigError(f"请修改 .env 里的设置：{'；'.join(sentences)}")

"""正在用的设置：`.env` 里的，加上 `/glm config` 改了的。

改了的存在数据库里，启动时再照样改一遍；撤销就回到 `.env` 里的。
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nonebot.compat import model_fields
from nonebot.log import logger

from ..config import Config, ConfigError, validated
from ..config.changing import CHANGEABLE, parsed
from ..domain import well_formed

if TYPE_CHECKING:
    from ..conversation.settings import SettingStore

_PREFIX = "config."
"""存下的名字是它加上键，如 `config.glm_model`。"""


class Settings:
    """就地改 `config`；别处都在用到时读它，所以改了立即生效。"""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.original: dict[str, Any] = {
            field.name: getattr(config, field.name) for field in model_fields(Config)
        }
        """`.env` 里的，没有写的是默认值"""
        self._changed: set[str] = set()
        self._stored: Mapping[str, str] = {}

    def is_changed(self, name: str) -> bool:
        """这个键是不是改过。"""
        return name in self._changed

    def restore(self, stored: Mapping[str, str]) -> None:
        """照存下的改；升级之后不再合规矩的不理，日志里说一声。"""
        self._stored = stored
        ours = (entry for entry in stored.items() if entry[0].startswith(_PREFIX))
        for entry, text in ours:
            name = entry.removeprefix(_PREFIX)
            try:
                if name not in CHANGEABLE:
                    raise ConfigError(f"{name.upper()} 不能这样改")
                self._apply(name, validated(self._config, name, parsed(text)))
            except ConfigError as error:
                logger.warning(f"不理以前用 /glm config 改的一项：{error}")

    def follow(self, stored: Mapping[str, str]) -> None:
        """别的进程也会改：照现在存下的再改一遍。"""
        if stored == self._stored:
            return
        for name in self._changed - {key.removeprefix(_PREFIX) for key in stored}:
            setattr(self._config, name, self.original[name])
            self._changed.discard(name)
        self.restore(stored)

    async def change(self, store: SettingStore, name: str, text: str | None) -> None:
        """改一个键，先落盘；`None` 为撤销。

        异常:
            ConfigError: 值不合规矩
            StoreError: 存不下，什么也没有变
        """
        assert name in CHANGEABLE, name
        if text is None:
            await store.put(_PREFIX + name, None)
            setattr(self._config, name, self.original[name])
            self._changed.discard(name)
        else:
            text = well_formed(text)
            value = validated(self._config, name, parsed(text))
            await store.put(_PREFIX + name, text)
            self._apply(name, value)
        logger.info(f"{name.upper()} 改了")

    def _apply(self, name: str, value: Any) -> None:
        setattr(self._config, name, value)
        self._changed.add(name)

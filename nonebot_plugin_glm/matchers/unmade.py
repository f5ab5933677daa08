"""建不成的数据目录在哪里。"""

from __future__ import annotations

from pathlib import Path

from nonebot.plugin import get_plugin_by_module_name
from nonebot_plugin_localstore import BASE_DATA_DIR, plugin_config


def unmade_data_file(name: str) -> Path:
    """localstore 会给的路径；它自己总要先建目录，建不成就说不出来。"""
    plugin = get_plugin_by_module_name(__name__)
    identity = plugin.id_ if plugin else __name__.partition(".")[0]
    chosen = plugin_config.localstore_plugin_data_dir.get(identity)
    return (chosen or BASE_DATA_DIR.joinpath(*identity.split(":"))) / name

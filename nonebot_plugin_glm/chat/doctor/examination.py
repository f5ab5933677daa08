"""从头到脚看一遍。"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from . import glm, machine, proxy
from .findings import Finding, State


@dataclass(frozen=True, slots=True)
class Patient:
    """看谁。"""

    wanted: glm.Wanted
    database: Path | str
    """SQLite 文件，或 PostgreSQL 的地址"""


async def examine(patient: Patient) -> list[Finding]:
    """看 GLM 那边与这台机器；要几秒，会真的问一句最短的话。"""
    way, database, fonts = await asyncio.gather(
        proxy.look_at(patient.wanted.endpoint),
        machine.database(patient.database),
        machine.fonts(),
    )
    # 代理坏了，后面的一切都会连不上，不必再看
    asked = [] if way.state is State.BAD else await glm.look_at(patient.wanted)
    return [*asked, way, database, *fonts]

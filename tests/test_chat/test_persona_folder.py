"""文件夹里的人设：改了就重新读，坏的不碍事。"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from nonebot_plugin_glm.chat import persona_folder
from nonebot_plugin_glm.chat.persona_folder import (
    CHECK_SECONDS,
    MOST_BYTES,
    PersonaFolder,
)


class Shelf:
    """一个文件夹，一只拨得动的钟，听到的警告。"""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 0.0
        self.warnings: list[str] = []
        self.folder = PersonaFolder(path, self.warnings.append, lambda: self.now)
        self._stamp = 1_000_000_000

    def put(self, name: str, data: str | bytes) -> None:
        """写一个文件；每次的修改时间都不同。"""
        self.path.mkdir(exist_ok=True)
        file = self.path / name
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        self._stamp += 1
        os.utime(file, (self._stamp, self._stamp))

    async def later(self) -> dict[str, str]:
        """过一会儿再看。"""
        self.now += CHECK_SECONDS
        return await self.folder.texts()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """还没有建的文件夹。"""
    return Shelf(tmp_path / "personas")


async def test_changes_are_seen(shelf: Shelf) -> None:
    """没有文件夹也行；添、改、删、改名，过一会儿都看得到。"""
    assert await shelf.folder.texts() == {}
    shelf.put("猫.md", "\ufeff喵\r\n喵\n")
    shelf.put("狗.md", "汪")
    assert await shelf.later() == {"狗": "汪", "猫": "喵\n喵"}
    shelf.put("猫.md", "喵喵")
    (shelf.path / "狗.md").rename(shelf.path / "狼.md")
    assert await shelf.later() == {"狼": "汪", "猫": "喵喵"}
    (shelf.path / "猫.md").unlink()
    assert await shelf.later() == {"狼": "汪"}
    assert shelf.warnings == []


async def test_looks_only_now_and_then(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """几秒之内不再看；看时没有变的文件不再读；同时要的人等同一次。"""
    shelf.put("猫.md", "喵")
    reads: list[str] = []
    read = persona_folder._read
    monkeypatch.setattr(
        persona_folder, "_read", lambda path: reads.append(path.name) or read(path)
    )
    seen = await asyncio.gather(*(shelf.folder.texts() for _ in range(5)))
    assert seen == [{"猫": "喵"}] * 5
    shelf.put("狗.md", "汪")
    shelf.now += CHECK_SECONDS / 2
    assert await shelf.folder.texts() == {"猫": "喵"}
    assert await shelf.later() == {"狗": "汪", "猫": "喵"}
    assert reads == ["猫.md", "狗.md"]


BROKEN = {
    "encoding": b"\xff\xfe\x00",
    "too big": b"x" * (MOST_BYTES + 1),
    "empty": b" \n",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
async def test_a_broken_change_keeps_the_old(shelf: Shelf, data: bytes) -> None:
    """改坏了还用原来的，只警告一次；改好了就用新的。"""
    shelf.put("猫.md", "喵")
    await shelf.later()
    shelf.put("猫.md", data)
    shelf.put("坏.md", data)
    for _ in range(3):
        assert await shelf.later() == {"猫": "喵"}
    assert len(shelf.warnings) == 2
    assert "猫.md" in shelf.warnings[1]
    assert "仍用原来的内容" in shelf.warnings[1]
    shelf.put("猫.md", "喵喵")
    assert await shelf.later() == {"猫": "喵喵"}
    assert len(shelf.warnings) == 2


async def test_what_is_not_a_persona(shelf: Shelf) -> None:
    """别的文件、隐藏的、目录、断了的链接不看；名字不合规矩的警告一次。"""
    shelf.put("猫.md", "喵")
    shelf.put("readme.txt", "x")
    shelf.put(".狗.md", "x")
    shelf.put("add.md", "x")
    shelf.put("两 个.md", "x")
    (shelf.path / "目录.md").mkdir()
    (shelf.path / "断.md").symlink_to(shelf.path / "没有")
    os.mkfifo(shelf.path / "管道.md")
    for _ in range(2):
        assert await shelf.later() == {"猫": "喵"}
    assert len(shelf.warnings) == 2
    assert all("名字不合规矩" in warning for warning in shelf.warnings)


async def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    """没有文件夹，或它其实是个文件，都当作没有。"""
    file = tmp_path / "personas"
    file.write_text("x")
    assert await PersonaFolder(file, print).texts() == {}
    assert await PersonaFolder(None, print).texts() == {}

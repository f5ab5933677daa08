"""房子的样子：导入只朝一个方向，房间不太大，门上都有名字。"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "nonebot_plugin_glm"
ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / PACKAGE).rglob("*.py"))
FLOORS = [
    {"__init__", "cli"},
    {"public"},
    {"matchers"},
    {"message", "chat"},
    {"conversation", "api"},
    {"domain"},
    {"exception"},
]
"""从上到下；同一层的房间互不相识。`config` 在楼梯边上，只有读它的人认识。"""
CONFIG_READERS = {"matchers", "chat.factory", "__init__"}
NONEBOT_KNOWERS = {"__init__", "cli", "config", "matchers", "message", "public"}
NONEBOT = {"nonebot", "nonebot_plugin_alconna", "nonebot_plugin_uninfo"} | {
    "nonebot_plugin_localstore",
    "arclet",
}


def name_of(file: Path) -> str:
    """模块在包里的名字，如 `api.client`；包本身是 `__init__`。"""
    parts = file.relative_to(ROOT / PACKAGE).with_suffix("").parts
    if len(parts) > 1 and parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)


MODULES = {name_of(file): ast.parse(file.read_text("utf-8")) for file in FILES}
PACKAGES = {name_of(file) for file in FILES if file.name == "__init__.py"}


def imports_of(name: str) -> Iterator[str]:
    """一个模块导入的全部模块，写全名；只为类型的也算。"""
    here = [] if name == "__init__" else name.split(".")
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = node.level - (name in PACKAGES)
            base = [PACKAGE, *here[: len(here) - up]] if node.level else []
            base += node.module.split(".") if node.module else []
            yield from (target(".".join(base), alias.name) for alias in node.names)


def target(base: str, imported: str) -> str:
    """`from base import imported` 说的是哪个模块。"""
    full = f"{base}.{imported}"
    return full if full.removeprefix(f"{PACKAGE}.") in MODULES else base


def inner_imports(name: str) -> set[str]:
    """一个模块导入的本包模块，名字不带包名。"""
    prefix = f"{PACKAGE}."
    return {m.removeprefix(prefix) for m in imports_of(name) if m.startswith(prefix)}


def room(name: str) -> str:
    """模块在哪个房间。"""
    return name.split(".")[0]


def floor(name: str) -> int:
    """房间在第几层，从上数起。"""
    return next(n for n, rooms in enumerate(FLOORS) if room(name) in rooms)


def readers(name: str) -> bool:
    """是不是可以读设置的模块。"""
    return name in CONFIG_READERS or room(name) in CONFIG_READERS


@pytest.mark.parametrize("name", sorted(n for n in MODULES if room(n) != "config"))
def test_imports_go_down(name: str) -> None:
    """只导入自己的房间与下面的楼层；设置只有该读的人读。"""
    for imported in inner_imports(name):
        if room(imported) == "config":
            assert readers(name), f"{name} 不该读设置"
        else:
            below = floor(name) < floor(imported)
            assert below or room(name) == room(imported), f"{name} -> {imported}"


def test_config_stands_apart() -> None:
    """设置只认识值。"""
    known = {
        room(imported)
        for name in MODULES
        if room(name) == "config"
        for imported in inner_imports(name)
    }
    assert known == {"config", "domain"}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_only_the_top_knows_nonebot(name: str) -> None:
    """会话、历史、GLM 都不认识 NoneBot。"""
    known = {room(imported) for imported in imports_of(name)} & NONEBOT
    assert not known or room(name) in NONEBOT_KNOWERS


def test_no_cycles() -> None:
    """没有两个模块互相导入，绕一圈的也没有。"""
    order: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path, name])
        if name not in order:
            for imported in inner_imports(name):
                visit(imported, (*path, name))
            order.append(name)

    for name in MODULES:
        visit(name, ())
    assert set(order) == set(MODULES)


def test_require_is_called_in_one_place() -> None:
    """`require()` 只在包的门口。"""
    callers = {
        name
        for name, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "require"
    }
    assert callers == {"__init__"}


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_module_is_small(file: Path) -> None:
    """模块至多两百行，函数至多五十行。"""
    assert len(file.read_text("utf-8").splitlines()) <= 200
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(MODULES[name_of(file)]):
        if isinstance(node, functions):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name


def undocumented(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[str]:
    """没有说明的公开名字。"""
    if not ast.get_docstring(tree):
        yield prefix or "模块"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}.{node.name}"
            if node.name.startswith("_"):
                continue
            if isinstance(node, ast.ClassDef):
                yield from undocumented(node, name)
            elif not ast.get_docstring(node):
                yield name


@pytest.mark.parametrize("name", sorted(MODULES))
def test_public_names_are_documented(name: str) -> None:
    """每个模块、公开的类、函数与方法都有说明。"""
    assert list(undocumented(MODULES[name])) == []


ALONE = f"""
import sys, types

class NoNoneBot:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {sorted(NONEBOT)!r}:
            raise ImportError("这里没有 " + name)

package = types.ModuleType({PACKAGE!r})
package.__path__ = [{str(ROOT / PACKAGE)!r}]
sys.modules[{PACKAGE!r}] = package
sys.meta_path.insert(0, NoNoneBot())
import {PACKAGE}.api.client
print({PACKAGE}.api.client.GLMClient.__name__)
"""


def test_api_works_without_nonebot() -> None:
    """没有 NoneBot 也能导入 GLM 的客户端。"""
    done = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("GLMClient", 0), done.stderr

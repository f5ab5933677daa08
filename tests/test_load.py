"""插件能加载：真的适配器，或者什么都不设、驱动器一碰就坏的商店检查。"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from importlib.metadata import distribution, distributions
from pathlib import Path

import nonebot
import pytest
from nonebug import App
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import BaseModel

from tests.fake_glm import FakeGLM

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pyright: ignore[reportMissingImports]

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
README = (ROOT / "README.md").read_text("utf-8")
LAZY = {"httpx", "httpx_aiohttp", "aiohttp", "sqlalchemy", "alembic", "markdown_it"}
"""第一个提问才用得上，导入它们要半秒。"""

DRIVER = """
from nonebot.drivers import ASGIMixin, HTTPClientMixin, WebSocketClientMixin
from nonebot.drivers import Driver as Base

def refuse(*args, **kwargs):
    raise NotImplementedError

class Features(HTTPClientMixin, WebSocketClientMixin, ASGIMixin, Base):
    pass

def stub(name):
    is_property = isinstance(getattr(Features, name), property)
    return property(refuse) if is_property else refuse

Driver = type("Driver", (Features,), {n: stub(n) for n in Features.__abstractmethods__})
"""
STORE = f"""
import json, sys
from pathlib import Path

class OnlyDeclared:
    missing = set(json.loads(Path("missing.json").read_text("utf-8")))
    finders = list(sys.meta_path)
    def find_spec(self, name, path=None, target=None):
        if name in self.missing:
            return None
        specs = (f.find_spec(name, path, target) for f in self.finders)
        return next(filter(None, specs), None)

sys.path[:0] = [".", {str(ROOT)!r}]
sys.meta_path[:] = [OnlyDeclared()]
import nonebot
nonebot.init(driver="store_driver:Driver")
plugin = nonebot.load_plugin("nonebot_plugin_glm")
assert plugin and plugin.metadata and plugin.metadata.name
print(*(f"module {{name}}" for name in sys.modules), sep="\\n")
"""
USER = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import nonebot
nonebot.init(driver="~none", _env_file=None)
assert nonebot.load_plugin("lots"), "没有加载"
"""
MESSAGE = {
    "time": 0,
    "self_id": 1,
    "post_type": "message",
    "message_type": "private",
    "sub_type": "friend",
    "message_id": 1,
    "user_id": 2,
    "message": "你好",
    "raw_message": "你好",
    "font": 0,
    "sender": {"user_id": 2, "nickname": "甲"},
}


async def test_answers_a_private_message(app: App, glm: FakeGLM) -> None:
    """真的适配器从 WebSocket 收到私聊，回答从同一条连接出去。"""
    headers = {"X-Self-ID": "1", "X-Client-Role": "Universal"}
    async with app.test_server() as ctx:
        client = ctx.get_client()
        async with client.websocket_connect("/onebot/v11/ws", headers=headers) as ws:
            await ws.send_json(MESSAGE)
            call = await asyncio.wait_for(ws.receive_json(), 20)
            result = {"status": "ok", "retcode": 0, "data": {"message_id": 2}}
            await ws.send_json({**result, "echo": call["echo"]})
    text = {"type": "text", "data": {"text": "收到：你好"}}
    assert call["params"]["message"] == [text]


def declared() -> set[str]:
    """声明的依赖，以及它们的依赖。"""
    pending = [Requirement(text) for text in PROJECT["dependencies"]]
    found: set[tuple[str, frozenset[str]]] = set()
    while pending:
        wanted = pending.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in found:
            continue
        found.add(key)
        for text in distribution(wanted.name).requires or ():
            needed = Requirement(text)
            extras = ["", *wanted.extras]
            marker = needed.marker
            if not marker or any(marker.evaluate({"extra": e}) for e in extras):
                pending.append(needed)
    return {name for name, _ in found}


def undeclared_modules() -> list[str]:
    """这里装着、而没有声明的模块；商店里没有它们。"""
    own = {*declared(), canonicalize_name(PROJECT["name"]), "pip", "setuptools"}
    names: set[str] = set()
    for dist in distributions():
        if canonicalize_name(dist.metadata["Name"]) in own:
            continue
        for file in dist.files or ():
            parts = [*file.parts[:-1], file.name.split(".")[0]]
            if file.suffix in {".py", ".so", ".pyd"} and all(
                map(str.isidentifier, parts)
            ):
                names.add(".".join(parts).removesuffix(".__init__"))
    return sorted(names)


@pytest.fixture(scope="module")
async def imported(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """在空的、只装着声明的依赖的环境里加载插件，返回导入了的模块。"""
    home = tmp_path_factory.mktemp("store")
    (home / "store_driver.py").write_text(DRIVER, "utf-8")
    (home / "missing.json").write_text(json.dumps(undeclared_modules()), "utf-8")
    return set(re.findall(r"^module (.+)$", await run(STORE, home), re.MULTILINE))


async def run(program: str, home: Path) -> str:
    """在空的环境里跑一段程序，返回它的输出。"""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        cwd=home,
        env={"HOME": str(home)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    text = output.decode()
    assert process.returncode == 0, text
    return text


async def test_the_sample_in_the_readme_is_a_plugin(tmp_path: Path) -> None:
    """README 里给别的插件的例子，原样贴进一个文件就能加载。"""
    [sample] = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    (tmp_path / "lots.py").write_text(sample, "utf-8")
    await run(USER, tmp_path)


def test_one_project_format() -> None:
    """插件与适配器都写成表：与旧格式的列表混用，nb-cli 说项目不合规矩。"""
    [block] = re.findall(r"^```toml\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    plugins = {"nonebot-plugin-glm": ["nonebot_plugin_glm"]}
    assert tomllib.loads(block)["tool"]["nonebot"] == {"plugins": plugins}
    ours = PYPROJECT["tool"]["nonebot"]
    assert ours["plugins"] == plugins
    assert list(ours["adapters"]) == ["nonebot-adapter-onebot"]


def test_loads_in_the_store(imported: set[str]) -> None:
    """没有配置、驱动器的每个方法都抛异常、只装着声明的依赖，插件也能加载。"""
    assert {"nonebot_plugin_glm.matchers.dispatch", "store_driver"} <= imported


def test_store_has_no_test_tools() -> None:
    """上面的检查里确实少了没有声明的模块，声明的都在。"""
    missing = set(undeclared_modules())
    assert {"pytest", "hypothesis", "nonebug", "nonebot.adapters.console"} <= missing
    assert missing.isdisjoint({"nonebot", "nonebot.adapters.onebot", "httpx", "anyio"})


def test_slow_libraries_wait(imported: set[str]) -> None:
    """HTTP 与数据库的库不在加载时导入。"""
    assert LAZY & imported == set()


def test_metadata_passes_the_store() -> None:
    """元数据合商店的规矩。"""
    plugin = nonebot.get_plugin("nonebot_plugin_glm")
    assert plugin is not None
    metadata = plugin.metadata
    assert metadata is not None
    assert all((metadata.name, metadata.description, metadata.usage))
    assert metadata.type in {"application", "library"}
    assert re.fullmatch(r"https?://\S+", metadata.homepage or "")
    assert metadata.config is not None
    assert issubclass(metadata.config, BaseModel)


def test_supported_adapters() -> None:
    """支持的适配器都是适配器的模块名，QQ 与终端在其中。"""
    plugin = nonebot.get_plugin("nonebot_plugin_glm")
    assert plugin is not None
    assert plugin.metadata is not None
    adapters = plugin.metadata.supported_adapters
    assert adapters is not None
    full = {name.replace("~", "nonebot.adapters.") for name in adapters}
    assert all(re.fullmatch(r"nonebot\.adapters(\.[a-z0-9_]+)+", name) for name in full)
    assert full >= {"nonebot.adapters.onebot.v11", "nonebot.adapters.console"}


def test_metadata_agrees_with_the_project() -> None:
    """元数据与 pyproject.toml 说的是同一个版本与主页。"""
    plugin = nonebot.get_plugin("nonebot_plugin_glm")
    assert plugin is not None
    assert plugin.metadata is not None
    assert plugin.metadata.extra["version"] == PROJECT["version"]
    assert plugin.metadata.homepage == PROJECT["urls"]["Homepage"]

"""在收集测试之前初始化 NoneBot 并加载插件：测试模块才能在顶部导入它。"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import nonebot
import pytest
from hypothesis import HealthCheck, settings
from nonebot.adapters.onebot.v11 import Adapter

from tests.fake_glm import FakeGLM
from tests.ports import free_port
from tests.postgresql import PostgreSQLServer, missing

API_KEY = "0123456789abcdef0123456789abcdef.0123456789abcdef"
SUPERUSER = 999

# 机器忙的时候一个例子、造一批例子都可以很慢，说明不了什么
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")

_data = Path(tempfile.mkdtemp(prefix="glm-test-"))
GLM_PORT = free_port()

nonebot.init(
    _env_file=None,
    driver="~fastapi",
    log_level="DEBUG",
    superusers={str(SUPERUSER)},
    nickname={"小智"},
    command_start={"/"},
    localstore_data_dir=_data,
    localstore_config_dir=_data / "config",
    glm_render="text",
    glm_api_key=API_KEY,
    glm_base_url=f"http://127.0.0.1:{GLM_PORT}/api/paas/v4",
)
nonebot.get_driver().register_adapter(Adapter)
assert nonebot.load_plugin("nonebot_plugin_glm")


def pytest_unconfigure() -> None:
    """删去测试的数据目录。"""
    shutil.rmtree(_data, ignore_errors=True)


@pytest.fixture
async def glm() -> AsyncIterator[FakeGLM]:
    """插件所连的假 GLM，每个测试都是新的。"""
    async with FakeGLM(port=GLM_PORT, keys={API_KEY}) as server:
        yield server


@pytest.fixture(scope="session")
def server_of_databases() -> Iterator[PostgreSQLServer]:
    """整个会话的 PostgreSQL 服务器；没有它的程序就跳过。"""
    if (reason := missing()) is not None:
        pytest.skip(reason)
    with PostgreSQLServer() as server:
        yield server


@pytest.fixture(scope="session")
async def migrated(server_of_databases: PostgreSQLServer) -> str:
    """已经迁移好的数据库的名字：照着它建，不必每个测试都迁移一遍。"""
    from nonebot_plugin_glm.conversation.database import Database

    url = server_of_databases.create()
    await (await Database.open(url)).aclose()
    return url.rpartition("/")[2]


@pytest.fixture
def postgresql(server_of_databases: PostgreSQLServer, migrated: str) -> str:
    """一个新的 PostgreSQL 数据库的地址；随服务器一起消失，单独删去一个反而慢。"""
    return server_of_databases.create(migrated)


@pytest.fixture(scope="session")
def spares() -> list[str]:
    """用过、清空了的 PostgreSQL 数据库：清空一个比新建一个快得多。"""
    return []


@pytest.fixture(params=["sqlite", "postgresql"])
def where(
    request: pytest.FixtureRequest, tmp_path: Path, spares: list[str]
) -> Iterator[Path | str]:
    """两种数据库，各是空的。"""
    if request.param == "sqlite":
        yield tmp_path / "glm.db"
        return
    server: PostgreSQLServer = request.getfixturevalue("server_of_databases")
    url = spares.pop() if spares else request.getfixturevalue("postgresql")
    yield url
    server.wipe(url)
    spares.append(url)

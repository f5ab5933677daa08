"""真的 PostgreSQL 服务器：测试自己起，用完就停，不碰机器上原有的。"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing_extensions import Self

from tests.ports import free_port

ACCOUNT = "postgres"
"""服务器不肯由 root 运行，那时换成这个账号。"""
PASSWORD = "Pg7Secret9Word"
_OPTIONS = "-c fsync=off -c full_page_writes=off -c max_connections=200"


def missing() -> str | None:
    """起不了服务器的缘由。"""
    if find_spec("psycopg") is None:
        return "没有装 psycopg"
    if _program("initdb") is None:
        return "没有 PostgreSQL 的程序：apt-get install postgresql"
    if _is_root() and shutil.which("setpriv") is None:
        return "root 起不了 PostgreSQL，又没有 setpriv"
    return None


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _program(name: str) -> str | None:
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(debian[-1]) if debian else shutil.which(name)


def _run(program: str, *arguments: str) -> None:
    path = _program(program)
    assert path is not None
    command = [path, *arguments]
    if _is_root():
        account = [f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups"]
        command = ["setpriv", *account, *command]
    # 服务器会带走继承来的管道，等它就等不完
    subprocess.run(
        command,
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


class PostgreSQLServer:
    """一个临时的服务器，只听本机，要密码。"""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="glm-pg-"))
        self._numbers = itertools.count(1)
        self._port = free_port()

    def __enter__(self) -> Self:
        secret = self._home / "password"
        secret.write_text(PASSWORD, "utf-8")
        if _is_root():
            for path in (self._home, secret):
                shutil.chown(path, ACCOUNT, ACCOUNT)
        login = ("-U", "glm", "-A", "scram-sha-256", "--pwfile", str(secret))
        _run("initdb", "-D", self._data, "-N", "-E", "UTF8", "--locale=C", *login)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def start(self) -> None:
        """起来，等到能连。"""
        where = f"-h 127.0.0.1 -p {self._port} -k {self._home} {_OPTIONS}"
        log = str(self._home / "log")
        _run("pg_ctl", "-D", self._data, "-l", log, "-o", where, "-w", "start")

    def stop(self) -> None:
        """停下，连着的都断开。"""
        _run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def create(self, template: str = "template0") -> str:
        """新建一个数据库，照着 `template`，返回它的地址。"""
        name = f"glm{next(self._numbers)}"
        self._order(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def wipe(self, url: str) -> None:
        """清空插件的各张表，编号也从头来；有谁的事务没有结束就出错。"""
        from nonebot_plugin_glm.conversation.tables import metadata

        names = ", ".join(metadata.tables)
        self._order(
            f"SET lock_timeout = '10s'; TRUNCATE {names} RESTART IDENTITY CASCADE", url
        )

    def cut(self, url: str, doing: str = "") -> None:
        """掐断一个数据库的连接；`doing` 是最后一句里有的字，空串为所有的。"""
        name = url.rpartition("/")[2]
        self._order(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            f" WHERE datname = '{name}' AND strpos(query, '{doing}') > 0"
        )

    def url(self, name: str) -> str:
        """一个数据库的地址。"""
        return f"postgresql://glm:{PASSWORD}@127.0.0.1:{self._port}/{name}"

    def _order(self, statement: str, url: str = "") -> None:
        import psycopg

        url = url or self.url("postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement.encode())

    @property
    def _data(self) -> str:
        return str(self._home / "data")

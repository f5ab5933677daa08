"""doctor：坏在哪里就说哪里，连同怎样治；密钥与密码从不说出来。"""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from nonebot_plugin_glm.api.auth import AuthMode
from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.chat.doctor import address, machine
from nonebot_plugin_glm.chat.doctor.examination import Patient, examine
from nonebot_plugin_glm.chat.doctor.findings import Finding, State, report
from nonebot_plugin_glm.chat.doctor.glm import Wanted
from nonebot_plugin_glm.conversation import checkup
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.tables import VERSION_TABLE
from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import Error
from tests.outside import carry_out
from tests.postgresql import PASSWORD, PostgreSQLServer

KEY = "Zx7Qw9Lk2Vb4Nm6Tr8Yp3Hs5Jd1Fg0Ac.Kq3Wz8Xc5Vt7Bn2M"
MODEL = "glm-4.7-flash"
BAD, WARN, FINE = State


@pytest.fixture
def patient(glm: FakeGLM, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Patient:
    """健康的人；跑测试的机器有没有中文字体，与他无关。"""
    monkeypatch.setattr(machine, "_has_chinese_font", lambda: True)
    endpoint = Endpoint(base_url=glm.base_url, read_timeout=10, connect_timeout=10)
    wanted = Wanted((glm.api_key,), "auto", endpoint, MODEL)
    return Patient(wanted, tmp_path / "glm.db")


def at(patient: Patient, base_url: str, proxy: str | None = None) -> Patient:
    """换一个地址或代理。"""
    endpoint = replace(patient.wanted.endpoint, base_url=base_url, proxy=proxy)
    return replace(patient, wanted=replace(patient.wanted, endpoint=endpoint))


def holding(patient: Patient, *keys: str) -> Patient:
    """换几个密钥。"""
    return replace(patient, wanted=replace(patient.wanted, keys=keys))


async def problems(patient: Patient) -> dict[str, Finding]:
    """看出的不好的，按名字。"""
    found = await examine(patient)
    assert len({finding.name for finding in found}) == len(found)
    return {f.name: f for f in found if f.state is not FINE}


async def test_all_is_well(glm: FakeGLM, patient: Patient) -> None:
    """处处都好：只问了一句最短的话。"""
    found = await examine(patient)
    text = report(found)
    assert text.splitlines()[0] == "一切正常。"
    names = ["地址", "时钟", "密钥", "模型", "代理", "数据库"]
    assert [finding.name for finding in found][: len(names)] == names
    [body] = glm.chats
    assert (body["model"], body["max_tokens"]) == (MODEL, 1)
    assert not glm.invalid


async def test_thinking_away_the_only_token(glm: FakeGLM, patient: Patient) -> None:
    """总是思考的模型一个字也没来得及答，也算答了。"""
    always = replace(patient, wanted=replace(patient.wanted, model="glm-5.3"))
    assert await problems(always) == {}


KEYS = {
    "1000": ("密钥", BAD, "GLM 不认它"),
    "1003": ("密钥", BAD, "过期了"),
    "1113": ("密钥", BAD, "余额不足：充值（"),
    "1308": ("密钥", BAD, "2025-12-21 15:00:05（北京时间）恢复"),
    "1309": ("密钥", BAD, "编程套餐到期了"),
    "1315": ("密钥", BAD, "/api/coding/paas/v4"),
    "1211": ("模型", BAD, "没有这个模型"),
    "1311": ("模型", BAD, "套餐不含它"),
    "1305": ("模型", WARN, "过一会儿再看"),
    "1234": ("模型", WARN, "过一会儿再看"),
    "1210": ("模型", BAD, "看日志"),
}
RESET = "已达到 5 小时的使用上限。您的限额将在 2025-12-21 15:00:05 重置。"


@pytest.mark.parametrize("code", KEYS)
async def test_glm_refuses(glm: FakeGLM, patient: Patient, code: str) -> None:
    """GLM 的每种拒绝都说是密钥还是模型，怎样治，带着业务码。"""
    glm.always(Error.of(code, RESET if code == "1308" else None))
    name, state, words = KEYS[code]
    found = await problems(patient)
    assert list(found) == [name]
    assert found[name].state is state
    assert words in found[name].text
    assert f"业务码 {code}" in found[name].text


async def test_bad_key(glm: FakeGLM, patient: Patient) -> None:
    """被吊销的密钥：不再问模型，不说出它的任何一段。"""
    glm.revoked.add(glm.api_key)
    found = await examine(patient)
    text = report(found)
    assert "✗ 密钥：GLM 不认它：到控制台核对" in text
    assert "模型" not in text
    assert glm.api_key[:6] not in text
    assert not glm.chats


WRONG_KEYS = {
    "Bearer a.b": "不要写 Bearer",
    "我的密钥": "汉字",
    '"a.b"': "引号",
    "a.b # 备注": "汉字",
    "<a.b>": "尖括号",
}


@pytest.mark.parametrize("key", WRONG_KEYS)
async def test_key_copied_wrong(glm: FakeGLM, patient: Patient, key: str) -> None:
    """抄错了的密钥一看就知道，不必问 GLM。"""
    found = await problems(holding(patient, key))
    assert WRONG_KEYS[key] in found["密钥"].text
    assert not glm.chats


async def test_no_key(patient: Patient) -> None:
    """没有密钥：说在哪里领、写在哪里。"""
    found = await problems(holding(patient))
    assert "GLM_API_KEY" in found["密钥"].text


async def test_several_keys(glm: FakeGLM, patient: Patient) -> None:
    """几个密钥逐个看，坏的说是第几个。"""
    found = await problems(holding(patient, glm.api_key, "another.key"))
    assert list(found) == ["密钥 2"]


async def test_wrong_path(glm: FakeGLM, patient: Patient) -> None:
    """看不出写错、可是答 404 的地址。"""
    wrong = at(patient, glm.base_url.replace("/v4", "/v5"))
    found = await problems(wrong)
    assert list(found) == ["地址"]
    assert "GLM_BASE_URL" in found["地址"].text


CN, CODING = "https://open.bigmodel.cn/api/paas/v4", "/api/coding/paas/v4"
ADDRESSES = {
    CN: (FINE, "open.bigmodel.cn，按量付费的接口"),
    f"https://api.z.ai{CODING}": (FINE, "api.z.ai，编程套餐的接口"),
    f"{CN}/chat/completions": (BAD, f"改成 {CN}"),
    "http://127.0.0.1:8000/v1/models": (BAD, "改成 http://127.0.0.1:8000/v1"),
    "https://open.bigmodel.cn/api/anthropic": (BAD, f"改成 {CN}"),
    "https://open.bigmodel.cn": (BAD, CODING),
    "https://bigmodel.cn/api/paas/v4": (BAD, f"改成 {CN}"),
    "https://z.ai/api/paas/v4": (BAD, "改成 https://api.z.ai/api/paas/v4"),
    "http://open.bigmodel.cn/api/paas/v4": (BAD, "https"),
    "http://u:pass@10.0.0.1:8000/v1": (FINE, "10.0.0.1:8000（"),
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_address(url: str) -> None:
    """地址的写法：智谱的四个，自建的随意，多写了的说该怎么写。"""
    found = address.look_at(Endpoint(base_url=url))
    state, words = ADDRESSES[url]
    assert found.state is state
    assert words in found.text
    assert "pass" not in found.text


@pytest.mark.parametrize("auth", ["jwt", "bearer"])
async def test_clock(glm: FakeGLM, patient: Patient, auth: AuthMode) -> None:
    """钟差半小时：签令牌的用不了，直接用密钥的只是提醒。"""
    glm.clock_skew = 1800
    wanted = replace(patient.wanted, auth=auth)
    found = await problems(replace(patient, wanted=wanted))
    assert list(found) == ["时钟"]
    assert found["时钟"].text.startswith("慢了 30 分钟")
    assert found["时钟"].state is (BAD if auth == "jwt" else WARN)
    assert ("GLM_AUTH=bearer" in found["时钟"].text) is (auth == "jwt")


async def test_token_expired_by_the_clock(glm: FakeGLM, patient: Patient) -> None:
    """慢了三小时：令牌一签出来就过期了，两处都说时钟。"""
    glm.clock_skew = 3 * 3600
    found = await problems(patient)
    assert found["时钟"].text.startswith("慢了 3 小时")
    assert found["密钥"].text.startswith("过期了：先校准时钟")


@pytest.fixture
def closed_port() -> int:
    """没有人在听的端口。"""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_unreachable(patient: Patient, closed_port: int) -> None:
    """连不上：说缘由，不再看后面的。"""
    found = await examine(at(patient, f"http://127.0.0.1:{closed_port}/v4"))
    text = report(found)
    assert "✗ 网络：连不上" in text
    assert "密钥" not in text


async def test_unreachable_proxy(
    glm: FakeGLM, patient: Patient, closed_port: int
) -> None:
    """代理连不上：说是代理，不说它的密码，不去怪别的。"""
    proxy = f"http://me:s3cr3t@127.0.0.1:{closed_port}"
    found = await problems(at(patient, glm.base_url, proxy))
    assert list(found) == ["代理"]
    assert f"GLM_PROXY 里的 127.0.0.1:{closed_port} 连不上" in found["代理"].text
    assert "s3cr3t" not in found["代理"].text


async def test_socks_in_the_environment(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """环境变量里的 SOCKS 代理不支持，说是哪一个。"""
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:7890")
    found = await problems(at(patient, "http://glm.invalid/v4"))
    assert "环境变量 ALL_PROXY 里的 127.0.0.1:7890 是 socks5 的" in found["代理"].text


async def test_exempt_from_the_proxy(
    glm: FakeGLM,
    patient: Patient,
    monkeypatch: pytest.MonkeyPatch,
    closed_port: int,
) -> None:
    """`NO_PROXY` 管着的不经代理，与问 GLM 时一样：代理连不连得上都不要紧。"""
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("NO_PROXY", "other.invalid, 127.0.0.1")
    assert await problems(at(patient, glm.base_url)) == {}
    monkeypatch.setenv("NO_PROXY", "other.invalid")
    found = await problems(at(patient, glm.base_url))
    assert f"环境变量 ALL_PROXY 里的 127.0.0.1:{closed_port}" in found["代理"].text


async def test_database_cannot_be_written(patient: Patient) -> None:
    """数据目录写不进：说是哪里、什么缘由。"""
    assert isinstance(patient.database, Path)
    folder = patient.database.parent
    folder.joinpath("file").touch()
    blocked = replace(patient, database=folder / "file" / "glm.db")
    found = await problems(blocked)
    assert list(found) == ["数据库"]
    assert str(blocked.database) in found["数据库"].text
    assert found["数据库"].state is BAD


async def test_database(tmp_path: Path) -> None:
    """看一眼不改它：没有的不新建，写着的、太新的、磁盘快满的说得出。"""
    path = tmp_path / "glm.db"
    assert (await machine.database(path)).state is FINE
    assert not path.exists()
    await (await Database.open(path)).aclose()
    state = checkup.look_at(path)
    assert (state.version, state.size) == ("0003", path.stat().st_size)
    path.with_name("glm.db.damaged-20261125-120000").write_bytes(b"x" * 4096)
    assert checkup.look_at(path).size == state.size
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
        other.commit()
    found = await machine.database(path)
    assert (found.state, "升级插件" in found.text) == (BAD, True)


async def test_database_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """别的进程一直占着。"""
    monkeypatch.setattr(checkup, "_BUSY_SECONDS", 0.1)
    path = tmp_path / "glm.db"
    await (await Database.open(path)).aclose()
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "locked" in (await machine.database(path)).text


async def test_server(
    patient: Patient, postgresql: str, server_of_databases: PostgreSQLServer
) -> None:
    """PostgreSQL：连得上、太新、停着，都说得出，只一行。"""
    on_server = replace(patient, database=postgresql)
    assert await problems(on_server) == {}
    carry_out(postgresql, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    assert "升级插件" in (await machine.database(postgresql)).text
    server_of_databases.stop()
    found = await machine.database(postgresql)
    server_of_databases.start()
    assert found.state is BAD
    assert found.text.startswith("PostgreSQL 连不上：")
    assert "\n" not in found.text
    assert PASSWORD not in found.text


async def test_little_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """磁盘快满了。"""
    monkeypatch.setattr(machine, "LOW_DISK", 2**62)
    assert (await machine.database(tmp_path / "glm.db")).state is WARN


FONTS = [(False, "", []), (True, "", [WARN]), (True, "NotoSansCJK.ttc", [FINE])]


@pytest.mark.parametrize(("installed", "font", "states"), FONTS)
async def test_fonts(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    installed: bool,
    font: str,
    states: list[State],
) -> None:
    """装了画图的附加才看字体。"""
    monkeypatch.setattr(machine, "find_spec", lambda name: installed or None)
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    monkeypatch.setattr(machine, "_FONT_DIRECTORIES", (str(tmp_path), "/nosuch"))
    if font:
        (tmp_path / font).touch()
    assert [finding.state for finding in await machine.fonts()] == states


def test_report_puts_problems_first() -> None:
    """坏的在前，有几处一开头就说。"""
    states = {"甲": FINE, "乙": WARN, "丙": BAD}
    text = report([Finding(name, state, "样子") for name, state in states.items()])
    assert text == "有 2 处要看：\n✗ 丙：样子\n！ 乙：样子\n✓ 甲：样子"

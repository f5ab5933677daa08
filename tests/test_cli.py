"""`nb glm …`：不必启动机器人就能自检、搬家。"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path

import pytest
from nonebot.log import logger

from nonebot_plugin_glm import cli
from nonebot_plugin_glm.conversation.store import ConversationStore
from tests.fake_glm import FakeGLM
from tests.postgresql import PASSWORD
from tests.test_conversation.builders import private, turn, window
from tests.test_load import PROJECT

ROOT = Path(__file__).parents[1]
Run = Callable[..., Awaitable[tuple[int, str]]]

# nb-cli 的模板 script/run_script.py.jinja 做的就是这些
SCRIPT = """
import nonebot
from nonebot.adapters.onebot.v11 import Adapter
nonebot.init()
nonebot.get_driver().register_adapter(Adapter)
{load}
from nonebot_plugin_glm.cli import main
main()
"""
LOAD = 'nonebot.load_plugin("nonebot_plugin_glm")'


@pytest.fixture
def nb_glm(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`await nb_glm(数据库, "export", …)`，得到退出码与说的话。"""

    def run() -> int:
        with pytest.raises(SystemExit) as left:
            cli.main()
        return int(left.value.code or 0)

    async def nb_glm(database: Path | str, *arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(cli, "WHERE", database)
        monkeypatch.setattr(sys, "argv", ["nb glm", *map(str, arguments)])
        try:
            code = await asyncio.to_thread(run)
        finally:
            logger.enable("nonebot_plugin_glm")
        return code, capsys.readouterr().out

    return nb_glm


def test_entry_point() -> None:
    """nb-cli 找得到入口。"""
    module, _, name = PROJECT["entry-points"]["nb_scripts"]["glm"].partition(":")
    assert callable(getattr(import_module(module), name))


async def test_move_to_another_machine(tmp_path: Path, nb_glm: Run) -> None:
    """写出再读进：历史、选择、设置都在；读两次不重复。"""
    old, new, file = (tmp_path / name for name in ("old.db", "new.db", "存档.jsonl"))
    here = await ConversationStore.open(old)
    for number in range(3):
        await here.append(private(), turn(f"问{number}"))
    await here.choose_model(private(), "glm-4.7")
    await here.settings.put("config.glm_temperature", "0.5")
    code, said = await nb_glm(old, "export", file)
    await here.aclose()
    assert (code, said) == (0, f"写好了 {file}：1 个会话，3 轮。\n")
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    for words in ("1 个会话，3 轮。", "0 个会话，0 轮，1 个会话这里已经有了，没有动。"):
        assert await nb_glm(new, "import", file) == (0, f"读进了 {words}\n")
    there = await ConversationStore.open(new)
    assert await window(there, private()) == ["问0", "问1", "问2"]
    assert (await there.read(private(), 1)).model == "glm-4.7"
    assert await there.settings.all() == {"config.glm_temperature": "0.5"}
    await there.aclose()


async def test_move_to_postgresql_and_back(
    tmp_path: Path, postgresql: str, nb_glm: Run
) -> None:
    """搬到 PostgreSQL 再搬回来，一样不少；空的也写得出。"""
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    empty, there, back = (tmp_path / name for name in ("0", "1", "2"))
    assert (await nb_glm(postgresql, "export", empty))[1].endswith("0 个会话，0 轮。\n")
    here = await ConversationStore.open(old)
    await here.append(private(), turn("问"))
    await here.settings.put("config.glm_temperature", "0.5")
    await here.aclose()
    for source, target, file in ((old, postgresql, there), (postgresql, new, back)):
        code, said = await nb_glm(source, "export", file)
        assert (code, said.endswith("1 个会话，1 轮。\n")) == (0, True)
        assert await nb_glm(target, "import", file) == (
            0,
            "读进了 1 个会话，1 轮。\n",
        )
    assert there.read_bytes() == back.read_bytes()
    again = "读进了 0 个会话，0 轮，1 个会话这里已经有了，没有动。\n"
    assert await nb_glm(postgresql, "import", back) == (0, again)


async def test_postgresql_is_out_of_reach(
    tmp_path: Path, postgresql: str, nb_glm: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """连不上、没有装驱动：一句话，没有密码，不留下半份。"""
    (tmp_path / "存档").write_text("{}", encoding="utf-8")
    wrong = postgresql.replace(PASSWORD, f"{PASSWORD}x")
    for command, file in (("export", "新的"), ("import", "存档")):
        code, said = await nb_glm(wrong, command, tmp_path / file)
        assert code == 1
        assert re.fullmatch("没有做成：.*password authentication failed.*\n", said)
        assert PASSWORD not in said
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for command, file in (("export", "新的"), ("import", "存档")):
        code, said = await nb_glm(postgresql, command, tmp_path / file)
        assert (code, said.count("\n")) == (1, 1)
        assert "pip install 'nonebot-plugin-glm[postgresql]'" in said
    assert files_in(tmp_path) == {"存档"}


def files_in(directory: Path) -> set[str]:
    """这里与更里面的文件。"""
    return {file.name for file in directory.rglob("*") if file.is_file()}


async def test_nothing_to_export(tmp_path: Path, nb_glm: Run) -> None:
    """没有历史就不写，已有的文件不覆盖，写不成不留下半份。"""
    database, file = tmp_path / "glm.db", tmp_path / "x"
    code, said = await nb_glm(database, "export", file)
    assert (code, "还没有历史" in said) == (1, True)
    database.write_bytes(b"not a database" * 100)
    code, said = await nb_glm(database, "export", file)
    assert (code, said.startswith("没有做成：")) == (1, True)
    assert files_in(tmp_path) == {"glm.db"}
    file.write_text("原来的")
    code, said = await nb_glm(database, "export", file)
    assert (code, "换一个名字" in said) == (1, True)
    assert file.read_text() == "原来的"


@pytest.mark.parametrize("content", ["", "不是 JSON", None], ids=["", "bad", "none"])
async def test_bad_archive(tmp_path: Path, nb_glm: Run, content: str | None) -> None:
    """读不了的存档得到一句话。"""
    if content is not None:
        (tmp_path / "x").write_text(content, encoding="utf-8")
    code, said = await nb_glm(tmp_path / "glm.db", "import", tmp_path / "x")
    assert (code, said.startswith("没有做成：")) == (1, True)
    assert len(said.splitlines()) == 1


async def test_in_plain_words(
    tmp_path: Path,
    nb_glm: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """文件不在、写错了命令，说的都是中文。"""
    code, said = await nb_glm(tmp_path / "glm.db", "import", tmp_path / "x")
    assert (code, said) == (1, f"没有做成：{tmp_path / 'x'}：没有这个文件或文件夹\n")
    monkeypatch.setattr(sys, "argv", ["glm", "nosuch"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    assert capsys.readouterr().err.endswith("没有这种写法，详见 nb glm -h。\n")


NO_DRIVER = f"import sys; sys.modules['psycopg'] = None; {LOAD}"


async def test_doctor_on_postgresql(
    tmp_path: Path, glm: FakeGLM, postgresql: str
) -> None:
    """共用的数据库好不好、连不上怎样治，都说得出，没有密码；没有装驱动也照样自检。"""
    settings = {"GLM_API_KEY": glm.api_key, "GLM_BASE_URL": glm.base_url}
    wrong = postgresql.replace(PASSWORD, f"{PASSWORD}x")
    (_, good), (bad_code, bad), (code, missing) = await asyncio.gather(
        run_doctor(project(tmp_path / "1", **settings, GLM_DATABASE_URL=postgresql)),
        run_doctor(project(tmp_path / "2", **settings, GLM_DATABASE_URL=wrong)),
        run_doctor(
            project(tmp_path / "3", **settings, GLM_DATABASE_URL=postgresql), NO_DRIVER
        ),
    )
    assert re.search(r"^✓ 数据库：PostgreSQL \d[\d.]*，连得上$", good, re.MULTILINE)
    failed = "✗ 数据库：PostgreSQL 连不上：.*password authentication failed"
    assert re.search(failed, bad)
    assert "pip install 'nonebot-plugin-glm[postgresql]'" in missing
    assert bad_code == code == 1
    assert PASSWORD not in good + bad + missing


def project(directory: Path, **settings: str) -> Path:
    """一个 NoneBot 项目。"""
    common = {"DRIVER": "~fastapi", "LOCALSTORE_USE_CWD": "true"}
    lines = [f"{name}={value}" for name, value in {**common, **settings}.items()]
    directory.mkdir()
    (directory / ".env").write_text("\n".join(lines), encoding="utf-8")
    return directory


async def run_doctor(directory: Path, load: str = LOAD) -> tuple[int | None, str]:
    """照 nb-cli 的样子运行 `nb glm doctor`。"""
    foreign = re.compile(r"GLM_.*|.*_proxy|NICKNAME|SUPERUSERS", re.IGNORECASE)
    kept = {k: v for k, v in os.environ.items() if not foreign.fullmatch(k)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SCRIPT.format(load=load), "doctor"),
        cwd=directory,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, output.decode()


async def test_doctor(tmp_path: Path, glm: FakeGLM) -> None:
    """不启动机器人也能自检，不新建数据库；设置写错了、插件没有加载，末一行说怎样治。"""
    settings = {"GLM_API_KEY": "a.b", "GLM_BASE_URL": glm.base_url}
    (code, text), (wrong, trouble), (_, absent) = await asyncio.gather(
        run_doctor(project(tmp_path / "sick", **settings)),
        run_doctor(project(tmp_path / "wrong", GLM_TEMPERATURE="3")),
        run_doctor(project(tmp_path / "absent"), load=""),
    )
    assert code == wrong == 1
    assert "有 3 处要看：\n✗ 密钥：GLM 不认它" in text
    assert "✓ 地址" in text
    assert "glm.db" not in files_in(tmp_path)
    assert "GLM_TEMPERATURE 应不大于 1" in trouble.splitlines()[-1]
    assert "没有作为插件加载" in absent.splitlines()[-1]

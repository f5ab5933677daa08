"""`nb glm …`：不必启动机器人就能自检、搬家。

nb-cli 在项目的环境里加载好适配器与插件，再调用 `main`，参数在 `sys.argv` 里；
出处：nb-cli 1.7 的 `handlers/script.py` 与它的模板 `script/run_script.py.jinja`。
"""

from __future__ import annotations

import asyncio
import errno
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from typing import NoReturn, TextIO

from nonebot.log import logger

from .chat.doctor.findings import State, report
from .conversation.archive import Dumped, Loaded, dump, lines_of, load
from .conversation.database import Database
from .exception import GLMError
from .matchers.checkup import checkup
from .matchers.runtime import WHERE

_IMPORT = """从存档读进历史与设置。先停下机器人：它把群的选择与设置记在内存里。

已经有问答或备忘的会话原样不动；设置、人设、群的选择、屏蔽的人，以这里的为准；
账本只补上这里没有的，所以读两次也不会重复。存档有一处不对，就什么也不读进。"""


_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EISDIR: "它是一个文件夹",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.ENOSPC: "磁盘满了",
    errno.EROFS: "磁盘只读",
}
"""系统的话是英文的。"""


class _Parser(ArgumentParser):
    """写错了说中文。"""

    def error(self, message: str) -> NoReturn:
        """说用法，退出。"""
        self.print_usage(sys.stderr)
        self.exit(2, f"没有这种写法，详见 {self.prog} -h。\n")


def main() -> None:
    """`nb glm` 的入口。"""
    options = _parser().parse_args()
    # 要看的是下面说的，不是日志
    logger.disable(__package__)
    try:
        good = options.run(options)
    except GLMError as error:
        _tell(f"没有做成：{error}")
        good = False
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror)
        _tell(f"没有做成：{error.filename}：{reason}")
        good = False
    sys.exit(0 if good else 1)


def doctor(_: Namespace) -> bool:
    """自检；没有用不了的就算好。"""
    findings = asyncio.run(checkup())
    _tell(report(findings))
    _tell("QQ 客户端在聊天里看：启动机器人，由超级用户发送 /glm doctor。")
    return all(finding.state is not State.BAD for finding in findings)


def export_archive(options: Namespace) -> bool:
    """写出存档：先写在旁边，写完才换上名字，所以从没有半份的。"""
    file: Path = options.file
    if file.exists():
        _tell(f"已经有 {file} 了，换一个名字。")
        return False
    if isinstance(WHERE, Path) and not WHERE.exists():
        _tell(f"这里还没有历史：{WHERE} 不存在。")
        return False
    draft = file.with_name(f"{file.name}.part")
    draft.unlink(missing_ok=True)
    draft.touch(0o600)  # 里面是大家说的话，只有自己读得到
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as out:
            done = asyncio.run(_dump(out))
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    _tell(f"写好了 {file}：{done.conversations} 个会话，{done.turns} 轮。")
    return True


def import_archive(options: Namespace) -> bool:
    """读进存档。"""
    with options.file.open(encoding="utf-8") as source:
        done = asyncio.run(_load(source))
    skipped = f"，{done.skipped} 个会话这里已经有了，没有动" if done.skipped else ""
    _tell(f"读进了 {done.conversations} 个会话，{done.turns} 轮{skipped}。")
    return True


async def _dump(out: TextIO) -> Dumped:
    database = await Database.open(WHERE)
    try:
        return await dump(database, out.write)
    finally:
        await database.aclose()


async def _load(source: TextIO) -> Loaded:
    database = await Database.open(WHERE)
    try:
        return await load(database, lines_of(source))
    finally:
        await database.aclose()


def _parser() -> ArgumentParser:
    parser = _Parser("nb glm", description="智谱 GLM 对话插件的自检与搬家。")
    commands = parser.add_subparsers(title="命令", required=True, metavar="命令")
    command = commands.add_parser("doctor", help="看哪里不好，怎样治")
    command.set_defaults(run=doctor)
    help_ = "把历史与设置写成一份存档，机器人可以同时开着"
    command = commands.add_parser("export", help=help_, description=f"{help_}。")
    command.add_argument("file", type=Path, metavar="文件")
    command.set_defaults(run=export_archive)
    command = commands.add_parser(
        "import",
        help="从存档读进历史与设置，先停下机器人",
        description=_IMPORT,
        formatter_class=RawDescriptionHelpFormatter,
    )
    command.add_argument("file", type=Path, metavar="文件")
    command.set_defaults(run=import_archive)
    return parser


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")

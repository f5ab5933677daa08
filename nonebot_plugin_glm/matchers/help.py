"""`/glm help`：先说有哪些，再说其中一个怎么写；README 的表与各条说明逐条相符。"""

from __future__ import annotations

from .command import EVERYONE, Entry
from .commands import COMMANDS, TOPICS
from .rules import COMMAND

HELP = (
    Entry("help", "看有哪些命令", EVERYONE),
    Entry("help 命令", "看一个命令怎么写、谁能用", EVERYONE),
)
ENTRIES = (
    *(entry for command in COMMANDS.values() for entry in command.entries),
    *HELP,
)
"""每种写法的说明，依类别的次序。"""
MENU = [
    {
        "func": entry.effect,
        "trigger_method": "命令",
        "trigger_condition": f"{COMMAND} {entry.usage}",
        "brief_des": entry.effect,
        "detail_des": f"谁能用：{entry.who}",
    }
    for entry in ENTRIES
]
"""给画菜单的插件看的。"""


def overview(command: str) -> str:
    """有哪些子命令，一类一行；`command` 是带前缀的命令名，如 `/glm`。"""
    lines = [
        f"{topic.title}：{'、'.join(c.name for c in topic.commands)}"
        for topic in TOPICS
    ]
    return "\n".join(
        [
            f"和我说话就能聊天：私聊直接说，群里 @ 我或回复我。命令以 {command} 开头：",
            *lines,
            f"发送 {command} help 命令，看它怎么写，如 {command} help reset。",
        ]
    )


def explain(name: str, command: str) -> str | None:
    """一个子命令的各种写法；没有这个子命令是 `None`。"""
    entries = (
        HELP if name == "help" else COMMANDS[name].entries if name in COMMANDS else ()
    )
    lines = [f"{command} {e.usage}：{e.effect}（{e.who}）" for e in entries]
    return "\n".join(lines) or None

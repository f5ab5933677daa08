"""`/glm help`：每个子命令怎么写、做什么、谁能用；README 的表与它逐条相符。"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """一个子命令的说明。"""

    usage: str
    effect: str
    who: str


MANAGER = "私聊里本人；群共用的历史由群主、管理员、超级用户；各成员的历史由本人"
ASKER = "提问的人；群主、管理员、超级用户"
GROUP_ADMINS = "群主、管理员、超级用户"
SUPERUSERS = "超级用户"
EVERYONE = "所有人"

ENTRIES = (
    Entry("reset", "忘记本会话，中止正在进行的回答", MANAGER),
    Entry("reset 群号", "忘记那个群的所有会话", SUPERUSERS),
    Entry("model", "看正在用的模型和可以选的模型", EVERYONE),
    Entry("model 名字", "为本会话选择模型，default 回到默认", MANAGER),
    Entry("model 名字 --global", "更换默认模型，default 回到配置里的", SUPERUSERS),
    Entry("think on|off|auto", "本会话回答前是否思考", MANAGER),
    Entry("status", "模型、范围、记住的轮数、上一轮的用量、密钥是否有效", EVERYONE),
    Entry("undo", "忘记最后一轮", ASKER),
    Entry("retry", "重新回答最后一个提问", ASKER),
    Entry("stop", "中止正在进行的回答", ASKER),
    Entry("resend", "把最后一个回答再发一次", EVERYONE),
    Entry("history 轮数", "列出最近的几轮，不写轮数是 10 轮", EVERYONE),
    Entry("on", "在本群聊天", GROUP_ADMINS),
    Entry("off", "不在本群聊天，命令照常", GROUP_ADMINS),
    Entry("scope group|member", "本群共用一份历史，或每个成员一份", GROUP_ADMINS),
    Entry("join", "看本群里没有叫它时怎样插话", EVERYONE),
    Entry(
        "join probability|keywords|cooldown|follow 值",
        "设插话的概率、关键词、间隔秒数，和接着说不必 @ 的秒数；join default 回到默认",
        GROUP_ADMINS,
    ),
    Entry("block @人", "不再理一个人，也可以写号码", SUPERUSERS),
    Entry("unblock @人", "又理他", SUPERUSERS),
    Entry("help", "看这份说明", EVERYONE),
)


def help_text(command: str) -> str:
    """说明的全文；`command` 是带前缀的命令名，如 `/glm`。"""
    lines = [f"{command} {entry.usage}：{entry.effect}" for entry in ENTRIES]
    return "\n".join(["和我说话就能聊天：私聊直接说，群里 @ 我或回复我。", *lines])

"""测试共用的会话、轮与读法。"""

from __future__ import annotations

from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import ConversationKey, Scope, Speaker, Turn, Usage

ALICE = Speaker("1", "甲")
EVERYTHING = 100_000
"""比任何测试存的轮都多。"""


def private(
    user: str = "1", *, bot_id: str = "10000", platform: str = "qq"
) -> ConversationKey:
    """一个私聊。"""
    return ConversationKey(platform, bot_id, Scope.PRIVATE, "", user)


def group(
    number: str = "9", *, bot_id: str = "10000", platform: str = "qq"
) -> ConversationKey:
    """一个群共用的会话。"""
    return ConversationKey(platform, bot_id, Scope.GROUP, number)


def member(
    number: str = "9", user: str = "1", *, bot_id: str = "10000"
) -> ConversationKey:
    """一个群成员的会话。"""
    return ConversationKey("qq", bot_id, Scope.MEMBER, number, user)


NEIGHBOURS = (
    private("1"),
    private("2"),
    private("1", bot_id="20000"),
    private("1", platform="telegram"),
    group("9"),
    group("8"),
    group("9", bot_id="20000"),
    group("9", platform="telegram"),
    group("9/1"),
    member("9", "1"),
    member("9", "2"),
    member("8", "1"),
    member("9", "1", bot_id="20000"),
)
"""只差一项的各个会话。"""


def turn(question: str = "问", answer: str = "答", speaker: Speaker = ALICE) -> Turn:
    """一轮。"""
    return Turn(question, answer, speaker, "glm-4.7-flash", Usage(4, 3, 2, 1))


async def fill(store: ConversationStore, key: ConversationKey, count: int) -> list[int]:
    """存 `count` 轮，问题是「问0」「问1」……，返回各轮的编号。"""
    for number in range(count):
        await store.append(key, turn(f"问{number}", f"答{number}"))
    return [stored.id for stored in (await store.read(key, EVERYTHING)).turns]


async def window(store: ConversationStore, key: ConversationKey) -> list[str]:
    """窗口里的问题，从旧到新。"""
    return [t.turn.question for t in (await store.read(key, EVERYTHING)).turns]

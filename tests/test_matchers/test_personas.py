"""人设的命令：看、选、添、改、看正文、去掉，谁可以。"""

from __future__ import annotations

import pytest
from nonebot.adapters.onebot.v11 import Message

from nonebot_plugin_glm.conversation.naming import (
    MOST_PERSONAS,
    PERSONA_CHARS,
    RESERVED,
    PersonaRefusal,
)
from nonebot_plugin_glm.domain import ConversationKey, Scope
from nonebot_plugin_glm.matchers.call import DENIED_GROUP, DENIED_MANAGE, DENIED_OWNER
from nonebot_plugin_glm.matchers.commands.personas import (
    ACTIONS,
    BAD_NAME,
    IS_DEFAULT,
    NO_SUCH,
    NOT_OWN,
    REFUSALS,
    TOO_LONG,
)
from nonebot_plugin_glm.matchers.keys import SCOPE
from tests.test_chat.builders import Inbox, question

from .rig import ADMIN, MEMBER, OTHER, OWNER, Rig

GROUP = ConversationKey("qq", "10000", Scope.GROUP, "30")
TEXT = "你是\"猫\"，\n\n  1. 只说「喵」；\n{json: 'x'}"


async def test_the_life_of_a_persona(rig: Rig) -> None:
    """添、看正文、选、改、去掉；引号、换行、花括号都原样。"""
    assert "添了 猫" in await rig.types(f"/glm persona add 猫\n{TEXT}", ADMIN)
    assert await rig.types("/glm persona show 猫", ADMIN) == TEXT
    told = await rig.types("/glm persona", OTHER)
    assert told.startswith("正在用 default。")
    assert told.endswith("default、猫。")
    assert await rig.types("/glm persona 猫", ADMIN) == "本会话改用 猫。"
    assert (await rig.types("/glm persona")).startswith("正在用 猫。")
    await rig.service.ask(question("问", GROUP), Inbox())
    assert rig.client.requests[-1].messages[0].content.startswith(f"{TEXT}\n\n")
    assert await rig.types("/glm persona edit 猫 新的", ADMIN) == "改了 猫。"
    assert await rig.types("/glm persona show 猫", OWNER) == "新的"
    assert "去掉了 猫" in await rig.types("/glm persona remove 猫", ADMIN)
    told = await rig.types("/glm persona")
    assert told.startswith("选的 猫 已经没有了，正在用 default。")
    assert await rig.types("/glm persona 默认", ADMIN) == "本会话改用默认的人设。"
    assert (await rig.types("/glm persona")).startswith("正在用 default。")


async def test_cq_strings(rig: Rig) -> None:
    """字符串格式的消息里转义了的方括号，存下的是原来的字。"""
    typed = Message("/glm persona add 猫 &#91;CQ:at,qq=all&#93; &amp; 喵")
    await rig.types(typed, ADMIN)
    assert await rig.types("/glm persona show 猫", ADMIN) == "[CQ:at,qq=all] & 喵"


KEEPING = ["add 狗 汪", "edit 猫 汪", "show 猫", "remove 猫"]


@pytest.mark.parametrize("action", KEEPING)
@pytest.mark.parametrize("scope", [Scope.GROUP, Scope.MEMBER])
async def test_who_may_keep_the_groups(rig: Rig, action: str, scope: Scope) -> None:
    """群里的由管理的人添、改、看正文、去掉，各成员一份历史的群也是。"""
    await rig.service.places.choose(GROUP, SCOPE, scope.value)
    await rig.types("/glm persona add 猫 喵", ADMIN)
    assert await rig.types(f"/glm persona {action}", MEMBER) == DENIED_GROUP
    assert await rig.types("/glm persona show 猫", ADMIN) == "喵"
    for who in (ADMIN, OWNER):
        told = await rig.types(f"/glm persona {action}", who)
        assert "这样做" not in told
        await rig.types("/glm persona remove 狗", ADMIN)
        await rig.types("/glm persona add 猫 喵", ADMIN)


async def test_who_may_choose(rig: Rig) -> None:
    """群共用的由管理的人选；各成员的由本人选，只影响自己。"""
    await rig.types("/glm persona add 猫 喵", ADMIN)
    for wanted in ("猫", "default", "没有"):
        assert await rig.types(f"/glm persona {wanted}", MEMBER) == DENIED_MANAGE
    await rig.service.places.choose(GROUP, SCOPE, Scope.MEMBER.value)
    assert await rig.types("/glm persona 猫", MEMBER) == "本会话改用 猫。"
    assert (await rig.types("/glm persona", OTHER)).startswith("正在用 default。")


async def test_private_is_ones_own(rig: Rig) -> None:
    """私聊里自己的自己添；群里看不到，别人也看不到。"""
    for action in ("add 猫 喵", "edit 猫 汪"):
        assert "猫" in await rig.types(f"/glm persona {action}", group=None)
    assert await rig.types("/glm persona show 猫", group=None) == "汪"
    assert await rig.types("/glm persona 猫", group=None) == "本会话改用 猫。"
    assert await rig.types("/glm persona 猫", OTHER, group=None) == NO_SUCH
    assert await rig.types("/glm persona 猫", ADMIN) == NO_SUCH
    assert await rig.types("/glm persona add 猫 喵", ADMIN, group=31)
    assert await rig.types("/glm persona show 猫", ADMIN) == NO_SUCH


WRONG = {
    "add": BAD_NAME,
    "add add 正文": BAD_NAME,
    "add 默认 正文": BAD_NAME,
    f"add {'字' * 33} 正文": BAD_NAME,
    "add 狗": "请在名字后面写正文，可以换行，如 /glm persona add 猫娘 你是一只猫。",
    "edit 猫": "请在名字后面写正文，可以换行，如 /glm persona edit 猫娘 你是一只猫。",
    f"add 狗 {'字' * (PERSONA_CHARS + 1)}": TOO_LONG,
    "add 猫 又一只": REFUSALS[PersonaRefusal.EXISTS],
    "edit 狗 汪": NOT_OWN,
    "remove 狗": NOT_OWN,
    "remove": NOT_OWN,
    "show": NO_SUCH,
    "show 狗": NO_SUCH,
    "show default": IS_DEFAULT,
    "狗": NO_SUCH,
    "猫 狗": NO_SUCH,
    "{bot}": NO_SUCH,
}


@pytest.mark.parametrize(("words", "said"), WRONG.items())
async def test_wrong_usage(rig: Rig, words: str, said: str) -> None:
    """写错了就说怎样写，原来的不动。"""
    await rig.types("/glm persona add 猫 喵", ADMIN)
    assert await rig.types(f"/glm persona {words}", ADMIN) == said
    assert await rig.types("/glm persona show 猫", ADMIN) == "喵"


async def test_full(rig: Rig) -> None:
    """添满了就说先去掉一个。"""
    for number in range(MOST_PERSONAS):
        await rig.service.personas.store.add(GROUP, f"{number}", "x")
    told = await rig.types("/glm persona add 再 x", ADMIN)
    assert told == REFUSALS[PersonaRefusal.FULL]


async def test_files_belong_to_the_owner(rig: Rig) -> None:
    """文件夹里的人人可选，正文只有超级用户看得到，在聊天里改不了也去不掉。"""

    async def texts() -> dict[str, str]:
        return {"狼": "嗷"}

    rig.service.personas._folder.texts = texts
    assert "狼" in await rig.types("/glm persona", OTHER)
    assert await rig.types("/glm persona 狼", ADMIN) == "本会话改用 狼。"
    assert await rig.types("/glm persona show 狼", ADMIN) == DENIED_OWNER
    assert await rig.types("/glm persona show 狼", OWNER) == "嗷"
    assert await rig.types("/glm persona edit 狼 汪", OWNER) == NOT_OWN
    assert await rig.types("/glm persona remove 狼", OWNER) == NOT_OWN


def test_actions_cannot_be_names() -> None:
    """第一个词都留着，没有人设叫这个。"""
    assert set(ACTIONS) < RESERVED
    assert all(word in BAD_NAME for word in RESERVED)

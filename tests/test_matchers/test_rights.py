"""rights：谁能取出、送到哪里、发不出去怎么办；抹去之前先问一声。"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import ActionFailed

from nonebot_plugin_glm.chat.results import Forgotten
from nonebot_plugin_glm.conversation.exporting import Record, Said
from nonebot_plugin_glm.conversation.traces import Person
from nonebot_plugin_glm.domain import ConversationKey, Scope
from nonebot_plugin_glm.matchers import dispatch
from nonebot_plugin_glm.matchers.call import DENIED_MANAGE
from nonebot_plugin_glm.matchers.commands import rights
from nonebot_plugin_glm.matchers.commands.conversation import NOTHING
from nonebot_plugin_glm.matchers.keys import get_key
from nonebot_plugin_glm.matchers.overheard import Overheard
from tests.test_message.builders import ScriptedBot, group_event, private_event

from .fake_service import LAST, FakeService

MEMBER: dict[str, Any] = {"user_id": 9}
ADMIN: dict[str, Any] = {"user_id": 9, "sender": {"user_id": 9, "role": "admin"}}
UPLOADS = ("upload_private_file", "upload_group_file")


class FakeRights:
    """记下抹去了谁，交出一份历史。"""

    def __init__(self) -> None:
        self.forgotten: list[Person] = []
        self.done = Forgotten(3, 1, 0, clean=True)
        self.turns: tuple[Said, ...] = (Said(LAST.turn, 1.0),)

    async def export(self, key: ConversationKey) -> Record:
        """交出一份。"""
        return Record(key, self.turns, ())

    async def forget(self, person: Person) -> Forgotten:
        """抹去一个人。"""
        self.forgotten.append(person)
        return self.done


@pytest.fixture
def fake(service: FakeService) -> FakeRights:
    """服务的权利一面。"""
    service.rights = FakeRights()
    return service.rights


def refusing(*apis: str) -> ScriptedBot:
    """这些接口一律拒绝的客户端。"""
    failure = ActionFailed(retcode=1200)
    return ScriptedBot(lambda api, data: failure if api in apis else None)


async def typed(text: str, bot: ScriptedBot, event: Any = None) -> ScriptedBot:
    """在私聊里（或由 `event`）打这条命令。"""
    event = event or private_event(text)
    await dispatch.run(bot, event)
    return bot


def files(bot: ScriptedBot) -> list[tuple[str, int, str, str]]:
    """发出的文件：接口、发给谁、文件名的结尾、内容。"""
    return [
        (
            api,
            data.get("group_id") or data["user_id"],
            data["name"].rpartition(".")[2],
            base64.b64decode(data["file"].removeprefix("base64://")).decode(),
        )
        for api, data in bot.accepted
        if api in UPLOADS
    ]


def said(bot: ScriptedBot) -> list[str]:
    """说的话，不算文件。"""
    spoken = ScriptedBot()
    spoken.accepted = [(api, data) for api, data in bot.accepted if api not in UPLOADS]
    return spoken.said


async def test_both_files_by_default(fake: FakeRights) -> None:
    """不写就两种都发，内容读得回来，别的什么也不说。"""
    bot = await typed("/glm export", ScriptedBot())
    (md_api, who, md, markdown), (_, _, form, content) = files(bot)
    assert (md_api, who, md, form) == ("upload_private_file", 2, "md", "json")
    assert "答" in markdown
    assert json.loads(content)["turns"][0]["question"] == "问"
    assert said(bot) == []


async def test_one_file(fake: FakeRights) -> None:
    """写了哪种就发哪种，写错了说清可以写什么；没有话说没有。"""
    bot = await typed("/glm export json", ScriptedBot())
    assert [form for _, _, form, _ in files(bot)] == ["json"]
    bot = await typed("/glm export pdf", ScriptedBot())
    assert (files(bot), said(bot)) == ([], [rights.HOW_TO_EXPORT])
    fake.turns = ()
    assert said(await typed("/glm export", ScriptedBot())) == [NOTHING]


async def test_shared_history_is_for_admins(fake: FakeRights) -> None:
    """群共用的历史由管理员取出，发在群里；成员被告知不行。"""
    bot = await typed("", ScriptedBot(), group_event("/glm export md", **MEMBER))
    assert (files(bot), said(bot)) == ([], [DENIED_MANAGE])
    bot = await typed("", ScriptedBot(), group_event("/glm export md", **ADMIN))
    assert [sent[:3] for sent in files(bot)] == [("upload_group_file", 30, "md")]


async def test_member_history_is_sent_privately(
    fake: FakeRights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """各成员各有一份时只私下发给本人；私下发不了也不发在群里。"""
    own = ConversationKey("qq", "10000", Scope.MEMBER, "30", "9")
    monkeypatch.setattr(dispatch, "get_key", lambda bot, event: own)
    event = group_event("/glm export md", **MEMBER)
    bot = await typed("", ScriptedBot(), event)
    assert [sent[:3] for sent in files(bot)] == [("upload_private_file", 9, "md")]
    bot = await typed("", refusing(*UPLOADS), event)
    assert said(bot) == [rights.NOT_PRIVATELY]


async def test_refused_files(fake: FakeRights) -> None:
    """文件被拒绝就合并转发最近的几轮，再不行就一句话说清怎么办。"""
    bot = await typed("/glm export", refusing(*UPLOADS))
    assert said(bot) == ["问", "答", rights.NEWEST_INSTEAD.format(count=1)]
    bot = await typed("/glm export", refusing(*UPLOADS, "send_private_forward_msg"))
    assert said(bot) == [rights.NOT_SENT]


async def test_forgetting_asks_first(fake: FakeRights) -> None:
    """先说清会抹去什么，确认了才抹；打错的只是再说一遍。"""
    for words in ("me", "me 好", "me 确认 我"):
        bot = await typed(f"/glm forget {words}", ScriptedBot())
        assert said(bot) == [rights.WHAT_IS_FORGOTTEN]
    assert fake.forgotten == []
    bot = await typed("", ScriptedBot(), group_event("/glm forget  me  确认", **MEMBER))
    assert fake.forgotten == [Person("qq", "9")]
    assert said(bot) == ["已忘记关于你的一切：3 轮问答、1 条备忘。"]
    fake.done = Forgotten(0, 0, 2, clean=False)
    (told,) = said(await typed("/glm forget me 确认", ScriptedBot()))
    assert "中止了 2 个提问" in told
    assert told.endswith(rights.NOT_SCRUBBED)


async def test_overheard_words_go() -> None:
    """旁听到的他的话也忘记，各群里的都是；别人的还在。"""
    bot, heard = ScriptedBot(), Overheard(lambda: 5)
    for group in (30, 31):
        for user in (9, 2):
            event = group_event("闲谈", user_id=user, group_id=group)
            heard.note(get_key(bot, event), bot, event)
    heard.forget_person("telegram", "9")
    assert len(heard.remarks(get_key(bot, group_event(group_id=31)))) == 2
    heard.forget_person("qq", "9")
    for group in (30, 31):
        left = heard.remarks(get_key(bot, group_event(group_id=group)))
        assert [remark.speaker.id for remark in left] == ["2"]

"""presenting：回答一级一级退，送到的每一条只送到一次，次序不变。"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import (
    ActionFailed,
    ApiNotAvailable,
    GroupMessageEvent,
    Message,
    MessageSegment,
    NetworkError,
)
from nonebot.exception import WebSocketClosed

from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.presenting import Manner, Presenter
from nonebot_plugin_glm.message.sentences import FOLDED, UNDELIVERED

from .builders import ScriptedBot, group_event, is_quote, private_event, texts

LIMIT = 200
PARAGRAPHS = [f"第{index}段" + chr(0x4E00 + index) * 150 for index in range(5)]
LONG = "\n\n".join(PARAGRAPHS)
CQ = "[CQ:at,qq=all] &amp; &#91;CQ:image,file=http://a/b.png&#93;"
FAILURES = [
    ActionFailed(retcode=1200),
    NetworkError("timeout"),
    ApiNotAvailable(),
    WebSocketClosed(1006),
    ConnectionResetError(),
    RuntimeError('Cannot call "send" once a close message has been sent.'),
    AssertionError(),
]


def way_back(bot: Any, event: Any = None) -> Outgoing:
    """回到提问来处的路，群里带引用。"""
    event = event or group_event()
    return Outgoing(bot, event, quote=isinstance(event, GroupMessageEvent))


def road(bot: Any, event: Any = None, *, forward: int = 100_000) -> Presenter:
    """在这条路上说回答的人。"""
    manner = Manner(message_chars=LIMIT, forward_chars=forward)
    return Presenter(way_back(bot, event), manner)


def refusing(test: Callable[[str, dict[str, Any]], bool]) -> ScriptedBot:
    """`test` 为真的调用一律被拒绝。"""
    failure = ActionFailed(retcode=100)
    return ScriptedBot(lambda api, data: failure if test(api, data) else None)


def sends(bot: ScriptedBot) -> list[dict[str, Any]]:
    """每次发送，不算别的调用。"""
    return [data for api, data in bot.tried if api.startswith("send_")]


def squeezed(text: str) -> str:
    """去掉空白的文本。"""
    return "".join(text.split())


async def test_short_answer_in_private() -> None:
    """私聊里一条，不带引用。"""
    bot = ScriptedBot()
    assert await road(bot, private_event()).present("好")
    [(api, data)] = bot.tried
    assert (api, data["user_id"]) == ("send_msg", 2)
    assert data["message"] == Message([MessageSegment.text("好")])


async def test_only_the_first_piece_quotes_the_question() -> None:
    """群里只有第一条引用提问。"""
    bot = ScriptedBot()
    assert await road(bot).present(LONG)
    assert bot.said == PARAGRAPHS
    assert [is_quote(data) for _, data in bot.tried] == [True, *[False] * 4]
    assert bot.tried[0][1]["message"]["reply"] == [MessageSegment.reply(7)]


async def test_refused_quote_becomes_a_mention() -> None:
    """引用被拒绝时改为 @ 提问的人，仍看得出是说给谁的；不必分小。"""
    bot = refusing(lambda api, data: is_quote(data))
    assert await road(bot).present(LONG)
    assert bot.said == PARAGRAPHS
    mentions = [data["message"]["at"] for _, data in bot.accepted]
    assert mentions == [[MessageSegment.at(2)], *[[]] * 4]


async def test_refused_follower_is_tried_as_a_quote() -> None:
    """接着说的一条被拒绝，就引用提问再试一次，不折成合并转发。"""
    bot = refusing(lambda api, data: len(bot.tried) == 2)
    assert await road(bot).present(LONG)
    assert bot.said == PARAGRAPHS
    assert [is_quote(data) for _, data in bot.accepted] == [True, True, *[False] * 3]


async def test_interrupted_answer_quotes_again() -> None:
    """两条之间机器人回了别人，余下的又引用提问：不会像是说给别人的。"""
    bot = ScriptedBot()
    mine, other = way_back(bot), way_back(bot, group_event(user_id=3, message_id=8))
    for outgoing in (mine, mine, other, mine, mine):
        await outgoing.text("好")
    await mine.say("还在想")
    await mine.text("好")
    quotes = [is_quote(data) for _, data in bot.accepted]
    assert quotes == [True, False, True, True, False, True, True]


async def test_recalled_piece_is_not_quoted() -> None:
    """合成提问的头一条撤回了，引用的是还在的那一条；重答没有编号的照旧。"""
    bot = ScriptedBot()
    outgoing = way_back(bot)
    outgoing.meet([], ["8", "9"])
    outgoing.meet([], [])
    await outgoing.text("好")
    assert bot.accepted[0][1]["message"]["reply"] == [MessageSegment.reply(8)]


async def test_one_at_a_time() -> None:
    """一条发完才发下一条：次序不由客户端决定。"""
    going: list[str] = []

    class Slow(ScriptedBot):
        async def call_api(self, api: str, **data: Any) -> dict[str, Any]:
            going.append("发")
            await asyncio.sleep(0.01)
            going.append("发完")
            return await super().call_api(api, **data)

    outgoing = way_back(Slow())
    await asyncio.gather(outgoing.say("还在想"), outgoing.text("答"))
    assert going == ["发", "发完"] * 2


async def test_other_places_do_not_interrupt() -> None:
    """别的群、私聊里说话不算打断。"""
    bot = ScriptedBot()
    mine = way_back(bot)
    await mine.text("好")
    await way_back(bot, group_event(group_id=31)).text("好")
    await way_back(bot, private_event()).text("好")
    await mine.text("好")
    assert not is_quote(bot.accepted[-1][1])


async def test_refused_length_is_cut_smaller() -> None:
    """嫌长就分成四分之一长的几条。"""
    bot = refusing(lambda api, data: any(len(text) > 50 for text in texts(data)))
    assert await road(bot).present(LONG)
    assert {api for api, _ in bot.accepted} == {"send_msg"}
    assert max(map(len, bot.said)) <= 50
    assert squeezed("".join(bot.said)) == squeezed(LONG)


FORWARDS = {
    "send_group_forward_msg": group_event(),
    "send_private_forward_msg": private_event(),
}


@pytest.mark.parametrize(("api", "event"), FORWARDS.items(), ids=FORWARDS)
async def test_refused_messages_become_a_forward(event: Any, api: str) -> None:
    """一条也发不出时作为合并转发，节点里只有文本段，CQ 码不会活过来。"""
    bot = refusing(lambda api, data: api == "send_msg")
    assert await road(bot, event).present(f"{LONG}\n\n{CQ}")
    [(called, data)] = bot.accepted
    assert called == api
    assert squeezed("".join(bot.said)) == squeezed(LONG + CQ)
    segments = [s for node in data["messages"] for s in node.data["content"]]
    assert {segment.type for segment in segments} == {"text"}
    assert {node.data["user_id"] for node in data["messages"]} == {"10000"}


async def test_only_what_was_refused_goes_down_the_ladder() -> None:
    """中间一条发不出，已经发出的不再发，之后的跟着它转发。"""
    blocked = chr(0x4E00 + 2) * 10
    bot = refusing(lambda api, data: api == "send_msg" and blocked in texts(data)[0])
    assert await road(bot).present(LONG)
    assert bot.said[:2] == PARAGRAPHS[:2]
    assert bot.accepted[-1][0] == "send_group_forward_msg"
    assert squeezed("".join(bot.said)) == squeezed(LONG)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda error: type(error).__name__)
async def test_nothing_gets_through(failure: Exception) -> None:
    """不论平台与驱动抛什么，都说一声发不出去；这一声也发不出就算了。"""
    bot = ScriptedBot(lambda api, data: failure)
    assert await road(bot).present(LONG) is False
    assert texts(sends(bot)[-1]) == [UNDELIVERED]


STEPS = {
    "group": (group_event(), ["send_msg", "send_msg", "send_group_forward_msg"]),
    "private": (private_event(), ["send_msg", "send_msg", "send_private_forward_msg"]),
}


@pytest.mark.parametrize(("event", "steps"), STEPS.values(), ids=STEPS)
async def test_short_answer_is_not_tried_in_vain(event: Any, steps: list[str]) -> None:
    """分不小的短回答最多试两次就转发，再说两次发不出。"""
    bot = refusing(lambda api, data: True)
    assert await road(bot, event).present("好") is False
    assert [api for api, _ in bot.tried] == [*steps, "send_msg", "send_msg"]


async def test_person_is_told_when_the_answer_is_blocked() -> None:
    """回答被拦下时，人至少看到一句话。"""
    bot = refusing(lambda api, data: UNDELIVERED not in texts(data))
    assert await road(bot).present(LONG) is False
    assert bot.said == [UNDELIVERED]


async def test_the_way_to_resend_can_be_typed() -> None:
    """说怎样再发一次时，命令照这个机器人的前缀写。"""
    bot = refusing(lambda api, data: "resend" not in texts(data)[0])
    presenter = Presenter(way_back(bot), Manner(command=".glm"))
    assert await presenter.present("好") is False
    assert bot.said == [UNDELIVERED.replace("/glm", ".glm")]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda error: type(error).__name__)
async def test_say_never_raises(failure: Exception) -> None:
    """说一句话最多试两次，不抛异常。"""
    bot = ScriptedBot(lambda api, data: failure)
    await way_back(bot).say("好")
    assert [is_quote(data) for data in sends(bot)] == [True, False]


async def test_say_mentions_when_the_quote_is_refused() -> None:
    """一句话也在去掉引用后再试，改为 @。"""
    bot = refusing(lambda api, data: is_quote(data))
    await way_back(bot).say("好")
    assert bot.said == ["好"]
    assert bot.accepted[0][1]["message"]["at"] == [MessageSegment.at(2)]


async def test_cancellation_passes_through() -> None:
    """取消不是发送失败，不吞下。"""

    class Cancelling(ScriptedBot):
        async def call_api(self, api: str, **data: Any) -> Any:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await road(Cancelling()).present("好")


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_is_refused_order_and_content_hold(seed: int) -> None:
    """接口时好时坏，对方收到的总是回答的开头；说送到了就一字不少。"""
    dice = random.Random(seed)
    bot = refusing(lambda api, data: dice.random() < dice.choice([0.2, 0.6, 0.9]))
    delivered = await road(bot).present(LONG)
    received = squeezed("".join(text for text in bot.said if text != UNDELIVERED))
    assert squeezed(LONG).startswith(received)
    assert (received == squeezed(LONG)) is delivered


async def test_cq_codes_are_words() -> None:
    """模型写的 CQ 码只是几个字，原样装在文本段里。"""
    bot = ScriptedBot()
    assert await road(bot, private_event()).present(CQ)
    [(_, data)] = bot.accepted
    assert [(s.type, s.data) for s in data["message"]] == [("text", {"text": CQ})]


async def test_long_answer_is_a_forward() -> None:
    """长回答是合并转发，节点按段落分，每个节点都不太长。"""
    bot = ScriptedBot()
    assert await road(bot, forward=400).present(LONG)
    assert [api for api, _ in bot.accepted] == ["send_group_forward_msg", "send_msg"]
    *nodes, told = bot.said
    assert len(nodes) == 2
    assert squeezed("".join(nodes)) == squeezed(LONG)
    assert told == FOLDED
    assert is_quote(bot.accepted[-1][1])


async def test_refused_forward_is_tried_again() -> None:
    """合并转发偶尔被拒绝，再试一次，不急着分成几条长文。"""
    bot = refusing(lambda api, data: len(bot.tried) == 1)
    assert await road(bot, private_event(), forward=400).present(LONG)
    assert [api for api, _ in bot.accepted] == ["send_private_forward_msg"]


async def test_forward_after_a_quote_needs_no_word() -> None:
    """已经引用过提问，接着的合并转发不必再说是给谁的；私聊里也不必。"""
    bot = ScriptedBot()
    presenter = road(bot, forward=400)
    await presenter.present("先说一句")
    await presenter.present(LONG)
    await road(bot, private_event(), forward=400).present(LONG)
    assert [api for api, _ in bot.accepted] == [
        "send_msg",
        "send_group_forward_msg",
        "send_private_forward_msg",
    ]


async def test_markdown_becomes_plain_text() -> None:
    """记号去掉，字还在。"""
    bot = ScriptedBot()
    assert await road(bot).present("# 标题\n\n**粗** 与 `码`\n\n- 项")
    assert bot.said == ["【标题】\n\n粗 与 码\n\n• 项"]


@pytest.mark.parametrize(
    ("event", "where"),
    [
        (private_event(sub_type="group", group_id=30), {"group_id": 30}),
        (
            private_event(sub_type="group", sender={"user_id": 2, "group_id": 30}),
            {"group_id": 30},
        ),
        (private_event(sub_type="group"), {}),
        (private_event(), {}),
    ],
    ids=["NapCat", "LLBot", "Lagrange", "friend"],
)
async def test_private_destination(event: Any, where: dict[str, int]) -> None:
    """临时会话的群号在哪里都找得到，而且总是私聊，不会发到群里。"""
    bot = ScriptedBot()
    assert await road(bot, event).present("好")
    [(api, data)] = bot.accepted
    del data["message"]
    assert api == "send_msg"
    assert data == {"message_type": "private", "user_id": 2, **where}


async def test_no_forward_in_a_temporary_session() -> None:
    """合并转发的接口带不了临时会话的群号：长回答分成几条，每条都带着。"""
    bot = ScriptedBot()
    event = private_event(sub_type="group", sender={"user_id": 2, "group_id": 30})
    assert await road(bot, event, forward=400).present(LONG)
    assert {(api, data["group_id"]) for api, data in bot.accepted} == {("send_msg", 30)}
    assert bot.said == PARAGRAPHS

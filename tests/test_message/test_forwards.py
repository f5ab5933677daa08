"""forwards：合并转发展开成一句句话，有限度，从不抛异常。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nonebot.adapters.onebot.v11 import ActionFailed, ApiNotAvailable, NetworkError

from nonebot_plugin_glm.domain import Remark, Speaker
from nonebot_plugin_glm.message import forwards
from nonebot_plugin_glm.message.forwards import Gathering

from .builders import SELF
from .forwarding import (
    ForwardingBot,
    Json,
    forward,
    inner,
    lagrange_node,
    napcat_node,
    node,
    text,
)

SOMEBODY = Speaker("5", "乙")


async def unfolded(
    answers: dict[str, object], depth: int = 3, message: object = None
) -> Sequence[Remark]:
    """展开一条消息得到的话，默认展开 `a`。"""
    gathering = Gathering(ForwardingBot(answers), depth)
    await gathering.unfold((forward() if message is None else message, False))
    return gathering.remarks


def said(remarks: Sequence[Remark]) -> list[str]:
    """各说了什么。"""
    return [remark.text for remark in remarks]


FACE = {"type": "face", "data": {"id": "14"}}
SAID = [FACE, text("好[&")]
FORMS: dict[str, object] = {
    "go-cqhttp string": {"messages": [node("[CQ:face,id=14]好&#91;&amp;")]},
    "go-cqhttp array": {"messages": [node(SAID)]},
    "napcat": {"messages": [napcat_node(SAID)]},
    "napcat string": {"messages": [napcat_node("[CQ:face,id=14]好&#91;&amp;")]},
    "napcat card": {"messages": [napcat_node(SAID, card="\u200b")]},
    "llbot": {"messages": [node(SAID, "5")]},
    "lagrange": {"message": [lagrange_node(SAID)]},
    "lagrange uin": {
        "message": [
            {"type": "node", "data": {"uin": 5, "name": "乙", "content": SAID}},
        ]
    },
    "napcat templates": {
        "messages": [
            {
                "type": "node",
                "data": {
                    "user_id": 5,
                    "nickname": "乙",
                    "message": SAID,
                    "content": [],
                },
            }
        ]
    },
    "bare list": [node(SAID)],
}


@pytest.mark.parametrize("answer", FORMS.values(), ids=FORMS)
async def test_every_client_answers_in_its_own_form(answer: object) -> None:
    """各家客户端的回答都读得懂。"""
    assert await unfolded({"a": answer}) == (Remark(SOMEBODY, "[表情：微笑]好[&"),)


async def test_group_card_comes_before_the_nickname() -> None:
    """群名片先于昵称。"""
    (remark,) = await unfolded({"a": [napcat_node("好", card="班长\n⟦管理员｜1⟧")]})
    assert remark.speaker == Speaker("5", "班长 ⟦管理员｜1⟧")


async def test_content_that_came_along_is_not_asked_for() -> None:
    """NapCat 一并带来了内容，就不再问它。"""
    bot = ForwardingBot({})
    gathering = Gathering(bot, 2)
    nested = napcat_node([inner("c", content=[napcat_node([text("里")])])])
    message = forward("b", content=[napcat_node([text("外")]), nested])
    await gathering.unfold((message, False))
    assert said(gathering.remarks) == ["外", "[聊天记录]", "里"]
    assert bot.asked == []


async def test_old_napcat_nests_nodes() -> None:
    """旧版 NapCat 把套在里面的转发写成节点。"""
    nested = {"type": "node", "data": {"user_id": 5, "message": [text("里")]}}
    assert said(await unfolded({"a": [node([nested])]})) == ["[聊天记录]", "里"]


async def test_chat_record_sent_as_a_card() -> None:
    """机器人们发的合并转发有时是一张卡片，编号在卡片里。"""
    data = '{"app":"com.tencent.multimsg","meta":{"detail":{"resid":"a"}}}'
    message = [{"type": "json", "data": {"data": data}}]
    assert said(await unfolded({"a": [node("好")]}, message=message)) == ["好"]


DEPTHS = {
    0: [],
    1: ["外", "[聊天记录]"],
    2: ["外", "[聊天记录]", "中", "[聊天记录]"],
    3: ["外", "[聊天记录]", "中", "[聊天记录]", "里"],
    8: ["外", "[聊天记录]", "中", "[聊天记录]", "里"],
}


@pytest.mark.parametrize(("depth", "expected"), DEPTHS.items())
async def test_depth(depth: int, expected: list[str]) -> None:
    """展开几层就几层，再里面的仍是一个词；0 层什么也不问。"""
    answers = {
        "a": [node("外"), node([inner("b")])],
        "b": [node([text("中")]), node("[CQ:forward,id=c]")],
        "c": [node("里")],
    }
    assert said(await unfolded(dict(answers), depth)) == expected


async def test_eight_levels() -> None:
    """八层套在一起也只展开到要的层数。"""
    answers: dict[str, object] = {
        str(n): [node([text(f"第{n}层"), inner(str(n + 1))])] for n in range(20)
    }
    remarks = await unfolded(answers, 8, forward("0"))
    assert said(remarks) == [f"第{n}层[聊天记录]" for n in range(8)]


async def test_forward_that_contains_itself() -> None:
    """自己套着自己的只展开一次。"""
    bot = ForwardingBot(
        {"a": [node([text("好"), inner("a")])], "b": [node([inner("a")])]}
    )
    gathering = Gathering(bot, 10)
    await gathering.unfold((forward(), False), (forward("b"), False))
    assert said(gathering.remarks) == ["好[聊天记录]", "[聊天记录]"]
    assert bot.asked == ["a", "b"]


async def test_five_hundred_nodes() -> None:
    """太多的只带前面的，最后说还有多少。"""
    remarks = await unfolded({"a": [node(f"第{n}句") for n in range(500)]})
    assert len(remarks) == forwards.MAX_REMARKS + 1
    assert remarks[-2].text == "第99句"
    assert remarks[-1] == Remark(Speaker("", "聊天记录"), "（还有 400 条没有带上）")


async def test_long_remark_is_cut() -> None:
    """一句太长的截断，看得出来。"""
    (remark,) = await unfolded({"a": [node("长" * 5000)]})
    assert remark.text == "长" * (forwards.REMARK_CHARS - 2) + "……"


async def test_too_much_altogether_is_cut() -> None:
    """总共太多的截断，余下的说还有几句。"""
    *remarks, note = await unfolded({"a": [node("长" * 1500) for _ in range(10)]})
    lengths = [len(remark.text) for remark in remarks]
    assert lengths == [1500] * 5 + [forwards.MAX_CHARS - 7500]
    assert remarks[-1].text.endswith("长……")
    assert note.text == "（还有 4 条没有带上）"


async def test_nested_leftovers_are_counted_outside_too() -> None:
    """里面带不下了，外面的也算进还有几句。"""
    answers: dict[str, object] = {
        "a": [node([inner("b")]), node("外"), node("外")],
        "b": [node("里") for _ in range(120)],
    }
    remarks = await unfolded(answers)
    assert len(remarks) == forwards.MAX_REMARKS + 1
    assert remarks[-1].text == "（还有 23 条没有带上）"


async def test_empty_nodes_do_not_count() -> None:
    """一个字也没有的节点不算一句。"""
    assert said(
        await unfolded({"a": [node(""), node([]), node(None), node("好")]})
    ) == ["好"]


async def test_client_is_not_asked_without_end() -> None:
    """全是空转发时，问客户端的次数也有限。"""
    bot = ForwardingBot({})
    gathering = Gathering(bot, 3)
    await gathering.unfold(([inner(str(n)) for n in range(200)], False))
    assert len(bot.asked) <= 20


FAILURES: dict[str, object] = {
    "expired": ActionFailed(retcode=100, wording="过期了"),
    "no such api": ApiNotAvailable(),
    "broken connection": RuntimeError("断了"),
    "nothing": None,
    "text": "没有",
    "number": 1,
    "empty": {},
    "messages is text": {"messages": "好"},
    "messages is nothing": {"messages": None, "message": None},
    "nodes are not nodes": {"messages": [None, 1, "a", [], [[]], {}, {"sender": 1}]},
    "senders are not people": {"messages": [{"sender": [1], "content": None}]},
}


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
async def test_failure_leaves_the_word(answer: object) -> None:
    """拿不到或读不懂的就没有，不抛异常，下一条照样展开。"""
    message = [inner("a"), inner("b")]
    answers: dict[str, object] = {"a": answer, "b": [node("好")]}
    assert said(await unfolded(answers, message=message)) == ["好"]


async def test_slow_client_does_not_hold_the_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """客户端不回答时等一会儿就算了，已经拿到的留着；时限交给适配器，调用没有被取消。"""
    ends: list[type[BaseException]] = []

    class Slow(ForwardingBot):
        async def call_api(self, api: str, **data: Any) -> Any:
            if data["id"] != "slow":
                return await super().call_api(api, **data)
            try:
                with anyio.fail_after(data["_timeout"]):
                    await anyio.sleep_forever()
            except BaseException as error:
                ends.append(type(error))
                raise NetworkError("timeout") from error

    monkeypatch.setattr(forwards, "TIMEOUT", 0.3)
    gathering = Gathering(Slow({"a": [node("好")], "b": [node("晚了")]}), 3)
    with anyio.fail_after(20):
        message = [inner("a"), inner("slow"), inner("b")]
        await gathering.unfold((message, False), (forward("b"), False))
    assert said(gathering.remarks) == ["好"]
    assert ends == [TimeoutError]


async def test_anybody_can_forge_a_node_of_the_bot() -> None:
    """别人转发的里面号码是机器人的，也不算机器人说的；@ 机器人写成 @你。"""
    content = [{"type": "at", "data": {"qq": str(SELF)}}, text("你说过")]
    answers: dict[str, object] = {"a": [node(content, SELF, "机器人")]}
    own = Remark(Speaker(str(SELF), "机器人"), "@你 你说过", own=True)
    forged = Remark(own.speaker, own.text)
    assert await unfolded(answers) == (forged,)
    gathering = Gathering(ForwardingBot(answers), 3)
    await gathering.unfold((forward(), True))
    assert gathering.remarks == (own,)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
KEYS = st.sampled_from(
    (
        "messages",
        "message",
        "content",
        "sender",
        "data",
        "type",
        "id",
        "user_id",
        "nickname",
        "card",
        "text",
    )
)
KINDS = st.sampled_from(("node", "forward", "text", "json", "a", "b"))
ANYTHING = st.recursive(
    LEAVES | KINDS,
    lambda part: (
        st.lists(part, max_size=4)
        | st.dictionaries(KEYS, part, max_size=5)
        | st.builds(lambda data: {"type": "forward", "data": data}, part)
        | st.builds(node, part, part)
        | st.builds(lagrange_node, part)
    ),
    max_leaves=25,
)


@settings(deadline=None)
@given(ANYTHING, ANYTHING, st.integers(0, 10))
async def test_any_answer_is_survived(
    first: object, second: object, depth: int
) -> None:
    """不论客户端回答什么，都不抛异常，话都是合法的文字，都在限度之内。"""
    answers: dict[str, object] = {"a": first, "b": {"messages": [second, node(second)]}}
    message: list[Json] = [inner("a"), inner("b", content=first)]
    remarks = await unfolded(answers, depth, message)
    for remark in remarks:
        assert remark.text.strip()
        "".join((remark.text, remark.speaker.id, remark.speaker.name)).encode()
    assert len(remarks) <= forwards.MAX_REMARKS + 1


@settings(deadline=None)
@given(
    st.lists(
        st.text(max_size=30) | st.integers(0, 9000).map(lambda size: "长" * size),
        max_size=150,
    )
)
async def test_bounds_hold(texts: list[str]) -> None:
    """不论来多少、多长，总在限度之内；带上的与没带上的加起来一条不少。"""
    remarks = list(await unfolded({"a": [node([text(words)]) for words in texts]}))
    omitted = 0
    if remarks and remarks[-1].speaker.name == "聊天记录":
        omitted = int(remarks.pop().text.split()[1])
    assert len(remarks) <= forwards.MAX_REMARKS
    assert sum(len(remark.text) for remark in remarks) <= forwards.MAX_CHARS
    assert all(len(remark.text) <= forwards.REMARK_CHARS for remark in remarks)
    kept = sum(bool(words.replace("\x00", "").strip()) for words in texts)
    assert kept - len(remarks) <= omitted <= len(texts) - len(remarks)

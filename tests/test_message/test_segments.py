"""segments：没有经过适配器的消息（合并转发里的）也能变成词。"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nonebot.adapters.onebot.v11 import Message, MessageSegment

from nonebot_plugin_glm.message import segments
from nonebot_plugin_glm.message.segments import onebot_words

FORMS = {
    "array": [{"type": "text", "data": {"text": "看"}}, {"type": "dice", "data": {}}],
    "cq string": "看[CQ:dice,result=6]",
    "message": Message("看") + MessageSegment("dice", {}),
    "strings in an array": ["看", {"type": "dice"}],
    "no data": [MessageSegment.text("看"), MessageSegment("dice", None)],  # type: ignore[arg-type]
    "list for data": ["看", {"type": "dice", "data": []}],
    "number for text": [
        {"type": "text", "data": {"text": "看"}},
        {"type": "dice"},
        1.5,
    ],
    "no type": ["看", {"data": {}}, {"type": 1}, {"type": "dice"}],
    "wrong text": [
        "看",
        {"type": "text", "data": {"text": {"a": 1}}},
        {"type": "dice"},
    ],
}


@pytest.mark.parametrize("message", FORMS.values(), ids=FORMS)
def test_every_form_of_a_message(message: object) -> None:
    """数组、CQ 码与适配器的消息都一样，不像样的段只丢它自己。"""
    assert "".join(onebot_words(message, "1", " ")) == "看[骰子]"


@pytest.mark.parametrize("message", [None, 1, 1.5, True, {}, {"type": "dice"}, b"a"])
def test_what_is_not_a_message_says_nothing(message: object) -> None:
    """不是消息的东西里没有词。"""
    assert list(onebot_words(message, "1", " ")) == []


def test_client_strings_are_unescaped_once() -> None:
    """客户端转义过的方括号是用户打的字，不是段。"""
    message = "&#91;CQ:at,qq=all&#93; a&amp;amp;b"
    assert "".join(onebot_words(message, "1", " ")) == "[CQ:at,qq=all] a&amp;b"


KINDS = st.sampled_from(
    (
        "text",
        "at",
        "face",
        "mface",
        "image",
        "file",
        "json",
        "xml",
        "share",
        "music",
        "location",
        "markdown",
        "forward",
        "dice",
        "reply",
        "node",
        "unknown",
    )
)
FIELDS = st.sampled_from(
    (
        "text",
        "qq",
        "name",
        "id",
        "raw",
        "summary",
        "sub_type",
        "emoji_id",
        "file",
        "data",
        "title",
        "content",
        "url",
    )
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(FIELDS, inner),
    max_leaves=4,
)
SEGMENTS = st.fixed_dictionaries(
    {"type": KINDS}, optional={"data": VALUES | st.dictionaries(FIELDS, VALUES)}
)


@given(st.lists(SEGMENTS | VALUES, max_size=4) | st.text(max_size=30) | VALUES)
def test_anything_becomes_words(message: object) -> None:
    """不论段里是什么，都不抛异常。"""
    assert all(isinstance(word, str) for word in onebot_words(message, "1", " "))


def test_endless_cq_string(monkeypatch: pytest.MonkeyPatch) -> None:
    """转发里的 CQ 码可以要多长有多长，适配器读它的工夫按平方长：只读开头的。"""
    sizes: list[int] = []

    def measure(message: str) -> Message:
        sizes.append(len(message))
        return Message()

    monkeypatch.setattr(segments, "Message", measure)
    assert "".join(onebot_words("[CQ:at,qq=" * 10_000, "1", "")) == ""
    assert sizes == [8000]

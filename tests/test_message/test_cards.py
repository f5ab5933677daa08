"""cards：QQ 的卡片成为标题、描述与地址。"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.message.cards import chat_record_id, json_card, xml_card

NEWS = {
    "app": "com.tencent.structmsg",
    "prompt": "[分享]题目",
    "meta": {"news": {"title": "题目", "desc": "说明", "jumpUrl": "https://a/b?c=1&d"}},
}
PROGRAM = {
    "app": "com.tencent.miniapp_01",
    "prompt": "[QQ小程序]视频",
    "meta": {
        "detail_1": {
            "title": "哔哩哔哩",
            "desc": "视频",
            "qqdocurl": "https://b23.tv/x",
        }
    },
}
CONTACT = {
    "prompt": "推荐群聊：某群",
    "meta": {"contact": {"nickname": "某群", "jumpUrl": "mqqapi://x"}},
}
NOTICE = {
    "prompt": "[群公告]明天放假",
    "meta": {"mannounce": {"encode": 1, "title": "576k", "text": "5piO"}},
}
RECORD = {
    "app": "com.tencent.multimsg",
    "prompt": "[聊天记录]",
    "meta": {"detail": {"news": [{"text": "甲: 好"}], "resid": "res/1"}},
}
LONG = {"meta": {"a": {"title": "题" * 999, "desc": "文" * 999, "url": "u" * 999}}}
CARDS: dict[str, tuple[Any, str]] = {
    "news": (NEWS, "[卡片：题目｜说明｜https://a/b?c=1&d]"),
    "mini program": (PROGRAM, "[卡片：哔哩哔哩｜视频｜https://b23.tv/x]"),
    "only an address": (CONTACT, "[卡片：推荐群聊：某群｜mqqapi://x]"),
    "encoded": (NOTICE, "[卡片：[群公告]明天放假]"),
    "chat record": (RECORD, "[聊天记录]"),
    "twice the same": ({"meta": {"a": {"title": "题", "desc": "题"}}}, "[卡片：题]"),
    "second object": ({"meta": {"a": {}, "b": {"desc": "文"}}}, "[卡片：文]"),
    "many lines": ({"prompt": "甲\n⟦乙\u202e｜1⟧"}, "[卡片：甲 ⟦乙｜1⟧]"),
    "long": (
        LONG,
        f"[卡片：{'题' * 98}……｜{'文' * 198}……｜{'u' * 298}……]",
    ),
    "empty": ({}, "[卡片]"),
    "no meta": ({"meta": None, "prompt": None}, "[卡片]"),
    "meta is a list": ({"meta": [1]}, "[卡片]"),
    "wrong types": ({"meta": {"a": {"title": [1], "url": {"b": 2}}}}, "[卡片]"),
}


@pytest.mark.parametrize(("content", "expected"), CARDS.values(), ids=CARDS)
def test_json_cards(content: dict[str, Any], expected: str) -> None:
    """json 卡片写出标题、描述与地址，字符串与已经解析的都一样。"""
    assert json_card(json.dumps(content)) == expected
    assert json_card(content) == expected


MALFORMED = {
    "not json": "你好",
    "broken": '{"prompt": "a',
    "deep": "[" * 90_000,
    "huge": '{"prompt": "' + "a" * 100_000 + '"}',
    "number": "1",
    "huge number": "1" * 5000,
    "none": None,
    "list": [1],
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_malformed_json_is_just_a_card(raw: object) -> None:
    """读不懂的只是一张卡片。"""
    assert json_card(raw) == "[卡片]"
    assert chat_record_id(raw) == ""


def test_chat_record_made_a_card_keeps_its_id() -> None:
    """做成卡片的聊天记录带着编号，别的卡片没有。"""
    assert chat_record_id(json.dumps(RECORD)) == "res/1"
    assert chat_record_id(json.dumps(NEWS)) == ""
    assert chat_record_id({**RECORD, "meta": {"detail": []}}) == ""


XML = {
    "music": (
        "<msg serviceID='2' brief='[分享] 歌' url='https://a/?b=1&amp;c'><item>"
        "<title>歌</title><summary>歌手</summary></item></msg>",
        "[卡片：歌｜歌手｜https://a/?b=1&c]",
    ),
    "attributes": ('<x title="题" summary="文" url="u"/>', "[卡片：题｜文｜u]"),
    "only a brief": ('<msg brief="简介"/>', "[卡片：简介]"),
    "nothing": ("<x/>", "[卡片]"),
    "not xml": ("你好", "[卡片]"),
    "entities": (
        '<!DOCTYPE x [<!ENTITY a "哈哈哈">]><msg brief="&a;"/>',
        "[卡片：&a;]",
    ),
    "two lines": ('<msg brief="a&#10;b"/>', "[卡片：a b]"),
    "long": (f'<msg brief="{"长" * 999}"/>', f"[卡片：{'长' * 98}……]"),
    "unclosed": ("<title" * 10_000 + "url=" * 10_000, "[卡片]"),
    "none": (None, "[卡片]"),
}


@pytest.mark.parametrize(("raw", "expected"), XML.values(), ids=XML)
def test_xml_cards(raw: object, expected: str) -> None:
    """xml 卡片写出标题、描述与地址，实体不展开。"""
    assert xml_card(raw) == expected


KEYS = st.sampled_from(("app", "meta", "prompt", "title", "desc", "url", "detail", "x"))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_any_json_is_a_card(content: object) -> None:
    """不论卡片里是什么，都是短短的一行合法文字。"""
    for word in (json_card(content), json_card(json.dumps(content)), xml_card(content)):
        assert (word[0], word[-1]) == ("[", "]")
        assert len(word) < 620
        assert len(word.splitlines()) == 1
        assert word.encode()


def test_endless_cards_are_not_read() -> None:
    """长得离谱的卡片只看开头，或者不看。"""
    padding = "x" * 100_000
    assert xml_card(f'{padding}<a title="标题"/>') == "[卡片]"
    assert json_card(json.dumps({"prompt": "标题", "x": padding})) == "[卡片]"

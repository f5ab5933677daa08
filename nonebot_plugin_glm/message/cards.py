"""QQ 的卡片 -> 标题、描述与地址。

出处：NapCat 与 LLBot 原样交来的 `arkElement.bytesData`，go-cqhttp 的 xml 模板。
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping

from .brief import bracketed, brief, text_of

CHAT_RECORD = "[聊天记录]"
"""没有展开的合并转发。"""
CARD = "卡片"
_RAW_CHARS = 100_000
"""再长的卡片不看。"""
_TITLE_CHARS, _DESCRIPTION_CHARS, _ADDRESS_CHARS = 100, 200, 300
_URLS = ("jumpUrl", "qqdocurl", "url")
_RECORD_APP = "com.tencent.multimsg"
# 不用 XML 解析器：实体展开能用几行字撑爆内存
_ATTRIBUTE = r"""\b{}\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')"""
_ELEMENT = r"<{0}\b[^<>]*>([^<>]*)</{0}>"


def card(title: object = "", description: object = "", address: object = "") -> str:
    """一张卡片的词，各栏有长有短，都不许太长。"""
    return bracketed(
        CARD,
        brief(title, _TITLE_CHARS),
        brief(description, _DESCRIPTION_CHARS),
        brief(address, _ADDRESS_CHARS),
    )


def json_card(raw: object) -> str:
    """json 卡片的词；读不懂的只是一张卡片，合并转发做成的卡片是聊天记录。"""
    content = _parsed(raw)
    if content.get("app") == _RECORD_APP:
        return CHAT_RECORD
    told = next(_told(content), {})
    address = next(filter(None, map(told.get, _URLS)), "")
    title = text_of(told.get("title")) or content.get("prompt")
    return card(title, told.get("desc"), address)


def chat_record_id(raw: object) -> str:
    """做成卡片的合并转发的编号，别的卡片是空串。"""
    content = _parsed(raw)
    if content.get("app") != _RECORD_APP:
        return ""
    return text_of(_mapping(_mapping(content.get("meta")).get("detail")).get("resid"))


def xml_card(raw: object) -> str:
    """xml 卡片的词。"""
    source = text_of(raw)[:_RAW_CHARS]
    title = _xml(source, "title") or _xml(source, "brief")
    return card(title, _xml(source, "summary"), _xml(source, "url"))


def _parsed(raw: object) -> Mapping[str, object]:
    if isinstance(raw, str) and len(raw) <= _RAW_CHARS:
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return {}
    return _mapping(raw)


def _told(content: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """`meta` 里说得清是什么的对象；群公告的是 base64，不如 `prompt`。"""
    for value in _mapping(content.get("meta")).values():
        told = _mapping(value)
        if any(map(told.get, ("title", "desc", *_URLS))) and told.get("encode") != 1:
            yield told


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _xml(source: str, name: str) -> str:
    """属性或元素的文字，先到先得。"""
    for pattern in (_ATTRIBUTE, _ELEMENT):
        if found := re.search(pattern.format(name), source):
            return html.unescape(found[found.lastindex or 0])
    return ""

"""常用的消息段。"""

from __future__ import annotations

from typing import Any

Segment = dict[str, Any]


def text(words: str) -> Segment:
    """文本。"""
    return {"type": "text", "data": {"text": words}}


def at(target: int | str) -> Segment:
    """@ 某人，`all` 为全体。"""
    return {"type": "at", "data": {"qq": str(target)}}


def reply(message_id: int | str) -> Segment:
    """引用一条消息。"""
    return {"type": "reply", "data": {"id": str(message_id)}}


def image() -> Segment:
    """NapCat 形式的图片，地址谁也不该去取。"""
    return {
        "type": "image",
        "data": {
            "summary": "",
            "file": "A.jpg",
            "sub_type": 0,
            "url": "http://127.0.0.1:9/download?rkey=x",
            "file_size": "1024",
        },
    }

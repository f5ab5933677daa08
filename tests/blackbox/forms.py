"""各家客户端的消息段与畸形的事件，出处见 shared/onebot.md。"""

from __future__ import annotations

from typing import Any

URL = "http://127.0.0.1:9/x?rkey=y"
JSON_CARD = '{"app":"com.tencent.structmsg","prompt":"[分享]卡片"}'

FOREIGN_SEGMENTS: dict[str, list[dict[str, Any]]] = {
    "NapCat": [
        {"type": "image", "data": {"summary": "[动画表情]", "file": "a.gif",
         "sub_type": 1, "url": URL, "emoji_id": "1", "emoji_package_id": 2}},
        {"type": "face", "data": {"id": "178", "raw": {"faceIndex": 178}}},
        {"type": "json", "data": {"data": JSON_CARD}},
        {"type": "forward", "data": {"id": "7300000000000000000"}},
        {"type": "forward", "data": {"id": "73", "content": [{"message": []}]}},
        {"type": "file", "data": {"file": "a.txt", "file_id": "/x", "file_size": "3"}},
        {"type": "record", "data": {"file": "a.amr", "url": URL, "file_size": "9"}},
        {"type": "markdown", "data": {"content": "# 标题"}},
        {"type": "flashtransfer", "data": {"fileSetId": "1"}},
        {"type": "reply", "data": {}},
    ],
    "LLBot": [
        {"type": "image", "data": {"file": "a.jpg", "subType": 0, "url": URL,
         "file_size": "1"}},
        {"type": "mface", "data": {"emoji_id": "e", "emoji_package_id": 1, "key": "k",
         "summary": "[摸摸]", "url": URL}},
        {"type": "at", "data": {"qq": "42", "name": "@某人"}},
        {"type": "forward", "data": {"id": "resid"}},
        {"type": "file", "data": {"file": "a", "url": "", "file_id": "f", "path": ""}},
        {"type": "keyboard", "data": {"rows": []}},
        {"type": "shake", "data": {}},
        {"type": "video", "data": {"file": "a.mp4", "url": "file:///x", "path": ""}},
    ],
    "Lagrange": [
        {"type": "image", "data": {"file": URL, "filename": "a", "url": URL,
         "summary": "[图片]", "subType": 0}},
        {"type": "mface", "data": {"url": URL, "emoji_package_id": 1, "emoji_id": "e",
         "key": "k", "summary": "[贴贴]"}},
        {"type": "file", "data": {"file_name": "a", "file_hash": "h", "file_id": "f",
         "url": URL}},
        {"type": "longmsg", "data": {"id": "1"}},
        {"type": "reply", "data": {"id": "not-a-number"}},
    ],
    "go-cqhttp": [
        {"type": "image", "data": {"file": "0a.image", "url": URL, "subType": "0"}},
        {"type": "xml", "data": {"data": "<?xml version='1.0'?><msg/>"}},
        {"type": "forward", "data": {"id": "abc"}},
        {"type": "redbag", "data": {"title": "恭喜发财"}},
        {"type": "gift", "data": {"qq": "1", "id": "2"}},
        {"type": "reply", "data": {"id": -1047}},
        {"type": "poke", "data": {"qq": 1}},
    ],
}  # fmt: skip

CQ_STRINGS = (
    "[CQ:image,file=0a.image,subType=0,url=http://127.0.0.1:9/x&amp;y=1]你好",
    "[CQ:face,id=178][CQ:at,qq=42,name=a&#44;b]你好",
    "[CQ:json,data={&quot;a&quot;:&#91;1&#93;}]你好",
    "[CQ:nosuch]你好",
    "[CQ:image]你好",
    "[CQ:你好",
    "&#91;CQ:at,qq=all&#93;你好",
)

MALFORMED_EVENTS: tuple[dict[str, Any], ...] = (
    {},
    {"post_type": "message"},
    {"post_type": "message", "message_type": "private"},
    {"post_type": "message", "message_type": "private", "user_id": "x", "message": 1},
    {"post_type": "message", "message_type": "group", "sub_type": "normal",
     "message_id": 1, "user_id": 5, "message": None, "raw_message": "", "font": 0},
    {"post_type": "message", "message_type": "nosuch", "user_id": 5, "message": "x"},
    {"post_type": "notice", "notice_type": "nosuch"},
    {"post_type": "notice", "notice_type": "notify", "sub_type": "input_status",
     "user_id": 5, "group_id": 0, "status_text": "对方正在输入..."},
    {"post_type": "notice", "notice_type": "group_upload", "group_id": 1, "user_id": 5,
     "file": {"id": "1", "name": "a", "size": 1}},
    {"post_type": "notice", "notice_type": "group_recall", "group_id": 1, "user_id": 5,
     "operator_id": 5, "message_id": 1},
    {"post_type": "notice", "notice_type": "group_msg_emoji_like", "group_id": 1,
     "user_id": 5, "message_id": 1, "likes": [{"emoji_id": "76", "count": 1}]},
    {"post_type": "meta_event", "meta_event_type": "heartbeat", "interval": 5000,
     "status": {"online": True, "good": True}},
    {"post_type": "meta_event", "meta_event_type": "lifecycle", "sub_type": "connect"},
    {"post_type": "request", "request_type": "friend", "user_id": 5, "comment": "",
     "flag": "f"},
    {"post_type": "message_sent", "message_type": "private", "sub_type": "friend",
     "user_id": 5, "message": "x", "raw_message": "x", "font": 0, "message_id": 1,
     "sender": {}},
    {"post_type": 5, "message_type": []},
)  # fmt: skip

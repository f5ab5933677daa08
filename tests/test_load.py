"""插件能加载，什么都不设也能。"""

from __future__ import annotations

import pytest
from nonebug import App

from tests.fake_glm import FakeGLM


async def test_answers_a_private_message(app: App, glm: FakeGLM) -> None:
    """真的适配器从 WebSocket 收到私聊，回答从同一条连接出去。"""
    async with app.test_server() as ctx:
        client = ctx.get_client()
        headers = {"X-Self-ID": "1", "X-Client-Role": "Universal"}
        async with client.websocket_connect("/onebot/v11/ws", headers=headers) as ws:
            await ws.send_json(
                {
                    "time": 0, "self_id": 1, "post_type": "message",
                    "message_type": "private", "sub_type": "friend", "message_id": 1,
                    "user_id": 2, "message": "你好", "raw_message": "你好", "font": 0,
                    "sender": {"user_id": 2, "nickname": "甲"},
                }
            )
            call = await ws.receive_json()
            await ws.send_json({"status":"ok","retcode":0,"data":{"message_id":2},"echo":call["echo"]})
    assert call["params"]["message"] == [{"type": "text", "data": {"text": "收到：你好"}}]

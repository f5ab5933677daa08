"""自建的 vLLM、SGLang 与国际站。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.domain import Thinking
from tests.fake_glm import FakeGLM

from .talk import WAYS, Connect, ask


@pytest.mark.parametrize(
    ("base_url", "official"),
    [
        ("https://open.bigmodel.cn/api/paas/v4", True),
        ("https://bigmodel.cn", True),
        ("https://OPEN.BigModel.CN:443/api/paas/v4/", True),
        ("https://api.z.ai/api/paas/v4", True),
        ("https://key@api.z.ai/api/paas/v4", True),
        ("https://evil-bigmodel.cn.example/api/paas/v4", False),
        ("https://evil-bigmodel.cn/api/paas/v4", False),
        ("https://bigmodel.cn.example", False),
        ("https://xz.ai", False),
        ("https://example.com/open.bigmodel.cn", False),
        ("https://bigmodel.cn@example.com", False),
        ("http://127.0.0.1:8000/v1", False),
        ("http://[::1]:8000/v1", False),
        ("open.bigmodel.cn", False),
        ("", False),
    ],
)
def test_official(base_url: str, official: bool) -> None:
    """只有智谱自己的域名才算官方。"""
    assert Endpoint(base_url=base_url).official is official


def test_official_by_default() -> None:
    """什么都不设就是国内站。"""
    assert Endpoint().official


@WAYS
@pytest.mark.parametrize("slashes", ["", "/", "//"])
async def test_trailing_slash(
    glm: FakeGLM, connect: Connect, way: str, slashes: str
) -> None:
    """地址末尾有没有斜杠都一样。"""
    client = connect(endpoint=Endpoint(base_url=glm.base_url + slashes))
    assert await ask(client, way) == "收到：你好"
    await client.check()
    assert [request.path for request in glm.requests] == [
        "/api/paas/v4/chat/completions",
        "/api/paas/v4/models",
    ]


@pytest.mark.parametrize(
    ("mode", "sent"),
    [
        (Thinking.ON, {"enable_thinking": True}),
        (Thinking.OFF, {"enable_thinking": False}),
        (Thinking.AUTO, None),
    ],
)
async def test_chat_template(
    glm: FakeGLM, connect: Connect, mode: Thinking, sent: dict[str, bool] | None
) -> None:
    """不在智谱的域名上就带聊天模板的参数。"""
    await ask(connect(), thinking=mode)
    assert glm.chats[0].get("chat_template_kwargs") == sent


@WAYS
async def test_any_key(connect: Connect, glm: FakeGLM, way: str) -> None:
    """自建的服务器随便什么密钥，原样作 Bearer。"""
    async with FakeGLM(keys={"EMPTY"}) as own:
        client = connect("EMPTY", endpoint=Endpoint(base_url=own.base_url))
        assert await ask(client, way) == "收到：你好"
        assert own.requests[0].headers["Authorization"] == "Bearer EMPTY"
    assert glm.requests == []

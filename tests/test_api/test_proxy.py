"""代理：假服务器当作代理来用，它答了就是经过了它。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.exception import NetworkError
from tests.fake_glm import FakeGLM

from .talk import KEY, ONCE, WAYS, Connect, ask

PROXY_AUTH = pytest.mark.filterwarnings("ignore::DeprecationWarning:httpx_aiohttp")
"""httpx-aiohttp 0.2 用着 aiohttp 3.14 起不推荐的 BasicAuth。"""


@WAYS
@PROXY_AUTH
@pytest.mark.parametrize("user", ["", "someone:Vb8Nq2Xe5T@"])
async def test_proxy(glm: FakeGLM, connect: Connect, way: str, user: str) -> None:
    """请求真的经过代理：没有这个域名，答的是代理。"""
    proxy = glm.base_url.removesuffix("/api/paas/v4").replace("//", f"//{user}")
    base_url = "http://glm.invalid/api/paas/v4"
    client = connect(endpoint=Endpoint(base_url=base_url, proxy=proxy), retry=ONCE)
    assert await ask(client, way) == "收到：你好"
    headers = glm.requests[0].headers
    assert headers["Host"] == "glm.invalid"
    assert ("Proxy-Authorization" in headers) is bool(user)
    assert KEY not in headers.get("Proxy-Authorization", "")


async def test_proxy_of_the_environment(
    glm: FakeGLM, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """没有设置代理时照环境变量。"""
    monkeypatch.setenv("HTTP_PROXY", glm.base_url.removesuffix("/api/paas/v4"))
    endpoint = Endpoint(base_url="http://glm.invalid/api/paas/v4")
    assert await ask(connect(endpoint=endpoint, retry=ONCE)) == "收到：你好"
    assert glm.requests[0].headers["Host"] == "glm.invalid"


async def test_proxy_down(glm: FakeGLM, connect: Connect, closed_port: int) -> None:
    """代理连不上时不偷偷直连。"""
    proxy = f"http://127.0.0.1:{closed_port}"
    client = connect(endpoint=Endpoint(base_url=glm.base_url, proxy=proxy), retry=ONCE)
    with pytest.raises(NetworkError):
        await ask(client)
    assert glm.requests == []

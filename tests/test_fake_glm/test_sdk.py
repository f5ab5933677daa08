"""官方 SDK 作为独立的客户端来检验假服务器。"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_glm import FakeGLM, faults

from .talk import OFF, user

zai = pytest.importorskip("zai", reason="没有安装官方 SDK zai-sdk")

pytestmark = pytest.mark.filterwarnings("ignore:The HMAC key is:UserWarning")


@pytest.fixture
def sdk(glm: FakeGLM) -> Iterator[Any]:
    """不重试的官方客户端。"""
    with zai.ZhipuAiClient(
        api_key=glm.api_key, base_url=glm.base_url, max_retries=0
    ) as client:
        yield client


async def create(sdk: Any, **fields: Any) -> Any:
    """在线程里用 SDK 对话。"""
    base = {"model": "glm-4.7-flash", "messages": [user("你好")], "thinking": OFF}
    return await asyncio.to_thread(lambda: sdk.chat.completions.create(**base | fields))


async def test_plain(glm: FakeGLM, sdk: Any) -> None:
    """普通对话。"""
    completion = await create(sdk, temperature=0.5, max_tokens=100)
    assert completion.choices[0].message.content == "收到：你好"
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.total_tokens == 7
    assert glm.invalid == []


async def test_temperature_ends(glm: FakeGLM, sdk: Any) -> None:
    """SDK 会避开温度的两端，服务器收到的都合规。"""
    for temperature in (0, 1):
        await create(sdk, temperature=temperature)
    assert [chat["temperature"] for chat in glm.chats] == [0.01, 0.99]
    assert glm.chats[0]["do_sample"] is False
    assert glm.invalid == []


@pytest.mark.parametrize("usage_chunk", [False, True])
async def test_stream(
    glm: FakeGLM,
    sdk: Any,
    usage_chunk: bool,
) -> None:
    """流式对话能读完，不会卡在 [DONE] 之后。"""
    glm.usage_chunk = usage_chunk

    def read() -> tuple[str, Any]:
        text, usage = "", None
        for chunk in sdk.chat.completions.create(
            model="glm-4.7-flash",
            messages=[user("一二三四五六七八")],
            thinking=OFF,
            stream=True,
        ):
            usage = chunk.usage or usage
            for choice in chunk.choices:
                text += choice.delta.content or ""
        return text, usage

    text, usage = await asyncio.wait_for(asyncio.to_thread(read), 5)
    assert text == "收到：一二三四五六七八"
    assert usage.total_tokens == 19


async def test_thinking(glm: FakeGLM, sdk: Any) -> None:
    """不关思考时 SDK 读得到思考内容。"""
    completion = await create(sdk, thinking={"type": "enabled"})
    assert completion.choices[0].message.reasoning_content == glm.reasoning
    details = completion.usage.completion_tokens_details
    assert details.reasoning_tokens == 16


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        (faults.Error.of(1214), "APIRequestFailedError"),
        (faults.Error.of(1000), "APIAuthenticationError"),
        (faults.Error.of(1302), "APIReachLimitError"),
        (faults.Error.of(1230), "APIInternalError"),
        (faults.Html(503), "APIServerFlowExceedError"),
        (faults.Reset(), "APIResponseError"),
    ],
)
async def test_errors(
    glm: FakeGLM,
    sdk: Any,
    fault: faults.Fault,
    name: str,
) -> None:
    """错误映射到 SDK 的各个异常类。"""
    glm.script(fault)
    with pytest.raises(getattr(zai.core, name)):
        await create(sdk)


async def test_token(glm: FakeGLM) -> None:
    """SDK 自己签的 JWT 放行，过期时报鉴权错误。"""
    with zai.ZhipuAiClient(
        api_key=glm.api_key,
        base_url=glm.base_url,
        max_retries=0,
        disable_token_cache=False,
    ) as client:
        completion = await create(client)
        assert completion.choices[0].message.content == "收到：你好"
        assert glm.requests[0].headers["authorization"].count(".") == 2
        glm.reject_tokens = 1
        with pytest.raises(zai.core.APIAuthenticationError):
            await create(client)

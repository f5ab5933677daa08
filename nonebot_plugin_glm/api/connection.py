"""一个请求的来回：认证、发送、把一切失败变成自己的异常。"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import httpx

from ..exception import (
    APIError,
    AuthError,
    GLMError,
    InvalidRequestError,
    NetworkError,
    ProtocolError,
)
from .auth import Authenticator
from .endpoint import Endpoint
from .errors import error_from
from .keys import KeyPool
from .models import ThinkingControl, model_info
from .schema import ChatRequest, request_body
from .wire import Wire

_FOREIGN = (
    httpx.HTTPError,
    httpx.InvalidURL,
    aiohttp.ClientError,
    OSError,
    UnicodeError,
)
"""来回时会碰到的别人的异常。"""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Connection:
    """到 GLM 的连接，机器人一生只开一个。"""

    def __init__(
        self,
        endpoint: Endpoint,
        keys: KeyPool,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._official = endpoint.official
        self._keys = keys
        self._forced_thinking: set[str] = set()
        # 拼好的地址：每次都由 httpx 去拼，要占一个提问五十分之一的 CPU 时间
        base_url = endpoint.base_url.rstrip("/")
        self._chat_url = httpx.URL(f"{base_url}/chat/completions")
        self._models_url = httpx.URL(f"{base_url}/models")
        self._wire = Wire(endpoint, transport)

    async def aclose(self) -> None:
        """关闭连接池。"""
        await self._wire.aclose()

    @asynccontextmanager
    async def chat(
        self, request: ChatRequest, auth: Authenticator
    ) -> AsyncIterator[httpx.Response]:
        """用一个密钥发出对话补全，给出状态为 200、还没读的回应；离开时关闭连接。

        令牌被判过期（1003）时重签一次；模型不许关思考（1210）时改用
        `reasoning_effort` 再发一次，并记住这个模型。
        """
        try:
            response = await self._send_chat(request, auth)
            try:
                yield response
            finally:
                await response.aclose()
        except _FOREIGN as exc:
            raise _own_error(exc) from exc

    async def check(self, auth: Authenticator) -> None:
        """用 `GET /models` 看密钥是否有效；它不列免费模型，所以只看状态。"""
        try:
            await (await self._send("GET", self._models_url, b"", auth)).aclose()
        except _FOREIGN as exc:
            raise _own_error(exc) from exc

    async def _send_chat(
        self, request: ChatRequest, auth: Authenticator
    ) -> httpx.Response:
        forced = request.model in self._forced_thinking
        url, body = self._chat_url, self._body(request)
        try:
            return await self._send("POST", url, body, auth)
        except InvalidRequestError as error:
            if forced or not _forces_thinking(error):
                raise
            self._forced_thinking.add(request.model)
        return await self._send("POST", url, self._body(request), auth)

    def _body(self, request: ChatRequest) -> bytes:
        info = model_info(request.model)
        forced = request.model in self._forced_thinking
        control = ThinkingControl.EFFORT if forced else info.thinking
        body = request_body(request, info, control, official=self._official)
        return _encode(body).encode()

    async def _send(
        self, method: str, url: httpx.URL, body: bytes, auth: Authenticator
    ) -> httpx.Response:
        try:
            return await self._send_once(method, url, body, auth)
        except AuthError as error:
            if error.code != "1003" or not auth.signs:
                raise
            auth.invalidate()
        return await self._send_once(method, url, body, auth)

    async def _send_once(
        self, method: str, url: httpx.URL, body: bytes, auth: Authenticator
    ) -> httpx.Response:
        headers = {"Authorization": auth.header()}
        if body:
            headers["Content-Type"] = "application/json"
        response = await self._wire.send(method, url, headers, body)
        if response.status_code == 200:
            return response
        raise await self._error_of(response)

    async def _error_of(self, response: httpx.Response) -> APIError:
        try:
            body = await response.aread()
        finally:
            await response.aclose()
        status = response.status_code
        return error_from(status, body, response.headers, self._keys.secrets)


def _forces_thinking(error: InvalidRequestError) -> bool:
    return error.code == "1210" and "始终思考" in error.detail


def _own_error(exc: Exception) -> GLMError:
    """传输层的异常变成自己的，只留类名：它们的文本可能带着代理的密码。"""
    if isinstance(exc, UnicodeError):
        return ProtocolError("回应不是合法的文本")
    # httpx-aiohttp 把连接被拒也叫 ConnectTimeout，原来的异常才说得准
    silent = isinstance(exc, httpx.ReadTimeout)
    return NetworkError(type(exc.__cause__ or exc).__name__, silent=silent)

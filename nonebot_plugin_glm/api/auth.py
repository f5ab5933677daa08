"""密钥如何写进请求头：签名的 JWT，或直接作 Bearer。

出处：docs.bigmodel.cn 的「HTTP 调用」页与官方 SDK；`exp` 与 `timestamp` 是毫秒。
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Literal

import jwt

AuthMode = Literal["auto", "jwt", "bearer"]

TOKEN_SECONDS = 7200
"""令牌的寿命：服务器只查 `exp`，留足两小时，本机时钟慢一小时也能用。"""
RENEW_SECONDS = 3600
"""令牌剩下不到这么多秒就重签。"""

_SIGNABLE = re.compile(r"[^.\s]+\.[^.\s]+")


class Authenticator:
    """为每个请求给出 `Authorization` 的值，JWT 签一次用到临近过期。

    参数:
        key: API 密钥
        mode: `auto` 对形如 `id.secret` 的密钥签 JWT，其他形状作 Bearer
        clock: 返回 Unix 秒的时钟
    """

    def __init__(self, key: str, mode: AuthMode, clock: Callable[[], float]) -> None:
        self._key = key
        self._clock = clock
        self._token = ""
        self.secrets: tuple[str, ...] = (key,) if key else ()
        """不可出现在任何文本里的字符串"""
        self._expires_at = 0.0
        signable = _SIGNABLE.fullmatch(key) is not None
        self.signs = signable and mode != "bearer"

    def header(self) -> str:
        """返回当前有效的 `Authorization` 头的值。"""
        if not self.signs:
            return f"Bearer {self._key}"
        if self._clock() > self._expires_at - RENEW_SECONDS:
            self._sign()
        return f"Bearer {self._token}"

    def invalidate(self) -> None:
        """丢弃现有令牌，下一个请求重签。"""
        self._expires_at = 0.0

    def _sign(self) -> None:
        identity, secret = self._key.split(".")
        now = self._clock()
        self._expires_at = now + TOKEN_SECONDS
        payload = {
            "api_key": identity,
            "exp": int(self._expires_at * 1000),
            "timestamp": int(now * 1000),
        }
        with warnings.catch_warnings():
            # GLM 的 secret 只有 16 字节，PyJWT 每签一次警告一次，而我们改不了它
            warnings.simplefilter("ignore")
            self._token = jwt.encode(
                payload, secret, algorithm="HS256", headers={"sign_type": "SIGN"}
            )
        self.secrets = (self._key, self._token)

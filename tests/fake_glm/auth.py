"""鉴权：Bearer 密钥、Bearer JWT，以及不带 Bearer 前缀的旧写法。"""

import time
import warnings
from collections.abc import Iterable
from typing import Any

import jwt

from .faults import Error


class Doorkeeper:
    """认得一组密钥，决定一个请求能不能进。"""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = frozenset(keys)
        self.revoked: set[str] = set()
        """已吊销的密钥，回 401/1000。"""
        self.reject_tokens = 0
        """接下来多少个 JWT 不论时效都回 401/1003。"""

    def owner(self, header: str | None) -> str:
        """请求头是哪个密钥的，吊销了的也认得；认不得是空串。"""
        token = (header or "").strip().removeprefix("Bearer ").strip()
        identity = _identity(token) if token.count(".") == 2 else None
        return next(
            (k for k in self.keys if token == k or k.partition(".")[0] == identity), ""
        )

    def check(self, header: str | None, skew: float = 0.0) -> Error | None:
        """检查 Authorization 头，放行时返回 None。"""
        token = (header or "").strip().removeprefix("Bearer ").strip()
        if token in ("", "Bearer"):
            return Error.of(1001)
        if token in self.keys - self.revoked:
            return None
        if token.count(".") == 2:
            return self._check_token(token, time.time() + skew)
        return Error.of(1000)

    def _check_token(self, token: str, now: float) -> Error | None:
        claims = self._claims(token)
        if claims is None:
            return Error.of(1000)
        if self.reject_tokens > 0:
            self.reject_tokens -= 1
            return Error.of(1003)
        # PyJWT 把 exp 当秒读，毫秒的过期令牌会被放行，所以自己比较。
        if claims["exp"] <= now * 1000:
            return Error.of(1003)
        return None

    def _claims(self, token: str) -> dict[str, Any] | None:
        for key in self.keys - self.revoked:
            identity, _, secret = key.partition(".")
            claims = _decode(token, secret)
            if claims is not None and claims.get("api_key") == identity:
                return claims
        return None


def _identity(token: str) -> Any:
    """令牌自称是谁的，不验签名。"""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    return claims.get("api_key")


def _decode(token: str, secret: str) -> dict[str, Any] | None:
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        with warnings.catch_warnings():
            # 16 字节的密钥会触发 InsecureKeyLengthWarning，这是平台的规定。
            warnings.simplefilter("ignore")
            claims = jwt.decode(token, secret, algorithms=["HS256"], options=options)
        sign_type = jwt.get_unverified_header(token).get("sign_type")
    except jwt.PyJWTError:
        return None
    times = (claims.get("exp"), claims.get("timestamp"))
    if sign_type != "SIGN" or any(type(moment) is not int for moment in times):
        return None
    return claims

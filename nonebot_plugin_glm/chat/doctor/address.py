"""接口地址写得对不对：只看写法，不连网。

出处：docs.bigmodel.cn 的「HTTP 调用」页与编程套餐的接入页。
"""

from __future__ import annotations

from urllib.parse import urlsplit

from ...api.endpoint import Endpoint
from .findings import Finding, State

NAME = "地址"
PAY_AS_YOU_GO, CODING_PLAN = "/api/paas/v4", "/api/coding/paas/v4"
HOSTS = ("open.bigmodel.cn", "api.z.ai")
_TOO_MUCH = ("/chat/completions", "/completions", "/chat", "/models")
"""常见的多写：这些由插件自己接上。"""


def look_at(endpoint: Endpoint) -> Finding:
    """看一个地址的写法。"""
    url = endpoint.base_url
    for tail in _TOO_MUCH:
        if url.endswith(tail):
            return _bad(f"多写了 {tail}，把 GLM_BASE_URL 改成 {url.removesuffix(tail)}")
    parts = urlsplit(url)
    if not endpoint.official:
        return Finding(NAME, State.FINE, f"{host_of(endpoint)}（不是智谱自己的）")
    host = "api.z.ai" if (parts.hostname or "").endswith("z.ai") else HOSTS[0]
    if parts.hostname != host or parts.path not in (PAY_AS_YOU_GO, CODING_PLAN):
        return _bad(
            f"智谱没有这个接口，把 GLM_BASE_URL 改成 https://{host}{PAY_AS_YOU_GO}"
            f"（编程套餐的密钥是 https://{host}{CODING_PLAN}）"
        )
    if parts.scheme != "https":
        return _bad("密钥会不加密地传出去，把 GLM_BASE_URL 的 http 改成 https")
    plan = "编程套餐" if parts.path == CODING_PLAN else "按量付费"
    return Finding(NAME, State.FINE, f"{host}，{plan}的接口")


def not_found(endpoint: Endpoint) -> Finding:
    """写法看不出错，可是它答 404。"""
    return _bad(
        f"{host_of(endpoint)} 上没有这个接口（HTTP 404），检查 GLM_BASE_URL："
        "智谱的到 /v4 为止，自建的多半到 /v1 为止"
    )


def host_of(endpoint: Endpoint) -> str:
    """主机与端口，没有用户名与密码。"""
    return urlsplit(endpoint.base_url).netloc.rpartition("@")[2]


def _bad(text: str) -> Finding:
    return Finding(NAME, State.BAD, text)

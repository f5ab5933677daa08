"""环境变量里的代理：哪一个管一个地址，与 httpx 的客户端选的一样。

出处：httpx 的 `get_environment_proxies` 与 `URLPattern`，它们不公开。
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import httpx


def proxy_for(url: httpx.URL, found: Mapping[str, str]) -> str | None:
    """一个地址该经过的代理，`None` 为直连。

    参数:
        url: 地址
        found: `urllib.request.getproxies()` 找到的，`no` 是不经代理的各处
    """
    exempt = [entry.strip() for entry in found.get("no", "").split(",")]
    if "*" in exempt or any(entry and _covers(entry, url) for entry in exempt):
        return None
    proxy = found.get(url.scheme) or found.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _covers(entry: str, url: httpx.URL) -> bool:
    """`NO_PROXY` 的一项是否管这个地址；写错的管不到哪里。"""
    try:
        pattern = httpx.URL(_pattern(entry))
    except httpx.InvalidURL:
        return False
    if pattern.scheme not in ("all", url.scheme):
        return False
    if pattern.port not in (None, url.port):
        return False
    if not pattern.host.startswith("*"):
        return pattern.host in ("", url.host)
    domain = pattern.host[1:]
    if domain.startswith("."):  # 只管子域名
        return url.host.endswith(domain) and url.host != domain
    return url.host == domain or url.host.endswith(f".{domain}")


def _pattern(entry: str) -> str:
    """一项写成地址的样子；域名连同它的子域名。"""
    if "://" in entry:
        return entry
    try:
        address = ipaddress.ip_address(entry.split("/")[0])
    except ValueError:
        exact = entry.lower() == "localhost"
        return f"all://{entry}" if exact else f"all://*{entry}"
    return f"all://{entry}" if address.version == 4 else f"all://[{entry}]"

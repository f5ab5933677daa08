"""GLM 在哪里、怎么连。"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

_OFFICIAL_HOSTS = ("bigmodel.cn", "z.ai")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """GLM 在哪里、怎么连；单位秒。"""

    base_url: str = "https://open.bigmodel.cn/api/paas/v4"
    proxy: str | None = None
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    max_concurrency: int = 64
    user_agent: str = "nonebot-plugin-glm"

    @property
    def official(self) -> bool:
        """是否智谱自己的网关，而不是自建的 vLLM 或 SGLang。"""
        host = urlsplit(self.base_url).hostname or ""
        return any(host == h or host.endswith(f".{h}") for h in _OFFICIAL_HOSTS)

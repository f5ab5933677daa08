"""假服务器的见闻：收到过的请求与数目。"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """收到的一个请求。"""

    method: str
    path: str
    """完整路径，例如 /api/paas/v4/models。"""
    headers: Mapping[str, str]
    """请求头，不区分大小写。"""
    body: Any
    """解析后的 JSON，不是 JSON 时为 None。"""
    raw: bytes


@dataclass(eq=False)
class Journal:
    """测试用来断言的记录。"""

    requests: list[RecordedRequest] = field(default_factory=list)
    """全部请求，包括被拒绝的和 /models。"""
    chats: list[dict[str, Any]] = field(default_factory=list)
    """对话请求的 JSON 请求体，包括被拒绝的。"""
    invalid: list[tuple[Any, str]] = field(default_factory=list)
    """因 1213 或 1214 被拒绝的请求体（不是 JSON 时为原始字节）与原因。"""
    disconnects: int = 0
    """回答完成前客户端就断开的对话请求数。"""
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def wait_for_chats(self, n: int, timeout: float = 30) -> None:
        """等到收过 n 个对话请求，超时（秒）抛出 TimeoutError。"""
        try:
            await asyncio.wait_for(self._until(n), timeout)
        except asyncio.TimeoutError as exc:
            text = f"等了 {timeout} 秒，只收到 {len(self.chats)} 个对话请求。"
            raise TimeoutError(text) from exc

    async def _until(self, n: int) -> None:
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.chats) >= n)

    async def note_chat(self, body: dict[str, Any]) -> None:
        """记下一个对话请求并唤醒等待者。"""
        async with self._arrived:
            self.chats.append(body)
            self._arrived.notify_all()

    def forget(self) -> None:
        """清空记录。"""
        self.requests.clear()
        self.chats.clear()
        self.invalid.clear()
        self.disconnects = 0

"""空着的端口。"""

from __future__ import annotations

import contextlib
import random
import socket


def free_port() -> int:
    """此刻没有人用的端口。"""
    # 不用系统临时分配的那一段：同时跑的别的测试随时会占去刚看过的号
    for port in random.sample(range(10_000, 30_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("没有空着的端口")

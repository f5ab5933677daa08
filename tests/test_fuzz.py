"""坏输入的一小份，每一类各跑一遍；十万个的用 `python -m tests.fuzz`。"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.__main__ import SHARES

FEW = {
    "events": 300, "answers": 500, "questions": 80, "commands": 150, "members": 150,
    "archives": 40, "wire": 60,
}  # fmt: skip


@pytest.mark.parametrize("kind", SHARES)
def test_few(kind: str) -> None:
    """没有一个没有接住的异常，没有一个挂住，数据库是好的。"""
    command = [sys.executable, "-m", "tests.fuzz", str(FEW[kind]), "--kind", kind]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

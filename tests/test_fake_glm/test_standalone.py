"""独立运行与演示回答的测试。"""

import asyncio
import re
import sys
from pathlib import Path

import httpx

from tests.fake_glm.demo import demo_answer

from .talk import CHAT, assistant, body, content_of, user

ROOT = Path(__file__).parents[2]


def test_demo_answer() -> None:
    """演示回答说明身份，并记得上一句。"""
    first = demo_answer({"messages": [user("我叫小明")]})
    assert "假 GLM 服务器，不是真正的模型" in first
    assert "你说的是：我叫小明" in first
    assert "上一句" not in first
    messages = [user("我叫小明"), assistant(first), user("我叫什么")]
    second = demo_answer({"messages": messages})
    assert "你说的是：我叫什么" in second
    assert "你上一句说的是：我叫小明" in second


async def test_module() -> None:
    """python -m tests.fake_glm 打印地址与密钥，并能对话。"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fake_glm", cwd=ROOT,
        env={"PYTHONUTF8": "1"}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        text = ""
        while "密钥" not in text:
            line = await asyncio.wait_for(process.stdout.readline(), 30)
            assert line
            text += line.decode()
        base, key = re.findall(r"：(http\S+|[0-9a-f]{32}\.\w{16})", text)
        async with httpx.AsyncClient(trust_env=False) as http:
            headers = {"Authorization": f"Bearer {key}"}
            response = await http.post(base + CHAT, json=body("在吗"), headers=headers)
        assert "你说的是：在吗" in content_of(response)
    finally:
        process.terminate()
        await process.communicate()

"""独立运行时的友好回答，让人一眼看出这不是真正的模型。"""

from collections.abc import Mapping
from typing import Any

from .tokens import content_text


def demo_answer(body: Mapping[str, Any]) -> str:
    """说明身份、复述这一句，并用上一句证明收到了历史。"""
    said = [
        content_text(message["content"])
        for message in body["messages"]
        if message["role"] == "user"
    ]
    lines = [
        "我是测试用的假 GLM 服务器，不是真正的模型。",
        f"这是我们的第 {len(said)} 轮对话，你说的是：{said[-1]}",
    ]
    if len(said) > 1:
        lines.append(f"你上一句说的是：{said[-2]}")
    return "\n".join(lines)

"""一个聊天机器人欠人的二十八件事；每件由标着 `@pytest.mark.row(号)` 的测试看守。"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
PROMISES = {
    1: "什么都不设也能加载，问它就说缺什么",
    2: "群里 @ 它就有回答",
    3: "第二问带着第一轮",
    4: "回答一到就 `kill -9`，那一轮也还在",
    5: "一连来几条：一条不少，历史仍是一问一答",
    6: "模型写的 CQ 码只是几个字",
    7: "忙一下（429/1302）就再试，人只看到回答",
    8: "欠费（1113）重试无益，只问一次",
    9: "密钥不对（401/1000）：一句说清该查什么的中文，没有上游的原文",
    10: "网关的 HTML 页面：一句中文，页面不进聊天",
    11: "HTTP 200 里装着错误，与别的错误一样对待",
    12: "空的回答：说一声，不沉默，不发空消息",
    13: "失败之后，下一个请求的历史是好的",
    14: "序列不被接受（1214）一次：自己缩短了再问",
    15: "正在回答时重置：晚到的不发，历史是空的",
    16: "正在回答时撤回提问：不答，那句话不再出现",
    17: "正文里的 `<think>` 不进聊天也不进历史",
    18: "群里共用的历史看得出谁在说话",
    19: "同一个人在别处说的话不会带过来",
    20: "二十五轮之后，带的历史有限度，存的一轮不少",
    21: "九千字的回答一字不少、次序不变，折起来而不刷屏",
    22: "发送被拒绝一次：换法子送到，不重问，不出怪话",
    23: "图片只是「[图片]」：它的地址不去取，也不交给 GLM",
    24: "像 JSON 的、带引号的话，原样来去",
    25: "`@机器人 /ping` 归别的插件",
    26: "正在回答时，别的插件照常应答",
    27: "一句话只问 GLM 一次",
    28: "日志里没有密钥，一段也没有",
}


def guards() -> dict[int, list[str]]:
    """每件事由哪些测试看守，如 `test_order.py::test_twenty_at_once_in_one_group`。"""
    found: dict[int, list[str]] = defaultdict(list)
    for file in sorted(HERE.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                for number in _marked(node):
                    found[number].append(f"{file.relative_to(HERE)}::{node.name}")
    return found


def _marked(function: ast.AsyncFunctionDef | ast.FunctionDef) -> list[int]:
    marks = [d for d in function.decorator_list if isinstance(d, ast.Call)]
    return [
        ast.literal_eval(argument)
        for mark in marks
        if ast.unparse(mark.func) == "pytest.mark.row"
        for argument in mark.args
    ]


def table() -> str:
    """一件一行的 Markdown 表。"""
    by = guards()
    lines = ["| 号 | 欠人的事 | 看守它的测试 |", "| --- | --- | --- |"]
    for number, promise in PROMISES.items():
        names = "<br>".join(f"`{name}`" for name in by[number])
        lines.append(f"| {number} | {promise} | {names} |")
    return "\n".join(lines)

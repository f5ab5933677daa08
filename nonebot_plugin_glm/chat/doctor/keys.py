"""密钥写得对不对：只看写法；从不说出它的任何一段。"""

from __future__ import annotations

from .findings import Finding, State

NAME = "密钥"
MISSING = Finding(
    NAME,
    State.BAD,
    "没有设置：到 https://open.bigmodel.cn 的控制台领一个，"
    "在 .env 里写 GLM_API_KEY=密钥，重启",
)


def look_at(key: str, name: str) -> Finding | None:
    """抄错了的样子；看不出错是 `None`，认不认还要问 GLM。"""
    problem = ""
    if key.lower().startswith("bearer"):
        problem = "前面不要写 Bearer"
    elif not key.isascii():
        problem = "里面有汉字或全角的字符"
    elif any(char.isspace() or char in "\"'<>" for char in key):
        problem = "里面有空格、引号或尖括号"
    if not problem:
        return None
    return Finding(name, State.BAD, f"{problem}：照控制台里的原样写进 .env，重启")

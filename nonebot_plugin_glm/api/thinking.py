"""思考内容从不外传：请求里如何关掉它，回答里如何滤掉它。"""

from __future__ import annotations

import re
from typing import Any

from ..domain import Thinking
from .models import ThinkingControl

_TAG = re.compile(r"<(/?)think>|<\|(?:begin|end)_of_box\|>", re.IGNORECASE)
_LONGEST_TAG = len("<|begin_of_box|>")


def thinking_fields(
    mode: Thinking, control: ThinkingControl, *, official: bool
) -> dict[str, Any]:
    """请求体里控制思考的字段。

    参数:
        mode: 想要的方式，`auto` 什么都不发
        control: 这个模型的思考如何控制
        official: 是否智谱自己的网关；自建的 vLLM 与 SGLang 只认聊天模板的参数
    """
    if mode is Thinking.AUTO or control is ThinkingControl.NONE:
        return {}
    on = mode is Thinking.ON
    if control is ThinkingControl.EFFORT:
        return {"reasoning_effort": "high" if on else "low"}
    fields: dict[str, Any] = {"thinking": {"type": "enabled" if on else "disabled"}}
    if not official:
        fields["chat_template_kwargs"] = {"enable_thinking": on}
    return fields


class ThinkingFilter:
    """从一段段到来的正文里滤掉 `<think>…</think>`，标签可以被切断，也可以没有结尾。

    GLM-4.1V 把思考放在正文里，GLM-4.5V 用 box 标记包住结论：思考丢掉，结论留下。
    """

    def __init__(self) -> None:
        self._pending = ""
        self._thinking = False

    def feed(self, text: str) -> str:
        """送入一段，返回可以确定外传的部分。"""
        settled = not self._pending and not self._thinking
        if settled and "<" not in text and not _splits_a_pair(text):
            return text  # 几乎每一段都是
        self._pending += text
        shown: list[str] = []
        position = 0
        for tag in _TAG.finditer(self._pending):
            shown.append(self._visible(self._pending[position : tag.start()]))
            position = tag.end()
            if tag.group(1) is not None:
                self._thinking = tag.group(1) == ""
        end = self._safe_end(position)
        shown.append(self._visible(self._pending[position:end]))
        self._pending = self._pending[end:]
        return "".join(shown)

    def flush(self) -> str:
        """正文结束，返回还压着的部分。"""
        rest, self._pending = self._visible(self._pending), ""
        return rest

    def _visible(self, text: str) -> str:
        return "" if self._thinking else text

    def _safe_end(self, start: int) -> int:
        """末尾可能是半个标签时，从它的 `<` 起压住不发；半个代理对也压住。"""
        if _splits_a_pair(self._pending):
            return len(self._pending) - 1
        opening = self._pending.rfind("<", start)
        tail = self._pending[opening:].lower()
        if opening < 0 or len(tail) >= _LONGEST_TAG:
            return len(self._pending)
        tags = ("<think>", "</think>", "<|begin_of_box|>", "<|end_of_box|>")
        held = any(tag.startswith(tail) for tag in tags)
        return opening if held else len(self._pending)


def _splits_a_pair(text: str) -> bool:
    """末尾是半个代理对。"""
    return "\ud800" <= text[-1:] <= "\udbff"


def without_thinking(text: str) -> str:
    """从完整的正文里滤掉思考，包括缺了开头的 `…</think>`。"""
    thinking = ThinkingFilter()
    return thinking.feed(text[_unopened_end(text) :]) + thinking.flush()


def _unopened_end(text: str) -> int:
    """最后一个没有开头的 `</think>` 到哪里为止，没有时为 0。"""
    end = 0
    thinking = False
    for tag in _TAG.finditer(text):
        slash = tag.group(1)
        if slash is None:
            continue
        if slash and not thinking:
            end = tag.end()
        thinking = not slash
    return end

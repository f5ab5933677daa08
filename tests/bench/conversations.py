"""长会话：三种窗口各走一遍同样的对话，看重复的开头、价钱与还记得什么。

真的服务、真的历史、真的 HTTP，假 GLM 照 docs.bigmodel.cn 的缓存规则计费，只是不等缓存
生效。摘要用同一个付费的模型写，钱也算在内；第三轮说的事，最后一问看它还记不记得。
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.api.prices import PriceList
from nonebot_plugin_glm.api.tools import Reply
from nonebot_plugin_glm.chat import draft
from nonebot_plugin_glm.chat.draft import ChatSettings
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.summary import summary_messages
from nonebot_plugin_glm.conversation.window import WindowLimits, turns_to_drop
from nonebot_plugin_glm.domain import Usage
from tests.fake_glm import FakeGLM
from tests.test_chat.builders import Inbox, question, service_of

MODEL = "glm-5.2"
CONTEXT_TOKENS = 4000
LENGTHS = (300, 2000)
KNOWS = {"阿橘": "记得", "不知道": "不记得"}
FACT_TURN, FACT, ASKED = 2, "我的猫叫阿橘", "我的猫叫什么"
TASK = summary_messages("", [])[0].content


@dataclass(frozen=True)
class Policy:
    """一种取窗口的办法。"""

    name: str
    summary: bool
    slides: bool


POLICIES = (
    Policy("大块裁剪，写摘要", summary=True, slides=False),
    Policy("大块裁剪", summary=False, slides=False),
    Policy("滑动窗口", summary=False, slides=True),
)


def slide(sizes: Sequence[int], limits: WindowLimits) -> int:
    """别人的做法：每问一次裁到刚好装得下。"""
    dropped = 0
    while len(sizes) - dropped > 1 and sum(sizes[dropped:]) > limits.tokens:
        dropped += 1
    return dropped


def model(body: dict[str, Any]) -> str:
    """会写摘要、会答猫叫什么的模型；别的回答有长有短。"""
    seen = "".join(message["content"] for message in body["messages"])
    if body["messages"][0]["content"] == TASK:
        return f"{FACT if FACT in seen else '没什么要紧的'}。" + "聊过许多小事。" * 20
    if body["messages"][-1]["content"] == ASKED:
        return "阿橘" if FACT in seen else "不知道"
    return "这件事可以这样看。" * random.Random(len(seen)).randint(2, 12)


@dataclass
class Bill:
    """一路的账。"""

    usage: Usage = field(default_factory=Usage)
    cost: int = 0

    def add(self, used: Usage) -> None:
        """记一笔。"""
        self.cost += PriceList().cost(MODEL, used)
        self.usage = Usage(
            self.usage.prompt_tokens + used.prompt_tokens,
            self.usage.cached_tokens + used.cached_tokens,
            self.usage.completion_tokens + used.completion_tokens,
        )


class BillingClient(GLMClient):
    """记下每个回答用量的客户端，摘要的也记。"""

    bill: Bill

    async def reply(self, *args: Any, **kwargs: Any) -> Reply:
        """照常问，记下用量。"""
        reply = await super().reply(*args, **kwargs)
        self.bill.add(reply.answer.usage)
        return reply


async def converse(policy: Policy, turns: int, home: Path) -> tuple[Bill, str]:
    """走完一段对话，返回账与最后一问的回答。"""
    settings = ChatSettings(
        MODEL,
        "你是一个友善的聊天助手，用对方的语言回答，简洁、准确。",
        WindowLimits(1000, CONTEXT_TOKENS),
        summary_model="" if policy.summary else None,
    )
    async with FakeGLM() as glm:
        glm.answer = model
        store = await ConversationStore.open(home / f"{policy.name}{turns}.db")
        client = BillingClient(glm.api_key, endpoint=Endpoint(base_url=glm.base_url))
        client.bill = Bill()
        service = service_of(store, client, settings)
        for turn in range(turns):
            chat = f"说说第{turn}件小事，" * (turn % 4 + 1)
            told = FACT if turn == FACT_TURN else chat
            await service.ask(question(told), Inbox())
            glm.requests.clear()
        inbox = Inbox()
        await service.ask(question(ASKED), inbox)
        await service.aclose()
    return client.bill, inbox.texts[-1]


async def main() -> None:
    """各走一遍，打印。"""
    rows = [
        "| 轮数 | 窗口 | 重复的开头 | 元 | 与滑动窗口之比 | 第三轮的事 |",
        "| --- " * 6 + "|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for turns in LENGTHS:
            found: list[tuple[Policy, Bill, str]] = []
            for policy in POLICIES:
                draft.turns_to_drop = slide if policy.slides else turns_to_drop
                found.append((policy, *await converse(policy, turns, Path(folder))))
            sliding = found[-1][1].cost
            for policy, bill, told in found:
                share = bill.usage.cached_tokens / bill.usage.prompt_tokens
                cells = (turns, policy.name, f"{share:.1%}", f"{bill.cost / 1e6:.2f}")
                rows.append(
                    "| {} | {} | {} | {} |".format(*cells)
                    + f" {bill.cost / sliding:.2f} | {KNOWS[told]} |"
                )
    sys.stdout.write("\n".join(rows) + "\n")

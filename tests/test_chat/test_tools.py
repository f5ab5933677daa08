"""几个回合连成一个回答：看得到的不重写，历史里没有工具消息。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from nonebot_plugin_glm.api.schema import ChatRequest
from nonebot_plugin_glm.api.tools import ToolSpec
from nonebot_plugin_glm.chat.tools import (
    BAD_ARGUMENTS,
    MOST_ROUNDS,
    NO_SUCH_TOOL,
    Rounds,
    converse,
)
from nonebot_plugin_glm.domain import Answer, Message, Thinking, Usage
from nonebot_plugin_glm.exception import EmptyAnswerError, GLMError, RateLimitError
from tests.fake_glm import FakeGLM, faults

from .builders import MODEL, Inbox, real_client

SPEC = ToolSpec("note", "记", {"type": "object", "properties": {}})
REQUEST = ChatRequest(MODEL, (Message("user", "问"),))


@dataclass
class Notebook:
    """记下用过什么参数的工具。"""

    used: list[Mapping[str, Any]] = field(default_factory=list)
    spec: ToolSpec = SPEC

    async def use(self, arguments: Mapping[str, Any]) -> str:
        """记下。"""
        self.used.append(arguments)
        return f"第 {len(self.used)} 次"


async def talk(
    glm: FakeGLM,
    inbox: Inbox,
    tools: list[Notebook],
    request: ChatRequest = REQUEST,
    spent: list[Usage] | None = None,
) -> Answer:
    """问到底；`spent` 收下用了工具的各回合的用量。"""
    paid = [] if spent is None else spent
    client = real_client(glm, patience=5)
    try:
        return await converse(
            client.reply, request, inbox, tools, lambda _, usage: paid.append(usage)
        )
    finally:
        await client.aclose()


def using(
    *arguments: str, text: str = "", name: str = "note", pieces: int = 1
) -> faults.ToolCalls:
    """要用工具。"""
    return faults.ToolCalls(tuple((name, a) for a in arguments), text, pieces)


async def test_without_tools_nothing_changes(glm: FakeGLM, inbox: Inbox) -> None:
    """没有工具就是问一次，请求体里没有工具。"""
    assert (await talk(glm, inbox, [])).text == "收到：问"
    [sent] = glm.chats
    assert "tools" not in sent
    assert len(sent["messages"]) == 1


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("pieces", [1, 3])
async def test_uses_tools_then_answers(
    glm: FakeGLM, inbox: Inbox, stream: bool, pieces: int
) -> None:
    """用完工具接着回答；前一个请求逐字节是后一个的开头，用量各算各的。"""
    notebook = Notebook()
    glm.script(using('{"a": 1}', '{"b": 2}', pieces=pieces), faults.Ok("好了"))
    request = ChatRequest(MODEL, (Message("user", "问" * 600),), stream=stream)
    spent: list[Usage] = []
    answer = await talk(glm, inbox, [notebook], request, spent)
    assert (answer.text, answer.finish, inbox.written) == ("好了", "stop", "好了")
    assert notebook.used == [{"a": 1}, {"b": 2}]
    first, second = glm.chats
    assert second["messages"][:1] == first["messages"]
    assert first["tools"] == second["tools"]
    assert [m["role"] for m in second["messages"][1:]] == ["assistant", "tool", "tool"]
    assert [m["content"] for m in second["messages"][2:]] == ["第 1 次", "第 2 次"]
    assert len(spent) == 1
    assert spent[0].prompt_tokens > 600
    assert answer.usage.prompt_tokens > 600
    assert answer.usage.cached_tokens > 500
    assert glm.invalid == []


@pytest.mark.parametrize("eager", [True, False])
async def test_words_before_a_tool_are_kept(glm: FakeGLM, eager: bool) -> None:
    """用工具之前说的话当时就看得到，与之后的连成一个回答。"""
    inbox = Inbox(eager=eager)
    glm.script(using("{}", text="稍等。\n"), using("{}"), faults.Ok("\n好了 <"))
    answer = await talk(glm, inbox, [Notebook()])
    assert answer.text == "稍等。\n\n\n好了 <" == inbox.written + "<"
    assert inbox.restarts == (1 if eager else 3)


@pytest.mark.parametrize("eager", [True, False])
async def test_a_later_round_is_retried(glm: FakeGLM, eager: bool) -> None:
    """后一个回合失败了只重来那个回合，说过的不重说，工具不重用。"""
    inbox, notebook = Inbox(eager=eager), Notebook()
    glm.script(
        using("{}", text="稍等。"),
        faults.Error.of(1302),
        faults.CutStream(0),
        faults.Ok("好了"),
    )
    answer = await talk(glm, inbox, [notebook])
    assert answer.text == inbox.written == "稍等。\n\n好了"
    assert len(notebook.used) == 1
    assert len(glm.chats) == 4


async def test_seen_words_are_not_retried(glm: FakeGLM) -> None:
    """后一个回合已经看到了一部分，断了就是断了。"""
    inbox = Inbox(eager=True)
    glm.script(using("{}", text="稍等。"), faults.CutStream(1))
    with pytest.raises(GLMError):
        await talk(glm, inbox, [Notebook()])
    assert inbox.written.startswith("稍等。\n\n收到")
    assert len(glm.chats) == 2


async def test_never_ending_tools(glm: FakeGLM, inbox: Inbox) -> None:
    """总要用工具的，到最后一个请求不再给工具。"""
    notebook = Notebook()
    glm.script(*[using("{}")] * (MOST_ROUNDS - 1), faults.Ok("好吧"))
    answer = await talk(glm, inbox, [notebook])
    assert answer.text == "好吧"
    assert ["tools" in chat for chat in glm.chats] == [True, True, False]
    assert len(notebook.used) == MOST_ROUNDS - 1


async def test_nothing_to_add(glm: FakeGLM, inbox: Inbox) -> None:
    """用完工具没有再说什么，就是之前说的；什么也没说过才算没有内容。"""
    empty = faults.Content("")
    glm.script(using("{}", text="记下了。"), empty)
    answer = await talk(glm, inbox, [Notebook()])
    assert (answer.text, answer.finish, answer.model) == ("记下了。", "stop", MODEL)
    assert len(glm.chats) == 2
    glm.script(using("{}"))
    glm.always(empty)
    with pytest.raises(EmptyAnswerError):
        await talk(glm, Inbox(), [Notebook()])


WRONG = {
    "unknown": (using("{}", name="rm"), NO_SUCH_TOOL, "{}"),
    "not json": (using('{"a": '), BAD_ARGUMENTS, "{}"),
    "not an object": (using("[1]"), BAD_ARGUMENTS, "{}"),
    "deep": (using("[" * 100_000), BAD_ARGUMENTS, "{}"),
    "empty": (using(""), BAD_ARGUMENTS, "{}"),
}


@pytest.mark.parametrize(("fault", "said", "sent"), WRONG.values(), ids=WRONG)
async def test_wrong_calls(
    glm: FakeGLM, inbox: Inbox, fault: faults.ToolCalls, said: str, sent: str
) -> None:
    """没有的工具、写坏的参数：告诉模型，不执行，坏的参数不送回去。"""
    notebook = Notebook()
    glm.script(fault, faults.Ok("好吧"))
    assert (await talk(glm, inbox, [notebook])).text == "好吧"
    asked, result = glm.chats[-1]["messages"][-2:]
    assert result["content"] == said
    assert asked["tool_calls"][0]["function"]["arguments"] == sent
    assert notebook.used == []
    assert glm.invalid == []


async def test_first_failure_is_a_failure(glm: FakeGLM, inbox: Inbox) -> None:
    """第一个回合就失败，与没有工具一样。"""
    glm.always(faults.Error.of(1302))
    with pytest.raises(RateLimitError):
        await talk(glm, inbox, [Notebook()])


async def test_thinking_goes_back_within_the_question(
    glm: FakeGLM, inbox: Inbox
) -> None:
    """思考着用工具：思考的内容在这一问里原样送回，不给人看。"""
    request = ChatRequest(MODEL, (Message("user", "问"),), Thinking.ON)
    glm.script(using("{}"), faults.Ok("好了"))
    answer = await talk(glm, inbox, [Notebook()], request)
    assert answer.text == inbox.written == "好了"
    assert glm.chats[-1]["messages"][1]["reasoning_content"] == glm.reasoning


@pytest.mark.parametrize(
    ("read", "said"), [("稍等 ", "稍等 <th"), ("稍等 \n", "稍等"), ("", "稍等")]
)
def test_held_words_are_completed(read: str, said: str) -> None:
    """压着的半个标签在回合结束时补上，末尾的空白不碍事，看到的总是回答的开头。"""
    inbox = Inbox()
    rounds = Rounds(inbox)
    rounds.restart()
    rounds.read(read)
    rounds.close(said)
    assert rounds.joined("好").startswith(inbox.written)
    assert rounds.joined("好").split() == [*said.split(), "好"]


def test_corrected_words_are_not_kept() -> None:
    """补上了开头的思考的回合，连起来时只有该看的。"""
    inbox = Inbox()
    rounds = Rounds(inbox)
    rounds.restart()
    rounds.read("想一想</think>答")
    rounds.close("答")
    assert rounds.joined("再答") == "答\n\n再答"
    rounds.restart()
    assert inbox.written == "答\n\n"

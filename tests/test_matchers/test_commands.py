"""commands：每个子命令做什么、谁可以做、回什么话。"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nonebot_plugin_glm.chat.results import ResetDone
from nonebot_plugin_glm.conversation.rows import StoredTurn
from nonebot_plugin_glm.domain import ConversationKey, Scope, Thinking
from nonebot_plugin_glm.matchers import dispatch
from nonebot_plugin_glm.matchers.call import DENIED_ACT, DENIED_MANAGE, DENIED_OWNER
from nonebot_plugin_glm.matchers.commands.conversation import NOTHING
from nonebot_plugin_glm.matchers.keys import get_key
from tests.conftest import SUPERUSER
from tests.test_message.builders import ScriptedBot, group_event, private_event

from .fake_service import LAST, FakeService

PRIVATE = ConversationKey("qq", "10000", Scope.PRIVATE, "", "9")
SHARED = ConversationKey("qq", "10000", Scope.GROUP, "30")
THERE = ConversationKey("qq", "10000", Scope.GROUP, "77")
MEMBER: dict[str, Any] = {"user_id": 9}
ASKER: dict[str, Any] = {"user_id": 2}
ADMIN: dict[str, Any] = {"user_id": 9, "sender": {"user_id": 9, "role": "admin"}}
OWNER: dict[str, Any] = {"user_id": SUPERUSER}
Done = list[tuple[Any, ...]]


def model(name: str | None) -> tuple[Any, ...]:
    """为本会话选了模型。"""
    return ("choose_model", SHARED, name)


async def typed(text: str, who: dict[str, Any], *, private: bool = False) -> list[str]:
    """这个人打这条命令，返回他看到的话。"""
    bot = ScriptedBot()
    event = private_event(text, **who) if private else group_event(text, **who)
    await dispatch.run(bot, event)
    return bot.said


RESET, FORGOT = ("reset", SHARED), "已忘记本会话的 3 轮问答，从头开始吧。"
GROUP_FORGOT = "已忘记群 77 的 3 轮问答，从头开始吧。"
UNDO, UNDONE = ("undo", SHARED, 5), "已忘记最后一轮问答。"
DEFAULT, CHANGED = ("config.glm_model", "glm-4.7"), "默认模型改为 glm-4.7。"
THINK = ("choose_thinking", SHARED, Thinking.ON)
UNTHINK = ("choose_thinking", SHARED, None)
ALLOWED: dict[str, tuple[dict[str, Any], Done, str]] = {
    "/glm reset": (ADMIN, [RESET], FORGOT),
    " /glm  reset ": (OWNER, [RESET], FORGOT),
    "/glm reset 77": (OWNER, [("reset_group", THERE)], GROUP_FORGOT),
    "/glm model GLM-4.7": (ADMIN, [model("glm-4.7")], "本会话改用 glm-4.7。"),
    "/glm model default": (ADMIN, [model(None)], "本会话改用默认模型 glm-4.7-flash。"),
    "/glm model glm-4.7 --global": (OWNER, [DEFAULT], CHANGED),
    "/glm model --global glm-4.7": (OWNER, [DEFAULT], CHANGED),
    "/glm model default --global": (
        OWNER,
        [("config.glm_model", None)],
        "默认模型改为 glm-4.7-flash。",
    ),
    "/glm think on": (ADMIN, [THINK], "本会话的思考方式改为 on。"),
    "/glm think default": (ADMIN, [UNTHINK], "本会话的思考方式回到默认的 off。"),
    "/glm think": (MEMBER, [], "本会话的思考方式是 auto。"),
    "/glm undo": (ASKER, [UNDO], UNDONE),
    "/glm undo ": (ADMIN, [UNDO], UNDONE),
    "/glm resend": (MEMBER, [], "答"),
    "/glm stop": (MEMBER, [("stop", SHARED, "9")], "现在没有正在进行的回答。"),
}


@pytest.mark.parametrize("text", ALLOWED)
async def test_allowed(service: FakeService, text: str) -> None:
    """可以做的人做到了，并得到一句话。"""
    who, done, said = ALLOWED[text]
    assert await typed(text, who) == [said]
    assert service.done == done


DENIED = {
    "/glm reset": (MEMBER, DENIED_MANAGE),
    "/glm reset ": (ASKER, DENIED_MANAGE),
    "/glm reset 77": (ADMIN, DENIED_OWNER),
    "/glm model glm-4.7": (MEMBER, DENIED_MANAGE),
    "/glm model glm-4.7 --global": (ADMIN, DENIED_OWNER),
    "/glm think on": (MEMBER, DENIED_MANAGE),
    "/glm undo": (MEMBER, DENIED_ACT),
    "/glm retry": (MEMBER, DENIED_ACT),
}


@pytest.mark.parametrize("text", DENIED)
async def test_denied(service: FakeService, text: str) -> None:
    """不许的人被告知谁可以，什么也没有做。"""
    who, said = DENIED[text]
    assert await typed(text, who) == [said]
    assert service.done == []


@pytest.mark.parametrize("text", ["/glm reset", "/glm model glm-4.7", "/glm think on"])
async def test_everyone_owns_his_private_chat(service: FakeService, text: str) -> None:
    """私聊里本人作主。"""
    await typed(text, MEMBER, private=True)
    assert service.done[0][1] == PRIVATE


@pytest.mark.parametrize("mode", ["yes", "ON", "开"])
async def test_unknown_thinking(service: FakeService, mode: str) -> None:
    """思考方式写错了就说有哪几种。"""
    [said] = await typed(f"/glm think {mode}", ADMIN)
    assert said == "思考方式是 on、off、auto 之一，或 default，如 /glm think on。"
    assert service.done == []


UNKNOWN = {
    "glm4.7": "glm4.7。是不是想选 glm-4.7",
    '"abc': '"abc。',
    "--all": "--all。",
}


@pytest.mark.parametrize(("name", "said"), UNKNOWN.items())
async def test_unknown_model(service: FakeService, name: str, said: str) -> None:
    """没有这个模型就猜他想说哪个。"""
    [sentence] = await typed(f"/glm model {name}", ADMIN)
    assert sentence.startswith(f"可以选的模型里没有 {said}")
    assert service.done == []


async def test_model_list(service: FakeService) -> None:
    """不写名字就看有哪些，谁都可以看。"""
    [said] = await typed("/glm model", MEMBER)
    assert said.startswith("正在用 glm-4.7。")
    assert "glm-4.7-flash（免费）" in said


@pytest.mark.parametrize("text", ["/glm undo", "/glm retry", "/glm resend"])
async def test_nothing_yet(service: FakeService, text: str) -> None:
    """还没有问答时如实说。"""
    service.last = None
    assert await typed(text, MEMBER) == [NOTHING]
    assert service.done == []


@pytest.mark.parametrize("who", [ASKER, ADMIN, OWNER], ids=["asker", "admin", "owner"])
async def test_retry(service: FakeService, who: dict[str, Any]) -> None:
    """重答原来那个人的提问，取代那一轮。"""
    assert await typed("/glm retry", who) == ["答"]
    [(_, question, replaces)] = service.done
    assert (question.text, question.speaker.id, replaces) == ("问", "2", 5)


STOPS: dict[str, tuple[dict[str, Any], dict[str, int], str, str | None]] = {
    "own": (ASKER, {"2": 1}, "已中止 1 个提问。", "2"),
    "of another": (MEMBER, {"2": 1}, DENIED_ACT, "9"),
    "admin": (ADMIN, {"2": 1, "3": 1}, "已中止 2 个提问。", None),
}


@pytest.mark.parametrize(("who", "running", "said", "whose"), STOPS.values(), ids=STOPS)
async def test_stop(
    service: FakeService,
    who: dict[str, Any],
    running: dict[str, int],
    said: str,
    whose: str | None,
) -> None:
    """自己的自己中止，管理员中止所有人的，别人的动不了。"""
    service.running = running
    assert await typed("/glm stop", who) == [said]
    assert service.done == [("stop", SHARED, whose)]


ELSEWHERE = {
    "own": (ASKER, {}, "另一个进程正在答的，若是你问的，也在停下。"),
    "admin": (ADMIN, {}, "另一个进程正在答的，也在停下。"),
    "both": (ADMIN, {"2": 1}, "已中止 1 个提问；另一个进程正在答的，也在停下。"),
}


@pytest.mark.parametrize(("who", "running", "said"), ELSEWHERE.values(), ids=ELSEWHERE)
async def test_stop_elsewhere(
    service: FakeService, who: dict[str, Any], running: dict[str, int], said: str
) -> None:
    """别的进程正在答，也说得出；停的是谁的，它才知道。"""
    service.elsewhere.busy, service.running = True, running
    assert await typed("/glm stop", who) == [said]


async def test_history_is_readable(service: FakeService) -> None:
    """历史里的回答也是纯文本，太长的截短。"""
    turn = replace(LAST.turn, answer="**注意：**看\n\n" + "长" * 5000)
    service.last = StoredTurn(5, turn)
    question, answer = await typed("/glm history 1", MEMBER)
    assert question == "问"
    assert answer.startswith("注意：看")
    assert len(answer) <= 600


OFF = {
    "/glm off": (ADMIN, ("stop_group", SHARED)),
    "/glm block 7": (OWNER, ("stop_person", "qq", "7")),
}


@pytest.mark.parametrize(("text", "who", "done"), [(t, *v) for t, v in OFF.items()])
async def test_silenced_ones_are_stopped(
    service: FakeService, text: str, who: dict[str, Any], done: tuple[Any, ...]
) -> None:
    """关掉群、屏蔽人的时候，正在答的也中止：不会说了不聊又来一句。"""
    await typed(text, who)
    assert service.done == [done]


FORGOTTEN = {
    ResetDone(0, 0): "没有可忘记的问答，从头开始吧。",
    ResetDone(0, 2): "没有可忘记的问答，中止了 2 个提问，从头开始吧。",
    ResetDone(3, 1): "的 3 轮问答，中止了 1 个提问，从头开始吧。",
}


@pytest.mark.parametrize("done", FORGOTTEN, ids=str)
async def test_reset_tells_what_it_did(service: FakeService, done: ResetDone) -> None:
    """重置说清忘了几轮、中止了几个。"""
    service.forgotten = done
    [said] = await typed("/glm reset", ADMIN)
    assert said.endswith(FORGOTTEN[done])
    assert "本会话" in said


def test_conversation_of_the_commands() -> None:
    """命令说的会话与聊天的是同一个。"""
    assert get_key(ScriptedBot(), group_event("/glm")) == SHARED

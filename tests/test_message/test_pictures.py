"""一个回答里的图：至多一张，代码另附文本，画不成、发不出就是文本。"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import ActionFailed

from nonebot_plugin_glm.domain import Answer
from nonebot_plugin_glm.message.delivery import Delivery
from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.picture.choosing import Mode
from nonebot_plugin_glm.message.picture.painter import Theme, is_dark
from nonebot_plugin_glm.message.presenting import Manner, Presenter
from nonebot_plugin_glm.message.sentences import TRUNCATED

from .builders import ScriptedBot, group_event, is_quote, texts
from .canvas import PNG, Canvas, painter_on

BODY = "a = 1\nb = 2\nc = 3\nd = 4"
CODE = f"```py\n{BODY}\n```"
REST = f"{CODE}\n\n说明。\n\n```bash\nrun\n```\n\n完了。"
ANSWER = f"先看代码：\n\n{REST}"
IMAGE = f"base64://{base64.b64encode(PNG).decode()}"


async def no_pause(_: float) -> None:
    """不停顿。"""


def delivery(bot: ScriptedBot, canvas: Canvas, mode: Mode = "auto") -> Delivery:
    """在群里看着回答写出来的人。"""
    manner = Manner(message_chars=200, painter=painter_on(canvas, mode))
    return Delivery(Outgoing(bot, group_event(), quote=True), manner, no_pause)


async def deliver(
    bot: ScriptedBot, canvas: Canvas, text: str, mode: Mode = "auto", **ending: Any
) -> None:
    """把 `text` 一个字一个字地写出来，写完。"""
    async with delivery(bot, canvas, mode) as audience:
        for letter in text:
            audience.read(letter)
        await audience.finish(Answer(text, "glm-4.7", **ending))


def seen(bot: ScriptedBot) -> list[str]:
    """对方收到的每一条：图是它的地址，转发的各节点用「/」隔开。"""
    return [
        "".join(segment.data["file"] for segment in data["message"]["image"])
        or texts(data)[0]
        if api == "send_msg"
        else f"{api}: {' / '.join(texts(data))}"
        for api, data in bot.accepted
    ]


def refusing(test: Callable[[dict[str, Any]], bool]) -> ScriptedBot:
    """`test` 为真的消息被拒绝。"""
    failure = ActionFailed(retcode=1200)
    return ScriptedBot(lambda api, data: failure if test(data) else None)


def has_image(data: dict[str, Any]) -> bool:
    """是不是一张图。"""
    return "message" in data and bool(data["message"].has("image"))


async def test_one_picture_for_the_rest() -> None:
    """代码之前的话照旧先到；从代码起一张图，后面跟着抄得下来的代码。"""
    bot, canvas = ScriptedBot(), Canvas()
    await deliver(bot, canvas, ANSWER)
    assert seen(bot) == [
        "先看代码：",
        IMAGE,
        f"send_group_forward_msg: {BODY} / run",
    ]
    assert canvas.painted == [(REST, False)]


async def test_picture_first_quotes_the_question() -> None:
    """图是第一条就引用提问；没有代码的图后面没有别的。"""
    bot, canvas = ScriptedBot(), Canvas()
    await deliver(bot, canvas, "| 名 | 值 |\n|---|---|\n| a | 1 |")
    assert seen(bot) == [IMAGE]
    assert is_quote(bot.accepted[0][1])


async def test_refused_quote_is_dropped() -> None:
    """引用被拒绝时图不带引用再发。"""
    bot = refusing(is_quote)
    await deliver(bot, Canvas(), CODE)
    assert seen(bot)[0] == IMAGE


async def test_prose_stays_text() -> None:
    """闲谈不画，一两行的命令也不画。"""
    bot, canvas = ScriptedBot(), Canvas()
    await deliver(bot, canvas, "你好。\n\n试试：\n\n```bash\npip install x\n```")
    assert "pip install x" in bot.said[-1]
    assert canvas.painted == []


async def test_long_markdown_is_a_picture() -> None:
    """成篇的 Markdown 余下的长就画成一张，不再是合并转发。"""
    bot, canvas = ScriptedBot(), Canvas()
    await deliver(bot, canvas, "开头。\n\n" + "## 节\n\n正文正文正文。\n\n" * 100)
    assert seen(bot)[0] == "开头。"
    assert seen(bot)[-1] == IMAGE
    assert len(canvas.painted) == 1


@pytest.mark.parametrize("cause", ["not painted", "not sent"])
async def test_text_instead(cause: str) -> None:
    """画不成、发不出，都是文本，一字不少，不重复。"""
    bot = refusing(has_image) if cause == "not sent" else ScriptedBot()
    canvas = Canvas(broken=cause == "not painted")
    await deliver(bot, canvas, ANSWER)
    assert len(canvas.painted) == 1
    assert bot.said == ["先看代码：", f"{BODY}\n\n说明。\n\nrun\n\n完了。"]


async def test_refused_picture_goes_down_the_ladder() -> None:
    """单条消息都发不出：图也不行，余下的合并转发。"""
    bot = refusing(lambda data: "messages" not in data)
    await deliver(bot, Canvas(), CODE)
    assert seen(bot) == [f"send_group_forward_msg: {BODY}"]


async def test_no_forward_no_matter() -> None:
    """代码转发不出也没有关系，图里都有。"""
    bot = refusing(lambda data: "messages" in data)
    await deliver(bot, Canvas(), CODE)
    assert seen(bot) == [IMAGE]


async def test_notes_stay_text() -> None:
    """「到了上限」这样的说明是文本：它要人接着做什么。"""
    bot = ScriptedBot()
    await deliver(bot, Canvas(), "| a | b |\n|-|-|\n| 1 | 2 |", finish="length")
    assert seen(bot) == [IMAGE, TRUNCATED]


async def test_withdrawn_with_the_rest() -> None:
    """收回时图与附的代码一起收回。"""
    bot = ScriptedBot()
    async with delivery(bot, Canvas()) as audience:
        await audience.finish(Answer(CODE, "glm-4.7"))
        await audience.withdraw()
    deleted = [data["message_id"] for api, data in bot.accepted if api == "delete_msg"]
    assert deleted == [1, 2]


async def test_image_mode() -> None:
    """`image`：有记号的整个画成一张，不边写边发；没有的照旧。"""
    bot, canvas = ScriptedBot(), Canvas()
    await deliver(bot, canvas, "开头说。\n\n- **一**\n- 二", "image")
    await deliver(bot, canvas, "只是说话。\n\n又一段。", "image")
    assert seen(bot) == [IMAGE, "只是说话。\n\n又一段。"]
    assert len(canvas.painted) == 1


async def test_studio_out_of_use() -> None:
    """画不了图了就像没有画师，不为它等。"""
    bot, canvas = ScriptedBot(), Canvas()
    canvas.usable = False
    await deliver(bot, canvas, ANSWER)
    assert bot.said == ["先看代码：", BODY, "说明。", "run\n\n完了。"]


async def test_present_is_text() -> None:
    """`/glm resend` 与历史用的 `present` 总是文本：要抄的人用得上。"""
    bot, canvas = ScriptedBot(), Canvas()
    manner = Manner(painter=painter_on(canvas, "image"))
    outgoing = Outgoing(bot, group_event(), quote=True)
    assert await Presenter(outgoing, manner).present(CODE)
    assert bot.said == [BODY]
    assert canvas.painted == []


THEMES: list[tuple[Theme, int, bool]] = [
    ("light", 23, False),
    ("dark", 12, True),
    ("auto", 18, False),
    ("auto", 19, True),
    ("auto", 3, True),
    ("auto", 7, False),
]


@pytest.mark.parametrize(("theme", "hour", "dark"), THEMES)
async def test_theme(theme: Theme, hour: int, dark: bool) -> None:
    """`auto` 在北京时间的晚上用深色。"""
    assert is_dark(theme, hour) is dark
    canvas = Canvas()
    assert await painter_on(canvas, "auto", theme, hour).paint(CODE) == PNG
    assert canvas.painted == [(CODE, dark)]

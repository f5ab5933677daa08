"""delivery：回答边写边送，随时可以收回。"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from nonebot_plugin_glm.domain import Answer
from nonebot_plugin_glm.message.delivery import Delivery
from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.presenting import Manner
from nonebot_plugin_glm.message.sentences import BROKEN

from .builders import ScriptedBot, private_event

STORY = "第一段。\n\n" + "后面的话。" * 30


class SlowBot(ScriptedBot):
    """放行了才答的客户端。"""

    def __init__(self) -> None:
        super().__init__()
        self.sending, self.released = asyncio.Event(), asyncio.Event()

    async def call_api(self, api: str, **data: Any) -> dict[str, Any]:
        """等到放行再答。"""
        self.sending.set()
        await self.released.wait()
        return await super().call_api(api, **data)


async def test_message_on_its_way_is_withdrawn_too() -> None:
    """说完的途中被取消：正在发的那条等它发出，再一并收回。"""
    bot = SlowBot()
    outgoing = Outgoing(bot, private_event(), quote=False)
    async with Delivery(outgoing, Manner()) as delivery:
        for word in STORY:
            delivery.read(word)
        finishing = asyncio.create_task(delivery.finish(Answer(STORY, "glm")))
        await bot.sending.wait()
        finishing.cancel()
        asyncio.get_running_loop().call_later(0.01, bot.released.set)
        with pytest.raises(asyncio.CancelledError):
            await finishing
        await delivery.withdraw()
    assert [api for api, _ in bot.accepted] == ["send_msg", "delete_msg"]


@pytest.mark.parametrize(
    "reply",
    [
        *("ok", 3, ["x"], {"result": 1}, {"message_id": "9" * 1000}),
        # 存下它会让别人的下一轮也存不成
        *({"message_id": "\ud800"}, {"message_id": "7\x00"}),
    ],
)
async def test_client_answers_without_an_id(reply: Any) -> None:
    """客户端说发出去了，回应却没有编号、编号存不成：回答已经送到，只是没有编号可记。"""

    class VagueBot(ScriptedBot):
        """照给定的回应。"""

        async def call_api(self, api: str, **data: Any) -> Any:
            """记下，再含糊地回应。"""
            await super().call_api(api, **data)
            return reply

    bot = VagueBot()
    outgoing = Outgoing(bot, private_event(), quote=False)
    assert await outgoing.text("好") is True
    assert outgoing.sent == []
    assert bot.said == ["好"]


async def deliver(answer: str, *, growing: bool) -> ScriptedBot:
    """送完一个回答的机器人；`growing` 为真是一点点写出来的。"""
    bot = ScriptedBot()
    outgoing = Outgoing(bot, private_event(), quote=False)
    async with Delivery(outgoing, Manner(), lambda _: asyncio.sleep(0)) as delivery:
        for start in range(0, len(answer), 7) if growing else ():
            delivery.read(answer[start : start + 7])
            await asyncio.sleep(0)
        await delivery.finish(Answer(answer, "glm"))
    return bot


def story(*lengths: int) -> str:
    """各段这么长的回答。"""
    return "\n\n".join(chr(0x4E00 + n) * size for n, size in enumerate(lengths))


@pytest.mark.parametrize("growing", [True, False])
async def test_no_wall_of_text(growing: bool) -> None:
    """逐条发的加起来太长了，余下的都折成合并转发；短的段落也不抢到它前面。"""
    bot = await deliver(story(400, 400, 400, 50, 400, 400), growing=growing)
    assert [len(text) for text in bot.said[:2]] == [400, 400]
    assert bot.accepted[-1][0] == "send_private_forward_msg"
    assert len(bot.accepted) == 3
    assert "".join(bot.said).replace("\n", "") == story(
        400, 400, 400, 50, 400, 400
    ).replace("\n", "")


async def test_short_rest_is_not_folded() -> None:
    """余下的不多，就不必折。"""
    bot = await deliver(story(400, 400, 300), growing=True)
    assert [api for api, _ in bot.accepted] == ["send_msg"] * 3


async def test_the_way_to_retry_can_be_typed() -> None:
    """说到一半断了，怎样重答照这个机器人的前缀写。"""
    bot = ScriptedBot()
    outgoing = Outgoing(bot, private_event(), quote=False)
    async with Delivery(outgoing, Manner(command=".glm")) as delivery:
        await delivery.finish(Answer("说了一半", "glm", "broken"))
    assert bot.said == [f"说了一半\n\n{BROKEN.replace('/glm', '.glm')}"]

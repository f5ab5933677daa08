"""用哪个模型、要不要思考。"""

from __future__ import annotations

from arclet.alconna import Args, Option

from ...domain import Thinking
from ..call import DENIED_MANAGE, DENIED_OWNER, Call
from ..command import EVERYONE, MANAGER, SUPERUSERS, Command, Entry, Topic
from ..rules import COMMAND
from ..runtime import config, settings
from . import choices


async def model(call: Call) -> None:
    """看或选模型。"""
    name = call.argument("name")
    available = choices.available_models(config, settings.original["glm_model"])
    if name is None:
        current = (await call.service.status(call.key)).model
        return await call.say(choices.model_list(current, available, COMMAND))
    everywhere = bool(call.result.find("model.global"))
    if everywhere and not call.is_owner():
        return await call.say(DENIED_OWNER)
    if not everywhere and not await call.may_manage():
        return await call.say(DENIED_MANAGE)
    chosen = choices.find_model(name, available)
    if chosen is None and name != choices.DEFAULT:
        return await call.say(choices.unknown_model(name, available, COMMAND))
    if everywhere:
        await settings.change(call.service.settings, "glm_model", chosen)
        return await call.say(f"默认模型改为 {config.glm_model}。")
    await call.service.choose_model(call.key, chosen)
    default = f"默认模型 {config.glm_model}"
    await call.say(f"本会话改用{f' {chosen}' if chosen else default}。")


async def think(call: Call) -> None:
    """看或选思考方式。"""
    mode = call.argument("mode")
    if mode is None:
        current = (await call.service.status(call.key)).thinking.value
        return await call.say(f"本会话的思考方式是 {current}。")
    if not await call.may_manage():
        return await call.say(DENIED_MANAGE)
    if mode == choices.DEFAULT:
        await call.service.choose_thinking(call.key, None)
        default = config.glm_thinking.value
        return await call.say(f"本会话的思考方式回到默认的 {default}。")
    if mode not in {option.value for option in Thinking}:
        return await call.say(
            f"思考方式是 on、off、auto 之一，或 default，如 {COMMAND} think on。"
        )
    await call.service.choose_thinking(call.key, Thinking(mode))
    await call.say(f"本会话的思考方式改为 {mode}。")


TOPIC = Topic(
    "模型",
    (
        Command(
            "model",
            model,
            (
                Entry("model", "看正在用的模型和可以选的模型", EVERYONE),
                Entry("model 名字", "为本会话选择模型，default 回到默认", MANAGER),
                Entry(
                    "model 名字 --global",
                    "更换默认模型，default 回到配置里的",
                    SUPERUSERS,
                ),
            ),
            Args["name?", str],
            (Option("--global"),),
        ),
        Command(
            "think",
            think,
            (
                Entry(
                    "think on|off|auto",
                    "本会话回答前是否思考，default 回到默认",
                    MANAGER,
                ),
            ),
            Args["mode?", str],
        ),
    ),
)

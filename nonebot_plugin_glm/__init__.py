"""在 QQ 群、私聊和 NoneBot 到得了的每个平台与智谱 GLM 对话。"""

from nonebot import require
from nonebot.plugin import PluginMetadata, inherit_supported_adapters

require("nonebot_plugin_alconna")
require("nonebot_plugin_uninfo")
require("nonebot_plugin_localstore")

from . import matchers as matchers
from .config import Config
from .domain import Answer, ConversationKey, Question, Scope, Speaker, Turn
from .exception import GLMError, RefusedError
from .matchers.help import MENU
from .public import (
    after_answer,
    ask,
    before_answer,
    conversation_of,
    history,
    reset,
    speaker_of,
    stream,
)

__all__ = [
    "Answer",
    "ConversationKey",
    "GLMError",
    "Question",
    "RefusedError",
    "Scope",
    "Speaker",
    "Turn",
    "after_answer",
    "ask",
    "before_answer",
    "conversation_of",
    "history",
    "reset",
    "speaker_of",
    "stream",
]

__plugin_meta__ = PluginMetadata(
    name="智谱 GLM 对话",
    description="在群里和私聊里与智谱 GLM 对话：历史不丢，次序不乱，出错有话说",
    usage="私聊直接说；群里 @ 机器人、回复它或叫它的昵称；发送 /glm help 看命令",
    type="application",
    homepage="https://github.com/nonebot-plugin-glm/nonebot-plugin-glm",
    config=Config,
    supported_adapters=inherit_supported_adapters(
        "nonebot_plugin_alconna", "nonebot_plugin_uninfo"
    ),
    extra={
        "author": "nonebot_plugin_glm 贡献者",
        "version": "0.1.0",
        "menu_data": MENU,
    },
)

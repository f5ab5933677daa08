"""把一份文件送到聊天里。

OneBot V11 不经 alconna：它只认本机的路径，而客户端可能在别的机器上；NapCat 与
LLBot 的上传接口认 `base64://`，go-cqhttp 与 Lagrange 不认，那就发不出去。
"""

from __future__ import annotations

import base64

from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import Bot as OneBot
from nonebot.log import logger
from nonebot_plugin_alconna.uniseg import (
    FallbackStrategy,
    File,
    Target,
    UniMessage,
    get_target,
)

from . import onebot
from .calls import to_the_end

UPLOAD_SECONDS = 120.0
"""客户端上传完才应答，最多等它多少秒。"""


async def send_file(
    bot: Bot, event: Event, name: str, text: str, *, privately: bool = False
) -> bool:
    """把 `text` 作为文件发到事件来处，返回是否发出。

    参数:
        bot: 机器人
        event: 命令
        name: 文件名
        text: 文件的内容
        privately: 在群里时也只私下发给打命令的人
    """
    target = onebot.destination(event) or get_target(event, bot)
    if privately and not target.private:
        target = Target(
            event.get_user_id(),
            private=True,
            self_id=bot.self_id,
            scope=target.scope,
            adapter=target.adapter,
        )
    content = text.encode()
    try:
        if isinstance(bot, OneBot):
            await to_the_end(_upload(bot, target, name, content), bot)
        else:
            message = UniMessage([File(raw=content, name=name)])
            await to_the_end(
                message.send(target, bot, fallback=FallbackStrategy.forbid), bot
            )
    except Exception as exc:  # 各家的异常各不相同
        logger.warning(f"文件没有发出去：{type(exc).__name__}")
        return False
    return True


async def _upload(bot: OneBot, target: Target, name: str, content: bytes) -> object:
    file = f"base64://{base64.b64encode(content).decode()}"
    sent = {"file": file, "name": name, "_timeout": UPLOAD_SECONDS}
    if target.private:
        return await bot.call_api("upload_private_file", user_id=int(target.id), **sent)
    return await bot.call_api("upload_group_file", group_id=int(target.id), **sent)

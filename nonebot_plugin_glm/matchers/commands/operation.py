"""机器人的主人管它：看与改设置，自检。"""

from __future__ import annotations

import re

from ...chat.doctor.findings import report
from ...config import Config, ConfigError
from ...config.changing import CHANGEABLE, is_secret, shown
from ...config.sections import sections_of
from ...message.presenting import Presenter
from ...message.sentences import as_typed
from ..call import DENIED_OWNER, Call
from ..checkup import checkup
from ..command import SUPERUSERS, Command, Entry, Topic
from ..depends import manner
from ..rules import COMMAND
from ..runtime import config, settings
from . import listing

DEFAULT = "default"
"""回到 `.env` 里的写法。"""
ALL = "all"


async def configure(call: Call) -> None:
    """看或改一项设置。"""
    if not call.is_owner():
        return await call.say(DENIED_OWNER)
    key, text = _split(call.tail)
    name = listing.field_of(key)
    if not key:
        await call.say(listing.overview(config, settings, COMMAND))
    elif key == ALL:
        await _show_all(call)
    elif name is None:
        await call.say(listing.unknown(key, COMMAND))
    elif not text:
        await call.say(listing.describe(config, settings, name, COMMAND))
    else:
        await _change(call, name, text)


def _split(tail: str) -> tuple[str, str]:
    """键与值，之间空着，或像 `.env` 里那样写等号。"""
    key = re.match(r"[^\s=]*", tail)
    assert key is not None
    return key[0], tail[key.end() :].strip().removeprefix("=").strip()


async def _show_all(call: Call) -> None:
    texts = listing.everything(config, sections_of(Config))
    if not await call.outgoing.forward(texts):
        await Presenter(call.outgoing, manner()).present("\n\n".join(texts))


async def _change(call: Call, name: str, text: str) -> None:
    key = name.upper()
    if is_secret(name):
        return await call.say(f"{key} 不要发在聊天里：在 .env 里改，重启后生效。")
    if name not in CHANGEABLE:
        return await call.say(f"{key} 要在 .env 里改，重启后生效。")
    try:
        wanted = None if text == DEFAULT else text
        await settings.change(call.service.settings, name, wanted)
    except ConfigError as error:
        return await call.say(f"没有改：{error}。")
    back = "，回到 .env 里的了" if wanted is None else "，已经生效，重启后也是"
    await call.say(f"{key}={shown(name, getattr(config, name))}{back}。")


async def doctor(call: Call) -> None:
    """自检。"""
    if not call.is_owner():
        return await call.say(DENIED_OWNER)
    await call.say(as_typed(report(await checkup(call.bot)), COMMAND))


_DOCTOR = "看密钥、地址、模型、时钟、代理、数据库、客户端哪里不好，怎样治"
TOPIC = Topic(
    "主人",
    (
        Command("doctor", doctor, (Entry("doctor", _DOCTOR, SUPERUSERS),)),
        Command(
            "config",
            configure,
            (
                Entry("config", "看与默认不同的设置，config all 看全部", SUPERUSERS),
                Entry("config 键", "看一项设置是什么意思、现在是多少", SUPERUSERS),
                Entry(
                    "config 键 值",
                    "改一项设置，立即生效；值写 default 回到 .env 里的",
                    SUPERUSERS,
                ),
            ),
            free=True,
        ),
    ),
)

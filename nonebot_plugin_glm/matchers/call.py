"""一次命令：谁在哪里打了什么，以及他能不能这样做。"""

from __future__ import annotations

from dataclasses import dataclass

from arclet.alconna import Arparma
from nonebot.adapters import Bot, Event

from ..chat.service import ChatService
from ..domain import ConversationKey, Scope, Speaker
from ..message.identity import is_group_admin, mentioned
from ..message.outgoing import Outgoing
from .access import is_superuser

ID_CHARS = 128
"""号码最多多少字：历史里只留了这么长的地方。"""
DENIED_MANAGE = "这是全群共用的，只有群主、管理员和超级用户可以这样做。"
DENIED_ACT = "只有提问的人、群主、管理员和超级用户可以这样做。"
DENIED_GROUP = "这是全群的事，只有群主、管理员和超级用户可以这样做。"
DENIED_OWNER = "只有超级用户可以这样做。"


@dataclass(frozen=True, slots=True)
class Call:
    """一次命令。"""

    bot: Bot
    event: Event
    key: ConversationKey
    outgoing: Outgoing
    service: ChatService
    result: Arparma
    tail: str = ""
    """子命令之后的原文"""

    @property
    def user_id(self) -> str:
        """打命令的人。"""
        return self.event.get_user_id()

    def argument(self, name: str) -> str | None:
        """命令的一个参数。"""
        return self.result.all_matched_args.get(name)

    async def say(self, sentence: str) -> None:
        """回一句话。"""
        await self.outgoing.say(sentence)

    @property
    def in_group(self) -> bool:
        """是否在群里。"""
        return self.key.scope is not Scope.PRIVATE

    def is_owner(self) -> bool:
        """是否超级用户。"""
        return is_superuser(self.bot, self.event)

    async def may_manage(self) -> bool:
        """能否替整个会话作主：自己的会话是本人，群共用的是群主、管理员、超级用户。"""
        return self.key.scope is not Scope.GROUP or await self.may_manage_group()

    async def may_manage_group(self) -> bool:
        """能否替整个群作主：群主、管理员、超级用户。"""
        return self.is_owner() or await is_group_admin(self.bot, self.event)

    def target(self) -> str | None:
        """命令说的是谁：写的号码，或 @ 的人；长得不像号码的不算，历史里放不下。"""
        who = self.argument("who") or next(iter(mentioned(self.bot, self.event)), "")
        return who if 0 < len(who) <= ID_CHARS else None

    async def may_act_for(self, speaker: Speaker) -> bool:
        """能否动这个人的提问：本人，或能替整个会话作主的人。"""
        return self.user_id == speaker.id or await self.may_manage()

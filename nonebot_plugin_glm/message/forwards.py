"""OneBot V11 的合并转发 -> 一句句话，有层数、条数与字数的限度。

出处：NapCat 套在里面的只能从外层带来的 `content` 里取，LLBot 与 go-cqhttp 的要
一层层问；节点的字段见 NapCat、LLBot、Lagrange.OneBot 与 go-cqhttp 的
`get_forward_msg`。
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from nonebot.adapters import Bot
from nonebot.log import logger

from ..conversation.prompt import clean_name
from ..domain import Remark, Speaker, well_formed
from .brief import CUT, brief, cut, text_of
from .calls import to_the_end
from .cards import chat_record_id
from .incoming import MENTIONED
from .segments import Data, onebot_words, parts

MAX_REMARKS = 100
"""一个提问最多带多少条。"""
MAX_CHARS = 8000
"""一个提问带的话总共最多多少字。"""
REMARK_CHARS = 2000
"""一条最多多少字。"""
TIMEOUT = 5.0
"""展开总共最多等几秒，过了就只带已经拿到的。"""
_TOO_LATE = 0.05
"""剩下不到这么多秒，就不再问了。"""
_FETCHES = 20
"""最多问客户端几次：每次它都可能要问服务器。"""
_ID_CHARS = 100
_PROGRAM = Speaker("", "聊天记录")
"""不是谁说的，是程序的说明；没有号码，别人冒充不了。"""


class Gathering:
    """一个提问所指的话，边收边算限度。

    参数:
        bot: 机器人
        depth: 展开几层
    """

    def __init__(self, bot: Bot, depth: int) -> None:
        self._bot = bot
        self._depth = depth
        self._remarks: list[Remark] = []
        self._left = MAX_CHARS
        self._omitted = 0
        self._asked: set[str] = set()
        self._deadline = 0.0

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """收到的；没带全时最后说一声。"""
        if not self._omitted:
            return tuple(self._remarks)
        note = f"（还有 {self._omitted} 条没有带上）"
        return (*self._remarks, Remark(_PROGRAM, note))

    def add(self, speaker: Speaker, message: object, *, own: bool = False) -> None:
        """收一条；一个字也没有的不算。"""
        words = onebot_words(message, self._bot.self_id, MENTIONED)
        text = well_formed("".join(words)).strip()
        if not text:
            return
        text = cut(text, min(REMARK_CHARS, self._left))
        self._left -= len(text)
        self._remarks.append(Remark(speaker, text, own))

    async def unfold(self, *messages: tuple[object, bool]) -> None:
        """展开各条消息里的合并转发，等得太久就到此为止。

        参数:
            messages: 消息，与它是不是机器人自己发的：转发里的号码谁都能编，
                只有机器人自己发的才信
        """
        self._deadline = time.monotonic() + TIMEOUT
        for message, own in messages:
            await self._unfold(message, 1, own)

    @property
    def _full(self) -> bool:
        return len(self._remarks) >= MAX_REMARKS or self._left <= len(CUT)

    async def _unfold(self, message: object, level: int, own: bool) -> None:
        if level > self._depth:
            return
        for kind, data in parts(message):
            if self._full:
                return
            nodes = await self._nodes(kind, data)
            for index, node in enumerate(nodes):
                if self._full:
                    self._omitted += len(nodes) - index
                    break
                speaker, content = _node(node)
                mine = own and speaker.id == self._bot.self_id
                self.add(speaker, content, own=mine)
                await self._unfold(content, level + 1, own)

    async def _nodes(self, kind: str, data: Data) -> Sequence[object]:
        if kind == "node":  # 旧版 NapCat 把套在里面的转发写成节点
            return [{"type": kind, "data": data}]
        if kind not in ("forward", "json"):
            return ()
        if inline := _listed(data.get("content")):
            return inline
        asked = text_of(data.get("id")) if kind == "forward" else ""
        asked = asked or chat_record_id(data.get("data"))
        if not asked or asked in self._asked or len(self._asked) >= _FETCHES:
            return ()
        self._asked.add(asked)
        return await self._fetch(asked)

    async def _fetch(self, asked: str) -> Sequence[object]:
        if (left := self._deadline - time.monotonic()) < _TOO_LATE:
            logger.debug("聊天记录没有在时限内展开完")
            return ()
        try:
            # 等多久由适配器管：一次调用取消不得
            call = self._bot.call_api("get_forward_msg", id=asked, _timeout=left)
            answer = await to_the_end(call, self._bot)
        except Exception as exc:  # 过期了、没有这个接口、连接断了：各家说法不同
            logger.debug(f"聊天记录拿不到：{type(exc).__name__}")
            return ()
        if isinstance(answer, Mapping):  # Lagrange 的叫 message
            answer = answer.get("messages") or answer.get("message")
        return _listed(answer)


def person(identity: object, *names: object) -> Speaker:
    """一个人：名字取第一个看得见的，群名片应在昵称之前。"""
    cleaned = (clean_name(well_formed(text_of(name))) for name in names)
    return Speaker(brief(identity, _ID_CHARS), next(filter(None, cleaned), ""))


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _node(node: object) -> tuple[Speaker, object]:
    """一个节点是谁说的、说了什么；Lagrange 的裹在 `data` 里，别家的是消息事件。"""
    fields = _mapping(node)
    if fields.get("type") == "node":
        fields = _mapping(fields.get("data"))
    sender = _mapping(fields.get("sender"))
    identity = sender.get("user_id") or fields.get("user_id") or fields.get("uin")
    own_names = (sender.get("card"), sender.get("nickname"))
    names = (*own_names, fields.get("nickname"), fields.get("name"))
    content = fields.get("message") or fields.get("content")
    return person(identity, *names), content


def _mapping(value: object) -> Data:
    return value if isinstance(value, Mapping) else {}

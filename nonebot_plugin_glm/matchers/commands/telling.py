"""把人写下的一段话原样说出来：长的折成合并转发，Markdown 不改成别的样子。"""

from __future__ import annotations

from ...message.splitting import split_text
from ..call import Call
from ..depends import manner


async def tell(call: Call, text: str) -> None:
    """原样说一段话。"""
    pieces = split_text(text, manner().message_chars)
    if len(text) > manner().forward_chars and await call.outgoing.forward(pieces):
        return
    for piece in pieces:
        await call.outgoing.text(piece)

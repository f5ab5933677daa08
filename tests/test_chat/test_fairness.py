"""公平：名额不够时各群轮流，谁也饿不着谁。"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Speaker
from tests.fake_glm import FakeGLM
from tests.patience import wait_until

from .builders import MEMBER, OTHER_GROUP, PRIVATE, Inbox, question, service_of


async def queued(client: GLMClient, count: int) -> None:
    """等到有这么多个在等名额。"""
    queues = client._slots._queues
    await wait_until(lambda: sum(map(len, queues.values())) == count)


async def test_one_group_cannot_starve_another(
    store: ConversationStore, glm: FakeGLM
) -> None:
    """一个群的八个成员同时问，名额只有一个：别的群、别人的私聊只等一两个。"""
    glm.hold()
    client = GLMClient(
        glm.api_key, endpoint=Endpoint(base_url=glm.base_url, max_concurrency=1)
    )
    service = service_of(store, client)
    members = [replace(MEMBER, user_id=str(n)) for n in range(8)]
    asking = [
        asyncio.create_task(
            service.ask(question(f"群{key.user_id}", key, Speaker(key.user_id)), inbox)
        )
        for key, inbox in ((key, Inbox()) for key in members)
    ]
    await queued(client, 7)
    asking += [
        asyncio.create_task(service.ask(question(text, key), Inbox()))
        for text, key in (("别的群", OTHER_GROUP), ("私聊", PRIVATE))
    ]
    await queued(client, 9)
    glm.release()
    await asyncio.gather(*asking)
    said = [body["messages"][-1]["content"] for body in glm.chats]
    places = [next(i for i, t in enumerate(said) if w in t) for w in ("别的群", "私聊")]
    assert len(said) == 10
    assert max(places) <= 4
    await client.aclose()

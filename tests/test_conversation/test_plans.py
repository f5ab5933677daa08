"""查询的走法：一问一答、撤回、额度都不扫整张表，历史再长也不变慢。"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.accounts import (
    CHAT,
    EVERYONE,
    Account,
    Expense,
    Kind,
)
from nonebot_plugin_glm.conversation.ledger import LedgerStore
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Usage
from tests.fake_glm import FakeGLM
from tests.test_chat.builders import (
    PRIVATE,
    Inbox,
    chat_settings,
    question,
    real_client,
    service_of,
)

Statements = list[tuple[str, Any]]
EXPENSE = Expense(CHAT, "glm-4.7", Usage(100, 50, 5, 1), 1)
EXPLAINED = {"SELECT", "UPDATE", "DELETE", "INSERT"}


@pytest.fixture
def statements() -> Iterator[Statements]:
    """这期间执行了的语句与参数。"""
    seen: Statements = []

    def note(*args: object) -> None:
        seen.append((str(args[2]), args[3]))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


async def scans(store: ConversationStore, statements: Statements) -> list[str]:
    """走法里扫了我们的哪张表的语句。"""
    explained = [s for s in statements if s[0].split()[0] in EXPLAINED]
    assert explained

    def plans(connection: Connection) -> list[str]:
        found: list[str] = []
        for words, values in explained:
            one = values[0] if isinstance(values, list) else values
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", one)
            found += [words for row in plan if row[3].startswith("SCAN glm_")]
        return found

    return await store._database.read(plans)


async def ask(service: ChatService, text: str) -> None:
    """问一句，提问与回答都有消息编号。"""
    await service.ask(question(text), Inbox())


async def test_asking_scans_no_table(tmp_path: Path, statements: Statements) -> None:
    """提问、看状态、找消息、撤回，都凭索引。"""
    store = await ConversationStore.open(tmp_path / "glm.db")
    async with FakeGLM() as glm:
        client = real_client(glm)
        service = service_of(store, client, chat_settings())
        await ask(service, "一")
        statements.clear()
        await ask(service, "二")
        await service.status(PRIVATE)
        await service.last_turn(PRIVATE)
        await service.recall(PRIVATE, "a1")
        await client.aclose()
    assert await scans(store, list(statements)) == []
    await store.aclose()


@pytest.mark.parametrize("kind", Kind)
async def test_quotas_scan_no_table(
    tmp_path: Path, statements: Statements, kind: Kind
) -> None:
    """今天的账只看今天的行。"""
    store = await ConversationStore.open(tmp_path / "glm.db")
    await store.ledger.record(PRIVATE, [EXPENSE])
    statements.clear()
    await LedgerStore(store._database).sums([Account(kind, "qq", "10000", "9")])
    assert await scans(store, list(statements)) == []
    await store.aclose()


async def test_running_sums_read_only_what_is_new(
    tmp_path: Path, statements: Statements
) -> None:
    """看过的账不再看：凭编号从上次的那一行往后读。"""
    store = await ConversationStore.open(tmp_path / "glm.db")
    await store.ledger.record(PRIVATE, [EXPENSE] * 3)
    await store.ledger.sums([EVERYONE])
    await store.ledger.record(PRIVATE, [EXPENSE])
    statements.clear()
    (sums,) = await store.ledger.sums([EVERYONE])
    assert sums.cost == 4
    reads = [s for s in statements if "GROUP BY" in s[0]]
    assert [values[-2:] for _, values in reads] == [(3, 4)]

    def plan(connection: Connection) -> str:
        words, values = reads[0]
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
        return rows.all()[0][3]

    assert "PRIMARY KEY (rowid>? AND rowid<?)" in await store._database.read(plan)
    statements.clear()
    await store.ledger.sums([EVERYONE])
    assert not any("GROUP BY" in words for words, _ in statements)
    await store.aclose()

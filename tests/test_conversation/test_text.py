"""任何文字都原样存取。"""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Speaker, Turn, Usage, well_formed

from .builders import private

ANY_TEXT = st.text(st.characters(exclude_categories=()))
"""什么字符都有，落单的代理与 NUL 也有。"""
NASTY = (
    "'; DROP TABLE glm_turn; -- \"",
    '{"a": 1}',
    "[x] & <b>&amp;",
    "第一行\r\n第二行\n\t第三行\r",
    "👩‍👩‍👧‍👦🇨🇳\ufe0f e\u0301 \u202e右到左\u2028",
    ":name %s %(name)s ? \\x00 \\",
    "字" * 100_000,
)
_numbers = count()


@pytest.fixture(scope="module")
async def shared(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[ConversationStore]:
    """整个模块共用的历史：每个例子用自己的会话。"""
    store = await ConversationStore.open(tmp_path_factory.mktemp("text") / "glm.db")
    yield store
    await store.aclose()


async def stored_of(store: ConversationStore, turn: Turn) -> Turn:
    """存进一个新的会话再读出来。"""
    key = private(str(next(_numbers)))
    await store.append(key, turn)
    (stored,) = (await store.read(key, 10)).turns
    return stored.turn


@pytest.mark.parametrize("text", NASTY)
async def test_nasty_text_comes_back(shared: ConversationStore, text: str) -> None:
    """引号、换行、表情、占位符与十万字都逐字节回来。"""
    turn = Turn(text, text[::-1], Speaker(text, text), text, Usage(1, 2, 3, 4))
    assert await stored_of(shared, turn) == turn


@settings(max_examples=150)
@given(question=ANY_TEXT, answer=ANY_TEXT, name=ANY_TEXT)
@example(question="\ud800前\x00后", answer="\udfff", name="\ud83d\ude00")
async def test_any_text_comes_back(
    shared: ConversationStore, question: str, answer: str, name: str
) -> None:
    """进门时处理过的任何文字都逐字节回来。"""
    question, answer, name = map(well_formed, (question, answer, name))
    turn = Turn(question, answer, Speaker(name, name), name)
    stored = await stored_of(shared, turn)
    assert stored.question.encode() == question.encode()
    assert stored.answer.encode() == answer.encode()
    assert stored == turn


@settings(max_examples=100)
@given(first=ANY_TEXT, second=ANY_TEXT)
async def test_any_key_is_its_own_conversation(
    shared: ConversationStore, first: str, second: str
) -> None:
    """号码里有什么字符都认得出，不同的号码从不混淆。"""
    run = str(next(_numbers))
    keys = [private(well_formed(user), platform=run) for user in (first, second)]
    for number, key in enumerate(keys):
        await shared.append(key, Turn(f"问{number}", "答", Speaker("1")))
    same = keys[0] == keys[1]
    assert await shared.count(keys[0]) == (2 if same else 1)


@given(text=ANY_TEXT)
def test_well_formed_keeps_legal_text(text: str) -> None:
    """合法的文字一个字也不变，处理两次等于一次。"""
    cleaned = well_formed(text)
    assert "\x00" not in cleaned
    assert well_formed(cleaned) == cleaned
    if not any(0xD800 <= ord(char) <= 0xDFFF or char == "\x00" for char in text):
        assert cleaned == text

"""token 的估计：几轮之后误差在百分之五以内，什么文字都一样。"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.conversation.tokens import Shape, TokenScale, shape_of
from tests.fake_glm.tokens import estimate as fake_tokens

HANZI = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年"
WORDS = ["the", "of", "and", "to", "that", "conversation", "estimate", "hello"]
Writer = Callable[[random.Random, int], str]
Tokenizer = Callable[[str], int]


def chinese(dice: random.Random, size: int) -> str:
    """汉字与中文标点。"""
    hanzi = (dice.choice(HANZI) + "，" * (dice.random() < 0.1) for _ in range(size))
    return "".join(hanzi)


def english(dice: random.Random, size: int) -> str:
    """英文。"""
    return " ".join(dice.choice(WORDS) for _ in range(size))


def code(dice: random.Random, size: int) -> str:
    """代码：标点与换行多。"""
    line = '    if (x_{0} == {1}) {{ return foo(bar[{0}], "s"); }}'
    return "\n".join(line.format(n, dice.randint(0, 999)) for n in range(size // 5 + 1))


def emoji(dice: random.Random, size: int) -> str:
    """表情。"""
    return "".join(dice.choice("😀😂🤣👍🎉🚀") for _ in range(size))


def mixed(dice: random.Random, size: int) -> str:
    """什么都有。"""
    return dice.choice((chinese, english, code, emoji))(dice, size)


def pieces(text: str) -> int:
    """仿照常见的 BPE：词分成六字一截，汉字五字三个，标点与换行各一个。"""
    count = 0
    for found in re.finditer(r"[A-Za-z]+|[\u4e00-\uffef]+|\s|.", text, re.DOTALL):
        piece = found.group()
        if piece.isascii() and piece.isalpha():
            count += 1 + (len(piece) - 1) // 6
        elif "\u4e00" <= piece[0] <= "\uffef":
            count += round(len(piece) * 0.6)
        elif piece != " ":
            count += 3 if ord(piece) > 0xFFFF else 1
    return count


@pytest.mark.parametrize("tokenizer", [fake_tokens, pieces])
@pytest.mark.parametrize("write", [chinese, english, code, emoji, mixed])
def test_within_five_percent(write: Writer, tokenizer: Tokenizer) -> None:
    """三轮之后，每一次的估计都在百分之五以内，用哪种分词器都一样。"""
    dice, scale = random.Random(7), TokenScale()
    prompt = [write(dice, 20)]
    for turn in range(12):
        prompt += [write(dice, dice.randint(1, 60)), write(dice, dice.randint(5, 120))]
        used = sum(map(tokenizer, prompt)) + 4 * len(prompt)
        error = scale.estimate(shape_of(*prompt)) / used - 1
        assert turn < 3 or abs(error) <= 0.05, turn
        scale.learn(shape_of(*prompt), used)


def test_follows_a_change_of_subject() -> None:
    """聊惯了中文改聊代码，两轮之后又在百分之五以内。"""
    dice, scale = random.Random(3), TokenScale()
    for write in (chinese, code, english, chinese):
        for turn in range(6):
            prompt = [write(dice, 80) for _ in range(6)]
            used = sum(map(pieces, prompt)) + 4 * len(prompt)
            error = scale.estimate(shape_of(*prompt)) / used - 1
            assert turn < 2 or abs(error) <= 0.05, (write.__name__, turn)
            scale.learn(shape_of(*prompt), used)


@pytest.mark.parametrize("tokens", [0, -3, 10**9, 1])
def test_absurd_usage_is_not_learnt(tokens: int) -> None:
    """没有报告的、离谱的用量不学。"""
    scale, shape = TokenScale(), shape_of("你好" * 200)
    before = scale.estimate(shape)
    scale.learn(shape, tokens)
    assert (scale.estimate(shape), scale.learnt) == (before, 0)


def test_untaught_estimates_are_sane() -> None:
    """还没有学过时也不离谱：汉字每字不到一个，英文每词一两个。"""
    scale = TokenScale()
    assert 120 <= scale.estimate(shape_of("你好" * 100)) <= 200
    assert 200 <= scale.estimate(shape_of("hello world " * 100)) <= 400


def test_shape() -> None:
    """各种字各归各类，几条消息合起来算，条与条之间不多出什么。"""
    assert shape_of("你好") == Shape(1, 2, 0, 1)
    assert shape_of("ab, c\n") == Shape(1, 0, 6, 2, 2)
    assert shape_of("😀a", "é") == Shape(2, 0.5, 1.5, 2, 0, 1)
    assert shape_of("a", "b") == Shape(2, 0, 2, 2)
    assert shape_of() == Shape()


@given(st.lists(st.text()))
def test_any_text_has_a_shape(texts: list[str]) -> None:
    """什么文字都估得出，至少一个 token，各项都不为负。"""
    shape = shape_of(*texts)
    assert min(shape.vector) >= 0
    assert shape.wide + shape.narrow + shape.astral == sum(map(len, texts))
    assert TokenScale().estimate(shape) >= 1

"""从上游的文本里抹去密钥。"""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.api.redact import MIN_FRAGMENT, redact

from .talk import KEY

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhcGlfa2V5IjoiN2YzYyJ9.s1GnAtUr3_x-Y"


def fragments(secret: str) -> set[str]:
    """一个密钥里所有不许出现的片段。"""
    ends = range(MIN_FRAGMENT, len(secret) + 1)
    return {secret[end - MIN_FRAGMENT : end] for end in ends}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"密钥 {KEY} 无效", "密钥 *** 无效"),
        (f"{KEY[:6]}…{KEY[-6:]}", "***…***"),
        (f"{KEY[:5]}…{KEY[-5:]}", f"{KEY[:5]}…{KEY[-5:]}"),
        (f"{KEY}{TOKEN}", "******"),
        (f"{KEY[3:10]}{KEY[20:30]}", "***"),
        (f"Bearer {TOKEN}", "Bearer ***"),
        ("两行\n 与\t空白 ", "两行 与 空白"),
        ("代理\ud800与\x00空", "代理\ufffd与空"),
        ("长" * 300, "长" * 200),
        ("", ""),
    ],
)
def test_redact(text: str, shown: str) -> None:
    """六个字以上与密钥相同就抹去，空白收拢，最长 200 字。"""
    assert redact(text, (KEY, TOKEN)) == shown


def test_short_secret() -> None:
    """比六个字还短的密钥整个抹去。"""
    assert redact("用 a1b2 登录", ("a1b2",)) == "用 *** 登录"


@given(
    st.lists(
        st.sampled_from([KEY[i : i + 9] for i in range(len(KEY))] + [" ", "密", "\n"])
    )
)
def test_no_fragment_of_the_key(pieces: list[str]) -> None:
    """把密钥怎样剪开、拼接，都不会有一段漏出来。"""
    shown = redact("".join(pieces), (KEY,))
    assert not any(fragment in shown for fragment in fragments(KEY))


secrets = st.lists(st.text("ab \n*密", min_size=MIN_FRAGMENT, max_size=20), max_size=3)


@given(st.data(), secrets)
def test_no_fragment_of_any_secret(data: st.DataObject, secrets: list[str]) -> None:
    """密钥很像普通文字、里面有空白时也一样；抹去的记号不算。"""
    word = st.text("ab \n密", max_size=10)
    piece = st.one_of(word, st.sampled_from(secrets)) if secrets else word
    text = "".join(data.draw(st.lists(piece, max_size=6)))
    shown = redact(text, secrets)
    leaked = {f for secret in secrets for f in fragments(secret) if "*" not in f}
    assert not any(fragment in shown for fragment in leaked)


def test_megabytes_are_quick() -> None:
    """说明有几 MB 时也不占住事件循环。"""
    started = time.perf_counter()
    shown = redact("长" * 4_000_000, (KEY, TOKEN))
    assert len(shown) == 200
    assert time.perf_counter() - started < 10

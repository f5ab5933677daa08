"""彩色表情 -> 字体里有的符号。

htmlkit 画不出彩色表情：装了那种字体是空白，没装是方框。有意思的换成符号，
只作装饰的不写。
"""

from __future__ import annotations

import re

_TABLE = """
✅ ✔ yes ☑ ✔ yes ✔ ✔ yes 🆗 ✔ yes 👍 ✔ yes ❌ ✘ no ❎ ✘ no ✖ ✘ no 🚫 ✘ no ⛔ ✘ no
👎 ✘ no ❗ ！ no ❕ ！ warn ❓ ？ warn ❔ ？ warn ⚠ ⚠ warn ⭐ ★ warn 🌟 ★ warn ⭕ ○ yes
🔴 ● no 🟢 ● yes 🟡 ● warn 🟠 ● warn 🔵 ● link ⚪ ○ dim ⚫ ● dim 🟥 ■ no 🟩 ■ yes
🟨 ■ warn 🟧 ■ warn 🟦 ■ link ⬛ ■ dim ⬜ □ dim ➕ + dim ➖ − dim ➗ ÷ dim
👉 → dim ➡ → dim ⬅ ← dim ⬆ ↑ dim ⬇ ↓ dim 🔺 ▲ no 🔻 ▼ no
"""
_WORDS = _TABLE.split()
_SYMBOLS = {
    emoji: (symbol, tone)
    for emoji, symbol, tone in zip(_WORDS[::3], _WORDS[1::3], _WORDS[2::3], strict=True)
}
_EMOJI = re.compile(
    r"(?P<flag>[\U0001f1e6-\U0001f1ff]{2})"
    r"|(?P<key>[0-9#*])\ufe0f?\u20e3"
    r"|(?P<emoji>[\U0001f000-\U0001faff"
    # 这些不在表情的区里，却默认画成彩色
    r"⌚⌛⏩-⏬⏰⏳◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓-❕❗➕-➗➰➿⬛⬜⭐⭕"
    # 这些只为染上颜色
    r"☑✔✖⚠➡⬅⬆⬇])[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]*"
    r"|[\ufe0e\ufe0f]"
)


def tinted(html: str) -> str:
    """把转义过的文本里的表情换成带颜色的符号。"""

    def replace(found: re.Match[str]) -> str:
        symbol, tone = _symbol(found)
        return f'<span class="{tone}">{symbol}</span>' if tone else symbol

    return _EMOJI.sub(replace, html)


def bare(text: str) -> str:
    """把文本里的表情换成符号，不带颜色。"""
    return _EMOJI.sub(lambda found: _symbol(found)[0], text)


def _symbol(found: re.Match[str]) -> tuple[str, str]:
    """符号与颜色的类名。"""
    if flag := found["flag"]:
        return "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in flag), ""
    if found["key"]:
        return found["key"], ""
    return _SYMBOLS.get(found["emoji"] or "", ("", ""))

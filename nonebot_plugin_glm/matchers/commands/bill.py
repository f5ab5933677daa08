"""`/glm usage` 与 `/glm quota` 的内容：合计与分项，一项一行，手机上读得下去。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile

from ...api.prices import PriceList
from ...chat.allowance import Standing
from ...conversation.accounts import By, Kind, Tally
from ...domain import Usage
from ...message.amounts import amount, percent, yuan
from ...message.picture.chart import Bar, Chart, Section
from ...message.sentences import BACK

LEAST_DAYS = 7
"""图里至少有几天：再早的日子没有用量就不占地方。"""
MOST = 10
"""一种分项至多列几行，余下的合成一行。"""
_HEADINGS = {
    By.DAY: ("按天", "天"),
    By.MODEL: ("按模型", "个模型"),
    By.USER: ("按成员", "人"),
    By.GROUP: ("按群", "个群"),
}
_WHOSE = {Kind.USER: "你", Kind.GROUP: "本群", Kind.TOTAL: "所有人"}


@dataclass(frozen=True, slots=True)
class Report:
    """一段时间里谁的用量。"""

    whose: Kind
    period: str
    """如 `今天`、`近 7 天`"""
    days: Sequence[str]
    parts: dict[By, list[Tally]]
    """按天的从早到晚，没有用量的日子不在其中；别的从多到少"""
    prices: PriceList

    @property
    def total(self) -> Tally:
        """合计。"""
        return _total(self.parts[By.DAY])

    @property
    def unpriced(self) -> bool:
        """有没有不知道价格的模型。"""
        return not all(self.prices.knows(t.identity) for t in self.parts[By.MODEL])

    @property
    def title(self) -> str:
        """谁的，什么时候的。"""
        return f"{_WHOSE[self.whose]}{self.period}的用量"


def _tokens(tally: Tally) -> int:
    return tally.usage.prompt_tokens + tally.usage.completion_tokens


def ranked(tallies: Sequence[Tally]) -> list[Tally]:
    """从花得多到花得少。"""
    return sorted(tallies, key=lambda t: (-t.cost, -_tokens(t), t.identity))


def _total(tallies: Sequence[Tally], identity: str = "") -> Tally:
    usage = Usage(
        *(
            sum(getattr(t.usage, name) for t in tallies)
            for name in Usage.__dataclass_fields__
        )
    )
    requests, cost = sum(t.requests for t in tallies), sum(t.cost for t in tallies)
    return Tally(identity, "", requests, usage, cost)


def usage_text(report: Report) -> str:
    """合计，然后各种分项。"""
    total = report.total
    if not report.parts[By.DAY]:
        return f"{_WHOSE[report.whose]}{report.period}还没有用量。"
    usage = total.usage
    hit = percent(usage.cached_tokens, usage.prompt_tokens)
    lines = [
        f"{report.title}：提问 {total.requests} 次，{_money(report, total)}",
        f"提示 {usage.prompt_tokens:,} token，{hit} 命中缓存",
        f"回答 {usage.completion_tokens:,} token，其中思考 {usage.reasoning_tokens:,}",
    ]
    for by, tallies in report.parts.items():
        if by is By.DAY and len(report.days) == 1:
            continue
        lines += ["", _HEADINGS[by][0], *_lines(report, by, tallies)]
    return "\n".join(lines)


def _money(report: Report, total: Tally) -> str:
    rest = "（不含价格未知的模型）" if report.unpriced else ""
    return f"{yuan(total.cost)}{rest}"


def _lines(report: Report, by: By, tallies: Sequence[Tally]) -> list[str]:
    shown = list(reversed(tallies)) if by is By.DAY else list(tallies)
    listed, rest = shown[:MOST], shown[MOST:]
    lines = [
        f"{label(by, tally)}：{_figures(tally)}，{_price(report, by, tally)}"
        for tally in listed
    ]
    if rest:
        others = _total(rest)
        unit = _HEADINGS[by][1]
        lines.append(
            f"其余 {len(rest)} {unit}：{_figures(others)}，{yuan(others.cost)}"
        )
    return lines


def _figures(tally: Tally) -> str:
    return f"{tally.requests} 次，{_tokens(tally):,} token"


def _price(report: Report, by: By, tally: Tally) -> str:
    unknown = by is By.MODEL and not tally.cost
    if unknown and not report.prices.knows(tally.identity):
        return "价格未知"
    return yuan(tally.cost)


def label(by: By, tally: Tally) -> str:
    """一项的名字。"""
    if by is By.DAY:
        return tally.identity[5:]
    if by is By.GROUP:
        return f"群 {tally.identity}" if tally.identity else tally.name or "私聊"
    if by is By.USER:
        if not tally.identity:
            return "不记名"
        return f"{tally.name}（{tally.identity}）" if tally.name else tally.identity
    return tally.identity


def usage_chart(report: Report) -> Chart:
    """画给人看的同一份账：有花钱的画钱，都免费就画 token。"""
    in_money = report.total.cost > 0

    def bar(by: By, tally: Tally) -> Bar:
        value = tally.cost if in_money else _tokens(tally)
        text = yuan(value) if in_money else f"{value:,}"
        name = tally.name if by is By.USER and tally.name else label(by, tally)
        return Bar(name, value, text)

    sections = []
    for by, tallies in report.parts.items():
        shown = _every_day(report) if by is By.DAY else tallies[:MOST]
        if by is not By.DAY or len(report.days) > 1:
            bars = tuple(bar(by, tally) for tally in shown)
            sections.append(Section(_HEADINGS[by][0], bars))
    unit = "元" if in_money else "token"
    total = report.total
    note = (
        f"提问 {total.requests} 次，{_money(report, total)}，{_tokens(total):,} token"
    )
    return Chart(f"{report.title}（{unit}）", note, tuple(sections))


def _every_day(report: Report) -> list[Tally]:
    """从头一天用起，中间没有用量的日子也占一行。"""
    found = {tally.identity: tally for tally in report.parts[By.DAY]}
    used = len(list(dropwhile(lambda day: day not in found, report.days)))
    days = report.days[-max(used, LEAST_DAYS) :]
    return [found.get(day) or _total((), day) for day in days]


def quota_text(standings: Sequence[Standing], *, exempt: bool) -> str:
    """各项额度用了多少、还剩多少。"""
    if not standings:
        return "没有设额度，问多少都可以。"
    lines = [_standing(standing, exempt=exempt) for standing in standings]
    return "\n".join([*lines, f"都在{BACK}"])


def _standing(standing: Standing, *, exempt: bool) -> str:
    kind, limit = standing.account.kind, standing.limit
    used = f"{_WHOSE[kind]}今天用了 {amount(standing.used, limit.unit)}"
    if standing.lifted:
        return f"{used}，额度 {amount(limit.amount, limit.unit)}，今天放开了"
    if exempt and kind is Kind.USER:
        return f"{used}，你是超级用户，不受限制"
    left = max(0, limit.amount - standing.used)
    most = amount(limit.amount, limit.unit)
    return f"{used}，还剩 {amount(left, limit.unit)}（共 {most}）"

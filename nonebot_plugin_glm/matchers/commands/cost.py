"""花了多少、还能花多少：用量与额度。"""

from __future__ import annotations

from arclet.alconna import Args

from ...conversation.accounts import EVERYONE as ALL
from ...conversation.accounts import Account, By, Kind
from ...conversation.beijing import days_until
from ...domain import place_of
from ...message.picture.chart import chart_html
from ...message.picture.painter import Painter
from ...message.sentences import BACK
from ..call import DENIED_GROUP, DENIED_OWNER, Call
from ..command import EVERYONE, SUPERUSERS, Command, Entry, Topic
from ..pictures import painter
from ..rules import COMMAND
from .bill import Report, quota_text, ranked, usage_chart, usage_text
from .group import ONLY_IN_GROUPS

PERIODS = {"today": ("今天", 1), "week": ("近 7 天", 7), "month": ("近 30 天", 30)}
_ME, _GROUP, _ALL = "me", "group", "all"
SCOPES = {_ME: Kind.USER, _GROUP: Kind.GROUP, _ALL: Kind.TOTAL}
_LIFTED = {_GROUP: "本群", _ALL: "所有人合计"}
PARTS = {
    Kind.USER: (By.DAY, By.MODEL),
    Kind.GROUP: (By.DAY, By.MODEL, By.USER),
    Kind.TOTAL: (By.DAY, By.MODEL, By.USER, By.GROUP),
}
"""谁的用量分哪几项看。"""
HOW_TO_ASK = (
    "可以写时段 today、week、month 和范围 me、group、all 各一个，"
    f"如 {COMMAND} usage week group。"
)
HOW_TO_LIFT = (
    f"请写明放开谁的：{COMMAND} quota lift @人（或号码）、"
    f"{COMMAND} quota lift group、{COMMAND} quota lift all。"
)


async def usage(call: Call) -> None:
    """一段时间的用量：自己的、本群的、所有人的。"""
    words = [word for name in ("first", "second") if (word := call.argument(name))]
    periods = [word for word in words if word in PERIODS]
    scopes = [word for word in words if word in SCOPES]
    if len(periods) > 1 or len(scopes) > 1 or len(periods) + len(scopes) < len(words):
        return await call.say(HOW_TO_ASK)
    scope = SCOPES[scopes[0] if scopes else _ME]
    if refusal := await _refusal(call, scope):
        return await call.say(refusal)
    report = await usage_report(call, scope, periods[0] if periods else "today")
    await call.say(usage_text(report))
    if (artist := painter()) is not None and report.parts[By.DAY]:
        await _show_chart(call, report, artist)


async def _show_chart(call: Call, report: Report, painter: Painter) -> None:
    """文本之后再来一张图；画不成、发不出就只有文本。"""
    chart = usage_chart(report)
    drawn = await painter.draw(chart_html(chart)) if chart.compares else None
    if drawn is not None:
        await call.outgoing.picture(drawn)


async def _refusal(call: Call, scope: Kind) -> str:
    """不许看的人得到的一句话，许看的是空串。"""
    if scope is Kind.GROUP and not call.in_group:
        return ONLY_IN_GROUPS
    if scope is Kind.GROUP and not await call.may_manage_group():
        return DENIED_GROUP
    return DENIED_OWNER if scope is Kind.TOTAL and not call.is_owner() else ""


async def usage_report(call: Call, scope: Kind, period: str) -> Report:
    """一份账：谁的，什么时候的，分哪几项。"""
    billing = call.service.billing
    words, count = PERIODS[period]
    days = days_until(billing.ledger.today, count)
    parts = {}
    for by in PARTS[scope]:
        found = await billing.ledger.tallies(_account(call, scope), days[0], by)
        by_day = sorted(found, key=lambda tally: tally.identity)
        parts[by] = by_day if by is By.DAY else ranked(found)
    return Report(scope, words, days, parts, billing.prices)


def _account(call: Call, kind: Kind) -> Account:
    if kind is Kind.USER:
        return Account.user(call.key.platform, call.user_id)
    return Account.group(place_of(call.key)) if kind is Kind.GROUP else ALL


async def quota(call: Call) -> None:
    """今天的额度用了多少；超级用户可以放开。"""
    action = call.argument("action")
    if action == "lift":
        return await _lift(call)
    if action is not None:
        return await call.say(f"可以写 {COMMAND} quota 或 {COMMAND} quota lift。")
    kinds = [Kind.USER]
    if call.in_group:
        kinds.append(Kind.GROUP)
    if call.is_owner():
        kinds.append(Kind.TOTAL)
    accounts = [_account(call, kind) for kind in kinds]
    standings = await call.service.billing.quotas.standings(accounts)
    await call.say(quota_text(standings, exempt=call.is_owner()))


async def _lift(call: Call) -> None:
    """今天放开一个人、本群或所有人合计的额度。"""
    if not call.is_owner():
        return await call.say(DENIED_OWNER)
    who = call.target()
    if who is None:
        return await call.say(HOW_TO_LIFT)
    if who == _GROUP and not call.in_group:
        return await call.say(ONLY_IN_GROUPS)
    if who in (_GROUP, _ALL):
        account, whose = _account(call, SCOPES[who]), _LIFTED[who]
    else:
        account, whose = Account.user(call.key.platform, who), f" {who} "
    await call.service.billing.quotas.lift(account)
    await call.say(f"好，今天放开了{whose}的额度，{BACK}")


TOPIC = Topic(
    "用量",
    (
        Command(
            "usage",
            usage,
            (
                Entry("usage", "看自己今天用了多少、值多少钱", EVERYONE),
                Entry(
                    "usage today|week|month me|group|all",
                    "看一段时间里自己的、本群的、所有人的用量",
                    "自己的，所有人；本群的，群主、管理员、超级用户；所有人的，超级用户",
                ),
            ),
            Args["first?", str]["second?", str],
        ),
        Command(
            "quota",
            quota,
            (
                Entry("quota", "看今天的额度用了多少、还剩多少", EVERYONE),
                Entry(
                    "quota lift @人|group|all",
                    "今天放开一个人、本群或所有人合计的额度，也可以写号码",
                    SUPERUSERS,
                ),
            ),
            Args["action?", str]["who?", str],
        ),
    ),
)

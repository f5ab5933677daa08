"""checkup：NoneBot 的设置与 QQ 客户端，好的坏的怎样说。"""

from __future__ import annotations

import pytest
from nonebot import get_driver

from nonebot_plugin_glm.chat.doctor import machine
from nonebot_plugin_glm.chat.doctor.findings import Finding, State
from nonebot_plugin_glm.matchers.call import DENIED_OWNER
from nonebot_plugin_glm.matchers.checkup import client_findings, nonebot_findings
from nonebot_plugin_glm.matchers.commands import operation
from nonebot_plugin_glm.message.abilities import Abilities
from tests.fake_glm import FakeGLM
from tests.test_message.builders import ScriptedBot

from .fake_service import FakeService
from .test_commands import ADMIN, OWNER, typed

CLIENTS = {
    "alive": (Abilities("NapCat 4.8"), State.FINE, "会合并转发、撤回、贴表情"),
    "silent": (Abilities(), State.FINE, "不说自己是谁"),
    "poor": (Abilities("x", types=False), State.FINE, "不会显示正在输入"),
    "retired": (Abilities("go-cqhttp v1.2.0"), State.WARN, "换成 NapCat 或 LLBot"),
    "offline": (Abilities("NapCat", online=False), State.BAD, "重新登录"),
}


@pytest.mark.parametrize(("able", "state", "words"), CLIENTS.values(), ids=CLIENTS)
def test_client(able: Abilities, state: State, words: str) -> None:
    """客户端会什么；停止维护的、掉线的说怎么办。"""
    [found] = client_findings(ScriptedBot(), able)
    assert found.state is state
    assert words in found.text


def test_muted() -> None:
    """被禁言的群另说。"""
    _, found = client_findings(ScriptedBot(), Abilities(muted=["1", "2"]))
    assert found.text.startswith("它在 1、2 被禁言了")


def test_other_platform() -> None:
    """别的平台只说是哪个。"""
    [found] = client_findings(ScriptedBot(), None)
    assert found.text == "OneBot V11"


def test_nonebot_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """昵称与超级用户：设了的说是什么，没设的说怎么写。"""
    assert [found.state for found in nonebot_findings()] == [State.FINE] * 2
    monkeypatch.setattr(get_driver().config, "nickname", set())
    monkeypatch.setattr(get_driver().config, "superusers", set())
    names, owners = nonebot_findings()
    assert 'NICKNAME=["小智"]' in names.text
    assert "SUPERUSERS=" in owners.text


async def test_command(
    service: FakeService, glm: FakeGLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    """主人得到一份，一处一行；别人不行。"""
    monkeypatch.setattr(machine, "_has_chinese_font", lambda: True)
    [said] = await typed("/glm doctor", OWNER)
    lines = said.splitlines()
    assert lines[0] == "一切正常。"
    names = [line.split("：")[0].removeprefix("✓ ") for line in lines[1:]]
    assert names[:4] == ["地址", "时钟", "密钥", "模型"]
    assert names[-3:] == ["客户端", "昵称", "主人"]
    assert await typed("/glm doctor", ADMIN) == [DENIED_OWNER]


async def test_commands_in_the_report_can_be_typed(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """治法里的命令照 `COMMAND_START` 写；路径里的不动。"""
    path = Finding("数据库", State.BAD, "/data/glm.db 写不进")
    model = Finding("模型", State.BAD, "没有答：发送 /glm model 换一个")

    async def checkup(bot: object) -> list[Finding]:
        return [path, model]

    monkeypatch.setattr(operation, "checkup", checkup)
    monkeypatch.setattr(operation, "COMMAND", "。glm")
    [said] = await typed("/glm doctor", OWNER)
    assert said.splitlines()[1:] == [
        "✗ 数据库：/data/glm.db 写不进",
        "✗ 模型：没有答：发送 。glm model 换一个",
    ]

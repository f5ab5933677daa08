"""operation：主人看与改设置。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.matchers.call import DENIED_OWNER
from nonebot_plugin_glm.matchers.depends import manner
from nonebot_plugin_glm.matchers.runtime import config
from tests.conftest import API_KEY

from .fake_service import FakeService
from .test_commands import ADMIN, MEMBER, OWNER, typed


@pytest.mark.parametrize("text", ["", " all", " GLM_MODEL", " GLM_MODEL x"])
async def test_only_the_owner(service: FakeService, text: str) -> None:
    """不是超级用户，看都不给看。"""
    for who in (MEMBER, ADMIN):
        assert await typed(f"/glm config{text}", who) == [DENIED_OWNER]
    assert await typed(f"/glm config{text}", MEMBER, private=True) == [DENIED_OWNER]
    assert service.done == []


@pytest.mark.parametrize(
    "written", ["GLM_TEMPERATURE 0.5", "temperature=0.5", "glm_Temperature  =  0.5"]
)
async def test_change(service: FakeService, written: str) -> None:
    """键的大小写与前缀随意，空格或等号都行。"""
    [said] = await typed(f"/glm config {written}", OWNER)
    assert said == "GLM_TEMPERATURE=0.5，已经生效，重启后也是。"
    assert config.glm_temperature == 0.5
    [said] = await typed("/glm config temperature default", OWNER)
    assert said == "GLM_TEMPERATURE=空，回到 .env 里的了。"
    assert config.glm_temperature is None
    assert service.done == [
        ("config.glm_temperature", "0.5"),
        ("config.glm_temperature", None),
    ]


REFUSED = {
    "GLM_TEMPERATURE 3": "没有改：GLM_TEMPERATURE 应不大于 1。",
    "GLM_STREAM maybe": "没有改：GLM_STREAM 应是 true 或 false。",
    "GLM_PRIORITY 5": "GLM_PRIORITY 要在 .env 里改，重启后生效。",
    "GLM_PRIORITY default": "GLM_PRIORITY 要在 .env 里改，重启后生效。",
    "API_KEY a.b": "GLM_API_KEY 不要发在聊天里：在 .env 里改，重启后生效。",
    "GLM_TEMPERATUR": "没有 GLM_TEMPERATUR 这一项设置。是不是 GLM_TEMPERATURE",
    "nosuch 1": "没有 nosuch 这一项设置。发送 /glm config all 看全部。",
}


@pytest.mark.parametrize("written", REFUSED)
async def test_refused(service: FakeService, written: str) -> None:
    """值写错、不能这样改、没有这个键：一句话，什么也没有变。"""
    [said] = await typed(f"/glm config {written}", OWNER)
    assert said.startswith(REFUSED[written])
    assert service.done == []


async def test_describe(service: FakeService) -> None:
    """一项设置：现在的值、意思、默认、怎么改。"""
    await typed("/glm config model glm-5", OWNER)
    [said] = await typed("/glm config GLM_MODEL", OWNER)
    assert said.splitlines() == [
        "GLM_MODEL=glm-5",
        "默认模型，任何名字都可以；默认的这个免费",
        "默认：glm-4.7-flash",
        ".env：glm-4.7-flash，发送 /glm config GLM_MODEL default 回到它",
    ]
    [said] = await typed("/glm config priority", OWNER)
    assert said.endswith("要在 .env 里改，重启后生效")


async def test_overview(service: FakeService) -> None:
    """只列与默认不同的，说明哪些是用命令改的；密钥只说有没有。"""
    await typed("/glm config model glm-5", OWNER)
    [said] = await typed("/glm config", OWNER)
    assert said.splitlines()[1:-1] == [
        "GLM_RENDER=text",
        f"GLM_API_KEY=已设置（{len(API_KEY)} 个字符）",
        f"GLM_BASE_URL={config.glm_base_url}",
        "GLM_MODEL=glm-5（用命令改的）",
    ]
    assert len(said) < 400


async def test_manner_changes(service: FakeService) -> None:
    """怎样说一个回答也立即照新的。"""
    await typed("/glm config GLM_MESSAGE_CHARS 123", OWNER)
    await typed("/glm config GLM_STREAM false", OWNER)
    assert (manner().message_chars, manner().stream) == (123, False)


async def test_model_is_the_same_setting(service: FakeService) -> None:
    """`/glm model --global` 与 `/glm config GLM_MODEL` 改的是同一项。"""
    await typed("/glm model glm-5 --global", OWNER)
    assert config.glm_model == "glm-5"
    await typed("/glm config GLM_MODEL default", OWNER)
    assert config.glm_model == "glm-4.7-flash"
    assert service.done == [("config.glm_model", "glm-5"), ("config.glm_model", None)]

"""config：每个键有说明与默认值，各种合规矩的写法都读得对。"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nonebot.compat import model_dump, model_fields, type_validate_python
from nonebot.config import Config as Settings

from nonebot_plugin_glm.config import Config, load_config
from nonebot_plugin_glm.config.sections import sections_of
from nonebot_plugin_glm.domain import Thinking

FIELDS = sorted(field.name for field in model_fields(Config))
DEFAULTS = {
    "glm_api_key": "",
    "glm_auth": "auto",
    "glm_base_url": "https://open.bigmodel.cn/api/paas/v4",
    "glm_model": "glm-4.7-flash",
    "glm_models": [],
    "glm_fallback_models": ["glm-4-flash-250414"],
    "glm_thinking": Thinking.OFF,
    "glm_temperature": None,
    "glm_top_p": None,
    "glm_max_tokens": None,
    "glm_stream": True,
    "glm_group_scope": "group",
    "glm_proxy": "",
    "glm_priority": 98,
}


def documented() -> dict[str, str]:
    """每个字段下面的说明。"""
    sections = sections_of(Config)
    return {name: text for s in sections for name, text in s.fields.items()}


def test_every_field_is_documented() -> None:
    """每个键都有前缀，下面有一句中文说明。"""
    explained = documented()
    assert sorted(explained) == FIELDS
    assert all(name.startswith("glm_") for name in FIELDS)
    assert all(any("一" <= c <= "龥" for c in text) for text in explained.values())


def test_sections_do_not_shadow_each_other() -> None:
    """各节的验证器不重名：重名的只剩一个，别的键就没有人验证了。"""
    names = [
        name
        for section in Config.__bases__
        for name, value in vars(section).items()
        if name.startswith("_") and isinstance(value, classmethod)
    ]
    assert names
    assert len(names) == len(set(names))


def test_defaults() -> None:
    """一项都不设，得到的是这些。"""
    dumped = model_dump(type_validate_python(Config, {}))
    assert {name: dumped[name] for name in DEFAULTS} == DEFAULTS


def test_defaults_are_not_shared() -> None:
    """改了一份设置里的列表，别的设置不变。"""
    first = type_validate_python(Config, {})
    assert isinstance(first.glm_fallback_models, list)
    first.glm_fallback_models.append("x")
    second = type_validate_python(Config, {})
    assert second.glm_fallback_models == DEFAULTS["glm_fallback_models"]


GOOD = [
    ("glm_models", "a,b", ["a", "b"]),
    ("glm_models", " a ，b ,, ", ["a", "b"]),
    ("glm_models", ["a", " b "], ["a", "b"]),
    ("glm_models", "", []),
    ("glm_models", "a", ["a"]),
    ("glm_models", [4, 4.5], ["4", "4.5"]),
    ("glm_models", 4, ["4"]),
    ("glm_fallback_models", [], []),
    ("glm_groups", 123, ["123"]),
    ("glm_rate_limit", "10 / 60s", "10/60s"),
    ("glm_api_key", 123, "123"),
    ("glm_api_keys", " a.b ，c.d,", ["a.b", "c.d"]),
    ("glm_api_key", " k \n", "k"),
    ("glm_api_key", 1.5, "1.5"),
    ("glm_model", 4, "4"),
    ("glm_system_prompt", "", ""),
    ("glm_base_url", "http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1"),
    ("glm_proxy", "", ""),
    ("glm_proxy", "http://127.0.0.1:7890", "http://127.0.0.1:7890"),
    ("glm_thinking", "auto", Thinking.AUTO),
    ("glm_auth", "bearer", "bearer"),
    ("glm_group_scope", "member", "member"),
    ("glm_temperature", 0, 0),
    ("glm_temperature", 1, 1),
    ("glm_temperature", "0.5", 0.5),
    ("glm_temperature", "", None),
    ("glm_top_p", "", None),
    ("glm_max_tokens", "", None),
    ("glm_stream", False, False),
    ("glm_stream", "false", False),
    ("glm_history_turns", 0, 0),
    ("glm_history_turns", 1000, 1000),
    ("glm_max_retries", 0, 0),
    ("glm_priority", 2, 2),
    ("glm_quota_user", "100次", "100次"),
    ("glm_quota_user", " 100 次， 5.5元,20Token ", "100次,5.5元,20token"),
    ("glm_quota_group", "", ""),
    ("glm_quota_total", "0.000001元", "0.000001元"),
    ("glm_prices", "", {}),
    ("glm_prices", {"glm-5.3": [8, 28.5, 0]}, {"glm-5.3": [8, 28.5, 0]}),
]


@pytest.mark.parametrize(("name", "value", "expected"), GOOD)
def test_good_values(name: str, value: Any, expected: Any) -> None:
    """合规矩的各种写法。"""
    assert getattr(type_validate_python(Config, {name: value}), name) == expected


ENV = {
    "GLM_API_KEY=12345678": ("glm_api_key", "12345678"),
    "GLM_API_KEY=": ("glm_api_key", ""),
    "GLM_API_KEYS=a.b,c.d": ("glm_api_keys", ["a.b", "c.d"]),
    'GLM_API_KEYS=["a.b"]': ("glm_api_keys", ["a.b"]),
    "GLM_API_KEYS=12": ("glm_api_keys", ["12"]),
    "GLM_MODELS=a,b": ("glm_models", ["a", "b"]),
    "GLM_MODELS=a，b": ("glm_models", ["a", "b"]),
    'GLM_MODELS=["a", "b"]': ("glm_models", ["a", "b"]),
    "GLM_MODELS=glm-4.7": ("glm_models", ["glm-4.7"]),
    "GLM_FALLBACK_MODELS=[]": ("glm_fallback_models", []),
    "GLM_TEMPERATURE=": ("glm_temperature", None),
    "GLM_TEMPERATURE=0.5": ("glm_temperature", 0.5),
    "GLM_THINKING=on": ("glm_thinking", Thinking.ON),
    "GLM_QUOTA_USER=100次,5元": ("glm_quota_user", "100次,5元"),
    'GLM_PRICES={"glm-5.3": [8, 28, 2]}': ("glm_prices", {"glm-5.3": [8, 28, 2]}),
    "GLM_STREAM=false": ("glm_stream", False),
    "GLM_SYSTEM_PROMPT=你好，#1": ("glm_system_prompt", "你好，#1"),
}


@pytest.mark.parametrize(("line", "expected"), ENV.items())
def test_dotenv(line: str, expected: tuple[str, Any], tmp_path: Path) -> None:
    """`.env` 里的写法经过 NoneBot 的解析也对。"""
    name, value = expected
    file = tmp_path / ".env"
    file.write_text(line, encoding="utf-8")
    settings = Settings(_env_file=file)
    assert getattr(type_validate_python(Config, model_dump(settings)), name) == value


def test_good_settings_are_read() -> None:
    """合规矩的设置照读，来自 NoneBot 的配置。"""
    assert load_config().glm_base_url.startswith("http://127.0.0.1:")

"""config：写错的值说清是哪一个键、该怎么写，不带出密钥。"""

from __future__ import annotations

import re
from typing import Any

import pytest
from nonebot.compat import type_validate_python

from nonebot_plugin_glm import config as config_module
from nonebot_plugin_glm.config import Config, ConfigError, load_config

KEY = "0123456789abcdef.s3cr3t"
BAD = [
    ("glm_api_key", ["x"], "应是文本"),
    ("glm_api_key", None, "应是文本"),
    ("glm_auth", "token", "应是 auto、jwt、bearer 之一"),
    ("glm_base_url", "open.bigmodel.cn", "应以 http:// 或 https:// 开头"),
    ("glm_base_url", "", "应有内容"),
    ("glm_proxy", "socks5://127.0.0.1:1", "应以 http:// 或 https:// 开头"),
    ("glm_model", " ", "应有内容"),
    ("glm_models", {"a": 1}, "应是用逗号分隔的名字或 JSON 数组"),
    ("glm_fallback_models", None, "应是用逗号分隔的名字或 JSON 数组"),
    ("glm_thinking", "maybe", "应是 on、off、auto 之一"),
    ("glm_temperature", 1.1, "应不大于 1"),
    ("glm_temperature", -0.1, "应不小于 0"),
    ("glm_temperature", "热", "应是数字"),
    ("glm_temperature", float("nan"), "应"),
    ("glm_top_p", 2, "应不大于 1"),
    ("glm_max_tokens", 0, "应不小于 1"),
    ("glm_max_tokens", "多", "应是整数"),
    ("glm_stream", "maybe", "应是 true 或 false"),
    ("glm_group_scope", "all", "应是 group、member 之一"),
    ("glm_history_turns", 1001, "应不大于 1000"),
    ("glm_history_turns", -1, "应不小于 0"),
    ("glm_context_tokens", -1, "应不小于 0"),
    ("glm_context_tokens", "many", "应是整数"),
    ("glm_timeout", 0, "应大于 0"),
    ("glm_timeout", "", "应是数字"),
    ("glm_connect_timeout", 0, "应大于 0"),
    ("glm_read_timeout", -1, "应大于 0"),
    ("glm_max_retries", 11, "应不大于 10"),
    ("glm_max_concurrency", 0, "应不小于 1"),
    ("glm_message_chars", 99, "应不小于 100"),
    ("glm_priority", 1, "应不小于 2"),
    ("glm_quota_user", 100, "应写成 100次、500000token、5元 的样子"),
    ("glm_quota_user", "0次", "应写成"),
    ("glm_quota_group", "1.5次", "应写成"),
    ("glm_quota_group", "0.00元", "应写成"),
    ("glm_quota_total", "100次 5元", "应写成"),
    ("glm_quota_total", ["5元"], "应是文本"),
    ("glm_prices", "8,28,2", '应写成 {"glm-5.3": [8, 28, 2]} 的样子'),
    ("glm_prices", {"glm-5.3": [8, 28]}, "应写成"),
    ("glm_prices", {"glm-5.3": [8, 28, -2]}, "应写成"),
    ("glm_prices", {"glm-5.3": 8}, "应写成"),
    ("glm_prices", {"glm-5.3": [8, 28, float("inf")]}, "应写成"),
]


def complaint(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> ConfigError:
    """照这些设置启动时的异常。"""

    def read(model: type[Config]) -> Config:
        return type_validate_python(model, {"glm_api_key": KEY, **settings})

    monkeypatch.setattr(config_module, "get_plugin_config", read)
    with pytest.raises(ConfigError) as caught:
        load_config()
    return caught.value


@pytest.mark.parametrize(("name", "value", "words"), BAD)
def test_bad_value_names_its_key(
    name: str, value: Any, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """写错的值得到一句话，只说错的键一次，说清该怎么写。"""
    text = str(complaint(monkeypatch, **{name: value}))
    assert text.startswith(f"请修改 .env 里的设置：{name.upper()} 应")
    assert words in text
    assert text.count("GLM_") == 1
    assert KEY not in text


def test_several_bad_values_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """几处写错一次说完。"""
    text = str(complaint(monkeypatch, glm_timeout=0, glm_stream="maybe"))
    assert re.search(r"GLM_STREAM 应.*；GLM_TIMEOUT 应", text)
    assert "\n" not in text


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("glm_api_key", [KEY]),
        ("glm_api_key", {"key": KEY}),
        ("glm_api_keys", {"key": KEY}),
    ],
)
def test_key_never_shows(name: str, key: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """密钥自己写错时，句子里没有它，也没有带着它的前因。"""
    error = complaint(monkeypatch, **{name: key})
    assert KEY not in str(error)
    assert error.__context__ is None

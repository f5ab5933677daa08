"""GLM 一侧的全部故障。"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.fake_glm import faults
from tests.fake_glm.faults import CODES, Error, Fault
from tests.fake_glm.steps import STREAM_TYPE

_HUNDRED_MB: Final = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Trial:
    """一种故障。"""

    name: str
    make: Callable[[], Fault]
    answered: bool = False
    """照样有回答，这一轮也存下；否则是一句说明，没有痕迹"""


def _twice() -> Fault:
    """每一帧都来两遍：分不出是重复还是模型真的说了两遍。"""
    frames: list[str] = []
    for word in ("重", "复"):
        chunk = {"choices": [{"index": 0, "delta": {"content": word}}]}
        frames += [f"data: {json.dumps(chunk)}\n\n"] * 2
    end = {"choices": [{"index": 0, "finish_reason": "stop", "delta": {}}]}
    frames += [f"data: {json.dumps(end)}\n\n"] * 2 + ["data: [DONE]\n\n"] * 2
    return faults.Raw(200, "".join(frames).encode(), STREAM_TYPE)


def _code(code: str) -> Trial:
    return Trial(f"错误码 {code}", lambda: Error.of(code))


TRIALS: Final = (
    *map(_code, CODES),
    Trial("响应头之前重置", faults.Reset),
    Trial("流中间断开", faults.CutStream),
    Trial("流悄悄结束", faults.SilentEOF),
    Trial("网关的 HTML 502", faults.Html),
    Trial("HTML 200", lambda: faults.Raw(200, b"<html></html>", "text/html")),
    Trial("截断的帧", faults.TruncatedJson),
    Trial("流中间一个坏帧", faults.BrokenFrame),
    Trial("每帧都来两遍", _twice, answered=True),
    Trial("100 MB 的回应", lambda: faults.Raw(200, b" " * _HUNDRED_MB)),
    Trial("全是不合法的 UTF-8", lambda: faults.Raw(200, b"\xff\xfe\xfd" * 99)),
    Trial("流里有不合法的 UTF-8", faults.BadBytes, answered=True),
)
"""重试零次、不换模型时，一次就见分晓的。"""

SLOW_TRIALS: Final = (
    Trial("流停住不动", lambda: faults.Stall(60, 2)),
    Trial("迟迟没有响应头", lambda: faults.Slow(60)),
)
"""要等超时的。"""

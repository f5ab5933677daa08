"""GLM 一侧的故障；机器人只重试一次、不换模型。"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.fake_glm import faults
from tests.fake_glm.faults import CODES, Error, ErrorIn200, Fault, Flat, StreamError
from tests.fake_glm.steps import STREAM_TYPE

_HUNDRED_MB: Final = 100 * 1024 * 1024
_RETRIED: Final = {"500", "1100", "1120", "1200", "1230", "1234"} | {
    "1302", "1303", "1305", "1312", "1701",
}  # fmt: skip
_RESIGNED: Final = {"1003"}
"""令牌过期，重签一次再试。"""
_MENDED: Final = {"1214", "1261"}
"""怪历史的，少带些再问一次。"""
_BLAMED: Final = (
    {f"100{n}" for n in range(6)}
    | {"1110", "1111", "1112", "1113", "1121"}
    | {f"13{n:02}" for n in (8, 9, 10, *range(13, 22))}
)


@dataclass(frozen=True, slots=True)
class Trial:
    """一种故障。"""

    name: str
    make: Callable[[], Fault]
    answered: bool = False
    """照样有回答，这一轮也存下；否则是一句说明，没有痕迹"""
    code: str = ""
    """业务码，主人看得到，别人看不到"""
    hidden: str = ""
    """GLM 说到一半的，谁也看不到"""

    @property
    def requests(self) -> int | None:
        """一问几个请求，没有业务码的看表。"""
        if not self.code:
            return None
        return 2 if self.code in _RETRIED | _RESIGNED | _MENDED else 1

    @property
    def notices(self) -> int:
        """怪密钥的：私聊告诉主人一次，哪怕两个人都失败了。"""
        return int(self.code in _BLAMED)


def _twice() -> Fault:
    """每一帧都来两遍：分不出是重复还是模型真的说了两遍。"""
    frames: list[str] = []
    for word in ("重", "复"):
        chunk = {"choices": [{"index": 0, "delta": {"content": word}}]}
        frames += [f"data: {json.dumps(chunk)}\n\n"] * 2
    end = {"choices": [{"index": 0, "finish_reason": "stop", "delta": {}}]}
    frames += [f"data: {json.dumps(end)}\n\n"] * 2 + ["data: [DONE]\n\n"] * 2
    return faults.Raw(200, "".join(frames).encode(), STREAM_TYPE)


def _code(code: str, shape: str, make: Callable[[], Fault]) -> Trial:
    return Trial(f"错误码 {code}{shape}", make, code=code)


def _codes() -> Iterator[Trial]:
    """每个错误码；有几个再换别的样子来。"""
    for code in CODES:
        yield _code(code, "", lambda code=code: Error.of(code))
    for code in ("1113", "1301", "1305", "1214"):
        yield _code(code, "，装在 200 里", lambda code=code: ErrorIn200(code))
        yield _code(code, "，在流里", lambda code=code: StreamError(code))
        yield _code(code, "，扁平的", lambda code=code: Flat(int(code)))
        yield _code(
            code, "，是数字", lambda code=code: Error(400, int(code), numeric=True)
        )


def _content(name: str, *content: object) -> Trial:
    fault = faults.Content(*content)  # pyright: ignore[reportArgumentType]
    return Trial(name, lambda: fault, hidden="想了很多")


def _finish(name: str, reason: str) -> Trial:
    return Trial(name, lambda: faults.Finish(reason), hidden="说到一半")


TRIALS: Final = (
    *_codes(),
    Trial("没有码的错误", lambda: Error(500, None, "oops {x}")),
    Trial("陌生的码", lambda: Error(400, "9999", "unknown <b>")),
    Trial("响应头之前重置", faults.Reset),
    Trial("流中间断开", faults.CutStream),
    Trial("流悄悄结束", faults.SilentEOF),
    Trial("网关的 HTML 502", faults.Html),
    Trial("网关的 HTML 404", lambda: faults.Html(404)),
    Trial("HTML 200", lambda: faults.Raw(200, b"<html></html>", "text/html")),
    Trial("空的 200", lambda: faults.Raw(200, b"")),
    Trial("JSON 数组", lambda: faults.Raw(200, b"[]")),
    Trial("截断的帧", faults.TruncatedJson),
    Trial("流中间一个坏帧", faults.BrokenFrame),
    Trial("每帧都来两遍", _twice, answered=True),
    Trial("空的 choices", faults.EmptyChoices),
    _content("content 为 null", None),
    _content("content 为空", ""),
    _content("content 为空白", " \n\u3000"),
    _content("没有 content", faults.MISSING),
    _content("思考用完额度", "", "length"),
    _content("只有思考", "<think>想了很多</think>"),
    _content("没说完的思考", "<think>想了很多"),
    _finish("结束原因是敏感", "sensitive"),
    _finish("结束原因是推理中断", "network_error"),
    _finish("结束原因是超出窗口", "model_context_window_exceeded"),
    Trial("100 MB 的回应", lambda: faults.Raw(200, b" " * _HUNDRED_MB)),
    Trial("全是不合法的 UTF-8", lambda: faults.Raw(200, b"\xff\xfe\xfd" * 99)),
    Trial("流里全是不合法的 UTF-8", lambda: faults.BadBytes("坏坏坏")),
    Trial("流里夹着不合法的 UTF-8", faults.BadBytes, answered=True),
)
"""一次就见分晓的。"""

SLOW_TRIALS: Final = (
    Trial("流停住不动", lambda: faults.Stall(60, 2)),
    Trial("只来了响应头", lambda: faults.Stall(60)),
    Trial("迟迟没有响应头", lambda: faults.Slow(60)),
)
"""要等超时的。"""

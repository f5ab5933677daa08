"""把故障解释成步骤：纯函数，不碰网络与时钟。"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch

from . import faults
from .codes import message_of
from .frames import closing_frames, dump, error_body, frame, opening_frames, whole
from .replies import refuse, respond
from .scene import Completion, Scene
from .steps import STREAM_TYPE, HangUp, Head, Pause, Step, Steps

_HTML = (
    "<html>\r\n<head><title>{0} Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>{0} Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.21.6</center>\r\n</body>\r\n</html>\r\n"
)


def play(scene: Scene) -> Steps:
    """正常地送出回答。"""
    if not scene.stream:
        return respond(200, dump(whole(scene.completion)))
    return _stream(scene, [*opening_frames(scene), closing_frames(scene)])


def _stream(scene: Scene, parts: Sequence[bytes], *ending: Step) -> Steps:
    steps: list[Step] = [Head(content_type=STREAM_TYPE)]
    for part in parts:
        steps += [part, Pause(scene.chunk_delay)]
    return (*steps[:-1], *ending) if parts else (*steps, *ending)


def _half(scene: Scene, *ending: Step) -> Steps:
    body = dump(whole(scene.completion))
    return (Head(length=len(body)), body[: len(body) // 2], *ending)


@singledispatch
def stage(fault: object, scene: Scene) -> Steps:
    """把一个故障解释成步骤；faults.Ok 在此之前已经写进场景。"""
    raise TypeError(fault)


@stage.register
def _(fault: faults.Ok, scene: Scene) -> Steps:
    return play(scene)


@stage.register
def _(fault: faults.Error, scene: Scene) -> Steps:
    return refuse(fault)


@stage.register
def _(fault: faults.Flat, scene: Scene) -> Steps:
    message = message_of(str(fault.code))
    body = {"code": fault.code, "msg": message, "success": False}
    return respond(fault.status, dump(body))


@stage.register
def _(fault: faults.ErrorIn200, scene: Scene) -> Steps:
    code = str(fault.code)
    return respond(200, dump(error_body(code, message_of(code))))


@stage.register
def _(fault: faults.Filtered, scene: Scene) -> Steps:
    records = [{"level": fault.level, "role": fault.role}]
    body = {"contentFilter": records} | error_body("1301", message_of("1301"))
    return respond(fault.status, dump(body))


@stage.register
def _(fault: faults.Html, scene: Scene) -> Steps:
    page = _HTML.format(fault.status).encode()
    return respond(fault.status, page, "text/html")


@stage.register
def _(fault: faults.Raw, scene: Scene) -> Steps:
    return respond(fault.status, fault.body, fault.content_type)


@stage.register
def _(fault: faults.TruncatedJson, scene: Scene) -> Steps:
    if scene.stream:
        return _stream(scene, [_truncated(opening_frames(scene))])
    body = dump(whole(scene.completion))
    return respond(200, body[: len(body) // 2])


@stage.register
def _(fault: faults.EmptyChoices, scene: Scene) -> Steps:
    if scene.stream:
        empty = replace(scene, usage_chunk=True)
        last = closing_frames(empty).split(b"\n\n", 1)[1]
        return _stream(scene, [last])
    return respond(200, dump(whole(scene.completion) | {"choices": []}))


@stage.register
def _(fault: faults.Content, scene: Scene) -> Steps:
    return play(scene.with_content(fault.value, fault.finish))


@stage.register
def _(fault: faults.Finish, scene: Scene) -> Steps:
    scene = scene.with_content(fault.text, fault.reason)
    if fault.reason != "sensitive":
        return play(scene)
    return play(replace(scene, completion=_sensitive(scene)))


def _sensitive(scene: Scene) -> Completion:
    # 官方样例：流中被拦截的最后一块没有用量。
    usage = None if scene.stream else scene.completion.usage
    records = (("assistant", 1),)
    return replace(scene.completion, content_filter=records, usage=usage)


@stage.register
def _(fault: faults.CutStream, scene: Scene) -> Steps:
    if scene.stream:
        return _stream(scene, opening_frames(scene)[: fault.chunks], HangUp())
    return _half(scene, HangUp())


@stage.register
def _(fault: faults.SilentEOF, scene: Scene) -> Steps:
    if scene.stream:
        return _stream(scene, opening_frames(scene)[: fault.chunks])
    return _half(scene, HangUp())


@stage.register
def _(fault: faults.BrokenFrame, scene: Scene) -> Steps:
    if not scene.stream:
        return _half(scene, HangUp())
    parts = opening_frames(scene)
    rest = parts[fault.chunks :]
    broken = [_truncated(rest or parts), *rest[1:], closing_frames(scene)]
    return _stream(scene, [*parts[: fault.chunks], *broken])


def _truncated(parts: list[bytes]) -> bytes:
    text = parts[0].decode().rstrip() if parts else 'data: {"id":"2026'
    return text[: -len(text) // 2].encode() + b"\n\n"


@stage.register
def _(fault: faults.StreamError, scene: Scene) -> Steps:
    if not scene.stream:
        return stage(faults.ErrorIn200(fault.code), scene)
    code = str(fault.code)
    error = frame(error_body(code, message_of(code)))
    return _stream(scene, [*opening_frames(scene)[: fault.chunks], error])


@stage.register
def _(fault: faults.Stall, scene: Scene) -> Steps:
    steps = play(scene)
    # 流中每块后面跟着一个停顿，响应头占第一步。
    shown = 1 + 2 * fault.chunks if scene.stream else 1
    shown = min(shown, len(steps) - 1)
    return (*steps[:shown], Pause(fault.seconds), *steps[shown:])


@stage.register
def _(fault: faults.Slow, scene: Scene) -> Steps:
    return (Pause(fault.seconds), *play(scene))


@stage.register
def _(fault: faults.Reset, scene: Scene) -> Steps:
    return (HangUp(reset=True),)


@stage.register
def _(fault: faults.BadBytes, scene: Scene) -> Steps:
    return tuple(
        step.replace("坏".encode(), b"\xff\xfe\xfd")
        if isinstance(step, bytes)
        else step
        for step in play(scene.with_content(fault.text))
    )


@stage.register
def _(fault: faults.ToolCalls, scene: Scene) -> Steps:
    calls = tuple(
        {
            "id": f"call_{secrets.token_hex(12)}",
            "index": index,
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        for index, (name, arguments) in enumerate(fault.calls)
    )
    completion = replace(
        scene.completion, content=fault.text, finish="tool_calls", tool_calls=calls
    )
    return play(replace(scene, completion=completion, tool_pieces=fault.pieces))


@stage.register
def _(fault: faults.Huge, scene: Scene) -> Steps:
    size = max(scene.chunk_size, fault.size // 64)
    return play(replace(scene.with_content("长" * fault.size), chunk_size=size))

"""messages 参数的规矩：角色、交替与内容，违反者回 400/1214。"""

from typing import Any, Final

from .catalog import NO_BASE64, Model
from .faults import Error
from .tool_messages import check_calls, fold_tools

_ROLES: Final = frozenset({"system", "user", "assistant", "tool"})
_PARTS: Final = frozenset({"text", "image_url", "video_url", "file_url"})
_TEXT_ONLY: Final = "messages.content.type 参数非法，取值范围 ['text']"


def check_messages(messages: object, model: Model) -> Error | None:
    """检查整个 messages，合规时返回 None。"""
    if messages is None:
        return Error.of(1213)
    if not isinstance(messages, list) or not messages:
        return Error.of(1214)
    for message in messages:
        refusal = _check_message(message, model)
        if refusal is not None:
            return refusal
    folded = fold_tools(messages)
    if folded is None:
        return Error.of(1214, "messages 参数非法：工具消息没有配对。")
    return None if _alternates(folded) else Error.of(1214)


def _alternates(roles: list[str]) -> bool:
    start = next((i for i, role in enumerate(roles) if role != "system"), len(roles))
    talk = roles[start:]
    # 用完工具之后模型接着说，所以结尾可以是用户，也可以是工具的结果。
    if not talk or talk[-1] not in ("user", "tool"):
        return False
    spoken = [role for role in talk if role != "tool"]
    return all(role == ("user", "assistant")[i % 2] for i, role in enumerate(spoken))


def _check_message(message: object, model: Model) -> Error | None:
    if not isinstance(message, dict):
        return Error.of(1214)
    role, content = message.get("role"), message.get("content")
    if not isinstance(role, str) or role not in _ROLES:
        return Error.of(1214, "Incorrect role information")
    if not isinstance(message.get("reasoning_content", ""), str):
        return Error.of(1210)
    if role == "assistant" and message.get("tool_calls"):
        return check_calls(message["tool_calls"], content)
    if isinstance(content, str):
        return None if content.strip() else Error.of(1214)
    if role == "user" and isinstance(content, list) and content:
        return _check_parts(content, model)
    return Error.of(1214)


def _check_parts(parts: list[Any], model: Model) -> Error | None:
    images = 0
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str) or kind not in _PARTS:
            return Error.of(1214)
        if kind != "text" and not model.images:
            return Error.of(1210, _TEXT_ONLY)
        if not _part_is_filled(part, kind, model):
            return Error.of(1214)
        images += kind == "image_url"
    return None if images <= model.images else Error.of(1214)


def _part_is_filled(part: dict[str, Any], kind: str, model: Model) -> bool:
    if kind == "text":
        text = part.get("text")
        return isinstance(text, str) and bool(text.strip())
    target = part.get(kind)
    url = target.get("url") if isinstance(target, dict) else None
    if not isinstance(url, str) or not url.strip():
        return False
    return model.name not in NO_BASE64 or url.startswith(("http://", "https://"))

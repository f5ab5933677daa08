"""会话用哪个模型、要不要思考。"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..domain import Thinking
from .draft import ChatSettings

if TYPE_CHECKING:
    from ..conversation.store import Conversation, ConversationStore


class ModelChoices:
    """为会话选的，没有选过就照默认的。"""

    def __init__(self, store: ConversationStore, settings: ChatSettings) -> None:
        self._store = store
        self._settings = settings
        self._default_model: str | None = None

    async def model_of(self, conversation: Conversation) -> str:
        """会话用的模型：为它选的、全局设的、配置里的，依次取第一个。"""
        if conversation.model:
            return conversation.model
        if self._default_model is None:
            chosen = await self._store.default_model()
            self._default_model = chosen or self._settings.model
        return self._default_model

    def thinking_of(self, conversation: Conversation) -> Thinking:
        """会话用的思考方式。"""
        return conversation.thinking or self._settings.thinking

    async def set_default_model(self, model: str | None) -> None:
        """设置默认模型，`None` 为回到配置里的。"""
        await self._store.set_default_model(model)
        self._default_model = model

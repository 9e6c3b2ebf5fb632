"""Chat messages."""

from __future__ import annotations

from inspect_server.api.schemas.chat import Chat, ChatMessageView
from inspect_server.domain.chat import ChatMessage


def message_view(message: ChatMessage) -> ChatMessageView:
    """One message."""
    return ChatMessageView(
        id=message.id,
        participant_id=message.participant_id,
        author_name=message.author_name,
        role=message.role,
        text=message.text,
        sent_at=message.sent_at,
    )


def chat(messages: list[ChatMessage]) -> Chat:
    """All that a page shows."""
    return Chat(items=[message_view(each) for each in messages])

"""What people in a call write to each other."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from inspect_server.api.schemas.base import Body
from inspect_server.domain.chat import MAX_CHAT_TEXT
from inspect_server.domain.inspections import ParticipantRole


class NewChatMessage(Body):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_CHAT_TEXT)]


class ChatMessageView(Body):
    """``participant_id``: the author's seat; null for somebody of the office who has not been in the call."""

    id: str
    participant_id: str | None
    author_name: str
    role: ParticipantRole
    text: str
    sent_at: AwareDatetime


class Chat(Body):
    """The newest messages, in order of time."""

    items: list[ChatMessageView]

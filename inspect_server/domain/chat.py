"""What people in a call write to each other: for those who cannot hear or speak, and where it is too loud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspect_server.domain.errors import Conflict
from inspect_server.domain.inspections import ParticipantRole

MAX_CHAT_TEXT = 1000


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """``id`` is chosen by the page. ``author``: ``user:<id>`` or ``participant:<id>``; name and role as they were then.

    ``participant_id``: the author's seat; None for somebody of the office who has not been in the call. ``sent_at``:
    when the server had it, UTC.
    """

    id: str
    inspection_id: str
    participant_id: str | None
    author: str
    author_name: str
    role: ParticipantRole
    text: str
    sent_at: datetime


def require_same(stored: ChatMessage, sent: ChatMessage) -> None:
    """A message that is sent again is the same again, or a mistake.

    Raises:
        Conflict: something else is stored under this id.
    """
    if (stored.inspection_id, stored.author, stored.text) != (sent.inspection_id, sent.author, sent.text):
        raise Conflict("Another message has this id.", message_id=stored.id)

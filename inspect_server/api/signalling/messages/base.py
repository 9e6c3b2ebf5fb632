"""What every message is, and the names that several families use."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,32}$")]
ParticipantId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
OwnId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,48}$")]
"""Chosen by a page, at random, so that saying it again is the same thing again."""


class ClientMessage(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, StringConstraints(max_length=64)] | None = None


class ServerMessage(BaseModel):
    model_config = ConfigDict(frozen=True)


class StateMessage(ServerMessage):
    """Tells how something is now: a newer one about the same takes the place of one that was not sent yet."""

    def subject(self) -> Hashable:
        """What it is about, among the messages of its type; there must be few of them in a room."""
        return None

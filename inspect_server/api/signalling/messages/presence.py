"""Who is in the room, and how their cameras and microphones are."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from inspect_server.api.signalling.messages.base import ClientMessage, SourceName, StateMessage
from inspect_server.domain.footage import CAMERA
from inspect_server.domain.inspections import ParticipantRole


class Presence(StrEnum):
    """``away``: no authenticated packet for 2.5 s, or the WebSocket is gone; footage shows a gap."""

    JOINED = "joined"
    LIVE = "live"
    AWAY = "away"
    LEFT = "left"


class MediaCondition(StrEnum):
    """What the page knows about its own camera or microphone.

    ``taken``: the system gives it to somebody else, as in a phone call; ``unavailable``: there is none.
    """

    ON = "on"
    MUTED = "muted"
    BACKGROUND = "background"
    TAKEN = "taken"
    UNAVAILABLE = "unavailable"
    OFF = "off"


class MediaState(ClientMessage):
    """Tells the timeline, and for ``camera`` also the others, why there is no picture or sound."""

    type: Literal["media_state"]
    source: SourceName = CAMERA
    camera: MediaCondition
    microphone: MediaCondition


class ParticipantState(BaseModel):
    """``sources``: which of their cameras send at the moment. ``device``: as its page says, empty if unknown.

    ``silenced``: an inspector lets nobody hear them. ``invited``: by a link or an access, not by an account.
    """

    participant_id: str
    role: ParticipantRole
    display_name: str
    presence: Presence
    camera: MediaCondition
    microphone: MediaCondition
    sources: list[str]
    device: str
    silenced: bool
    invited: bool


class Participants(StateMessage):
    """Everybody in the room, sent whole at each change."""

    type: Literal["participants"] = "participants"
    participants: list[ParticipantState]

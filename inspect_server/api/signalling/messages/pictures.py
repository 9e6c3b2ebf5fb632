"""How good the pictures are, how they are meant to be, and as whose wish."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from inspect_server.api.signalling.messages.base import ClientMessage, ParticipantId, ServerMessage, StateMessage
from inspect_server.domain.picture import PicturePreference, PictureReason


class LinkLevel(StrEnum):
    """Network quality in three steps that a person can act on."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class PreferPicture(ClientMessage):
    """An inspector says what is to be given up last of this participant's picture; others get ``not_allowed``."""

    type: Literal["prefer_picture"]
    participant_id: ParticipantId
    preference: PicturePreference


class Picture(ServerMessage):
    """To the publisher: send at most this on the publish connection from now on. Before the first one: everything.

    ``short_side_px``: of width and height the smaller. ``still_interval_s``: one picture in this time instead of moving
    ones (0). ``audio_bps``: 0 leaves it to the browser.
    """

    type: Literal["picture"] = "picture"
    connection: str
    short_side_px: int
    frames_per_second: int
    still_interval_s: int
    audio_bps: int


class PictureState(BaseModel):
    """At most this is sent of a picture, why, and as whose wish.

    ``still_interval_s``: one picture in this time instead of moving ones (0).
    """

    short_side_px: int
    frames_per_second: int
    still_interval_s: int
    reason: PictureReason
    preference: PicturePreference


class ParticipantQuality(BaseModel):
    """``width`` to ``frames_per_second`` are what arrives, ``picture`` is what it is meant to be.

    ``playout_delay_ms``: by how much a viewer should lag behind, so that repaired losses show no stall.
    """

    participant_id: str
    source: str
    level: LinkLevel
    bitrate_bps: int
    loss_percent: float
    rtt_ms: float
    width: int
    height: int
    frames_per_second: float
    playout_delay_ms: int
    picture: PictureState


class Quality(StateMessage):
    """Every 2 s while somebody publishes, and at once when a picture is meant to change."""

    type: Literal["quality"] = "quality"
    participants: list[ParticipantQuality]

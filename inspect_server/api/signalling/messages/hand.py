"""The remote hand (远程操作): what is asked of somebody's camera, what it can do, and what became of it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from inspect_server.api.signalling.messages.base import (
    ClientMessage,
    OwnId,
    ParticipantId,
    ServerMessage,
    SourceName,
    StateMessage,
)
from inspect_server.domain.camera_requests import CameraOutcome, CameraWish, Obstacle
from inspect_server.domain.footage import CAMERA

ZoomFactor = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class ZoomRange(BaseModel):
    """By the camera's own scale, mostly 1 for no zoom at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    min: ZoomFactor
    max: ZoomFactor
    step: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
    value: ZoomFactor


class CameraAbilities(BaseModel):
    """What of a camera can be asked for, and how it is. ``torch`` and ``zoom`` are null where it has none.

    ``can_turn``: there is another side to turn to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    can_turn: bool
    torch: bool | None
    zoom: ZoomRange | None


class TellAbilities(ClientMessage):
    """A page says what one of its cameras can do, at each change; null when it sends no more."""

    type: Literal["camera_abilities"]
    source: SourceName = CAMERA
    abilities: CameraAbilities | None


class AskCamera(ClientMessage):
    """``zoom`` only for ``wish`` zoom. A newer wish about the same replaces one that was not answered yet."""

    type: Literal["ask_camera"]
    request: OwnId
    participant_id: ParticipantId
    source: SourceName = CAMERA
    wish: CameraWish
    zoom: ZoomFactor | None = None


class AnswerCamera(ClientMessage):
    """By the page that was asked. ``obstacle`` only for ``outcome`` impossible; ``zoom``: what it really is now."""

    type: Literal["answer_camera"]
    request: OwnId
    outcome: CameraOutcome
    obstacle: Obstacle | None = None
    zoom: ZoomFactor | None = None


class CameraAbilitiesTold(StateMessage):
    """To everybody: what a camera can do."""

    type: Literal["camera_abilities"] = "camera_abilities"
    participant_id: str
    source: str
    abilities: CameraAbilities | None

    def subject(self) -> Hashable:
        return self.participant_id, self.source


class CameraAsked(ServerMessage):
    """To everybody; the page of ``participant_id`` does it, or asks its person, and answers."""

    type: Literal["camera_asked"] = "camera_asked"
    request: str
    participant_id: str
    source: str
    wish: CameraWish
    zoom: float | None
    asked_by: str


class CameraAnswered(ServerMessage):
    """To everybody: what became of a request."""

    type: Literal["camera_answered"] = "camera_answered"
    request: str
    participant_id: str
    source: str
    wish: CameraWish
    outcome: CameraOutcome
    obstacle: Obstacle | None
    zoom: float | None

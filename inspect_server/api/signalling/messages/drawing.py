"""Pointing and drawing on somebody's picture, and holding it still.

Places are fractions of the picture as it is sent, whatever it is shown at. ``aspect`` is its width by its height when
that was said: a page whose picture was turned meanwhile moves the shape to where the thing is now.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from inspect_server.api.schemas.drawing import DrawnPoint, DrawnShape, ShapeId
from inspect_server.api.signalling.messages.base import (
    ClientMessage,
    OwnId,
    ParticipantId,
    ServerMessage,
    SourceName,
    StateMessage,
)
from inspect_server.domain.drawing import MAX_SHAPES
from inspect_server.domain.footage import CAMERA

Aspect = Annotated[float, Field(gt=0.05, lt=20, allow_inf_nan=False)]
MAX_FRAME_BASE64 = 40_000
FrameBase64 = Annotated[
    str, StringConstraints(min_length=8, max_length=MAX_FRAME_BASE64, pattern=r"^/9j/[A-Za-z0-9+/]+={0,2}$")
]
"""A JPEG. Small, because it goes between the other messages: on a slow network it must not hold up the pointer long."""


class PointAt(ClientMessage):
    """``place`` null: the pointer is gone."""

    type: Literal["point"]
    participant_id: ParticipantId
    source: SourceName = CAMERA
    place: DrawnPoint | None
    aspect: Aspect


class Draw(ClientMessage):
    """A shape of an id that is there already replaces it, as a line does that grows."""

    type: Literal["draw"]
    participant_id: ParticipantId
    source: SourceName = CAMERA
    shape: DrawnShape
    aspect: Aspect


class Erase(ClientMessage):
    """One's own shapes; an inspector's page rubs out anybody's."""

    type: Literal["erase"]
    participant_id: ParticipantId
    source: SourceName = CAMERA
    shapes: Annotated[list[ShapeId], Field(min_length=1, max_length=MAX_SHAPES)]


class Freeze(ClientMessage):
    """An inspector looks at the picture of this moment; the footage goes on."""

    type: Literal["freeze"]
    freeze: OwnId
    participant_id: ParticipantId
    source: SourceName = CAMERA


class ShowFrame(ClientMessage):
    """Who froze it shows the others what they look at, because they draw on it."""

    type: Literal["show_frame"]
    freeze: OwnId
    jpeg: FrameBase64


class Unfreeze(ClientMessage):
    """The picture goes on; what was drawn on it is gone."""

    type: Literal["unfreeze"]
    freeze: OwnId


class Pointer(StateMessage):
    """Where somebody points at the moment; each has one pointer."""

    type: Literal["pointer"] = "pointer"
    author: str
    participant_id: str
    source: str
    place: DrawnPoint | None
    aspect: float

    def subject(self) -> Hashable:
        return self.author


class DrawnOnPicture(BaseModel):
    author: str
    aspect: float
    shape: DrawnShape


class ShapeDrawn(StateMessage):
    """One shape is there, or is as it is now."""

    type: Literal["drawn"] = "drawn"
    participant_id: str
    source: str
    drawn: DrawnOnPicture

    def subject(self) -> Hashable:
        return self.participant_id, self.source, self.drawn.shape.id


class ShapesErased(ServerMessage):
    """These are gone."""

    type: Literal["erased"] = "erased"
    participant_id: str
    source: str
    shapes: list[str]


class Frozen(BaseModel):
    """``jpeg``: base64, null as long as nobody draws on it."""

    freeze: str
    author: str
    frozen_at: AwareDatetime
    jpeg: str | None


class PictureBoard(StateMessage):
    """Everything that is drawn on one picture, and whether it is frozen: to who comes, and when it is frozen or not."""

    type: Literal["board"] = "board"
    participant_id: str
    source: str
    frozen: Frozen | None
    drawn: list[DrawnOnPicture]

    def subject(self) -> Hashable:
        return self.participant_id, self.source

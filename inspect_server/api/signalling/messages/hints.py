"""What is wrong with a picture, and codes that were read in it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from inspect_server.api.signalling.messages.base import ClientMessage, ParticipantId, ServerMessage, StateMessage
from inspect_server.domain.hints import CodeKind, Hint

Fraction = Annotated[float, Field(ge=0, le=1)]


class ReadCodes(ClientMessage):
    """An inspector wants codes in this one's picture to be read, or no more."""

    type: Literal["read_codes"]
    participant_id: ParticipantId
    wanted: bool


class HintedPicture(BaseModel):
    participant_id: str
    source: str
    hints: list[Hint]


class PictureHints(StateMessage):
    """All pictures with which something is wrong, sent whole at each change to everybody."""

    type: Literal["picture_hints"] = "picture_hints"
    pictures: list[HintedPicture]


class SeenCode(BaseModel):
    """``corners``: fractions of the picture's width and height."""

    kind: CodeKind
    text: str
    corners: list[tuple[Fraction, Fraction]]


class CodesRead(ServerMessage):
    """Codes that were read in a picture taken ``at``; to inspectors only."""

    type: Literal["codes_read"] = "codes_read"
    participant_id: str
    source: str
    at: AwareDatetime
    codes: list[SeenCode]

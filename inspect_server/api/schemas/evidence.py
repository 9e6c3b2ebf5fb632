"""Evidence: what somebody says of what they send, and what is shown of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from inspect_server.api.schemas.base import Body
from inspect_server.api.schemas.drawing import DrawnShape
from inspect_server.domain.drawing import MAX_SHAPES
from inspect_server.domain.evidence import DoorplateStep, EvidenceKind, MediaType, PositionSource
from inspect_server.domain.moments import Detail

NewId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
"""Chosen by who sends something, at random, so that sending it again is the same thing again."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class BrowserPosition(Body):
    """As the Geolocation API tells it: WGS-84 degrees and the radius of 95 % confidence in metres.

    ``at``: when it was measured, by the server's clock; null if the page does not know.
    """

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    accuracy_m: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    at: AwareDatetime | None = None


class NewEvidence(Body):
    """``taken_at``: by the server's clock. ``participant_id``: whose camera or site it shows; null for one's own."""

    kind: EvidenceKind
    taken_at: AwareDatetime
    part_id: Id | None = None
    checklist_item_id: Id | None = None
    participant_id: Id | None = None
    note: Note = ""
    doorplate: DoorplateStep | None = None
    device: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    position: BrowserPosition | None = None
    drawing: Annotated[tuple[DrawnShape, ...], Field(max_length=MAX_SHAPES)] = ()


class EvidencePlace(Body):
    """Under which point of which part's checklist; both null for none."""

    part_id: Id | None
    checklist_item_id: Id | None


class PositionView(Body):
    """``at``: when it was measured; null if the source does not say."""

    latitude: float
    longitude: float
    accuracy_m: float | None
    source: PositionSource
    at: AwareDatetime | None
    datum: Literal["WGS-84"] = "WGS-84"


class EvidenceView(Body):
    """``media_type`` and what follows from it are null or empty for a moment. ``file_taken_at``: the file's own claim.

    Its bytes are at ``…/evidence/{id}/original``, its copies at ``…/evidence/{id}/copies/{thumbnail|display|marked}``,
    the latter of pictures only.
    """

    id: str
    part_id: str | None
    checklist_item_id: str | None
    kind: EvidenceKind
    participant_id: str | None
    author: str
    taken_at: AwareDatetime
    received_at: AwareDatetime
    file_taken_at: AwareDatetime | None
    note: str
    doorplate: DoorplateStep | None
    device: str
    media_type: MediaType | None
    byte_length: int
    hash_alg: str
    sha256: str
    width: int
    height: int
    position: PositionView | None
    drawing: list[DrawnShape]
    withdrawn_at: AwareDatetime | None


class EvidenceList(Body):
    """In order of time, withdrawn ones too. ``authors``: the name of each ``author``."""

    items: list[EvidenceView]
    authors: dict[str, str]


class MomentView(Body):
    id: str
    at: AwareDatetime
    kind: str
    participant_id: str | None
    actor: str
    details: dict[str, Detail]


class Moments(Body):
    """In order of time. ``names`` of whom they are about, by id. ``asked_at``: give it back to get newer ones only."""

    items: list[MomentView]
    names: dict[str, str]
    asked_at: AwareDatetime


class MomentsQuery(Body):
    """``since``: the ``asked_at`` of an earlier answer. Some of that answer may come again."""

    since: AwareDatetime | None = None

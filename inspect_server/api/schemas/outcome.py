"""What came of an inspection: results, records and the answers to them, and the rating."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from inspect_server.api.schemas.base import Body
from inspect_server.api.schemas.evidence import Note
from inspect_server.domain.inspections import InspectionKind, InspectionState
from inspect_server.domain.rating import HIGHEST, LOWEST
from inspect_server.domain.record import AnswerKind, RecordState, Side
from inspect_server.domain.record_content import RecordContent

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Level = Annotated[int, Field(ge=LOWEST, le=HIGHEST, strict=True)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class NewRecordAnswer(Body):
    """A signature, or the refusal to give one with its ``reason``.

    ``record_sha256``: of the text that was read. ``side``: for whom it is given; inspectors may note that the
    enterprise refuses. ``signer_name`` empty: the name by which the sender is known. ``objection``: of the enterprise.
    """

    record_sha256: Sha256
    side: Side
    kind: AnswerKind
    signer_name: Name = ""
    reason: Note = ""
    objection: Note = ""
    device: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class RecordAnswerView(Body):
    """``picture``: whether a signature was drawn; it is found under ``id``. ``noted``: by an inspector, see above."""

    id: str
    side: Side
    kind: AnswerKind
    signer_name: str
    certificate_number: str
    reason: str
    objection: str
    picture: bool
    noted: bool
    answered_at: AwareDatetime


class RecordDocumentView(Body):
    byte_length: int
    hash_alg: str
    sha256: str
    made_at: AwareDatetime


class RecordView(Body):
    """``sha256``: of the content as canonical JSON. ``document`` null: there is no PDF yet."""

    id: str
    version: int
    state: RecordState
    hash_alg: str
    sha256: str
    made_at: AwareDatetime
    settled_at: AwareDatetime | None
    content: RecordContent
    answers: list[RecordAnswerView]
    document: RecordDocumentView | None


class PartOutcomeView(Body):
    """``record`` null: the part is not concluded. ``may_answer``: whether it is for who asks to answer it."""

    part_id: str
    case_id: str
    case_number: str
    permit_item_name: str
    department: str
    record: RecordView | None
    may_answer: bool


class NewRating(Body):
    """Levels from 1 (very dissatisfied) to 5 (very satisfied)."""

    overall: Level
    efficiency: Level
    guidance: Level
    convenience: Level
    platform: Level
    words: Note = ""


class RatingView(Body):
    overall: int
    efficiency: int
    guidance: int
    convenience: int
    platform: int
    words: str
    rated_at: AwareDatetime


class OutcomeView(Body):
    """``own_name``, ``certificate_number``: of who asks, as they sign; the latter is empty for guests."""

    inspection_id: str
    kind: InspectionKind
    state: InspectionState
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    office_name: str
    inspector_name: str
    enterprise_name: str
    parts: list[PartOutcomeView]
    rating: RatingView | None
    own_name: str
    certificate_number: str

"""What a record (勘验笔录) says: everything about one part of an inspection, as it was when the record was offered.

The text of a record is this content as JSON in one spelling only (``canonical_json``), so that its sha256 proves it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from inspect_server.domain.catalogue import Severity
from inspect_server.domain.challenges import Outcome, Task
from inspect_server.domain.evidence import DoorplateStep, Evidence, EvidenceKind, Position, PositionSource
from inspect_server.domain.inspections import Conclusion, InspectionKind, ParticipantRole
from inspect_server.domain.judging import Judgement

FORMAT = 1
"""Raised whenever a field changes its meaning."""


@dataclass(frozen=True, slots=True)
class RecordedPerson:
    """Somebody in the call. ``certificate_number`` is empty for who has none."""

    name: str
    role: ParticipantRole
    certificate_number: str
    first_joined_at: datetime | None
    left_at: datetime | None
    consented_at: datetime | None
    consent_text_version: str


@dataclass(frozen=True, slots=True)
class RecordedOpinion:
    """What an expert wrote on a point, word for word."""

    author_name: str
    given_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class RecordedPoint:
    """A point of the checklist as it was judged; ``judgement`` None: not decided. ``evidence_ids`` show it.

    ``opinions``: of the experts, in order of time; older records have none.
    """

    number: int
    area: str
    text: str
    required: bool
    judgement: Judgement | None
    note: str
    severity: Severity | None
    remedy: str
    deadline: date | None
    decided_by_name: str
    judged_at: datetime | None
    evidence_ids: tuple[str, ...]
    opinions: tuple[RecordedOpinion, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedEvidence:
    """One sealed file. ``number`` counts within the record; ``point_number`` None: filed under no point.

    ``position_source`` and ``position_at``: who says where, and of when; older records have none.
    """

    id: str
    number: int
    point_number: int | None
    kind: EvidenceKind
    taken_at: datetime
    author_name: str
    note: str
    position: str
    device: str
    byte_length: int
    hash_alg: str
    sha256: str
    position_source: PositionSource | None = None
    position_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordedPosition:
    """Where somebody's phone said that it was when it last told so before the record was made.

    ``distance``: to the registered site, empty if none is registered.
    """

    person_name: str
    reported_at: datetime
    position: str
    distance: str


@dataclass(frozen=True, slots=True)
class RecordedChallenge:
    """A live challenge (现场核验). ``code`` is empty for a task without one; ``outcome`` None: it still ran.

    ``ended_by_name`` is empty for what the server recognised or what nobody answered in time.
    """

    person_name: str
    task: Task
    code: str
    asked_at: datetime
    asked_by_name: str
    outcome: Outcome | None
    ended_at: datetime | None
    ended_by_name: str


@dataclass(frozen=True, slots=True)
class RecordedFootage:
    """What of a track was stored when the record was made. ``chain``: head of each epoch's hash chain, in their order.

    Each segment names the sha256 of the one before, so that a head proves all that came before it. ``clock``: how far
    the server's clock was off when it was recorded, and whose is better; empty if nobody knew, as in older records.
    """

    track_id: str
    person_name: str
    source: str
    started_at: datetime | None
    ended_at: datetime | None
    segment_count: int
    byte_length: int
    chain: tuple[str, ...]
    clock: str = ""


@dataclass(frozen=True, slots=True)
class RecordContent:
    """See the module's text. Older records have no ``challenges``.

    ``time_zone``: the office's, in which people are told the times; here they are UTC. ``enterprise_address``: where it
    is registered, which says nothing of where pictures were taken.
    """

    format: int
    record_id: str
    version: int
    made_at: datetime
    time_zone: str
    inspection_id: str
    inspection_kind: InspectionKind
    inspection_created_at: datetime
    inspection_started_at: datetime | None
    office_name: str
    department: str
    case_number: str
    permit_item_code: str
    permit_item_name: str
    permit_item_version: int
    enterprise_name: str
    enterprise_credit_code: str
    enterprise_address: str
    conclusion: Conclusion
    reason: str
    concluded_by_name: str
    concluded_at: datetime
    people: tuple[RecordedPerson, ...]
    points: tuple[RecordedPoint, ...]
    evidence: tuple[RecordedEvidence, ...]
    positions: tuple[RecordedPosition, ...]
    footage: tuple[RecordedFootage, ...]
    challenges: tuple[RecordedChallenge, ...] = ()


def canonical_json(content: RecordContent) -> str:
    """The one spelling: keys sorted, no blanks, no escapes that JSON can do without, no fractions, UTC with a Z."""
    return json.dumps(_plain(asdict(content)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def evidence_ids(canonical: str) -> frozenset[str]:
    """Which pieces of evidence a record names, from its canonical JSON."""
    return frozenset(piece["id"] for piece in json.loads(canonical)["evidence"])


def told_position(position: Position | None) -> str:
    """As text, so that no reader's arithmetic changes it; empty if there is none."""
    if position is None:
        return ""
    accuracy = f" ±{position.accuracy_m:.0f} m" if position.accuracy_m is not None else ""
    return f"{position.latitude:.6f}, {position.longitude:.6f}{accuracy}"


def told_note(piece: Evidence) -> str:
    """What was written beside a piece, and what of the doorplate it shows, in the language of the record."""
    if piece.doorplate is None:
        return piece.note
    words = {DoorplateStep.STREET: "街道", DoorplateStep.NUMBER: "门牌号", DoorplateStep.LICENCE: "证照"}
    return f"门牌核对：{words[piece.doorplate]} {piece.note}".rstrip()


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case float():
            raise TypeError("a fraction has more than one spelling")
        case _:
            return value

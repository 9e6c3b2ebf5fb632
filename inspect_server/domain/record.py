"""Records (勘验笔录): offered to both sides, answered by them, and sealed by that.

    conclude                          enterprise signs, an inspector signs
    ────────▶ offered ───────────────────────────────────────────────────▶ signed
                 │                    enterprise refuses, an inspector signs
                 ├───────────────────────────────────────────────────────▶ refused
                 │  the conclusion is taken back
                 └───────────────────────────────────────────────────────▶ void

What was offered is never changed: another conclusion makes another version, and whoever answered the one before is
asked again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inspect_server.domain.errors import BadRequest, Conflict, RecordAnswered, RecordSigned, RecordSuperseded


class RecordState(StrEnum):
    """How far a record is; the last three are final."""

    OFFERED = "offered"
    SIGNED = "signed"
    REFUSED = "refused"
    VOID = "void"


class Side(StrEnum):
    """Whose answer it is."""

    ENTERPRISE = "enterprise"
    OFFICE = "office"


class AnswerKind(StrEnum):
    """签名, 拒签."""

    SIGNATURE = "signature"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Record:
    """One version of the record of one part. ``content``: canonical JSON, proved by ``sha256``."""

    id: str
    inspection_id: str
    part_id: str
    version: int
    state: RecordState
    content: str
    hash_alg: str
    sha256: str
    made_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A signature under a record or the refusal to give one.

    ``author``: ``user:<id>`` or ``participant:<id>``, who gave it or noted it. ``signer_name``: who signs or refuses.
    ``evidence_id``: the picture of the signature; None for who confirmed by name and certificate number, and for a
    refusal. ``reason`` is of a refusal, ``objection`` of the enterprise only.
    """

    id: str
    record_id: str
    side: Side
    kind: AnswerKind
    author: str
    signer_name: str
    certificate_number: str
    reason: str
    objection: str
    evidence_id: str | None
    answered_at: datetime
    address: str
    device: str

    @property
    def is_noted(self) -> bool:
        """Whether an inspector wrote down what the enterprise would not write itself."""
        return self.side is Side.ENTERPRISE and self.author.startswith("user:")


@dataclass(frozen=True, slots=True)
class RecordDocument:
    """The PDF of a sealed record."""

    record_id: str
    object_key: str
    byte_length: int
    hash_alg: str
    sha256: str
    made_at: datetime


def void(record: Record, now: datetime) -> Record:
    """The record after its conclusion was taken back; its answers count no more.

    Raises:
        RecordSigned: it is sealed.
    """
    if record.state in {RecordState.SIGNED, RecordState.REFUSED}:
        raise RecordSigned
    return replace(record, state=RecordState.VOID, settled_at=now)


def require_complete(answer: Answer) -> None:
    """Whether an answer has what its kind needs.

    Raises:
        BadRequest: it has not.
    """
    if (answer.kind is AnswerKind.REFUSAL) != bool(answer.reason):
        raise BadRequest("A refusal has its reason, a signature has none.", where="body", field="reason")
    if answer.side is Side.OFFICE and answer.kind is AnswerKind.REFUSAL:
        raise BadRequest("Inspectors sign, or take the conclusion back.", where="body", field="kind")
    if answer.side is Side.OFFICE and answer.objection:
        raise BadRequest("Objections are the enterprise's.", where="body", field="objection")
    if answer.side is Side.ENTERPRISE and answer.kind is AnswerKind.SIGNATURE and answer.evidence_id is None:
        raise BadRequest("The signature has no picture.", where="body", field="file")


def require_read(record: Record, sha256: str) -> None:
    """Whether somebody answers what they have read.

    Raises:
        RecordSuperseded: that was another text.
    """
    if record.sha256 != sha256:
        raise RecordSuperseded


def require_same_answer(stored: Answer, sent: Answer) -> None:
    """A repeated answer is the same one again, or a mistake.

    Raises:
        Conflict: another one is stored under this id.
    """
    if replace(stored, answered_at=sent.answered_at, address=sent.address, device=sent.device) != sent:
        raise Conflict("Another answer has this id.", answer_id=stored.id)


def answer(record: Record, given: Iterable[Answer], new: Answer) -> Record:
    """The record with one more answer beside those ``given``; sealed once both sides have answered.

    Raises:
        RecordSuperseded: it is void; there is, or will be, a newer one.
        RecordSigned: it is sealed.
        RecordAnswered: this side has answered; of the office, this inspector has.
    """
    if record.state is RecordState.VOID:
        raise RecordSuperseded
    if record.state is not RecordState.OFFERED:
        raise RecordSigned
    earlier = list(given)
    if any(_is_again(each, new) for each in earlier):
        raise RecordAnswered
    answers = [*earlier, new]
    of_enterprise = next((each for each in answers if each.side is Side.ENTERPRISE), None)
    if of_enterprise is None or all(each.side is not Side.OFFICE for each in answers):
        return record
    refused = of_enterprise.kind is AnswerKind.REFUSAL
    return replace(record, state=RecordState.REFUSED if refused else RecordState.SIGNED, settled_at=new.answered_at)


def _is_again(earlier: Answer, new: Answer) -> bool:
    """One answer of the enterprise, whoever gives it; one signature of each inspector."""
    return earlier.side is new.side and (new.side is Side.ENTERPRISE or earlier.author == new.author)

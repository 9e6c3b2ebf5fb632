"""Answering a record: both sides sign it, or the enterprise refuses to; with the second answer it is sealed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inspect_server.domain import evidence as evidence_rules
from inspect_server.domain import judging
from inspect_server.domain import record as rules
from inspect_server.domain.errors import NotFound
from inspect_server.domain.evidence import HASH_ALGORITHM, Evidence, EvidenceKind
from inspect_server.domain.inspections import Inspection, InspectionPart
from inspect_server.domain.permissions import Action, permit, standings_of_user
from inspect_server.domain.record import Answer, AnswerKind, Record, RecordState, Side
from inspect_server.services.acting import Acting, Somebody, acting
from inspect_server.services.announcements import InspectionChanged, RecordSealed, Topic
from inspect_server.services.auditing import record as audit
from inspect_server.services.collecting import SealedFile
from inspect_server.services.context import Actor, ServiceContext
from inspect_server.services.moments import note
from storage import evidence, inspections, records
from storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What somebody says to a record; ``id`` is theirs, so that sending it again is the same thing.

    ``record_sha256``: of the text that they have read. ``side``: for whom it is given; an inspector may note the
    refusal of an enterprise that is not there to give it. ``signer_name`` empty: the one they are known by.
    """

    id: str
    record_id: str
    record_sha256: str
    side: Side
    kind: AnswerKind
    signer_name: str = ""
    reason: str = ""
    objection: str = ""
    device: str = ""


async def give_answer(context: ServiceContext, by: Somebody, new: NewAnswer, picture: SealedFile | None) -> Answer:
    """Sign a record, with or without the picture of a signature, or refuse to. The same again changes nothing.

    Raises:
        NotFound, NotAllowed, …: see ``acting``; of the office, only who may conclude the part signs it.
        BadRequest: the answer lacks something, or is not this side's to give.
        FileTypeRefused, FileTooLarge: the picture is no picture.
        RecordSuperseded, RecordSigned, RecordAnswered: see ``domain.record``.
        Conflict: another answer or other evidence has this id.
        StorageUnavailable: nothing was kept; the same call may work later.
    """
    if picture is not None:
        evidence_rules.require_fitting(EvidenceKind.SIGNATURE, picture.facts, picture.byte_length)
    async with context.database.reading() as tx:
        who, record = await _answerable(context, tx, by, new)
        drawn = _drawn(context, who, new, record, picture)
        if drawn is not None and (known := await evidence.find(tx, drawn.id)) is not None:
            # Before the bytes: under the key of other evidence they would take its place.
            evidence_rules.require_same(known, drawn)
    if picture is not None and drawn is not None:
        # Bytes first, as with all evidence: a row without them would be a lie.
        await context.objects.put(drawn.object_key, picture.path, sha256=picture.sha256)
    async with context.database.transaction() as tx:
        who, record = await _answerable(context, tx, by, new, for_update=True)
        wanted = _answer(context, by, who, new, drawn)
        rules.require_complete(wanted)
        if (stored := await records.answer(tx, wanted.id)) is not None:
            rules.require_same_answer(stored, wanted)
            return stored
        rules.require_read(record, new.record_sha256)
        answered = rules.answer(record, (await records.answers_to(tx, [record.id]))[record.id], wanted)
        if drawn is not None:
            kept, _ = await evidence.add_once(tx, drawn)
            evidence_rules.require_same(kept, drawn)
        await records.add_answer(tx, wanted)
        await _keep(context, tx, who, record, wanted)
        if answered.state is not RecordState.OFFERED:
            await _seal(context, tx, who, answered)
    context.announce(InspectionChanged(record.inspection_id, Topic.RECORDS))
    context.announce(InspectionChanged(record.inspection_id, Topic.MOMENTS))
    if answered.state is not RecordState.OFFERED:
        context.announce(InspectionChanged(record.inspection_id, Topic.CHECKLIST))
        context.announce(RecordSealed(record.inspection_id, record.id))
    return wanted


async def _answerable(
    context: ServiceContext, tx: Transaction, by: Somebody, new: NewAnswer, *, for_update: bool = False
) -> tuple[Acting, Record]:
    found = await records.find(tx, new.record_id)
    if found is None:
        raise NotFound
    who = await acting(context, tx, by, found.inspection_id, Action.ANSWER_RECORD, for_update=for_update)
    if isinstance(by, Actor):
        # In a joint inspection each department signs its own record.
        permit(Action.ANSWER_RECORD, standings_of_user(by.user, _part(who.inspection, found).organisation_path))
    elif new.side is not Side.ENTERPRISE:
        raise NotFound
    # Read again behind the lock: what was offered a moment ago may be void by now.
    return who, (await records.find(tx, new.record_id) or found) if for_update else found


def _answer(context: ServiceContext, by: Somebody, who: Acting, new: NewAnswer, drawn: Evidence | None) -> Answer:
    # Inspectors sign as who they are: under an official record, no other name will do.
    official = by.user if isinstance(by, Actor) and new.side is Side.OFFICE else None
    seated_name = who.participant.display_name if who.participant else ""
    return Answer(
        id=new.id,
        record_id=new.record_id,
        side=new.side,
        kind=new.kind,
        author=who.name,
        signer_name=official.display_name if official else new.signer_name or seated_name,
        certificate_number=official.certificate_number if official else "",
        reason=new.reason,
        objection=new.objection,
        evidence_id=drawn.id if drawn else None,
        answered_at=context.now(),
        address=who.address[:64],
        device=new.device,
    )


def _drawn(
    context: ServiceContext, who: Acting, new: NewAnswer, record: Record, picture: SealedFile | None
) -> Evidence | None:
    """The picture of a signature as evidence, under the id of its answer."""
    if picture is None or new.kind is not AnswerKind.SIGNATURE:
        return None
    now = context.now()
    return Evidence(
        id=new.id,
        inspection_id=record.inspection_id,
        part_id=record.part_id,
        checklist_item_id=None,
        kind=EvidenceKind.SIGNATURE,
        participant_id=who.participant.id if who.participant else None,
        author=who.name,
        taken_at=now,
        received_at=now,
        file_taken_at=None,
        note="",
        doorplate=None,
        device=new.device,
        media_type=picture.facts.media_type,
        byte_length=picture.byte_length,
        hash_alg=HASH_ALGORITHM,
        sha256=picture.sha256,
        object_key=f"evidence/{record.inspection_id}/{new.id}/original.{picture.facts.media_type.ending}",
        width=picture.facts.width,
        height=picture.facts.height,
        position=None,
        drawing=(),
        withdrawn_at=None,
    )


async def _seal(context: ServiceContext, tx: Transaction, who: Acting, record: Record) -> None:
    """From here on nothing of the part changes."""
    part = _part(who.inspection, record)
    judging.require_unsealed(part)
    sealed = replace(part, sealed_at=record.settled_at)
    parts = tuple(sealed if each.id == part.id else each for each in who.inspection.parts)
    await inspections.update_inspection(tx, replace(who.inspection, parts=parts))
    await records.set_state(tx, record)


async def _keep(context: ServiceContext, tx: Transaction, who: Acting, record: Record, given: Answer) -> None:
    kind = "record.signed" if given.kind is AnswerKind.SIGNATURE else "record.refused"
    await audit(
        context,
        tx,
        who.name,
        kind,
        f"record:{record.id}",
        organisation_path=_part(who.inspection, record).organisation_path,
        address=who.address,
        details={"answer": given.id, "side": given.side.value, "sha256": record.sha256},
    )
    await note(
        context,
        tx,
        record.inspection_id,
        kind,
        actor=who.name,
        at=given.answered_at,
        moment_id=given.id,
        participant_id=who.participant.id if who.participant else None,
        details={"part_id": record.part_id, "side": given.side.value},
    )


def _part(inspection: Inspection, record: Record) -> InspectionPart:
    return next(part for part in inspection.parts if part.id == record.part_id)

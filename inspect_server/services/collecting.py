"""Collecting evidence: taking it in, filing it under a point of the checklist, taking it back, and looking at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from inspect_server.domain import conducting
from inspect_server.domain import evidence as rules
from inspect_server.domain.cases import Enterprise
from inspect_server.domain.drawing import Drawing
from inspect_server.domain.errors import (
    BadRequest,
    ConfigurationError,
    EvidenceUnavailable,
    NotFound,
    StorageUnavailable,
)
from inspect_server.domain.evidence import DoorplateStep, Evidence, EvidenceKind, FileFacts, Position
from inspect_server.domain.inspections import Inspection
from inspect_server.domain.permissions import Action, Standing
from inspect_server.services.acting import Acting, Somebody, acting
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.context import Actor, ServiceContext
from inspect_server.services.inspecting import PartFile, enterprise_of, part_files
from inspect_server.services.locating import reported_position
from storage import evidence, participants, people
from storage.engine import Transaction

URL_VALID_S = 300

CLOCK_SLACK = timedelta(seconds=30)
"""So much may a page's idea of the server's time be ahead."""


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """What somebody says of what they send; ``id`` is theirs, so that sending it again is the same thing."""

    id: str
    kind: EvidenceKind
    taken_at: datetime
    part_id: str | None = None
    checklist_item_id: str | None = None
    participant_id: str | None = None
    note: str = ""
    doorplate: DoorplateStep | None = None
    device: str = ""
    position: Position | None = None
    drawing: Drawing = ()


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file as it came, with its sha256 (hex) and what a look into it told."""

    path: Path
    byte_length: int
    sha256: str
    facts: FileFacts


@dataclass(frozen=True, slots=True)
class Collection:
    """``authors``: names of who took what, by ``Evidence.author``."""

    evidence: list[Evidence]
    authors: dict[str, str]


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A piece of evidence that has a file, and what is written beneath its marked copy."""

    evidence: Evidence
    stamp: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceOriginal:
    """Its bytes are at ``url`` for the browser to follow; if that is None, ``read_original`` reads them."""

    evidence: Evidence
    url: str | None


async def collect(
    context: ServiceContext, by: Somebody, inspection_id: str | None, new: NewEvidence, file: SealedFile | None
) -> Evidence:
    """Take evidence in. Sending the same again changes nothing and returns what is stored.

    Args:
        context: as ever.
        by: who took it.
        inspection_id: whose; None for a guest's own.
        new: what it is.
        file: the bytes; None only for ``EvidenceKind.MOMENT``.

    Raises:
        NotFound, NotAllowed, …: see ``acting``.
        InspectionEnded, EvidenceTooLate, RecordSigned: see ``conducting.require_in_time``, ``require_room_for``.
        BadRequest: it names a point or a person that is not of this inspection, or a time that cannot be.
        FileTypeRefused, FileTooLarge: see ``domain.evidence``.
        Conflict: other evidence has this id.
        StorageUnavailable: nothing was stored; the same call may work later.
    """
    if (file is None) != (new.kind is EvidenceKind.MOMENT):
        raise BadRequest("A moment has no file, everything else has one.", where="body", field="file")
    if file is not None:
        rules.require_fitting(new.kind, file.facts, file.byte_length)
    async with context.database.reading() as tx:
        who = await acting(context, tx, by, inspection_id, Action.ADD_EVIDENCE)
        wanted = await _wanted(context, tx, who, new, file)
        stored = await evidence.find(tx, wanted.id)
    if stored is not None:
        rules.require_same(stored, wanted)
        return stored
    _require_taking_in(context, who, wanted)
    if file is not None:
        # Bytes first: a row without them would be a lie, bytes without a row are found again by the next try.
        await context.objects.put(wanted.object_key, file.path, sha256=file.sha256)
    async with context.database.transaction() as tx:
        who = await acting(context, tx, by, inspection_id, Action.ADD_EVIDENCE, for_update=True)
        _require_taking_in(context, who, wanted)
        stored, is_new = await evidence.add_once(tx, wanted)
        rules.require_same(stored, wanted)
        if is_new:
            await _audit(context, tx, who, "evidence.added", stored)
    context.announce(InspectionChanged(who.inspection.id, Topic.EVIDENCE))
    return stored


async def file_under(
    context: ServiceContext, by: Actor, evidence_id: str, *, part_id: str | None, checklist_item_id: str | None
) -> Evidence:
    """File evidence under a point of the checklist, or under none; also after the end, for some arrives only then.

    Raises:
        NotFound, NotAllowed: see the permission table.
        RecordSigned: a record that names it, or would have to, is signed.
        BadRequest: the point is none of this inspection's.
    """
    async with context.database.transaction() as tx:
        found, who = await _visible(context, tx, by, evidence_id, Action.FILE_EVIDENCE, for_update=True)
        await require_point(tx, who.inspection, part_id, checklist_item_id)
        if (found.part_id, found.checklist_item_id) == (part_id, checklist_item_id):
            return found
        _require_free(who, found)
        _require_room_for(who, found.kind, part_id)
        await evidence.place(tx, found.id, part_id=part_id, checklist_item_id=checklist_item_id)
        await _audit(context, tx, who, "evidence.filed", found)
    context.announce(InspectionChanged(who.inspection.id, Topic.EVIDENCE))
    return replace(found, part_id=part_id, checklist_item_id=checklist_item_id)


async def withdraw(context: ServiceContext, by: Somebody, evidence_id: str) -> None:
    """Take back what oneself has taken: it stays, marked, but counts no more. Doing so twice changes nothing.

    Raises:
        NotFound, NotAllowed: see the permission table; also for what somebody else took.
        InspectionEnded: the inspection's file is closed.
        RecordSigned: a record that names it is signed.
    """
    async with context.database.transaction() as tx:
        found, who = await _visible(context, tx, by, evidence_id, Action.ADD_EVIDENCE, for_update=True)
        rules.require_author(found, who.name)
        conducting.require_open(who.inspection)
        if found.withdrawn_at is None:
            _require_free(who, found)
        if not await evidence.withdraw(tx, found.id, now=context.now()):
            return
        await _audit(context, tx, who, "evidence.withdrawn", found)
    context.announce(InspectionChanged(who.inspection.id, Topic.EVIDENCE))


async def show_evidence(context: ServiceContext, by: Somebody, inspection_id: str | None) -> Collection:
    """All evidence that ``by`` may see, in order of time, withdrawn ones too.

    Raises:
        NotFound, NotAllowed, …: see ``acting``.
    """
    async with context.database.reading() as tx:
        who = await acting(context, tx, by, inspection_id, Action.SEE_EVIDENCE)
        seen = [each for each in await evidence.evidence_of(tx, who.inspection.id) if may_see(who, each)]
        return Collection(seen, await _names(tx, who.inspection.id, {each.author for each in seen}))


async def find(context: ServiceContext, by: Somebody, evidence_id: str) -> EvidenceFile:
    """One piece of evidence, to be looked at; the audit trail tells of it.

    Raises:
        NotFound, NotAllowed, …: see ``acting``; also for a moment, which has no file.
    """
    async with context.database.reading() as tx:
        found, who = await _visible(context, tx, by, evidence_id, Action.SEE_EVIDENCE)
        parts = await part_files(tx, who.inspection)
        enterprise = await enterprise_of(tx, parts)
    if found.media_type is None:
        raise NotFound
    await audit_look(context, who, found)
    return stamped(context, found, parts, enterprise)


async def audit_look(context: ServiceContext, who: Acting, found: Evidence) -> None:
    """Let the audit trail tell that somebody looks at evidence, if they have not just done so."""
    now, subject = context.now(), f"evidence:{found.id}"
    if context.viewing_log.is_new_look(who.name, subject, now):
        async with context.database.transaction() as tx:
            await _audit(context, tx, who, "evidence.viewed", found)
    context.viewing_log.seen(who.name, subject, now)


def stamped(context: ServiceContext, found: Evidence, parts: list[PartFile], enterprise: Enterprise) -> EvidenceFile:
    """The evidence with what is written beneath its marked copy."""
    numbers = "、".join(part.case.number for part in parts)
    stamp = rules.stamp_of(found, case_number=numbers, address=enterprise.address, zone=context.options.time_zone)
    return EvidenceFile(found, stamp)


async def original(context: ServiceContext, by: Somebody, evidence_id: str) -> EvidenceOriginal:
    """The evidence as it came, with a short-lived URL where the object store has such.

    Raises:
        NotFound, NotAllowed, …: see ``find``.
        EvidenceUnavailable: the object store does not hand them out at the moment.
    """
    found = (await find(context, by, evidence_id)).evidence
    try:
        url = await context.objects.download_url(found.object_key, expires_s=URL_VALID_S)
    except (StorageUnavailable, ConfigurationError) as error:
        raise EvidenceUnavailable(key=found.object_key) from error
    return EvidenceOriginal(found, url)


async def read_original(context: ServiceContext, found: Evidence, offset: int, length: int) -> bytes:
    """A part of the bytes of evidence that ``original`` has shown.

    Raises:
        EvidenceUnavailable: the object store does not hand them out at the moment.
    """
    try:
        return await context.objects.get_range(found.object_key, offset, length)
    except (StorageUnavailable, ConfigurationError, NotFound) as error:
        raise EvidenceUnavailable(key=found.object_key) from error


async def require_point(
    tx: Transaction, inspection: Inspection, part_id: str | None, checklist_item_id: str | None
) -> None:
    """Whether the part is of this inspection, and the point of this part's checklist; both None is no point at all.

    Raises:
        BadRequest: they are not.
    """
    if part_id is None and checklist_item_id is None:
        return
    for file in await part_files(tx, inspection):
        known = {item.id for item in file.permit_item.checklist}
        if file.part.id == part_id and checklist_item_id in {None, *known}:
            return
    raise BadRequest("This point is none of the inspection's.", where="body", field="checklist_item_id")


def may_see(who: Acting, found: Evidence) -> bool:
    """Guests see what is theirs; once they are let in, also what is nobody's private matter."""
    if who.participant is None or found.author == who.name:
        return True
    return not found.kind.is_private and Standing.AT_THE_DOOR not in who.standings


async def _names(tx: Transaction, inspection_id: str, authors: set[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for seated in await participants.participants_of(tx, inspection_id):
        names[f"participant:{seated.id}"] = seated.display_name
        if seated.user_id is not None:
            names[f"user:{seated.user_id}"] = seated.display_name
    for author in sorted(authors - names.keys()):
        # Somebody of the office who never was in the call.
        user = await people.user(tx, author.partition(":")[2])
        names[author] = user.display_name if user is not None else ""
    return {author: names[author] for author in authors}


async def _visible(
    context: ServiceContext,
    tx: Transaction,
    by: Somebody,
    evidence_id: str,
    action: Action,
    *,
    for_update: bool = False,
) -> tuple[Evidence, Acting]:
    found = await evidence.find(tx, evidence_id)
    if found is None:
        raise NotFound
    who = await acting(context, tx, by, found.inspection_id, action, for_update=for_update)
    if not may_see(who, found):
        raise NotFound
    # Read again behind the lock: where it lay a moment ago it may lie no more.
    return (await evidence.find(tx, evidence_id) or found) if for_update else found, who


async def _wanted(
    context: ServiceContext, tx: Transaction, who: Acting, new: NewEvidence, file: SealedFile | None
) -> Evidence:
    inspection, now = who.inspection, context.now()
    if not inspection.created_at <= new.taken_at <= now + CLOCK_SLACK:
        raise BadRequest("Nothing can have been taken then.", where="body", field="taken_at")
    await require_point(tx, inspection, new.part_id, new.checklist_item_id)
    shown = new.participant_id
    if shown is None and who.participant is not None and Standing.SEATED_FOR_ENTERPRISE in who.standings:
        shown = who.participant.id
    if shown is not None and shown not in {each.id for each in await participants.participants_of(tx, inspection.id)}:
        raise BadRequest("Nobody of this id is in the inspection.", where="body", field="participant_id")
    taken_at = min(new.taken_at, now)
    reported = await reported_position(tx, inspection, shown, taken_at) if new.kind.is_taken_on_site else None
    return Evidence(
        id=new.id,
        inspection_id=inspection.id,
        part_id=new.part_id,
        checklist_item_id=new.checklist_item_id,
        kind=new.kind,
        participant_id=shown,
        author=who.name,
        taken_at=taken_at,
        received_at=now,
        file_taken_at=file.facts.taken_at if file else None,
        note=new.note,
        doorplate=new.doorplate,
        device=new.device,
        media_type=file.facts.media_type if file else None,
        byte_length=file.byte_length if file else 0,
        hash_alg=rules.HASH_ALGORITHM if file else "",
        sha256=file.sha256 if file else "",
        object_key=f"evidence/{inspection.id}/{new.id}/original.{file.facts.media_type.ending}" if file else "",
        width=file.facts.width if file else 0,
        height=file.facts.height if file else 0,
        position=new.position or (file.facts.position if file else None) or reported,
        drawing=new.drawing,
        withdrawn_at=None,
    )


def _require_taking_in(context: ServiceContext, who: Acting, wanted: Evidence) -> None:
    conducting.require_in_time(who.inspection, taken_at=wanted.taken_at, now=context.now())
    _require_room_for(who, wanted.kind, wanted.part_id)


def _require_room_for(who: Acting, kind: EvidenceKind, part_id: str | None) -> None:
    if kind.is_named_in_records:
        conducting.require_room_for(who.inspection, part_id)


def _require_free(who: Acting, found: Evidence) -> None:
    if found.kind.is_named_in_records:
        conducting.require_free(who.inspection, found.part_id, received_at=found.received_at)


async def _audit(context: ServiceContext, tx: Transaction, who: Acting, action: str, about: Evidence) -> None:
    await record(
        context,
        tx,
        who.name,
        action,
        f"evidence:{about.id}",
        organisation_path=who.inspection.organisation_path,
        address=who.address,
        details={"inspection": who.inspection.id, "kind": about.kind.value, "sha256": about.sha256},
    )

"""What came of an inspection, for both sides: results, records with their answers and PDFs, and the rating.

For the enterprise this outlasts the inspection: the link to the call becomes the page of the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspect_server.domain import rating as rating_rules
from inspect_server.domain.cases import Enterprise
from inspect_server.domain.errors import (
    ConfigurationError,
    DocumentPending,
    EvidenceUnavailable,
    NotFound,
    StorageUnavailable,
)
from inspect_server.domain.evidence import Evidence
from inspect_server.domain.inspections import Inspection
from inspect_server.domain.people import User
from inspect_server.domain.permissions import PERMISSIONS, Action, Standing, standings_of_user
from inspect_server.domain.rating import Rating
from inspect_server.domain.record import Answer, Record, RecordDocument, RecordState
from inspect_server.domain.record_content import evidence_ids
from inspect_server.services import collecting
from inspect_server.services.acting import Acting, Somebody, acting
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record as audit
from inspect_server.services.collecting import EvidenceFile
from inspect_server.services.context import Guest, ServiceContext
from inspect_server.services.inspecting import PartFile, enterprise_of, part_files
from storage import evidence, people, records
from storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A record with what was answered to it. ``document`` None: not printed yet."""

    record: Record
    answers: Sequence[Answer]
    document: RecordDocument | None


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """What came of one part. ``record`` None: nothing is concluded. ``may_answer``: whether it is theirs to answer."""

    file: PartFile
    record: RecordFile | None
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """``own_name``: of who asks, as they sign. ``certificate_number`` likewise, empty for guests."""

    inspection: Inspection
    office_name: str
    inspector_name: str
    enterprise: Enterprise
    parts: list[PartOutcome]
    rating: Rating | None
    own_name: str
    certificate_number: str


@dataclass(frozen=True, slots=True)
class DocumentBytes:
    """A PDF, small enough to pass on, and what to save it as."""

    file_name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class NewRating:
    """See ``domain.rating.Rating``; ``id`` is the page's."""

    id: str
    overall: int
    efficiency: int
    guidance: int
    convenience: int
    platform: int
    words: str = ""


async def show_outcome(context: ServiceContext, by: Somebody, inspection_id: str | None) -> Outcome:
    """What came of an inspection so far.

    Raises:
        NotFound, NotAllowed, …: see ``acting``.
    """
    async with context.database.reading() as tx:
        who = await acting(context, tx, by, inspection_id, Action.SEE_OUTCOME)
        inspection = who.inspection
        files = await part_files(tx, inspection)
        standing = {key: each for key, each in (await records.newest_of(tx, inspection.id)).items() if _counts(each)}
        ids = [each.id for each in standing.values()]
        answers, documents = await records.answers_to(tx, ids), await records.documents_of(tx, ids)
        organisation = await people.organisation(tx, inspection.organisation_id)
        inspector = await people.user(tx, inspection.inspector_id)
        user = None if isinstance(by, Guest) else by.user
        return Outcome(
            inspection=inspection,
            office_name=organisation.name if organisation else "",
            inspector_name=inspector.display_name if inspector else "",
            enterprise=await enterprise_of(tx, files),
            parts=[
                PartOutcome(
                    file,
                    RecordFile(found, answers[found.id], documents.get(found.id))
                    if (found := standing.get(file.part.id))
                    else None,
                    bool(_standings(who, user, file) & PERMISSIONS[Action.ANSWER_RECORD]),
                )
                for file in files
            ],
            rating=await records.rating_of(tx, inspection.id),
            own_name=user.display_name if user else who.participant.display_name if who.participant else "",
            certificate_number=user.certificate_number if user else "",
        )


async def show_document(context: ServiceContext, by: Somebody, record_id: str) -> DocumentBytes:
    """The PDF of a record, to be read; the audit trail tells of it.

    Raises:
        NotFound, NotAllowed, …: see ``acting``.
        DocumentPending: it is not printed yet.
        EvidenceUnavailable: the object store does not hand it out at the moment.
    """
    async with context.database.reading() as tx:
        found, who = await _visible(context, tx, by, record_id)
        document = (await records.documents_of(tx, [found.id])).get(found.id)
        file = next(each for each in await part_files(tx, who.inspection) if each.part.id == found.part_id)
    if document is None:
        raise DocumentPending
    await _audit_look(context, who, found)
    try:
        data = await context.objects.get_range(document.object_key)
    except (StorageUnavailable, ConfigurationError, NotFound) as error:
        raise EvidenceUnavailable(key=document.object_key) from error
    return DocumentBytes(f"{file.case.number}-{found.version}.pdf", data)


async def find_picture(context: ServiceContext, by: Somebody, record_id: str, evidence_id: str) -> EvidenceFile:
    """A picture that a record names, or the picture of a signature under it; the audit trail tells of it.

    Raises:
        NotFound, NotAllowed, …: see ``acting``; also for a picture that belongs to no standing record of theirs, and
            for what is somebody else's private matter, unless it signs the record.
    """
    async with context.database.reading() as tx:
        found, who = await _visible(context, tx, by, record_id)
        picture = await evidence.find(tx, evidence_id)
        answers = (await records.answers_to(tx, [found.id]))[found.id]
        if picture is None or not _shows(found, answers, picture, who):
            raise NotFound
        parts = await part_files(tx, who.inspection)
        enterprise = await enterprise_of(tx, parts)
    await collecting.audit_look(context, who, picture)
    return collecting.stamped(context, picture, parts, enterprise)


async def rate(context: ServiceContext, by: Guest, new: NewRating) -> Rating:
    """Rate one's inspection, once. The same again changes nothing.

    Raises:
        NotAllowed, …: see ``acting``.
        InspectionRunning: there is nothing to rate yet.
        AlreadyRated: it was rated otherwise.
    """
    async with context.database.transaction() as tx:
        who = await acting(context, tx, by, None, Action.RATE, for_update=True)
        rating_rules.require_ratable(who.inspection)
        wanted = Rating(
            id=new.id,
            inspection_id=who.inspection.id,
            participant_id=who.participant.id if who.participant else "",
            overall=new.overall,
            efficiency=new.efficiency,
            guidance=new.guidance,
            convenience=new.convenience,
            platform=new.platform,
            words=new.words,
            rated_at=context.now(),
        )
        stored, is_new = await records.rate_once(tx, wanted)
        rating_rules.require_same_rating(stored, wanted)
        if is_new:
            await audit(
                context,
                tx,
                who.name,
                "inspection.rated",
                f"inspection:{who.inspection.id}",
                organisation_path=who.inspection.organisation_path,
                address=who.address,
                details={"overall": str(stored.overall)},
            )
    context.announce(InspectionChanged(who.inspection.id, Topic.RECORDS))
    return stored


async def _visible(context: ServiceContext, tx: Transaction, by: Somebody, record_id: str) -> tuple[Record, Acting]:
    found = await records.find(tx, record_id)
    if found is None:
        raise NotFound
    who = await acting(context, tx, by, found.inspection_id, Action.SEE_OUTCOME)
    if not _counts(found):
        raise NotFound
    return found, who


def _standings(who: Acting, user: User | None, file: PartFile) -> frozenset[Standing]:
    """To a part: in a joint inspection, each department answers its own record."""
    return standings_of_user(user, file.part.organisation_path) if user else who.standings


def _counts(record: Record) -> bool:
    return record.state is not RecordState.VOID


def _shows(record: Record, answers: Sequence[Answer], picture: Evidence, who: Acting) -> bool:
    if picture.inspection_id != record.inspection_id:
        return False
    if picture.id in {each.evidence_id for each in answers}:
        return True
    return picture.id in evidence_ids(record.content) and collecting.may_see(who, picture)


async def _audit_look(context: ServiceContext, who: Acting, found: Record) -> None:
    now, subject = context.now(), f"record:{found.id}"
    if context.viewing_log.is_new_look(who.name, subject, now):
        async with context.database.transaction() as tx:
            await audit(
                context,
                tx,
                who.name,
                "record.viewed",
                subject,
                organisation_path=who.inspection.organisation_path,
                address=who.address,
                details={"inspection": found.inspection_id},
            )
    context.viewing_log.seen(who.name, subject, now)

"""What came of an inspection, for both sides: ``/api/inspections/…`` and ``/api/records/…`` for the office,
``/api/visit/…`` for guests. The guests' routes go on working when the inspection has ended.
"""

from __future__ import annotations

from aiohttp import web

from inspect_server.api.byte_ranges import CHECK_FIRST
from inspect_server.api.callers import Caller, Invited, Staff
from inspect_server.api.operations import Operations
from inspect_server.api.routes.evidence import DARKROOM, print_copy
from inspect_server.api.schemas import outcome as schemas
from inspect_server.api.schemas.evidence import NewId
from inspect_server.api.uploads import ReceivedFile
from inspect_server.api.views import outcome as views
from inspect_server.domain.errors import (
    AlreadyRated,
    Conflict,
    ConsentMissing,
    DocumentPending,
    EvidenceUnavailable,
    FileDamaged,
    FileTooLarge,
    FileTypeRefused,
    InspectionRunning,
    InvitationInvalid,
    InvitationRevoked,
    NotAllowed,
    NotFound,
    RecordAnswered,
    RecordSigned,
    RecordSuperseded,
    StorageUnavailable,
    TooManyUploads,
    UploadBroken,
)
from inspect_server.media.darkroom.darkroom import Copy
from inspect_server.services import answering, reporting
from inspect_server.services.acting import Somebody
from inspect_server.services.collecting import SealedFile

operations = Operations()

_OFFICE = (NotAllowed, NotFound)
_LINK = (InvitationInvalid, InvitationRevoked, ConsentMissing, *_OFFICE)
_FILE = (FileDamaged, FileTooLarge, FileTypeRefused, StorageUnavailable, TooManyUploads, UploadBroken)
_ANSWER = (*_FILE, Conflict, RecordAnswered, RecordSigned, RecordSuperseded)
_DOCUMENT = (DocumentPending, EvidenceUnavailable)
_PICTURE = (EvidenceUnavailable, FileDamaged)


@operations.get("/api/inspections/{inspection_id}/outcome", *_OFFICE)
async def show_outcome(staff: Staff, inspection_id: str) -> schemas.OutcomeView:
    """Results, records with their answers, and the rating."""
    return views.outcome_view(await reporting.show_outcome(staff.services, staff.actor, inspection_id))


@operations.get("/api/visit/outcome", *_LINK)
async def show_own_outcome(invited: Invited) -> schemas.OutcomeView:
    """Results, records with their answers, and the rating; also after the end of the inspection."""
    return views.outcome_view(await reporting.show_outcome(invited.services, invited.guest, None))


@operations.put("/api/records/{record_id}/answers/{answer_id}", *_OFFICE, *_ANSWER)
async def answer_record(
    staff: Staff, record_id: str, answer_id: NewId, body: schemas.NewRecordAnswer, file: ReceivedFile | None
) -> None:
    """Sign a record, with or without the picture of a signature, or note that the enterprise refuses to."""
    await _answer(staff, staff.actor, record_id, answer_id, body, file)


@operations.put("/api/visit/records/{record_id}/answers/{answer_id}", *_LINK, *_ANSWER)
async def answer_own_record(
    invited: Invited, record_id: str, answer_id: NewId, body: schemas.NewRecordAnswer, file: ReceivedFile | None
) -> None:
    """Sign a record with the picture of a signature, or refuse to."""
    await _answer(invited, invited.guest, record_id, answer_id, body, file)


@operations.get("/api/records/{record_id}/document", *_OFFICE, *_DOCUMENT, media_type="application/pdf")
async def show_document(staff: Staff, record_id: str) -> web.Response:
    """The record as PDF/A."""
    return await _document(staff, staff.actor, record_id)


@operations.get("/api/visit/records/{record_id}/document", *_LINK, *_DOCUMENT, media_type="application/pdf")
async def show_own_document(invited: Invited, record_id: str) -> web.Response:
    """The record as PDF/A."""
    return await _document(invited, invited.guest, record_id)


@operations.get("/api/records/{record_id}/pictures/{evidence_id}/{copy}", *_OFFICE, *_PICTURE, media_type="image/jpeg")
async def show_picture(staff: Staff, record_id: str, evidence_id: str, copy: Copy) -> web.Response:
    """A picture that the record names, or that of a signature under it."""
    found = await reporting.find_picture(staff.services, staff.actor, record_id, evidence_id)
    return await print_copy(staff, found, copy)


@operations.get(
    "/api/visit/records/{record_id}/pictures/{evidence_id}/{copy}", *_LINK, *_PICTURE, media_type="image/jpeg"
)
async def show_own_picture(invited: Invited, record_id: str, evidence_id: str, copy: Copy) -> web.Response:
    """A picture that the record names, or that of a signature under it."""
    found = await reporting.find_picture(invited.services, invited.guest, record_id, evidence_id)
    return await print_copy(invited, found, copy)


@operations.put("/api/visit/ratings/{rating_id}", *_LINK, AlreadyRated, InspectionRunning)
async def rate(invited: Invited, rating_id: NewId, body: schemas.NewRating) -> schemas.RatingView:
    """Rate the inspection, once."""
    new = views.new_rating(rating_id, body)
    return views.rating_view(await reporting.rate(invited.services, invited.guest, new))


async def _answer(
    caller: Caller,
    by: Somebody,
    record_id: str,
    answer_id: str,
    body: schemas.NewRecordAnswer,
    file: ReceivedFile | None,
) -> None:
    picture = None
    if file is not None:
        facts = await caller.request.app[DARKROOM].look_into(file.path)
        picture = SealedFile(file.path, file.byte_length, file.sha256, facts)
    await answering.give_answer(caller.services, by, views.new_answer(record_id, answer_id, body), picture)


async def _document(caller: Caller, by: Somebody, record_id: str) -> web.Response:
    found = await reporting.show_document(caller.services, by, record_id)
    headers = {"Cache-Control": CHECK_FIRST, "Content-Disposition": f'inline; filename="{found.file_name}"'}
    return web.Response(body=found.data, content_type="application/pdf", headers=headers)

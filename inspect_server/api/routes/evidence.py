"""Evidence, for both sides: ``/api/inspections/…`` and ``/api/evidence/…`` for the office, ``/api/visit/…`` for guests.

Whatever is sent carries an id of its sender's choice: sending it again, after a lost answer, is the same thing again.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Final

from aiohttp import web

from inspect_server.api.byte_ranges import CHECK_FIRST, is_known, ranged_response, streamed_response
from inspect_server.api.callers import Caller, Invited, Staff
from inspect_server.api.operations import Operations
from inspect_server.api.schemas.evidence import (
    EvidenceList,
    EvidencePlace,
    EvidenceView,
    Moments,
    MomentsQuery,
    NewEvidence,
    NewId,
)
from inspect_server.api.uploads import ReceivedFile
from inspect_server.api.views import evidence as views
from inspect_server.domain.errors import (
    BadRequest,
    Conflict,
    ConsentMissing,
    EvidenceTooLate,
    EvidenceUnavailable,
    FileDamaged,
    FileTooLarge,
    FileTypeRefused,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    NotAllowed,
    NotFound,
    RecordSigned,
    StorageUnavailable,
    TooManyUploads,
    UploadBroken,
)
from inspect_server.media.darkroom.darkroom import Copy, Darkroom, Negative
from inspect_server.services import collecting, moments
from inspect_server.services.acting import Somebody

operations = Operations()
DARKROOM: Final = web.AppKey("darkroom", Darkroom)

_LINK = (InvitationInvalid, InvitationExpired, InvitationRevoked, InspectionEnded, ConsentMissing)
_VISIT = (*_LINK, NotAllowed, NotFound)
_OFFICE = (NotAllowed, NotFound)
_FILE = (
    Conflict,
    EvidenceTooLate,
    FileDamaged,
    FileTooLarge,
    FileTypeRefused,
    InspectionEnded,
    RecordSigned,
    StorageUnavailable,
    TooManyUploads,
    UploadBroken,
)


@operations.put("/api/inspections/{inspection_id}/evidence/{evidence_id}", *_OFFICE, *_FILE)
async def add_evidence(
    staff: Staff, inspection_id: str, evidence_id: NewId, body: NewEvidence, file: ReceivedFile | None
) -> EvidenceView:
    """Seal a file, or mark a moment, of an inspection."""
    return await _collect(staff, staff.actor, inspection_id, evidence_id, body, file)


@operations.put("/api/visit/evidence/{evidence_id}", *_VISIT, *_FILE)
async def add_own_evidence(
    invited: Invited, evidence_id: NewId, body: NewEvidence, file: ReceivedFile | None
) -> EvidenceView:
    """Seal a file that a guest took or chose."""
    return await _collect(invited, invited.guest, None, evidence_id, body, file)


@operations.get("/api/inspections/{inspection_id}/evidence", *_OFFICE)
async def show_evidence(staff: Staff, inspection_id: str) -> EvidenceList:
    """All evidence of an inspection, in order of time."""
    return views.evidence_list(await collecting.show_evidence(staff.services, staff.actor, inspection_id))


@operations.get("/api/visit/evidence", *_VISIT)
async def show_visible_evidence(invited: Invited) -> EvidenceList:
    """The evidence that a guest may see, in order of time."""
    return views.evidence_list(await collecting.show_evidence(invited.services, invited.guest, None))


@operations.put("/api/evidence/{evidence_id}/place", *_OFFICE, RecordSigned)
async def file_evidence(staff: Staff, evidence_id: str, body: EvidencePlace) -> EvidenceView:
    """File evidence under a point of the checklist."""
    return views.evidence_view(
        await collecting.file_under(
            staff.services, staff.actor, evidence_id, part_id=body.part_id, checklist_item_id=body.checklist_item_id
        )
    )


@operations.delete("/api/evidence/{evidence_id}", *_OFFICE, InspectionEnded, RecordSigned)
async def withdraw_evidence(staff: Staff, evidence_id: str) -> None:
    """Take back what oneself has taken; it stays, marked as withdrawn."""
    await collecting.withdraw(staff.services, staff.actor, evidence_id)


@operations.delete("/api/visit/evidence/{evidence_id}", *_VISIT, RecordSigned)
async def withdraw_own_evidence(invited: Invited, evidence_id: str) -> None:
    """Take back what oneself has taken; it stays, marked as withdrawn."""
    await collecting.withdraw(invited.services, invited.guest, evidence_id)


@operations.get("/api/evidence/{evidence_id}/original", *_OFFICE, EvidenceUnavailable, media_type="*/*")
async def show_original(staff: Staff, evidence_id: str) -> web.Response:
    """The bytes as they came."""
    return await _original(staff, staff.actor, evidence_id)


@operations.get("/api/visit/evidence/{evidence_id}/original", *_VISIT, EvidenceUnavailable, media_type="*/*")
async def show_visible_original(invited: Invited, evidence_id: str) -> web.Response:
    """The bytes as they came."""
    return await _original(invited, invited.guest, evidence_id)


@operations.get(
    "/api/evidence/{evidence_id}/copies/{copy}", *_OFFICE, EvidenceUnavailable, FileDamaged, media_type="image/jpeg"
)
async def show_copy(staff: Staff, evidence_id: str, copy: Copy) -> web.Response:
    """A picture as people look at it."""
    return await _copy(staff, staff.actor, evidence_id, copy)


@operations.get(
    "/api/visit/evidence/{evidence_id}/copies/{copy}",
    *_VISIT,
    EvidenceUnavailable,
    FileDamaged,
    media_type="image/jpeg",
)
async def show_visible_copy(invited: Invited, evidence_id: str, copy: Copy) -> web.Response:
    """A picture as people look at it."""
    return await _copy(invited, invited.guest, evidence_id, copy)


@operations.get("/api/inspections/{inspection_id}/moments", *_OFFICE)
async def show_moments(staff: Staff, inspection_id: str, query: MomentsQuery) -> Moments:
    """What was noted beside the footage, in order of time: all of it, or what is newer than an earlier answer."""
    return views.moments(await moments.show_newer(staff.services, staff.actor, inspection_id, query.since))


async def _collect(
    caller: Caller,
    by: Somebody,
    inspection_id: str | None,
    evidence_id: str,
    body: NewEvidence,
    file: ReceivedFile | None,
) -> EvidenceView:
    sealed = None
    if file is not None:
        facts = await caller.request.app[DARKROOM].look_into(file.path)
        sealed = collecting.SealedFile(file.path, file.byte_length, file.sha256, facts)
    new = views.new_evidence(evidence_id, body)
    return views.evidence_view(await collecting.collect(caller.services, by, inspection_id, new, sealed))


async def _original(caller: Caller, by: Somebody, evidence_id: str) -> web.Response:
    found = await collecting.original(caller.services, by, evidence_id)
    if found.url is not None:
        return web.Response(status=302, headers={"Location": found.url, "Cache-Control": "no-store"})
    return await streamed_response(
        caller.request,
        partial(collecting.read_original, caller.services, found.evidence),
        found.evidence.byte_length,
        media_type=found.evidence.media_type.value if found.evidence.media_type else "",
        etag=found.evidence.sha256,
    )


async def _copy(caller: Caller, by: Somebody, evidence_id: str, copy: Copy) -> web.Response:
    return await print_copy(caller, await collecting.find(caller.services, by, evidence_id), copy)


async def print_copy(caller: Caller, found: collecting.EvidenceFile, copy: Copy) -> web.Response:
    """A copy of a picture as a response.

    Raises:
        BadRequest: it is no picture.
        EvidenceUnavailable: the object store does not hand the original out at the moment.
    """
    if found.evidence.media_type is None or not found.evidence.media_type.is_picture:
        raise BadRequest("Only pictures have copies.", where="path", field="copy")
    negative = Negative(found.evidence.object_key, found.evidence.drawing, found.stamp)
    etag = hashlib.sha256(repr((found.evidence.sha256, negative, copy)).encode()).hexdigest()
    if is_known(caller.request, etag):
        return web.Response(status=304, headers={"ETag": f'"{etag}"', "Cache-Control": CHECK_FIRST})
    try:
        data = await caller.request.app[DARKROOM].print(negative, copy)
    except (StorageUnavailable, NotFound) as error:
        raise EvidenceUnavailable(key=found.evidence.object_key) from error
    return ranged_response(caller.request, data, media_type="image/jpeg", etag=etag)

"""How an inspection goes from opened to ended, and what that does to its cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from inspect_server.domain.cases import Case, CaseStatus, Enterprise
from inspect_server.domain.errors import (
    Conflict,
    ConsentMissing,
    EvidenceTooLate,
    InspectionEnded,
    OtherEnterprise,
    RecordSigned,
)
from inspect_server.domain.inspections import (
    Inspection,
    InspectionKind,
    InspectionPart,
    InspectionState,
    Participant,
)
from inspect_server.domain.people import User

LATE_EVIDENCE = timedelta(hours=24)
"""So long after the end evidence that was taken before it is taken in: a phone may find a network the next morning."""


def open_inspection(
    case: Case, kind: InspectionKind, *, department: str, by: User, inspection_id: str, part_id: str, now: datetime
) -> Inspection:
    """An inspection with one part for ``case``, led by ``by``."""
    return Inspection(
        id=inspection_id,
        organisation_id=case.organisation_id,
        organisation_path=case.organisation_path,
        kind=kind,
        state=InspectionState.OPEN,
        inspector_id=by.id,
        created_at=now,
        started_at=None,
        ended_at=None,
        parts=(_part(case, department=department, inspection_id=inspection_id, part_id=part_id),),
    )


def add_part(
    inspection: Inspection, case: Case, *, department: str, about: Enterprise, enterprise: Enterprise, part_id: str
) -> Inspection:
    """The inspection with one more part, for ``case`` of ``enterprise`` (联合勘验); ``about``: whom it inspects so far.

    Raises:
        InspectionEnded: it is over.
        OtherEnterprise: the case is about somebody else, or of an office that has nothing to do with this one.
    """
    require_open(inspection)
    same_office = _root(case.organisation_path) == _root(inspection.organisation_path)
    if not same_office or not about.is_same_as(enterprise):
        raise OtherEnterprise
    added = _part(case, department=department, inspection_id=inspection.id, part_id=part_id)
    return replace(inspection, parts=(*inspection.parts, added))


def require_open(inspection: Inspection) -> None:
    """Refuse what needs a running inspection.

    Raises:
        InspectionEnded: it is over.
    """
    if inspection.state is InspectionState.ENDED:
        raise InspectionEnded


def require_in_time(inspection: Inspection, *, taken_at: datetime, now: datetime) -> None:
    """Whether evidence is still taken in: what was taken before the end may arrive for a while after it.

    A weak uplink must not cost a picture.

    Raises:
        InspectionEnded: it was taken after the end.
        EvidenceTooLate: it was taken before, but the time for late evidence is over.
    """
    ended_at = inspection.ended_at
    if ended_at is None:
        return
    if taken_at > ended_at:
        raise InspectionEnded
    if now > ended_at + LATE_EVIDENCE:
        until = (ended_at + LATE_EVIDENCE).isoformat().replace("+00:00", "Z")
        raise EvidenceTooLate(accepted_until=until)


def require_room_for(inspection: Inspection, part_id: str | None) -> None:
    """Whether evidence can come to this part, or to none, which every record names, before the end or after it.

    A signed record must not become incomplete by a picture: what is filed under a part waits for its signature only,
    what is filed under none for the last of them.

    Raises:
        RecordSigned: the record that would have to name it is signed.
    """
    concerned = [part for part in inspection.parts if part_id in {None, part.id}]
    if concerned and all(part.sealed_at is not None for part in concerned):
        raise RecordSigned


def require_free(inspection: Inspection, part_id: str | None, *, received_at: datetime) -> None:
    """Whether evidence that lies there may still be moved or taken back.

    Raises:
        RecordSigned: a record that names it is signed.
    """
    concerned = [part for part in inspection.parts if part_id in {None, part.id}]
    if any(part.sealed_at is not None and received_at <= part.sealed_at for part in concerned):
        raise RecordSigned


def require_none_open(other: Inspection | None) -> None:
    """One case is in one call at a time.

    Raises:
        Conflict: ``other`` still runs; ``params["inspection_id"]`` says which.
    """
    if other is not None and other.state is InspectionState.OPEN:
        raise Conflict("The case has an open inspection.", inspection_id=other.id)


def join(inspection: Inspection, participant: Participant, now: datetime) -> tuple[Inspection, Participant]:
    """Somebody enters the room; the first one starts the clock. Coming back takes ``left_at`` away again.

    Raises:
        InspectionEnded: it is over.
        ConsentMissing: an invited person has not agreed to the recording.
    """
    require_open(inspection)
    invited = participant.invitation_id is not None and not participant.role.is_machine
    if invited and participant.consented_at is None:
        raise ConsentMissing
    started = inspection if inspection.started_at else replace(inspection, started_at=now)
    joined = replace(participant, first_joined_at=participant.first_joined_at or now, left_at=None)
    return started, joined


def leave(participant: Participant, now: datetime) -> Participant:
    """Somebody goes on purpose."""
    return replace(participant, left_at=now)


def end_inspection(inspection: Inspection, now: datetime) -> Inspection:
    """Close the call for good.

    Raises:
        InspectionEnded: somebody did so before.
    """
    require_open(inspection)
    return replace(inspection, state=InspectionState.ENDED, ended_at=now)


def case_status_after_opening(case: Case) -> Case:
    """A case with an open inspection is being inspected."""
    return replace(case, status=CaseStatus.INSPECTING)


def case_status_after_ending(case: Case, inspection: Inspection, earlier: Iterable[Inspection]) -> Case:
    """Inspected, if anybody ever entered this or an ``earlier`` call on the case; else open as before."""
    was_inspected = any(each.started_at is not None for each in (inspection, *earlier))
    return replace(case, status=CaseStatus.INSPECTED if was_inspected else CaseStatus.OPEN)


def _part(case: Case, *, department: str, inspection_id: str, part_id: str) -> InspectionPart:
    return InspectionPart(
        id=part_id,
        inspection_id=inspection_id,
        case_id=case.id,
        organisation_path=case.organisation_path,
        permit_item_version_id=case.permit_item_version_id,
        department=department,
        conclusion=None,
        concluded_at=None,
        sealed_at=None,
    )


def _root(organisation_path: str) -> str:
    """The topmost organisation of a path ``/a/b/``: one office, whatever its departments."""
    return organisation_path.split("/")[1]

"""From what services return to what goes over HTTP. Nothing is decided here."""

from __future__ import annotations

from inspect_server.api import schemas
from inspect_server.domain.cases import Enterprise
from inspect_server.domain.catalogue import ChecklistItem, PermitItemVersion
from inspect_server.domain.inspections import InspectionState
from inspect_server.domain.inviting import CONSENT_TEXT_VERSION
from inspect_server.services.cases import CaseFile, CaseListing, InspectionOfCase
from inspect_server.services.inspecting import InspectionFile, PartFile
from inspect_server.services.inviting import InvitationOffer
from inspect_server.services.replaying import InspectionReplay, TrackReplay
from inspect_server.services.signing_in import SignedIn


def me(signed_in: SignedIn) -> schemas.Me:
    """Who is signed in."""
    return schemas.Me(
        user_id=signed_in.user.id,
        display_name=signed_in.user.display_name,
        sign_in_name=signed_in.user.sign_in_name,
        roles=sorted(signed_in.user.roles),
        organisation_name=signed_in.organisation_name,
        csrf_token=signed_in.csrf_token,
    )


def permit_item(version: PermitItemVersion) -> schemas.PermitItemView:
    """A permit item without its checklist."""
    return schemas.PermitItemView(
        version_id=version.id,
        permit_item_id=version.permit_item_id,
        number=version.number,
        code=version.code,
        name=version.name,
        department=version.department,
        is_sample=version.is_sample,
    )


def case_row(listing: CaseListing) -> schemas.CaseRow:
    """One line of the case list."""
    return schemas.CaseRow(
        id=listing.id,
        number=listing.number,
        external_id=listing.external_id,
        enterprise_name=listing.enterprise_name,
        permit_item_name=listing.permit_item_name,
        organisation_name=listing.organisation_name,
        status=listing.status,
        created_at=listing.created_at,
        last_inspection_at=listing.last_inspection_at,
        live_inspection_id=listing.live_inspection_id,
    )


def case_detail(file: CaseFile) -> schemas.CaseDetail:
    """A whole case."""
    return schemas.CaseDetail(
        id=file.case.id,
        number=file.case.number,
        external_id=file.case.external_id,
        organisation_name=file.organisation.name,
        status=file.case.status,
        created_at=file.case.created_at,
        enterprise=_enterprise(file.enterprise),
        permit_item=permit_item(file.permit_item),
        checklist=_checklist(file.permit_item.checklist),
        inspections=[_inspection_row(held) for held in file.inspections],
    )


def inspection_detail(file: InspectionFile) -> schemas.InspectionDetail:
    """A whole inspection."""
    return schemas.InspectionDetail(
        id=file.inspection.id,
        kind=file.inspection.kind,
        state=file.inspection.state,
        inspector_name=file.inspector_name,
        enterprise=_enterprise(file.enterprise),
        created_at=file.inspection.created_at,
        started_at=file.inspection.started_at,
        ended_at=file.inspection.ended_at,
        parts=[_part(part) for part in file.parts],
        participants=[
            schemas.ParticipantView(
                id=participant.id,
                role=participant.role,
                display_name=participant.display_name,
                first_joined_at=participant.first_joined_at,
                left_at=participant.left_at,
            )
            for participant in file.participants
        ],
        invitations=[
            schemas.InvitationView(
                id=invited.invitation.id,
                role=invited.invitation.role,
                created_at=invited.invitation.created_at,
                expires_at=invited.invitation.expires_at,
                revoked_at=invited.invitation.revoked_at,
                accepted_by=invited.accepted_by,
            )
            for invited in file.invitations
        ],
    )


def invitation_opened(offer: InvitationOffer) -> schemas.InvitationOpened:
    """Who is asking and why."""
    part = offer.parts[0]
    return schemas.InvitationOpened(
        inspection_id=offer.inspection.id,
        role=offer.invitation.role,
        state=offer.inspection.state,
        organisation_name=offer.organisation.name,
        department=part.part.department,
        inspector_name=offer.inspector.display_name,
        inspector_certificate=offer.inspector.certificate_number,
        enterprise_name=offer.enterprise.name,
        enterprise_address=offer.enterprise.address,
        permit_item_name=part.permit_item.name,
        case_number=part.case.number,
        kind=offer.inspection.kind,
        expires_at=offer.invitation.expires_at,
        consent_text_version=CONSENT_TEXT_VERSION,
        accepted=offer.seated is not None,
        participant_name=offer.seated.display_name if offer.seated else "",
        checklist=[item for part in offer.parts for item in _checklist(part.permit_item.checklist)],
    )


def footage_index(replay: InspectionReplay) -> schemas.FootageIndex:
    """The timeline."""
    part = replay.parts[0]
    return schemas.FootageIndex(
        inspection_id=replay.inspection.id,
        case_id=part.case.id,
        case_number=part.case.number,
        permit_item_name=part.permit_item.name,
        enterprise_name=replay.enterprise.name,
        kind=replay.inspection.kind,
        live=replay.inspection.state is InspectionState.OPEN,
        started_at=replay.inspection.started_at,
        ended_at=replay.inspection.ended_at,
        server_now=replay.now,
        tracks=[_track(track) for track in replay.tracks],
    )


def _track(replay: TrackReplay) -> schemas.TrackFootage:
    return schemas.TrackFootage(
        track_id=replay.track.id,
        participant_id=replay.participant.id,
        participant_name=replay.participant.display_name,
        role=replay.participant.role,
        source=replay.track.source,
        playlist_url=f"/api/footage/{replay.track.id}/playlist.m3u8",
        extents=[schemas.ExtentView(started_at=each.started_at, ended_at=each.ended_at) for each in replay.extents],
        gaps=[
            schemas.GapView(started_at=gap.started_at, ended_at=gap.ended_at, reason=gap.reason, medium=gap.medium)
            for gap in replay.gaps
        ],
        has_video=replay.has_video,
        has_audio=replay.has_audio,
    )


def _enterprise(enterprise: Enterprise) -> schemas.EnterpriseView:
    return schemas.EnterpriseView(
        id=enterprise.id,
        name=enterprise.name,
        credit_code=enterprise.credit_code,
        address=enterprise.address,
        contact_name=enterprise.contact_name,
        contact_phone=enterprise.contact_phone,
    )


def _checklist(items: tuple[ChecklistItem, ...]) -> list[schemas.ChecklistItemView]:
    return [
        schemas.ChecklistItemView(
            id=item.id,
            position=item.position,
            area=item.area,
            text=item.text,
            show=item.show,
            severity=item.severity,
            required=item.required,
            remote=item.remote,
            why_not_remote=item.why_not_remote,
        )
        for item in items
    ]


def _part(file: PartFile) -> schemas.PartView:
    return schemas.PartView(
        id=file.part.id,
        case_id=file.case.id,
        case_number=file.case.number,
        permit_item_name=file.permit_item.name,
        department=file.part.department,
        conclusion=file.part.conclusion,
        checklist=_checklist(file.permit_item.checklist),
    )


def _inspection_row(held: InspectionOfCase) -> schemas.InspectionRow:
    return schemas.InspectionRow(
        id=held.inspection.id,
        kind=held.inspection.kind,
        state=held.inspection.state,
        inspector_name=held.inspector_name,
        created_at=held.inspection.created_at,
        started_at=held.inspection.started_at,
        ended_at=held.inspection.ended_at,
        footage_ms=held.footage_ms,
        gap_count=held.gap_count,
    )

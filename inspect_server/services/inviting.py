"""Inviting people into an inspection, taking invitations back, and what the bearer of a link does with it."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import segno

from inspect_server.domain import conducting, inviting
from inspect_server.domain.appointments import Appointment
from inspect_server.domain.cases import Enterprise
from inspect_server.domain.declining import Decline, DeclineKind
from inspect_server.domain.errors import InvitationInvalid, InvitationRevoked, NotFound
from inspect_server.domain.identifying import Consent, Identity, IdentityMethod
from inspect_server.domain.inspections import Inspection, Invitation, Participant, ParticipantRole
from inspect_server.domain.people import Organisation, User
from inspect_server.domain.permissions import Action
from inspect_server.services.announcements import InspectionChanged, SeatRevoked, Topic
from inspect_server.services.auditing import record
from inspect_server.services.context import Actor, Guest, ServiceContext, fingerprint
from inspect_server.services.identifying import check_code
from inspect_server.services.inspecting import PartFile, enterprise_of, part_files, visible_inspection
from inspect_server.services.moments import note
from inspect_server.services.seats import locked_seat, person_seat
from storage import appointments, arrivals, participants, people, tickets
from storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """The only time that the token is told. ``qr_svg`` is an SVG element without script."""

    invitation: Invitation
    link: str
    qr_svg: str


@dataclass(frozen=True, slots=True)
class InvitationOffer:
    """What somebody sees before agreeing to be recorded."""

    invitation: Invitation
    inspection: Inspection
    seated: Participant | None
    organisation: Organisation
    inspector: User
    enterprise: Enterprise
    parts: list[PartFile]
    identity: Identity | None
    appointment: Appointment | None
    declines: list[Decline]
    can_send_codes: bool
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class IdentityClaim:
    """What a guest says of themselves; ``code``: the digits that came to ``phone``, None where they prove it otherwise.

    ``device``: what they hold, for the record of the consent.
    """

    job: str = ""
    phone: str = ""
    acts_as_agent: bool = False
    code: str | None = None
    device: str = ""


async def invite(
    context: ServiceContext,
    by: Actor,
    inspection_id: str,
    role: ParticipantRole,
    *,
    valid_for: timedelta | None = None,
) -> InvitationLink:
    """Make a link for one person; valid for the configured time unless said otherwise.

    Raises:
        NotFound, NotAllowed: see the permission table.
        InspectionEnded: nobody can join any more.
        BadRequest: that role is not invited by link.
    """
    token = context.new_token()
    async with context.database.transaction() as tx:
        inspection = await visible_inspection(tx, by, inspection_id, Action.INVITE, for_update=True)
        invitation = inviting.invite(
            inspection,
            role,
            by=by.user,
            invitation_id=context.new_id(),
            token_sha256=fingerprint(token),
            now=context.now(),
            valid_for=valid_for or context.options.invitation_valid_for,
        )
        await participants.add_invitation(tx, invitation)
        await record(
            context,
            tx,
            f"user:{by.user.id}",
            "invitation.made",
            f"inspection:{inspection.id}",
            organisation_path=inspection.organisation_path,
            address=by.address,
            details={"invitation": invitation.id, "role": role.value},
        )
    # The token stands behind the #, which browsers keep to themselves: it reaches no log on its way.
    link = f"{context.options.link_base()}/m/#{token}"
    return InvitationLink(invitation, link, qr_svg(link))


async def revoke_invitation(context: ServiceContext, by: Actor, invitation_id: str) -> None:
    """Take an invitation back and put its participant out of the room. Doing so twice changes nothing.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    now = context.now()
    async with context.database.transaction() as tx:
        invitation = await participants.invitation(tx, invitation_id)
        if invitation is None:
            raise NotFound
        inspection = await visible_inspection(
            tx, by, invitation.inspection_id, Action.REVOKE_INVITATION, for_update=True
        )
        if not await participants.revoke_invitation(tx, invitation.id, now=now):
            return
        seated = await participants.participant_of_invitation(tx, invitation.id)
        if seated is not None:
            await tickets.withdraw_all_of(tx, seated.id)
            if seated.first_joined_at is not None and seated.left_at is None:
                # Noted here, since no room may know them: after a restart, nobody is in it before they come back.
                await participants.update_participant(tx, conducting.leave(seated, now))
                actor = f"user:{by.user.id}"
                await note(context, tx, inspection.id, "participant.left", actor=actor, participant_id=seated.id)
        await record(
            context,
            tx,
            f"user:{by.user.id}",
            "invitation.revoked",
            f"inspection:{inspection.id}",
            organisation_path=inspection.organisation_path,
            address=by.address,
            details={"invitation": invitation.id},
        )
    if seated is not None:
        context.announce(InspectionChanged(inspection.id, Topic.MOMENTS))
        context.announce(SeatRevoked(inspection.id, seated.id, InvitationRevoked.code))


async def open_invitation(context: ServiceContext, token: str) -> InvitationOffer:
    """Who is asking and why, for the bearer of a link.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: as they say.
    """
    async with context.database.reading() as tx:
        seat = await person_seat(context, tx, token)
        parts = await part_files(tx, seat.inspection)
        organisation = await people.organisation(tx, seat.inspection.organisation_id)
        inspector = await people.user(tx, seat.inspection.inspector_id)
        if organisation is None or inspector is None:
            raise InvitationInvalid
        return InvitationOffer(
            invitation=seat.invitation,
            inspection=seat.inspection,
            seated=seat.seated,
            organisation=organisation,
            inspector=inspector,
            enterprise=await enterprise_of(tx, parts),
            parts=parts,
            identity=await arrivals.identity(tx, seat.seated.id) if seat.seated else None,
            appointment=await appointments.of_inspection(tx, seat.inspection.id),
            declines=[
                each
                for each in await arrivals.declines_of(tx, seat.inspection.id)
                if each.invitation_id == seat.invitation.id and each.settled_at is None
            ],
            can_send_codes=context.notifier is not None,
            opened_at=context.now(),
        )


async def accept_invitation(
    context: ServiceContext,
    token: str,
    *,
    display_name: str,
    consent: bool,
    consent_text_version: str,
    address: str,
    claim: IdentityClaim | None = None,
) -> Participant:
    """Take the seat, with consent to the recording; who had refused thinks better of it by this.

    Raises:
        CodeWrong, CodeExpired: the digits do not prove the phone.
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: as they say.
        ConsentMissing: no consent, no seat.
        BadRequest: consent to another text than the present one.
    """
    claim = claim or IdentityClaim()
    if claim.code is not None:
        await check_code(context, Guest(token, address), claim.phone, claim.code)
    async with context.database.transaction() as tx:
        seat = await locked_seat(context, tx, token)
        accepted = inviting.accept(
            seat.invitation,
            seat.seated,
            display_name=display_name,
            consent=consent,
            consent_text_version=consent_text_version,
            participant_id=context.new_id(),
            now=context.now(),
        )
        stored, is_new = await participants.join_once(tx, accepted)
        if not is_new:
            accepted = await _renew(tx, stored, accepted)
        await record(
            context,
            tx,
            f"participant:{accepted.id}",
            "invitation.accepted",
            f"inspection:{seat.inspection.id}",
            organisation_path=seat.inspection.organisation_path,
            address=address,
            details={"name": display_name, "consent_text_version": consent_text_version},
        )
        await _note_claim(context, tx, accepted, claim, address=address)
        await arrivals.settle_declines(
            tx,
            DeclineKind.REFUSAL,
            inspection_id=seat.inspection.id,
            invitation_id=seat.invitation.id,
            now=context.now(),
        )
    context.announce(InspectionChanged(seat.inspection.id, Topic.ARRIVALS))
    return accepted


async def _note_claim(
    context: ServiceContext, tx: Transaction, guest: Participant, claim: IdentityClaim, *, address: str
) -> None:
    """Who they are and that they agreed; what proved the same phone before still does."""
    now = context.now()
    consent = Consent(
        id=context.new_id(),
        inspection_id=guest.inspection_id,
        participant_id=guest.id,
        text_version=guest.consent_text_version,
        given_at=now,
        address=address[:64],
        device=claim.device,
    )
    await arrivals.add_consent(tx, consent)
    before = await arrivals.identity(tx, guest.id)
    proved = IdentityMethod.PHONE_CODE if claim.code is not None else None
    if proved is None and before is not None and before.phone == claim.phone:
        return
    identity = Identity(
        participant_id=guest.id,
        job=claim.job,
        phone=claim.phone,
        acts_as_agent=claim.acts_as_agent,
        method=proved,
        identified_at=now if proved else None,
        evidence_id=None,
    )
    await arrivals.put_identity(tx, identity)


def qr_svg(link: str) -> str:
    """The link as a QR code: one SVG element, dark on light, scaled by its ``viewBox``."""
    buffer = io.BytesIO()
    code = segno.make(link, error="m")
    code.save(buffer, kind="svg", xmldecl=False, svgns=True, omitsize=True, dark="#000", light="#fff", border=3)
    return buffer.getvalue().decode()


async def _renew(tx: Transaction, stored: Participant, accepted: Participant) -> Participant:
    """Somebody accepted before, maybe a moment ago in another window: one seat, the newest name and consent."""
    renewed = replace(
        stored,
        display_name=accepted.display_name,
        consented_at=accepted.consented_at,
        consent_text_version=accepted.consent_text_version,
        admitted_at=None,
    )
    await participants.update_participant(tx, renewed)
    return renewed

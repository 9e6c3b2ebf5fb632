"""The part of a live call that is kept: tickets into the room, who came and went, whose footage begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspect_server.domain import admitting as door
from inspect_server.domain import appointments, conducting
from inspect_server.domain.errors import ConsentMissing, InvitationRevoked, TicketInvalid
from inspect_server.domain.footage import CAMERA, Epoch, GapReason, Track, require_source_allowed
from inspect_server.domain.inspections import Inspection, Participant, ParticipantRole
from inspect_server.domain.permissions import Action, permit, standings_of_participant
from inspect_server.domain.timeline import reason_for_new_epoch
from inspect_server.services import admitting, appointing
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.context import Actor, ServiceContext, fingerprint
from inspect_server.services.inspecting import visible_inspection
from inspect_server.services.moments import note
from inspect_server.services.seats import person_seat, seat_of
from storage import footage, inspections, participants, tickets
from storage.engine import Transaction

TICKET_VALID_FOR = timedelta(minutes=1)
"""The page uses its ticket at once; a minute forgives a slow network."""


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """The token is told once."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Admission:
    """Somebody let into a room, or up to its door (``domain.admitting.must_wait``)."""

    inspection: Inspection
    participant: Participant


async def ticket_for_staff(context: ServiceContext, by: Actor, inspection_id: str) -> IssuedTicket:
    """A ticket into the room for an inspector of the office; takes a seat at the first time.

    Raises:
        NotFound, NotAllowed: see the permission table.
        InspectionEnded: it is over.
    """
    async with context.database.transaction() as tx:
        inspection = await visible_inspection(tx, by, inspection_id, Action.JOIN_INSPECTION)
        conducting.require_open(inspection)
        now = context.now()
        wanted = Participant(
            id=context.new_id(),
            inspection_id=inspection.id,
            role=ParticipantRole.INSPECTOR,
            display_name=by.user.display_name,
            user_id=by.user.id,
            invitation_id=None,
            consented_at=None,
            consent_text_version="",
            first_joined_at=None,
            left_at=None,
        )
        seated, _ = await participants.join_once(tx, wanted)
        return await _issue(context, tx, seated, now)


async def ticket_for_invited(context: ServiceContext, token: str) -> IssuedTicket:
    """A ticket into the room for who accepted this invitation.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: as they say.
        ConsentMissing: the invitation was not accepted yet.
    """
    async with context.database.transaction() as tx:
        seat = await person_seat(context, tx, token)
        if seat.seated is None or seat.seated.consented_at is None:
            raise ConsentMissing
        permit(Action.JOIN_INSPECTION, standings_of_participant(seat.seated, seat.inspection))
        return await _issue(context, tx, seat.seated, context.now())


async def enter(
    context: ServiceContext, ticket: str, *, address: str, require_seat: Callable[[Participant], None]
) -> Admission:
    """Use a ticket up and note who came; the first one in the room starts the inspection's clock.

    A guest who was not admitted yet comes up to the door only.

    Args:
        context: as ever.
        ticket: is used up only by who comes in.
        address: theirs.
        require_seat: raises for whom the room has no seat; nothing is noted then.

    Raises:
        TicketInvalid: unknown, used or too old.
        InvitationRevoked, InspectionEnded, ConsentMissing: as they say.
    """
    now = context.now()
    async with context.database.transaction() as tx:
        holder = await tickets.holder(tx, fingerprint(ticket))
        if holder is None:
            raise TicketInvalid
        seated, found = await seat_of(tx, holder, for_update=True)
        if await tickets.take(tx, fingerprint(ticket), now=now) is None:
            raise TicketInvalid
        # A ticket may have been issued while the invitation was being taken back.
        invitation = await participants.invitation(tx, seated.invitation_id) if seated.invitation_id else None
        if invitation is not None and invitation.revoked_at is not None:
            raise InvitationRevoked
        permit(Action.JOIN_INSPECTION, standings_of_participant(seated, found))
        require_seat(seated)
        if not door.must_wait(seated):
            admission = await note_joined(context, tx, found, seated, address=address)
            if seated.invitation_id is not None:
                # Admitted while away.
                await appointing.change(tx, found.id, appointments.held)
            return admission
        waiting = await admitting.note_waiting(context, tx, found, seated, address=address)
    context.announce(InspectionChanged(found.id, Topic.ARRIVALS))
    return Admission(found, waiting)


async def note_joined(
    context: ServiceContext, tx: Transaction, found: Inspection, seated: Participant, *, address: str
) -> Admission:
    """Somebody who may do so enters the room. ``found`` is locked by ``tx``.

    Raises:
        InspectionEnded, ConsentMissing: as they say.
    """
    inspection, participant = conducting.join(found, seated, context.now())
    if inspection != found:
        await inspections.update_inspection(tx, inspection)
    if participant != seated:
        await participants.update_participant(tx, participant)
    await record(
        context,
        tx,
        f"participant:{participant.id}",
        "inspection.joined",
        f"inspection:{inspection.id}",
        organisation_path=inspection.organisation_path,
        address=address,
        details={"name": participant.display_name, "role": participant.role.value},
    )
    return Admission(inspection, participant)


async def leave(context: ServiceContext, participant_id: str) -> None:
    """Note that somebody went on purpose. Twice changes nothing.

    Raises:
        NotFound: nobody of this id.
    """
    async with context.database.transaction() as tx:
        participant, inspection = await seat_of(tx, participant_id, for_update=True)
        if participant.first_joined_at is None or participant.left_at is not None:
            return  # They were at the door only, or their going is noted with why they were put out.
        await participants.update_participant(tx, conducting.leave(participant, context.now()))
        actor = f"participant:{participant.id}"
        await record(
            context,
            tx,
            actor,
            "inspection.left",
            f"inspection:{inspection.id}",
            organisation_path=inspection.organisation_path,
        )
        await note(context, tx, inspection.id, "participant.left", actor=actor, participant_id=participant.id)
    context.announce(InspectionChanged(inspection.id, Topic.MOMENTS))


async def begin_publishing(
    context: ServiceContext,
    participant_id: str,
    *,
    source: str = CAMERA,
    known_end: GapReason | None,
    server_started_at: datetime,
) -> Epoch:
    """Allocate the track of one of somebody's cameras, if need be, and begin its next epoch.

    Args:
        context: as ever.
        participant_id: who publishes.
        source: which of their cameras.
        known_end: why the epoch before ended, if this server process saw it end.
        server_started_at: to tell a restart from a lost network otherwise.

    Raises:
        NotFound: nobody of this id.
        InspectionEnded: nothing more is recorded.
        TooManyCameras: they have as many as are allowed.
        NotAdmitted: they still wait at the door.
    """
    now = context.now()
    async with context.database.transaction() as tx:
        participant, inspection = await seat_of(tx, participant_id)
        door.require_admitted(participant)
        permit(Action.PUBLISH_FOOTAGE, standings_of_participant(participant, inspection))
        conducting.require_open(inspection)
        own = [each for each in await footage.tracks_of(tx, inspection.id) if each.participant_id == participant.id]
        require_source_allowed(source, own)
        track = await footage.track_once(tx, Track(context.new_id(), inspection.id, participant.id, source, now))
        previous = await footage.newest_epoch(tx, track.id)
        reason = reason_for_new_epoch(
            previous_began_at=previous.began_at if previous else None,
            known_end=known_end,
            left_at=participant.left_at,
            server_started_at=server_started_at,
        )
        return await footage.begin_epoch(tx, track.id, began_at=now, preceded_by=reason, clock=context.clock_reading())


async def is_under_way(context: ServiceContext, inspection_id: str) -> bool:
    """Whether somebody has published into this inspection already."""
    async with context.database.reading() as tx:
        return bool(await footage.tracks_of(tx, inspection_id))


async def permit_steering(context: ServiceContext, participant_id: str) -> None:
    """Let somebody in the call say what is to be given up last of another one's picture, or refuse it.

    Raises:
        NotFound: nobody of this id.
        NotAllowed: only the office's inspectors may.
    """
    async with context.database.reading() as tx:
        participant, inspection = await seat_of(tx, participant_id)
    permit(Action.STEER_PICTURE, standings_of_participant(participant, inspection))


async def forget_old_tickets(context: ServiceContext) -> None:
    """Housekeeping: delete tickets that nobody used in time."""
    async with context.database.transaction() as tx:
        await tickets.forget_expired(tx, now=context.now())


async def _issue(context: ServiceContext, tx: Transaction, seated: Participant, now: datetime) -> IssuedTicket:
    token, expires_at = context.new_token(), now + TICKET_VALID_FOR
    await tickets.add(tx, token_sha256=fingerprint(token), participant_id=seated.id, expires_at=expires_at)
    return IssuedTicket(token, expires_at)

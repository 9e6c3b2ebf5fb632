"""Machines in a call: cameras that publish and walls that watch, each with an access of its own.

An access is an invitation whose token is the bearer token of the machine's HTTP requests. The inspector who gives it
answers for what the machine shows, which the audit trail says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from inspect_server.domain import conducting, inviting
from inspect_server.domain.errors import (
    AccessInvalid,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    NotFound,
)
from inspect_server.domain.inspections import Invitation, Participant, ParticipantRole
from inspect_server.domain.permissions import Action, permit, standings_of_participant
from inspect_server.services.auditing import record
from inspect_server.services.calling import Admission, note_joined
from inspect_server.services.context import Actor, ServiceContext, fingerprint
from inspect_server.services.inspecting import visible_inspection
from inspect_server.services.seats import valid_seat
from storage import inspections, participants
from storage.engine import Transaction

_PATHS = {ParticipantRole.DEVICE: "whip", ParticipantRole.SCREEN: "whep"}


@dataclass(frozen=True, slots=True)
class MachineAccess:
    """The only time that the token is told. ``url``: where the machine sends its offer."""

    invitation: Invitation
    name: str
    url: str
    token: str


async def give_access(
    context: ServiceContext,
    by: Actor,
    inspection_id: str,
    role: ParticipantRole,
    *,
    name: str,
    valid_for: timedelta | None = None,
) -> MachineAccess:
    """Let one machine in; valid for the configured time unless said otherwise.

    Raises:
        NotFound, NotAllowed: see the permission table.
        InspectionEnded: nothing can join any more.
        BadRequest: the role is a person's.
    """
    token = context.new_token()
    async with context.database.transaction() as tx:
        inspection = await visible_inspection(tx, by, inspection_id, Action.INVITE, for_update=True)
        invitation, machine = inviting.give_access(
            inspection,
            role,
            name=name,
            by=by.user,
            invitation_id=context.new_id(),
            participant_id=context.new_id(),
            token_sha256=fingerprint(token),
            now=context.now(),
            valid_for=valid_for or context.options.invitation_valid_for,
        )
        await participants.add_invitation(tx, invitation)
        await participants.join_once(tx, machine)
        await record(
            context,
            tx,
            f"user:{by.user.id}",
            "access.given",
            f"inspection:{inspection.id}",
            organisation_path=inspection.organisation_path,
            address=by.address,
            details={"invitation": invitation.id, "role": role.value, "name": name},
        )
    url = f"{context.options.link_base()}/api/{_PATHS[role]}/{inspection.id}"
    return MachineAccess(invitation, name, url, token)


async def machine_at(context: ServiceContext, token: str, inspection_id: str, action: Action) -> Admission:
    """Which machine it is that wants to do ``action``; nothing is changed.

    Raises:
        AccessInvalid: the token is unknown, revoked or expired, or a person's.
        NotFound: it is of another inspection.
        NotAllowed: a camera may only publish, a wall only watch.
        InspectionEnded: it is over.
    """
    async with context.database.reading() as tx:
        return await _seated(context, tx, token, inspection_id, action)


async def enter(
    context: ServiceContext,
    token: str,
    inspection_id: str,
    action: Action,
    *,
    address: str,
    require_seat: Callable[[Participant], None],
) -> Admission:
    """A machine comes into the room; the first one there starts the inspection's clock.

    ``require_seat`` raises where the room has none for it; nothing is noted then.

    Raises:
        AccessInvalid, NotFound, NotAllowed, InspectionEnded: as ``machine_at``.
    """
    async with context.database.transaction() as tx:
        found = await inspections.inspection(tx, inspection_id, for_update=True)
        admission = await _seated(context, tx, token, inspection_id, action)
        require_seat(admission.participant)
        return await note_joined(context, tx, found or admission.inspection, admission.participant, address=address)


async def _seated(
    context: ServiceContext, tx: Transaction, token: str, inspection_id: str, action: Action
) -> Admission:
    try:
        seat = await valid_seat(context, tx, token)
    except (InvitationInvalid, InvitationRevoked, InvitationExpired) as error:
        raise AccessInvalid(f"The token is no longer valid, or never was: {error.code}.") from error
    if seat.seated is None or not seat.invitation.role.is_machine:
        raise AccessInvalid("The token is not a machine's.")
    if seat.inspection.id != inspection_id:
        raise NotFound
    permit(action, standings_of_participant(seat.seated, seat.inspection))
    conducting.require_open(seat.inspection)
    return Admission(seat.inspection, seat.seated)

"""Who takes part in an inspection, and the invitations that bring people in from outside the office."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update

from inspect_server.domain.inspections import Invitation, Participant
from storage.engine import Transaction
from storage.rows import insert_or_skip, values_of
from storage.tables.inspections import invitations, participants


async def add_invitation(tx: Transaction, invitation: Invitation) -> None:
    """Insert."""
    await tx.execute(insert(invitations).values(values_of(invitation, invitations)))


async def invitation(tx: Transaction, invitation_id: str) -> Invitation | None:
    """The invitation of this id, or None."""
    return await _invitation(tx, invitations.c.id == invitation_id)


async def invitation_by_token(tx: Transaction, token_sha256: str) -> Invitation | None:
    """The invitation whose token has this hash (hex)."""
    return await _invitation(tx, invitations.c.token_sha256 == token_sha256)


async def invitations_of(tx: Transaction, inspection_id: str) -> list[Invitation]:
    """Oldest first, revoked ones too."""
    rows = await tx.execute(
        select(invitations)
        .where(invitations.c.inspection_id == inspection_id)
        .order_by(invitations.c.created_at, invitations.c.id)
    )
    return [Invitation(**row) for row in rows.mappings()]


async def revoke_invitation(tx: Transaction, invitation_id: str, *, now: datetime) -> bool:
    """Whether this call revoked it; False if it does not exist or was revoked before (its time stays)."""
    result = await tx.execute(
        update(invitations)
        .where(invitations.c.id == invitation_id, invitations.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return result.rowcount == 1


async def join_once(tx: Transaction, participant: Participant) -> tuple[Participant, bool]:
    """The seat of this invitation or user in the inspection: created with these values, or the one that exists.

    Of any number of concurrent calls exactly one creates.

    Returns:
        The stored participant, and whether this call created it.

    Raises:
        ValueError: the participant has neither ``invitation_id`` nor ``user_id``, or both.
    """
    if (participant.invitation_id is None) == (participant.user_id is None):
        raise ValueError("a participant takes part either by invitation or as a user")
    created = await tx.execute(
        insert_or_skip(tx, participants, values_of(participant, participants)).returning(participants.c.id)
    )
    if created.scalar_one_or_none() is not None:
        return participant, True
    if participant.invitation_id is not None:
        seat = participants.c.invitation_id == participant.invitation_id
    else:
        seat = (participants.c.inspection_id == participant.inspection_id) & (
            participants.c.user_id == participant.user_id
        )
    rows = await tx.execute(select(participants).where(seat))
    return Participant(**rows.mappings().one()), False


async def participant(tx: Transaction, participant_id: str) -> Participant | None:
    """The participant of this id, or None."""
    return await _participant(tx, participants.c.id == participant_id)


async def participant_of_invitation(tx: Transaction, invitation_id: str) -> Participant | None:
    """Who accepted this invitation, or None."""
    return await _participant(tx, participants.c.invitation_id == invitation_id)


async def participants_of(tx: Transaction, inspection_id: str) -> list[Participant]:
    """In order of their first joining, those who never joined last."""
    rows = await tx.execute(
        select(participants)
        .where(participants.c.inspection_id == inspection_id)
        .order_by(participants.c.first_joined_at.is_(None), participants.c.first_joined_at, participants.c.id)
    )
    return [Participant(**row) for row in rows.mappings()]


async def update_participant(tx: Transaction, changed: Participant) -> None:
    """Write name, consent and times; the seat itself stays what it is.

    Read behind the lock of the inspection before: what somebody else changed meanwhile would be undone.
    """
    await tx.execute(
        update(participants)
        .where(participants.c.id == changed.id)
        .values(
            display_name=changed.display_name,
            consented_at=changed.consented_at,
            consent_text_version=changed.consent_text_version,
            first_joined_at=changed.first_joined_at,
            left_at=changed.left_at,
            waiting_since=changed.waiting_since,
            admitted_at=changed.admitted_at,
        )
    )


async def set_silenced(tx: Transaction, participant_id: str, silenced_at: datetime | None) -> None:
    """Write this time only: somebody may come or go at the same moment."""
    await tx.execute(update(participants).where(participants.c.id == participant_id).values(silenced_at=silenced_at))


async def mark_removed(tx: Transaction, removed: Participant) -> None:
    """Write the times that removing somebody changes."""
    await tx.execute(
        update(participants)
        .where(participants.c.id == removed.id)
        .values(removed_at=removed.removed_at, left_at=removed.left_at, waiting_since=removed.waiting_since)
    )


async def mark_all_left(tx: Transaction, inspection_id: str, *, now: datetime) -> None:
    """For the end of an inspection: everybody who joined and has not left leaves now."""
    await tx.execute(
        update(participants)
        .where(
            participants.c.inspection_id == inspection_id,
            participants.c.first_joined_at.is_not(None),
            participants.c.left_at.is_(None),
        )
        .values(left_at=now)
    )


async def forget_waiting(tx: Transaction) -> set[str]:
    """Nobody waits at any door; returns the inspections where somebody did."""
    waited = await tx.execute(
        update(participants)
        .where(participants.c.waiting_since.is_not(None))
        .values(waiting_since=None)
        .returning(participants.c.inspection_id)
    )
    return set(waited.scalars())


async def _invitation(tx: Transaction, condition: ColumnElement[bool]) -> Invitation | None:
    row = (await tx.execute(select(invitations).where(condition))).mappings().one_or_none()
    return Invitation(**row) if row else None


async def _participant(tx: Transaction, condition: ColumnElement[bool]) -> Participant | None:
    row = (await tx.execute(select(participants).where(condition))).mappings().one_or_none()
    return Participant(**row) if row else None

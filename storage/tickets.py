"""One-time tickets for the signalling WebSocket: kept here so that any server process may take any of them, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from storage.engine import Transaction
from storage.tables.tickets import tickets


async def add(tx: Transaction, *, token_sha256: str, participant_id: str, expires_at: datetime) -> None:
    """Issue a ticket, known by the hash (hex) of its token."""
    await tx.execute(
        insert(tickets).values(token_sha256=token_sha256, participant_id=participant_id, expires_at=expires_at)
    )


async def holder(tx: Transaction, token_sha256: str) -> str | None:
    """The participant of this ticket, which stays; None if unknown or used."""
    found = await tx.execute(select(tickets.c.participant_id).where(tickets.c.token_sha256 == token_sha256))
    participant_id: str | None = found.scalar_one_or_none()
    return participant_id


async def take(tx: Transaction, token_sha256: str, *, now: datetime) -> str | None:
    """The participant of this ticket, which is gone with that; None if unknown, used or too old.

    Of any number of concurrent calls at most one gets it.
    """
    taken = await tx.execute(
        delete(tickets)
        .where(tickets.c.token_sha256 == token_sha256, tickets.c.expires_at > now)
        .returning(tickets.c.participant_id)
    )
    participant_id: str | None = taken.scalar_one_or_none()
    return participant_id


async def withdraw_all_of(tx: Transaction, participant_id: str) -> None:
    """Make the unused tickets of a participant worthless, as when the invitation is revoked."""
    await tx.execute(delete(tickets).where(tickets.c.participant_id == participant_id))


async def forget_expired(tx: Transaction, *, now: datetime) -> int:
    """Delete tickets that nobody used in time; returns how many."""
    result = await tx.execute(delete(tickets).where(tickets.c.expires_at <= now))
    return result.rowcount

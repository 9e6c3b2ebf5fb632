"""One-time tickets."""

import asyncio

from storage import tickets
from storage.engine import Database
from tests.storage.records import at, digest, seat, set_scene


async def a_ticket(database: Database, token: str = "ticket") -> str:
    """Issue a ticket that is good for 60 s; returns its participant."""
    async with database.transaction() as tx:
        participant = await seat(tx, await set_scene(tx))
        await tickets.add(tx, token_sha256=digest(token), participant_id=participant.id, expires_at=at(60))
    return participant.id


async def take(database: Database, token: str, seconds: float) -> str | None:
    async with database.transaction() as tx:
        return await tickets.take(tx, digest(token), now=at(seconds))


async def test_a_ticket_is_good_once_even_for_many_at_once(database: Database) -> None:
    participant_id = await a_ticket(database)
    taken = await asyncio.gather(*(take(database, "ticket", 1) for _ in range(6)))
    assert sorted(taken, key=str) == sorted([participant_id, *[None] * 5], key=str)


async def test_a_ticket_is_good_until_its_time(database: Database) -> None:
    participant_id = await a_ticket(database)
    assert await take(database, "ticket", 60) is None
    assert await take(database, "other", 1) is None
    assert await take(database, "ticket", 59.9) == participant_id


async def test_tickets_of_somebody_who_was_put_out_are_worthless(database: Database) -> None:
    participant_id = await a_ticket(database, "out")
    other_id = await a_ticket(database, "in")
    async with database.transaction() as tx:
        await tickets.withdraw_all_of(tx, participant_id)
    assert await take(database, "out", 1) is None
    assert await take(database, "in", 1) == other_id


async def test_unused_tickets_are_forgotten(database: Database) -> None:
    await a_ticket(database)
    async with database.transaction() as tx:
        assert await tickets.forget_expired(tx, now=at(59)) == 0
        assert await tickets.forget_expired(tx, now=at(60)) == 1

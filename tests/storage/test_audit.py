"""Audit events: nobody changes them, not even by hand."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inspect_server.domain.audit import AuditEvent
from storage import audit
from storage.engine import Database
from tests.storage.records import at, new_id


def an_event(seconds: float = 0, *, subject: str = "inspection:1", path: str = "/a/") -> AuditEvent:
    return AuditEvent(
        id=new_id(),
        at=at(seconds),
        actor="user:1",
        action="footage.viewed",
        subject=subject,
        organisation_path=path,
        remote_address="192.0.2.7",
        details={"名称": "录像", "track": "t"},
    )


async def test_events_about_a_thing_in_their_order(database: Database) -> None:
    later, earlier, other = an_event(2), an_event(1), an_event(3, subject="inspection:2")
    async with database.transaction() as tx:
        for event in (later, earlier, other):
            await audit.add(tx, event)
        assert await audit.events_about(tx, "inspection:1") == [earlier, later]


async def test_the_newest_events_of_an_office_and_below(database: Database) -> None:
    above, own, below, beside = (an_event(n, path=path) for n, path in enumerate(["/", "/a/", "/a/b/", "/ab/"]))
    async with database.transaction() as tx:
        for event in (above, own, below, beside):
            await audit.add(tx, event)
        assert await audit.newest(tx) == [beside, below, own, above]
        assert await audit.newest(tx, organisation_path="/a/") == [below, own]
        assert await audit.newest(tx, limit=2, offset=1) == [below, own]


@pytest.mark.parametrize("change", ["UPDATE audit_events SET actor = 'nobody'", "DELETE FROM audit_events"])
async def test_the_database_refuses_to_change_an_event(database: Database, change: str) -> None:
    event = an_event()
    async with database.transaction() as tx:
        await audit.add(tx, event)
    with pytest.raises(IntegrityError, match="append-only"):
        async with database.transaction() as tx:
            await tx.execute(text(change))
    async with database.reading() as tx:
        assert await audit.newest(tx) == [event]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_table_cannot_be_emptied_either(database: Database) -> None:
    async with database.transaction() as tx:
        await audit.add(tx, an_event())
    with pytest.raises(IntegrityError, match="append-only"):
        async with database.transaction() as tx:
            await tx.execute(text("TRUNCATE audit_events"))

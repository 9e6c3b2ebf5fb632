"""How the hot queries are asked: a fixed number of statements, and none that walks through a growing table."""

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from inspect_server.domain.footage import GapReason
from storage import (
    audit,
    cases,
    catalogue,
    chat,
    footage,
    footage_amounts,
    inspections,
    participants,
    people,
    sign_ins,
    tickets,
)
from storage.engine import Database, Transaction
from tests.storage.records import (
    NOW,
    Scene,
    a_case,
    a_segment,
    a_track,
    an_inspection,
    at,
    digest,
    seat,
    set_scene,
)

# These stay small, or are read whole on purpose.
SMALL = {"organisations", "permit_item_versions", "checklist_items", "users", "user_roles"}
# Not tables: what a statement has picked out by itself, by an index.
PICKED = {"neighbours"}

Query = Callable[[Transaction, Scene, str], Awaitable[object]]

QUERIES: dict[str, tuple[Query, int]] = {
    "the list of cases": (lambda tx, s, _: cases.page(tx, cases.CaseFilter(s.organisation.path), limit=50), 3),
    "a case": (lambda tx, s, _: cases.case(tx, s.case.id), 1),
    "a case by its external id": (lambda tx, _s, _t: cases.case_by_external_id(tx, "SP-1"), 1),
    "the catalogue": (lambda tx, _s, _t: catalogue.newest_versions(tx), 2),
    "the inspections of a case": (lambda tx, s, _: inspections.inspections_of_case(tx, s.case.id), 2),
    "the open inspection of a case": (lambda tx, s, _: inspections.open_inspection_of_case(tx, s.case.id), 2),
    "all open inspections": (lambda tx, _s, _t: inspections.open_inspections(tx), 2),
    "an inspection": (lambda tx, s, _: inspections.inspection(tx, s.inspection.id), 2),
    "an invitation": (lambda tx, s, _: participants.invitation_by_token(tx, s.invitation.token_sha256), 1),
    "the invitations of an inspection": (lambda tx, s, _: participants.invitations_of(tx, s.inspection.id), 1),
    "the participants of an inspection": (lambda tx, s, _: participants.participants_of(tx, s.inspection.id), 1),
    "the chat of an inspection": (lambda tx, s, _: chat.newest_of(tx, s.inspection.id, limit=500), 1),
    "the tracks of an inspection": (lambda tx, s, _: footage.tracks_of(tx, s.inspection.id), 1),
    "the segments of a track": (lambda tx, _, t: footage.segments_of(tx, t), 1),
    "the newest segments of a track": (lambda tx, _, t: footage.segments_of(tx, t, after=(0, 1), limit=9), 1),
    "a new segment": (lambda tx, _, t: footage.add_segment(tx, a_segment(t, 0, 99)), 2),
    "a segment": (lambda tx, _, t: footage.find_segment(tx, t, 0, 1), 1),
    "the newest epoch": (lambda tx, _, t: footage.newest_epoch(tx, t), 1),
    "the gaps of an inspection": (lambda tx, s, _: footage.gaps_of(tx, s.inspection.id), 1),
    "the footage of an inspection": (lambda tx, s, _: footage_amounts.epochs_of_inspection(tx, s.inspection.id), 1),
    "the totals of inspections": (lambda tx, s, _: footage_amounts.totals(tx, [s.inspection.id, "none"], now=NOW), 4),
    "a sign-in": (lambda tx, _s, _t: sign_ins.valid_sign_in(tx, digest("token"), now=NOW), 1),
    "the user who signs in": (lambda tx, s, _: people.credentials(tx, s.inspector.sign_in_name), 2),
    "a ticket": (lambda tx, _s, _t: tickets.take(tx, digest("ticket"), now=NOW), 1),
    "the tickets of a participant": (lambda tx, _s, _t: tickets.withdraw_all_of(tx, "none"), 1),
    "the history of a thing": (lambda tx, _s, _t: audit.events_about(tx, "inspection:1"), 1),
    "the newest events": (lambda tx, _s, _t: audit.newest(tx), 1),
}


@pytest.fixture
async def stored(database: Database) -> tuple[Scene, str]:
    """A scene whose case has three inspections beside others, and its track."""
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        track = await a_track(tx, scene)
        for number in range(3):
            await set_scene(tx)
            await cases.add_case(tx, a_case(scene.organisation, scene.enterprise, scene.version))
            await inspections.add(tx, an_inspection(scene.case, scene.inspector, created_at=at(number)))
            await footage.begin_epoch(tx, track.id, began_at=at(number), preceded_by=GapReason.NETWORK)
            for sequence in range(3):
                await footage.add_segment(tx, a_segment(track.id, number, sequence))
        await seat(tx, scene)
    return scene, track.id


@contextmanager
def statements_of(tx: Transaction) -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the database meanwhile."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        sent.append((statement, parameters))

    event.listen(tx.sync_connection, "before_cursor_execute", note)
    yield sent
    event.remove(tx.sync_connection, "before_cursor_execute", note)


@pytest.mark.parametrize("what", QUERIES)
async def test_the_number_of_statements_does_not_grow_with_the_rows(
    database: Database, stored: tuple[Scene, str], what: str
) -> None:
    query, count = QUERIES[what]
    async with database.transaction() as tx:
        with statements_of(tx) as sent:
            await query(tx, *stored)
    assert len(sent) == count


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", QUERIES)
async def test_every_growing_table_is_entered_by_an_index(
    database: Database, stored: tuple[Scene, str], what: str
) -> None:
    query, _ = QUERIES[what]
    async with database.transaction() as tx:
        with statements_of(tx) as sent:
            await query(tx, *stored)
        for statement, parameters in sent:
            plan = await tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [str(row.detail) for row in plan]
            walked = [re.fullmatch(r"SCAN (\w+).*", step) for step in steps if "USING" not in step]
            assert {found[1] for found in walked if found} <= SMALL | PICKED, steps

"""One inspection over HTTP on PostgreSQL, and what people do there at the same moment."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest
from sqlalchemy import text

from inspect_server.domain import challenges as challenge_rules
from inspect_server.domain.challenges import Outcome, Task
from inspect_server.domain.errors import InspectError
from inspect_server.services import admitting, calling, challenging, inviting, moments
from inspect_server.services.context import Guest
from storage import challenges, inspections, migrate, participants
from storage.engine import Transaction, connect
from storage.objects import open_object_store
from tests.api.site import Browser, Site, open_site
from tests.services.office import ADDRESS, Founding, found_office, open_office
from tests.storage.records import NOW
from tests.support.postgres import PostgresCluster

NEW_CASE = {"permit_item_id": "food", "enterprise": {"name": "老街面馆"}}
WAITS_WITHIN_S = 30
ONE_WAITS = text("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
CONSENT = {"display_name": "王强", "consent": True, "consent_text_version": "2026-11"}


@pytest.fixture(scope="session")
def founded_there(postgres_cluster: PostgresCluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Founding]:
    """A database with an office in it, to be copied."""
    name = postgres_cluster.create_database()
    return name, asyncio.run(_found(postgres_cluster.url(name), tmp_path_factory.mktemp("founded")))


async def _found(url: str, folder: Path) -> Founding:
    await migrate.upgrade(url)
    database, objects = connect(url), open_object_store(str(folder / "objects"))
    try:
        return await found_office(database, objects)
    finally:
        await objects.close()
        await database.close()


@pytest.fixture
async def site(
    postgres_cluster: PostgresCluster, founded_there: tuple[str, Founding], tmp_path: Path
) -> AsyncIterator[Site]:
    template, founding = founded_there
    name = postgres_cluster.create_database(template=template)
    database, objects = connect(postgres_cluster.url(name)), open_object_store(str(tmp_path / "objects"))
    await objects.create()
    async with open_site(open_office(database, objects, founding), tmp_path) as opened:
        yield opened
    await objects.close()
    await database.close()
    postgres_cluster.drop_database(name)


@asynccontextmanager
async def meanwhile(site: Site, inspection_id: str, action: Awaitable[object]) -> AsyncIterator[Transaction]:
    """Something changes in a locked inspection, and is committed only when ``action`` has begun and waits for it."""
    async with site.office.context.database.transaction() as tx:
        await inspections.inspection(tx, inspection_id, for_update=True)
        yield tx
        running = asyncio.ensure_future(action)
        async with asyncio.timeout(WAITS_WITHIN_S), site.office.context.database.reading() as watch:
            while not running.done() and not (await watch.execute(ONE_WAITS)).scalar_one():  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.01)
    await asyncio.wait([running])
    with contextlib.suppress(InspectError):
        await running


async def an_inspection(browser: Browser) -> str:
    case = await browser.post("/api/cases", NEW_CASE)
    opened = await browser.post(f"/api/cases/{case.json['id']}/inspections", {"kind": "initial"})
    inspection_id: str = opened.json["id"]
    return inspection_id


async def test_from_sign_in_over_the_link_to_the_replay(site: Site) -> None:
    laptop, phone = await site.signed_in(), site.browser()
    inspection_id = await an_inspection(laptop)
    invited = await laptop.post(f"/api/inspections/{inspection_id}/invitations", {"role": "enterprise"})
    token = invited.json["link"].partition("#")[2]
    assert (await phone.post("/api/join/open", {"token": token})).json["enterprise_name"] == "老街面馆"
    accepted = await phone.post("/api/join/accept", {"token": token, **CONSENT})
    door = f"/api/inspections/{inspection_id}/participants/{accepted.json['participant_id']}/admission"
    assert (await laptop.ask("PUT", door)).status == 204
    for ticket in (
        await laptop.post(f"/api/inspections/{inspection_id}/tickets"),
        await phone.post("/api/join/tickets", {"token": token}),
    ):
        participant = await site.office.enter(ticket.json["ticket"])
    epoch = await site.office.begin_epoch(participant.id)
    await site.office.store_footage(epoch, 12)
    site.office.clock.advance(seconds=12)
    assert (await laptop.post(f"/api/inspections/{inspection_id}/end")).json["state"] == "ended"
    site.office.clock.advance(minutes=1)

    reviewer = await site.signed_in("reviewer")
    (row,) = (await reviewer.get("/api/cases?query=老街&status=inspected")).json["items"]
    (held,) = (await reviewer.get(f"/api/cases/{row['id']}")).json["inspections"]
    assert (held["id"], held["footage_ms"], held["gap_count"]) == (inspection_id, 12_000, 0)
    (track,) = (await reviewer.get(f"/api/inspections/{inspection_id}/footage")).json["tracks"]
    playlist = (await reviewer.get(track["playlist_url"])).data.decode()
    assert playlist.endswith("#EXT-X-ENDLIST\n")
    for uri in re.findall(r"^\d+/\d+\.mp4$", playlist, re.MULTILINE):
        assert (await reviewer.get(urljoin(track["playlist_url"], uri))).status == 200
    assert (await (await site.signed_in("stranger")).get(f"/api/cases/{row['id']}")).status == 404


async def test_of_several_calls_opened_at_once_on_a_case_one_stands(site: Site) -> None:
    laptop, other = await site.signed_in(), await site.signed_in("colleague")
    case_id = (await laptop.post("/api/cases", NEW_CASE)).json["id"]
    answers = await asyncio.gather(
        *(browser.post(f"/api/cases/{case_id}/inspections", {}) for browser in (laptop, other) * 3)
    )
    (stands,) = [answer.json["id"] for answer in answers if answer.status == 201]
    refused = [answer for answer in answers if answer.status != 201]
    assert {(answer.status, answer.json["code"]) for answer in refused} == {(409, "conflict")}
    assert {answer.json["params"]["inspection_id"] for answer in refused} == {stands}
    shown = await laptop.get(f"/api/cases/{case_id}")
    assert [row["id"] for row in shown.json["inspections"]] == [stands]


async def test_accepting_in_two_windows_at_once_is_one_seat(site: Site) -> None:
    laptop = await site.signed_in()
    inspection_id = await an_inspection(laptop)
    invited = await laptop.post(f"/api/inspections/{inspection_id}/invitations", {})
    accept = {"token": invited.json["link"].partition("#")[2], **CONSENT}
    answers = await asyncio.gather(*(site.browser().post("/api/join/accept", accept) for _ in range(4)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["participant_id"] for answer in answers}) == 1


async def test_ending_at_once_ends_once(site: Site) -> None:
    laptop = await site.signed_in()
    inspection_id = await an_inspection(laptop)
    answers = await asyncio.gather(*(laptop.post(f"/api/inspections/{inspection_id}/end") for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    actions = [action for _, action in await site.office.audited(f"inspection:{inspection_id}")]
    assert actions.count("inspection.ended") == 1


async def test_cases_opened_at_once_get_numbers_of_their_own(site: Site) -> None:
    laptop = await site.signed_in()
    answers = await asyncio.gather(*(laptop.post("/api/cases", NEW_CASE) for _ in range(8)))
    assert sorted(answer.json["number"] for answer in answers) == [f"YK2026-{n:06d}" for n in range(1, 9)]


async def test_one_external_id_opened_at_once_is_one_case(site: Site) -> None:
    laptop = await site.signed_in()
    answers = await asyncio.gather(*(laptop.post("/api/cases", {**NEW_CASE, "external_id": "SP-1"}) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]


async def test_a_crowd_of_guesses_gains_nothing(site: Site) -> None:
    crowd = [site.browser() for _ in range(12)]
    answers = await asyncio.gather(*(browser.sign_in("inspector", "wrong") for browser in crowd))
    assert {answer.status for answer in answers} == {401, 429}
    assert sum(answer.status == 401 for answer in answers) == 5


async def test_text_that_the_database_cannot_hold_is_refused_before_it(site: Site) -> None:
    laptop = await site.signed_in()
    for body in (
        {**NEW_CASE, "enterprise": {"name": "a\x00b"}},
        {**NEW_CASE, "external_id": "\x00"},
        {**NEW_CASE, "permit_item_id": "food\x00"},
    ):
        answer = await laptop.post("/api/cases", body)
        assert (answer.status, answer.json["code"]) == (400, "bad_request")
    for path in ("/api/cases?query=%25_%5C", "/api/cases?query=%E2%80%AE%F0%9F%92%A5", "/api/cases?page=100000"):
        assert (await laptop.get(path)).status == 200
    long = await laptop.post("/api/cases", {**NEW_CASE, "permit_item_id": "x" * 5000})
    assert long.status in {400, 404}


@pytest.mark.parametrize("going", ["comes back", "stops waiting", "leaves", "is revoked", "accepts again"])
async def test_who_comes_and_goes_undoes_nothing_that_happens_meanwhile(site: Site, going: str) -> None:
    office, context = site.office, site.office.context
    inspection_id = await office.open_inspection()
    invitation_id, token = await office.invite(inspection_id)
    guest = await office.accept(token)
    if going in {"leaves", "is revoked", "accepts again"}:
        await office.admit(guest)
    if going != "comes back":
        await office.enter((await calling.ticket_for_invited(context, token)).token)
    ticket = (await calling.ticket_for_invited(context, token)).token
    actions: dict[str, Callable[[], Awaitable[object]]] = {
        "comes back": lambda: office.enter(ticket),
        "stops waiting": lambda: admitting.stop_waiting(context, guest.id),
        "leaves": lambda: calling.leave(context, guest.id),
        "is revoked": lambda: inviting.revoke_invitation(context, office.inspector, invitation_id),
        "accepts again": lambda: office.accept(token),
    }
    came_at = NOW - timedelta(hours=1)
    async with meanwhile(site, inspection_id, actions[going]()) as tx:
        before = await participants.participant(tx, guest.id)
        assert before is not None
        await participants.update_participant(tx, replace(before, admitted_at=NOW, first_joined_at=came_at))
    async with context.database.reading() as tx:
        after = await participants.participant(tx, guest.id)
    assert after is not None
    assert after.first_joined_at == came_at
    assert after.admitted_at == (None if going == "accepts again" else NOW)


@pytest.mark.parametrize("looking", ["office", "guest", "judge"])
async def test_a_challenge_ends_once_whoever_looks_at_it_meanwhile(site: Site, looking: str) -> None:
    office, context = site.office, site.office.context
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    guest = await office.accept(token)
    asked = await challenging.ask(
        context, office.inspector, inspection_id, "challenge-1", participant_id=guest.id, task=Task.SHOW_QR
    )
    confirmed = challenge_rules.end(asked, Outcome.CONFIRMED, by="user:colleague", now=office.clock())
    if looking != "judge":
        office.clock.advance(minutes=10)
    looks: dict[str, Callable[[], Awaitable[object]]] = {
        "office": lambda: challenging.show_challenges(context, office.inspector, inspection_id),
        "guest": lambda: challenging.own_challenge(context, Guest(token, ADDRESS)),
        "judge": lambda: challenging.judge(context, office.inspector, asked.id, passed=False),
    }
    async with meanwhile(site, inspection_id, looks[looking]()) as tx:
        await challenges.set_outcome(tx, confirmed)
    async with context.database.reading() as tx:
        assert await challenges.find(tx, asked.id) == confirmed
    noted = await moments.show_moments(context, office.inspector, inspection_id)
    assert [each.kind for each in noted] == ["challenge.asked"]

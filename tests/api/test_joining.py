"""Joining by link over HTTP: every way it can be barred has its own code."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from inspect_server.services import inspecting, inviting
from tests.api.site import Site
from tests.services.office import Office

CONSENT = {"display_name": "王强", "consent": True, "consent_text_version": "2026-11"}


async def test_from_the_link_to_a_ticket(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    _, token = await site.office.invite(inspection_id)
    phone = site.browser()
    opened = await phone.post("/api/join/open", {"token": token})
    assert opened.status == 200
    assert opened.json["organisation_name"] == "食品科"
    assert (opened.json["inspector_name"], opened.json["inspector_certificate"]) == ("inspector 先生", "A-0417")
    assert (opened.json["enterprise_name"], opened.json["accepted"]) == ("老街面馆", False)
    assert opened.json["consent_text_version"] == "2026-11"
    early = await phone.post("/api/join/tickets", {"token": token})
    assert (early.status, early.json["code"]) == (403, "consent_missing")
    accepted = await phone.post("/api/join/accept", {"token": token, **CONSENT})
    assert accepted.json["inspection_id"] == inspection_id
    ticket = await phone.post("/api/join/tickets", {"token": token})
    assert (await site.office.enter(ticket.json["ticket"])).id == accepted.json["participant_id"]
    assert (await phone.post("/api/join/open", {"token": token})).json["participant_name"] == "王强"
    assert not list(phone.client.cookie_jar)


async def expire(office: Office, inspection_id: str, invitation_id: str) -> None:
    office.clock.advance(hours=80)


async def revoke(office: Office, inspection_id: str, invitation_id: str) -> None:
    await inviting.revoke_invitation(office.context, office.inspector, invitation_id)


async def end(office: Office, inspection_id: str, invitation_id: str) -> None:
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)


@pytest.mark.parametrize(
    ("bar", "status", "code"),
    [(expire, 410, "invitation_expired"), (revoke, 410, "invitation_revoked"), (end, 409, "inspection_ended")],
)
async def test_a_barred_way_says_why(
    site: Site, bar: Callable[[Office, str, str], Awaitable[None]], status: int, code: str
) -> None:
    inspection_id = await site.office.open_inspection()
    invitation_id, token = await site.office.invite(inspection_id, valid_for=timedelta(hours=72))
    expires_at = site.office.clock() + timedelta(hours=72)
    await bar(site.office, inspection_id, invitation_id)
    phone = site.browser()
    for path, body in (("open", {}), ("accept", CONSENT), ("tickets", {})):
        answer = await phone.post(f"/api/join/{path}", {"token": token, **body})
        assert (path, answer.status, answer.json["code"]) == (path, status, code)
        if code == "invitation_expired":
            assert answer.json["params"] == {"expired_at": expires_at.isoformat().replace("+00:00", "Z")}


@pytest.mark.parametrize("token", ["x" * 43, "A" * 16])
async def test_a_mistyped_link_is_invalid(site: Site, token: str) -> None:
    answer = await site.browser().post("/api/join/open", {"token": token})
    assert (answer.status, answer.json["code"]) == (404, "invitation_invalid")


async def test_another_inspections_link_opens_that_inspection_only(site: Site) -> None:
    mine, other = await site.office.open_inspection(), await site.office.open_inspection("colleague")
    _, token = await site.office.invite(other)
    opened = await site.browser().post("/api/join/open", {"token": token})
    assert opened.json["inspection_id"] == other != mine


async def test_no_consent_no_seat(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    _, token = await site.office.invite(inspection_id)
    phone = site.browser()
    refused = await phone.post("/api/join/accept", {"token": token, **CONSENT, "consent": False})
    assert (refused.status, refused.json["code"]) == (403, "consent_missing")
    old = await phone.post("/api/join/accept", {"token": token, **CONSENT, "consent_text_version": "2020-01"})
    assert (old.status, old.json["params"]["field"]) == (400, "consent_text_version")
    file = await inspecting.show_inspection(site.office.context, site.office.inspector, inspection_id)
    assert file.participants == []

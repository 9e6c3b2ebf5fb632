"""People over HTTP: silenced, put out, and experts' opinions."""

from typing import Any

import pytest

from inspect_server.domain.inspections import ParticipantRole
from tests.api.site import Site

ID = "opinion-0123456789"


async def joined(site: Site, inspection_id: str, role: ParticipantRole) -> tuple[str, dict[str, str]]:
    """Participant id and the header that its page sends."""
    _, token = await site.office.invite(inspection_id, role)
    guest = await site.office.accept(token)
    await site.office.admit(guest)
    return guest.id, {"Authorization": f"Bearer {token}"}


async def test_an_inspector_silences_lets_speak_and_removes(site: Site) -> None:
    inspection_id, staff = await site.office.open_inspection(), await site.signed_in()
    participant_id, bearer = await joined(site, inspection_id, ParticipantRole.EXPERT)
    path = f"/api/inspections/{inspection_id}/participants/{participant_id}"
    for method, what in (("PUT", "/silence"), ("DELETE", "/silence"), ("DELETE", ""), ("DELETE", "")):
        answer = await staff.ask(method, path + what)
        assert answer.status == 204, answer.data
    phone = site.browser()
    refused = await phone.get("/api/visit/opinions", headers=bearer)
    assert (refused.status, refused.json["code"]) == (410, "participant_removed")
    opened = await phone.post("/api/join/open", {"token": bearer["Authorization"].removeprefix("Bearer ")})
    assert (opened.status, opened.json["code"]) == (410, "participant_removed")


async def test_a_silenced_guest_speaks_again_and_nobody_else_of_their_kind_may_silence(site: Site) -> None:
    inspection_id, staff = await site.office.open_inspection(), await site.signed_in()
    participant_id, bearer = await joined(site, inspection_id, ParticipantRole.HELPER)
    path = f"/api/inspections/{inspection_id}/participants/{participant_id}/silence"
    assert (await staff.ask("PUT", path)).status == 204
    phone = site.browser()
    for _ in range(2):
        assert (await phone.ask("DELETE", "/api/visit/silence", headers=bearer)).status == 204
    assert (await phone.ask("PUT", path, headers=bearer)).status == 401
    _, observer = await joined(site, inspection_id, ParticipantRole.OBSERVER)
    refused = await phone.ask("DELETE", "/api/visit/silence", headers=observer)
    assert (refused.status, refused.json["code"]) == (403, "not_allowed")


async def test_who_cannot_be_removed_is_told_so(site: Site) -> None:
    inspection_id, staff = await site.office.open_inspection(), await site.signed_in()
    await staff.post(f"/api/inspections/{inspection_id}/tickets")
    shown = await staff.get(f"/api/inspections/{inspection_id}")
    (own,) = shown.json["participants"]
    path = f"/api/inspections/{inspection_id}/participants/{own['id']}"
    for method, what in (("PUT", "/silence"), ("DELETE", "")):
        refused = await staff.ask(method, path + what)
        assert (refused.status, refused.json["code"]) == (400, "bad_request")
    stranger = await site.signed_in("stranger")
    assert (await stranger.ask("DELETE", path)).status == 404


async def test_an_expert_writes_and_the_office_reads(site: Site) -> None:
    inspection_id, staff = await site.office.open_inspection(), await site.signed_in()
    _, bearer = await joined(site, inspection_id, ParticipantRole.EXPERT)
    (part,) = (await staff.get(f"/api/inspections/{inspection_id}/checklist")).json["parts"]
    point = {"part_id": part["part_id"], "checklist_item_id": part["items"][0]["item"]["id"]}
    phone = site.browser()
    for _ in range(2):
        given = await phone.ask("PUT", f"/api/visit/opinions/{ID}", json=point | {"text": " 合格 "}, headers=bearer)
        assert (given.status, given.json["text"]) == (200, "合格"), given.data
    for read in (
        await phone.get("/api/visit/opinions", headers=bearer),
        await staff.get(f"/api/inspections/{inspection_id}/opinions"),
    ):
        assert read.json["items"] == [given.json]
    other = await phone.ask("PUT", f"/api/visit/opinions/{ID}", json=point | {"text": "不合格"}, headers=bearer)
    assert (other.status, other.json["code"]) == (409, "conflict")


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001, None])
async def test_nothing_and_too_much_are_refused(site: Site, text: Any) -> None:
    inspection_id = await site.office.open_inspection()
    _, bearer = await joined(site, inspection_id, ParticipantRole.EXPERT)
    body = {"part_id": "part", "checklist_item_id": "item", "text": text}
    refused = await site.browser().ask("PUT", f"/api/visit/opinions/{ID}", json=body, headers=bearer)
    assert (refused.status, refused.json["code"]) == (400, "bad_request")

"""Photos instead of video: begun once, points passed over with a reason, all of it on the timeline."""

from typing import Any

import pytest

from tests.api.phones import Phone, a_phone
from tests.api.site import Site
from tests.storage.records import NOW

SKIP = "skip-0123456789abcd"


async def a_round(site: Site) -> tuple[str, Phone, dict[str, Any]]:
    """Inspection, phone, and a skip of its first point."""
    inspection_id = await site.office.open_inspection()
    phone, staff = await a_phone(site, inspection_id), await site.signed_in()
    part = (await staff.get(f"/api/inspections/{inspection_id}")).json["parts"][0]
    body = {
        "part_id": part["id"],
        "checklist_item_id": part["checklist"][0]["id"],
        "reason": "设备在外地检定",
        "skipped_at": NOW.isoformat(),
    }
    return inspection_id, phone, body


async def moments(site: Site, inspection_id: str) -> list[tuple[str, dict[str, Any]]]:
    answer = await (await site.signed_in()).get(f"/api/inspections/{inspection_id}/moments")
    return [(moment["kind"], moment["details"]) for moment in answer.json["items"]]


async def test_going_on_with_photos_is_noted_once(site: Site) -> None:
    inspection_id, phone, _ = await a_round(site)
    begun = [await phone.put("/api/visit/photo-round") for _ in range(2)]
    assert [each.status for each in begun] == [200, 200]
    assert begun[0].json["server_time"].startswith(NOW.isoformat()[:19])
    assert [kind for kind, _ in await moments(site, inspection_id)] == ["photos.begun"]
    audited = await site.office.audited(f"inspection:{inspection_id}")
    assert [action for _, action in audited].count("photos.begun") == 1


async def test_a_point_is_passed_over_with_a_reason_that_office_and_phone_see(site: Site) -> None:
    inspection_id, phone, body = await a_round(site)
    said = [await phone.put(f"/api/visit/skips/{SKIP}", json=body) for _ in range(2)]
    assert [each.status for each in said] == [204, 204]
    details = {"part": body["part_id"], "item": body["checklist_item_id"], "reason": "设备在外地检定"}
    assert await moments(site, inspection_id) == [("photos.skipped", details)]
    # Nothing but words: they are to be found from the case all the same.
    staff = await site.signed_in()
    case_id = (await staff.get(f"/api/inspections/{inspection_id}")).json["parts"][0]["case_id"]
    (row,) = (await staff.get(f"/api/cases/{case_id}")).json["inspections"]
    assert (row["picture_count"], row["skip_count"], row["started_at"]) == (0, 1, None)
    (skip,) = (await phone.put("/api/visit/photo-round")).json["skips"]
    assert (skip["id"], skip["reason"]) == (SKIP, "设备在外地检定")


@pytest.mark.parametrize(
    "wrong",
    [
        {"checklist_item_id": "nothing"},
        {"reason": "  "},
        {"skipped_at": "2001-01-01T00:00:00Z"},
        {"skipped_at": "2101-01-01T00:00:00Z"},
    ],
)
async def test_what_does_not_fit_is_refused_and_noted_nowhere(site: Site, wrong: dict[str, str]) -> None:
    inspection_id, phone, body = await a_round(site)
    refused = await phone.put(f"/api/visit/skips/{SKIP}", json={**body, **wrong})
    assert (refused.status, refused.json["code"]) == (400, "bad_request")
    assert await moments(site, inspection_id) == []


async def test_nothing_goes_on_without_consent_or_after_the_end(site: Site) -> None:
    inspection_id, phone, body = await a_round(site)
    silent = await a_phone(site, inspection_id, consents=False)
    assert (await silent.put("/api/visit/photo-round")).json["code"] == "consent_missing"
    await (await site.signed_in()).post(f"/api/inspections/{inspection_id}/end")
    assert (await phone.put(f"/api/visit/skips/{SKIP}", json=body)).json["code"] == "inspection_ended"


async def test_who_sent_photos_has_part_in_the_result_once_the_inspector_says_that_it_is_them(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    _, token = await site.office.invite(inspection_id)
    guest = await site.office.accept(token)
    phone, staff = Phone(site.browser(), token), await site.signed_in()
    assert (await phone.put("/api/visit/photo-round")).status == 200
    assert (await phone.send()).status == 200
    assert (await phone.get("/api/visit/waiting")).json["admitted"] is False
    assert (await phone.get("/api/visit/outcome")).json["code"] == "not_allowed"
    admission = f"/api/inspections/{inspection_id}/participants/{guest.id}/admission"
    assert (await staff.ask("PUT", admission, json={})).status == 204
    assert (await phone.get("/api/visit/waiting")).json["admitted"] is True
    assert (await phone.get("/api/visit/outcome")).status == 200
    shown = (await staff.get(f"/api/inspections/{inspection_id}/footage")).json
    assert (shown["started_at"], shown["may_end"]) == (None, True)
    await staff.post(f"/api/inspections/{inspection_id}/end")
    assert (await staff.get(f"/api/inspections/{inspection_id}/footage")).json["may_end"] is False
    assert (await phone.get("/api/visit/outcome")).json["state"] == "ended"


async def test_only_who_leads_an_inspection_is_offered_to_end_it(site: Site) -> None:
    inspection_id = await site.office.open_inspection("colleague")
    shown = await (await site.signed_in()).get(f"/api/inspections/{inspection_id}/footage")
    assert (shown.json["live"], shown.json["may_end"]) == (True, False)

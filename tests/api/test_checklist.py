"""The checklist over HTTP: decided by the page, resent without harm, shown to the phone without its results."""

from typing import Any

from inspect_server.domain.inspections import InspectionKind
from inspect_server.services import inspecting
from tests.api.site import Browser, Site
from tests.services.joint_office import open_joint_office
from tests.storage.records import NOW

ID = "decision-0123456789"


async def opened(site: Site) -> tuple[str, dict[str, Any], Browser]:
    """Inspection id, its first part as shown, and the inspector's browser."""
    inspection_id, browser = await site.office.open_inspection(), await site.signed_in()
    shown = await browser.get(f"/api/inspections/{inspection_id}/checklist")
    return inspection_id, shown.json["parts"][0], browser


def decision(part: dict[str, Any], item: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "part_id": part["part_id"],
        "checklist_item_id": part["items"][item]["item"]["id"],
        "judgement": "pass",
        "decided_at": NOW.isoformat(),
        **more,
    }


async def test_a_decision_answers_with_how_everything_stands(site: Site) -> None:
    inspection_id, part, browser = await opened(site)
    path = f"/api/inspections/{inspection_id}/decisions/{ID}"
    failing = decision(part, judgement="fail", severity="major", remedy=" 更换 ", deadline="2026-12-24")
    for _ in range(2):
        answer = await browser.ask("PUT", path, json=failing)
        assert answer.status == 200, answer.data
        (shown,) = answer.json["parts"]
        told = shown["items"][0]["decision"]
        assert (told["judgement"], told["remedy"], told["deadline"]) == ("fail", "更换", "2026-12-24")
        assert told["decided_by_name"] == "inspector 先生"
        assert (shown["progress"]["required_open"], shown["suggested"]) == (1, None)
    refused = await browser.ask("PUT", path, json=decision(part))
    assert (refused.status, refused.json["code"]) == (409, "conflict")


async def test_a_conclusion_that_is_not_carried_says_why(site: Site) -> None:
    inspection_id, part, browser = await opened(site)
    path = f"/api/inspections/{inspection_id}/conclusions/conclusion-0123456789"
    body = {"part_id": part["part_id"], "conclusion": "pass"}
    refused = await browser.ask("PUT", path, json=body)
    assert (refused.status, refused.json["code"], refused.json["params"]) == (409, "items_open", {"count": 2})
    failed = await browser.ask("PUT", path, json=body | {"conclusion": "fail", "reason": "拒绝展示"})
    assert failed.json["parts"][0]["conclusion"]["reason"] == "拒绝展示"
    late = f"/api/inspections/{inspection_id}/decisions/{ID}"
    assert (await browser.ask("PUT", late, json=decision(part))).json["code"] == "part_concluded"


async def test_bad_decisions_change_nothing(site: Site) -> None:
    inspection_id, part, browser = await opened(site)
    path = f"/api/inspections/{inspection_id}/decisions/"
    for spoiled in (
        decision(part, judgement="perhaps"),
        decision(part, deadline="2026-12-24"),
        decision(part, decided_at="2026-11-22T01:02:03"),
        decision(part, note="x" * 2001),
        decision(part, checklist_item_id="elsewhere"),
    ):
        assert (await browser.ask("PUT", path + ID, json=spoiled)).status == 400
    assert (await browser.ask("PUT", path + "short", json=decision(part))).status == 400
    shown = await browser.get(f"/api/inspections/{inspection_id}/checklist")
    assert all(each["decision"] is None for each in shown.json["parts"][0]["items"])


async def test_the_phone_sees_what_to_show_and_not_what_was_decided(site: Site) -> None:
    inspection_id, part, browser = await opened(site)
    _, token = await site.office.invite(inspection_id)
    headers = {"Authorization": f"Bearer {token}"}
    assert (await site.browser().get("/api/visit/checklist", headers=headers)).status == 403
    await site.office.admit(await site.office.accept(token))
    await browser.ask("PUT", f"/api/inspections/{inspection_id}/decisions/{ID}", json=decision(part))
    shown = await site.browser().get("/api/visit/checklist", headers=headers)
    assert shown.status == 200
    (route,) = shown.json["parts"]
    assert [point["show"] for point in route["points"]] == [each["item"]["show"] for each in part["items"]]
    assert set(route["points"][0]) == {"checklist_item_id", "area", "text", "show"}
    assert shown.json["now"] == []
    assert (await site.browser().get(f"/api/inspections/{inspection_id}/checklist", headers=headers)).status == 401


async def test_a_joint_inspection_over_http(site: Site) -> None:
    both = await open_joint_office(site.office)
    fire, city = await site.signed_in("fire"), await site.signed_in("city")
    offers = await city.get(f"/api/cases/{both.food_case}/joint")
    assert [each["case_id"] for each in offers.json["cases"]] == [both.fire_case]
    alone = await inspecting.open_inspection(
        site.office.context, site.office.inspector, both.food_case, InspectionKind.INITIAL
    )
    (call,) = (await fire.get(f"/api/cases/{both.fire_case}/joint")).json["calls"]
    assert call["inspection_id"] == alone.inspection.id
    joined = await fire.ask("PUT", f"/api/inspections/{call['inspection_id']}/cases/{both.fire_case}")
    assert [part["case_id"] for part in joined.json["parts"]] == [both.food_case, both.fire_case]
    await inspecting.end_inspection(site.office.context, site.office.inspector, alone.inspection.id)
    opened_at_once = await city.post(f"/api/cases/{both.food_case}/inspections", {"further_case_ids": [both.fire_case]})
    assert opened_at_once.status == 201
    assert len(opened_at_once.json["parts"]) == 2

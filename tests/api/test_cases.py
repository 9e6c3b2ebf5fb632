"""Cases and inspections over HTTP."""

from datetime import timedelta

import pytest

from inspect_server.domain.cases import CaseStatus
from tests.api.site import Site

NEW_CASE = {
    "permit_item_id": "food",
    "enterprise": {"name": " 老街面馆 ", "credit_code": "91370400MA3C0000XJ", "contact_phone": "13800000000"},
    "external_id": "SP-2026-17",
}


async def test_from_a_new_case_to_its_ended_inspection(site: Site) -> None:
    browser = await site.signed_in()
    items = await browser.get("/api/permit-items")
    assert [item["permit_item_id"] for item in items.json["items"]] == ["food"]
    case = await browser.post("/api/cases", NEW_CASE)
    assert (case.status, case.json["number"]) == (201, "YK2026-000001")
    assert case.json["enterprise"]["name"] == "老街面馆"
    assert len(case.json["checklist"]) == len(site.office.permit_item.checklist)
    opened = await browser.post(f"/api/cases/{case.json['id']}/inspections", {"kind": "initial"})
    assert (opened.status, opened.json["state"]) == (201, "open")
    assert opened.json["inspector_name"] == "inspector 先生"
    rows = (await browser.get("/api/cases")).json["items"]
    assert [row["live_inspection_id"] for row in rows] == [opened.json["id"]]
    ended = await browser.post(f"/api/inspections/{opened.json['id']}/end")
    assert (ended.status, ended.json["state"]) == (200, "ended")
    again = await browser.post(f"/api/inspections/{opened.json['id']}/end")
    assert (again.status, again.json["code"]) == (409, "inspection_ended")
    shown = await browser.get(f"/api/cases/{case.json['id']}")
    assert [row["id"] for row in shown.json["inspections"]] == [opened.json["id"]]
    assert shown.json["status"] == CaseStatus.OPEN


async def test_pages_of_cases(site: Site) -> None:
    for number in range(22):
        await site.office.open_case(name=f"第{number}号店")
        site.office.clock.advance(seconds=1)
    browser = await site.signed_in()
    first, second = [(await browser.get("/api/cases", params={"page": page})).json for page in (1, 2)]
    assert [(page["total"], page["page"], page["page_size"], len(page["items"])) for page in (first, second)] == [
        (22, 1, 20, 20),
        (22, 2, 20, 2),
    ]
    assert len({row["id"] for row in first["items"] + second["items"]}) == 22
    found = (await browser.get("/api/cases", params={"query": "第7号店", "status": "open"})).json
    assert [row["enterprise_name"] for row in found["items"]] == ["第7号店"]
    assert (await browser.get("/api/cases", params={"status": "inspected"})).json["total"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "x"},
        {"page": "1e9"},
        {"status": "shut"},
        {"colour": "red"},
        {"query": "x" * 101},
    ],
)
async def test_a_query_that_fits_nothing_is_refused(site: Site, query: dict[str, str]) -> None:
    answer = await (await site.signed_in()).get("/api/cases", params=query)
    assert (answer.status, answer.json["code"]) == (400, "bad_request")
    assert answer.json["params"] == {"where": "query", "field": next(iter(query))}


@pytest.mark.parametrize("name", ["stranger", "reviewer"])
async def test_what_one_may_not_do_is_refused(site: Site, name: str) -> None:
    case_id = await site.office.open_case()
    inspection_id = await site.office.open_inspection()
    invitation_id, _ = await site.office.invite(inspection_id)
    browser = await site.signed_in(name)
    before = await site.office.count_audited()
    expected = {"stranger": (404, "not_found"), "reviewer": (403, "not_allowed")}[name]
    answers = [
        await browser.post(f"/api/cases/{case_id}/inspections", {}),
        await browser.post(f"/api/inspections/{inspection_id}/invitations", {}),
        await browser.post(f"/api/inspections/{inspection_id}/tickets"),
        await browser.post(f"/api/inspections/{inspection_id}/end"),
        await browser.ask("DELETE", f"/api/invitations/{invitation_id}"),
    ]
    assert [(answer.status, answer.json["code"]) for answer in answers] == [expected] * len(answers)
    assert await site.office.count_audited() == before


async def test_unknown_things_are_not_found(site: Site) -> None:
    browser = await site.signed_in()
    for method, path in (
        ("GET", "/api/cases/nope"),
        ("GET", "/api/inspections/nope"),
        ("GET", "/api/inspections/nope/footage"),
        ("GET", "/api/footage/nope/playlist.m3u8"),
        ("GET", "/api/footage/nope/0/0.mp4"),
        ("DELETE", "/api/invitations/nope"),
        ("GET", "/api/nope"),
        ("GET", "/api"),
    ):
        answer = await browser.ask(method, path)
        assert (path, answer.status, answer.json["code"]) == (path, 404, "not_found")


async def test_a_second_case_with_the_same_external_id_is_a_conflict(site: Site) -> None:
    browser = await site.signed_in()
    assert (await browser.post("/api/cases", NEW_CASE)).status == 201
    again = await browser.post("/api/cases", NEW_CASE)
    assert (again.status, again.json["code"]) == (409, "conflict")


async def test_inviting_gives_a_link_a_qr_code_and_an_expiry(site: Site) -> None:
    browser = await site.signed_in()
    inspection_id = await site.office.open_inspection()
    made = await browser.post(f"/api/inspections/{inspection_id}/invitations", {"role": "helper", "valid_minutes": 30})
    assert made.status == 201
    assert "/m/#" in made.json["link"]
    assert made.json["qr_svg"].startswith("<svg")
    assert made.json["expires_at"] == (site.office.clock() + timedelta(minutes=30)).isoformat().replace("+00:00", "Z")
    shown = (await browser.get(f"/api/inspections/{inspection_id}")).json
    assert [(invited["id"], invited["role"]) for invited in shown["invitations"]] == [(made.json["id"], "helper")]
    assert (await browser.ask("DELETE", f"/api/invitations/{made.json['id']}")).status == 204
    shown = (await browser.get(f"/api/inspections/{inspection_id}")).json
    assert shown["invitations"][0]["revoked_at"] is not None

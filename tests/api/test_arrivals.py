"""Guests before the call, over HTTP: codes, identity, readiness, refusals, and what the office sees of all that."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.phones import EVIDENCE_ID, about, form
from tests.api.site import Answer, Browser, Site

CONSENT = {"display_name": "王强", "consent": True, "consent_text_version": "2026-11"}
PHONE = "138 0000-1234"
CHECK = {"subject": "network", "verdict": "weak", "problem": "slow", "facts": {"sent_bps": 400_000, "way": "4g"}}


class Phone:
    """A guest's page: its browser and the token of its link."""

    def __init__(self, browser: Browser, token: str) -> None:
        self.browser = browser
        self.token = token

    async def ask(self, method: str, path: str, body: object = None) -> Answer:
        how: dict[str, Any] = {"headers": {"Authorization": f"Bearer {self.token}"}}
        if body is not None:
            how["json"] = body
        return await self.browser.ask(method, f"/api/visit/{path}", **how)

    async def accept(self, **identity: object) -> Answer:
        return await self.browser.post("/api/join/accept", {"token": self.token, **CONSENT, "identity": identity})

    async def open(self) -> Any:
        return (await self.browser.post("/api/join/open", {"token": self.token})).json


@pytest.fixture
async def inspection_id(site: Site) -> str:
    return await site.office.open_inspection()


@pytest.fixture
async def phone(site: Site, inspection_id: str) -> Phone:
    _, token = await site.office.invite(inspection_id)
    return Phone(site.browser(), token)


async def test_from_the_code_to_the_door_in_sight_of_the_office(site: Site, inspection_id: str, phone: Phone) -> None:
    assert (await phone.open())["can_send_codes"] is True
    sent = await phone.ask("POST", "codes", {"phone": PHONE})
    assert sent.status == 200
    wrong = await phone.accept(phone=PHONE, code="000000" if sent.json["shown"] != "000000" else "000001")
    assert (wrong.status, wrong.json["code"], wrong.json["params"]) == (403, "code_wrong", {"attempts_left": 4})
    accepted = await phone.accept(job="店长", phone=PHONE, code=sent.json["shown"], device="Pixel 8")
    assert accepted.status == 200
    assert (await phone.ask("PUT", "readiness", {"checks": [CHECK]})).status == 204

    laptop = await site.signed_in()
    (arrival,) = (await laptop.get(f"/api/inspections/{inspection_id}/arrivals")).json["items"]
    assert arrival["identity"]["method"] == "phone_code"
    assert arrival["identity"]["phone"] == "13800001234"
    assert arrival["consent"]["device"] == "Pixel 8"
    assert arrival["readiness"]["checks"] == [CHECK]
    assert (await phone.open())["identity"]["job"] == "店长"


async def test_before_consent_nothing_of_the_phone_is_taken(phone: Phone) -> None:
    for method, path, body in (
        ("PUT", "readiness", {"checks": []}),
        ("PUT", "identity", {"evidence_id": None}),
        ("POST", "rehearsal", {"sdp": "v=0"}),
        ("GET", "waiting", None),
    ):
        answer = await phone.ask(method, path, body)
        assert (path, answer.status, answer.json["code"]) == (path, 403, "consent_missing")


async def test_a_refusal_and_a_recusal_need_no_consent_and_a_reason(
    site: Site, inspection_id: str, phone: Phone
) -> None:
    assert (await phone.ask("PUT", "refusal", {"reason": " "})).status == 400
    assert (await phone.ask("PUT", "refusal", {"reason": "要求现场核查"})).status == 204
    site.office.clock.advance(seconds=1)
    assert (await phone.ask("PUT", "recusal", {"reason": "是我的亲属"})).status == 204
    assert {each["kind"] for each in (await phone.open())["declines"]} == {"refusal", "recusal"}
    laptop = await site.signed_in("colleague")
    seen = (await laptop.get(f"/api/inspections/{inspection_id}")).json
    assert [each["reason"] for each in seen["declines"]] == ["要求现场核查", "是我的亲属"]
    taken = await laptop.ask("PUT", f"/api/inspections/{inspection_id}/officer")
    assert taken.json["inspector_name"] == "colleague 先生"
    assert [each["kind"] for each in (await phone.open())["declines"]] == ["refusal"]
    assert (await phone.ask("DELETE", "recusal")).status == 204


async def test_an_appointment_is_made_with_the_inspection_and_changed_later(site: Site, phone: Phone) -> None:
    laptop = await site.signed_in()
    case_id = await site.office.open_case()
    start = site.office.clock() + timedelta(hours=1)
    plan = {"starts_at": start.isoformat(), "planned_minutes": 30}
    opened = await laptop.post(f"/api/cases/{case_id}/inspections", {"kind": "initial", "appointment": plan})
    assert opened.json["appointment"]["state"] == "planned"
    assert opened.json["appointment"]["planned_minutes"] == 30
    path = f"/api/inspections/{opened.json['id']}/appointment"
    later = {"starts_at": (start + timedelta(hours=1)).isoformat()}
    changed = await laptop.ask("PUT", path, json=later)
    assert changed.json["appointment"]["planned_minutes"] == 20
    past = await laptop.ask("PUT", path, json={"starts_at": (start - timedelta(days=1)).isoformat()})
    assert (past.status, past.json["params"]["field"]) == (400, "starts_at")
    rows = (await laptop.get(f"/api/cases/{case_id}")).json["inspections"]
    assert rows[0]["appointment"]["starts_at"] == changed.json["appointment"]["starts_at"]
    del phone


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "codes", {"phone": "call me"}),
        ("PUT", "readiness", {"checks": [{**CHECK, "facts": {"x" * 40: 1}}]}),
        ("PUT", "readiness", {"checks": [CHECK] * 7}),
        ("PUT", "readiness", {"checks": [{**CHECK, "facts": {f"f{n}": n for n in range(11)}}]}),
        ("PUT", "refusal", {"reason": "x" * 201}),
    ],
)
async def test_what_does_not_fit_is_refused(phone: Phone, method: str, path: str, body: object) -> None:
    answer = await phone.ask(method, path, body)
    assert (answer.status, answer.json["code"]) == (400, "bad_request")


async def test_who_waits_sees_nothing_of_the_call(site: Site, inspection_id: str, phone: Phone) -> None:
    accepted = await phone.accept()
    laptop = await site.signed_in()
    moment = form(about(kind="moment"), None)
    await laptop.ask("PUT", f"/api/inspections/{inspection_id}/evidence/{EVIDENCE_ID}", data=moment)
    chat = await phone.ask("GET", "chat")
    assert (chat.status, chat.json["code"]) == (403, "not_allowed")
    assert (await phone.ask("GET", "evidence")).json["items"] == []
    wait = await phone.ask("GET", "waiting")
    assert wait.json == {"admitted": False, "position": 1, "wait_s": 0, "appointment": None}
    door = f"/api/inspections/{inspection_id}/participants/{accepted.json['participant_id']}/admission"
    assert (await laptop.ask("PUT", door)).status == 204
    assert [each["id"] for each in (await phone.ask("GET", "evidence")).json["items"]] == [EVIDENCE_ID]
    assert (await phone.open())["admitted"] is True

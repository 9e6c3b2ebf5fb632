"""What came of an inspection over HTTP: result and record on both sides, signed, refused, printed, rated."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import FormData

from inspect_server.domain.inspections import ParticipantRole
from inspect_server.services import inspecting
from tests.api.phones import Phone, a_phone, about, form
from tests.api.site import Answer, Browser, Site
from tests.media.darkroom.pictures import signature_png
from tests.services.joint_office import open_joint_office
from tests.storage.records import NOW

SIGNATURE = signature_png()


@dataclass
class Case:
    """An inspection with a phone and an inspector's browser, and what it takes to conclude its first part."""

    site: Site
    inspection_id: str
    phone: Phone
    staff: Browser

    async def conclude(self, conclusion: str | None = "rectify", *, key: str = "conclusion-0123456789") -> Answer:
        part = await self.part()
        path = f"/api/inspections/{self.inspection_id}"
        for number, item in enumerate(part["items"] if conclusion else []):
            decision: dict[str, Any] = {"judgement": "pass"}
            if number == 0:
                decision = {"judgement": "fail", "note": "标签已过期", "remedy": "重贴标签", "deadline": "2026-12-24"}
            body = {"part_id": part["part_id"], "checklist_item_id": item["item"]["id"], "decided_at": NOW.isoformat()}
            answer = await self.staff.ask("PUT", f"{path}/decisions/{key}-{number}", json=body | decision)
            assert answer.status == 200, answer.data
        body = {"part_id": part["part_id"], "conclusion": conclusion}
        return await self.staff.ask("PUT", f"{path}/conclusions/{key}", json=body)

    async def part(self) -> dict[str, Any]:
        shown = await self.staff.get(f"/api/inspections/{self.inspection_id}/checklist")
        part: dict[str, Any] = shown.json["parts"][0]
        return part

    async def outcome(self) -> dict[str, Any]:
        shown = await self.phone.get("/api/visit/outcome")
        assert shown.status == 200, shown.data
        outcome: dict[str, Any] = shown.json
        return outcome

    async def record(self) -> dict[str, Any]:
        record: dict[str, Any] = (await self.outcome())["parts"][0]["record"]
        return record

    async def sign(self, record: dict[str, Any], *, key: str = "answer-of-enterprise", **more: Any) -> Answer:
        path = f"/api/visit/records/{record['id']}/answers/{key}"
        return await self.phone.put(path, data=said(record, "enterprise", **more))

    async def sign_official(self, record: dict[str, Any], *, key: str = "answer-of-office-1", **more: Any) -> Answer:
        path = f"/api/records/{record['id']}/answers/{key}"
        side = more.pop("side", "office")
        self.site.office.clock.advance(seconds=1)
        return await self.staff.ask("PUT", path, data=said(record, side, file=None, **more))


def said(record: dict[str, Any], side: str, *, file: bytes | None = SIGNATURE, **more: Any) -> FormData:
    return form({"record_sha256": record["sha256"], "side": side, "kind": "signature", **more}, file)


async def a_case(site: Site) -> Case:
    inspection_id = await site.office.open_inspection()
    return Case(site, inspection_id, await a_phone(site, inspection_id), await site.signed_in())


async def test_the_conclusion_offers_the_same_record_to_both_sides(site: Site) -> None:
    case = await a_case(site)
    assert (await case.outcome())["parts"][0]["record"] is None
    await case.phone.send(body=form({"kind": "photo", "taken_at": NOW.isoformat()}))
    assert (await case.conclude()).status == 200
    record = await case.record()
    content = record["content"]
    assert (record["state"], record["version"], content["conclusion"]) == ("offered", 1, "rectify")
    failed, passed = content["points"]
    assert (failed["judgement"], failed["remedy"], failed["deadline"]) == ("fail", "重贴标签", "2026-12-24")
    assert passed["judgement"] == "pass"
    assert [each["name"] for each in content["people"]] == ["王强"]
    assert len(content["evidence"]) == 1
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == record["sha256"]
    staff = (await case.staff.get(f"/api/inspections/{case.inspection_id}/outcome")).json
    assert staff["parts"] == (await case.outcome())["parts"]
    assert (staff["own_name"], staff["certificate_number"]) == ("inspector 先生", "A-0417")
    shown = await case.phone.get(f"/api/visit/records/{record['id']}/pictures/{content['evidence'][0]['id']}/display")
    assert shown.status == 200


async def test_a_picture_of_the_record_is_seen_by_who_may_see_it_and_audited(site: Site) -> None:
    case = await a_case(site)
    helper = await a_phone(site, case.inspection_id, ParticipantRole.HELPER)
    await case.phone.send("authorisation-of-enterprise", form(about(kind="authorisation")))
    await case.conclude()
    named = await case.record()
    path = f"/api/visit/records/{named['id']}/pictures/authorisation-of-enterprise/display"
    assert (await case.phone.get(path)).status == 200
    assert (await helper.get(path)).status == 404
    looks = [action for _, action in await site.office.audited("evidence:authorisation-of-enterprise")]
    assert sorted(looks) == ["evidence.added", "evidence.viewed"]


async def test_a_note_that_spells_an_id_names_no_picture(site: Site) -> None:
    case = await a_case(site)
    await case.phone.send("withdrawn-picture-01")
    assert (await case.phone.delete("/api/visit/evidence/withdrawn-picture-01")).status == 204
    await case.phone.send("another-picture-0001", form(about(note="withdrawn-picture-01")))
    await case.conclude()
    record = await case.record()
    shown = await case.phone.get(f"/api/visit/records/{record['id']}/pictures/withdrawn-picture-01/display")
    assert shown.status == 404


async def test_both_signatures_seal_the_part(site: Site) -> None:
    case = await a_case(site)
    await case.conclude()
    record = await case.record()
    for _ in range(2):
        signed = await case.sign(record, objection="期限太短")
        assert signed.status == 204, signed.data
    halfway = await case.record()
    assert (halfway["state"], [each["objection"] for each in halfway["answers"]]) == ("offered", ["期限太短"])
    assert (await case.sign(record, key="another-answer-12345")).json["code"] == "record_answered"
    assert (await case.sign_official(record)).status == 204
    sealed = await case.record()
    assert (sealed["state"], sealed["settled_at"] is not None) == ("signed", True)
    assert [(each["side"], each["certificate_number"]) for each in sealed["answers"]] == [
        ("enterprise", ""),
        ("office", "A-0417"),
    ]
    assert (await case.part())["sealed_at"] is not None
    assert (await case.conclude(None, key="taking-back-0123456")).json["code"] == "record_signed"
    drawn = await case.phone.get(f"/api/visit/records/{record['id']}/pictures/answer-of-enterprise/display")
    assert drawn.status == 200
    audited = [action for _, action in await site.office.audited(f"record:{record['id']}")]
    assert sorted(audited) == ["record.offered", "record.signed", "record.signed"]


async def test_taking_the_conclusion_back_voids_the_record_and_its_signatures(site: Site) -> None:
    case = await a_case(site)
    await case.conclude()
    first = await case.record()
    await case.sign(first)
    assert (await case.conclude(None, key="taking-back-0123456")).status == 200
    assert (await case.outcome())["parts"][0]["record"] is None
    assert (await case.sign_official(first)).json["code"] == "record_superseded"
    await case.conclude(key="second-conclusion-01")
    second = await case.record()
    assert (second["version"], second["answers"]) == (2, [])
    refused = await case.sign(first | {"id": second["id"]}, key="answer-to-the-second")
    assert (refused.status, refused.json["code"]) == (409, "record_superseded")


async def test_a_refusal_is_kept_with_its_reason(site: Site) -> None:
    case = await a_case(site)
    await case.conclude()
    record = await case.record()
    path = f"/api/visit/records/{record['id']}/answers/refusal-0123456789"
    refusal = said(record, "enterprise", file=None, kind="refusal", reason="不认可期限")
    assert (await case.phone.put(path, data=refusal)).status == 204
    await case.sign_official(record)
    refused = await case.record()
    assert (refused["state"], refused["answers"][0]["reason"]) == ("refused", "不认可期限")
    assert not refused["answers"][0]["noted"]


async def test_an_inspector_notes_the_refusal_of_who_is_not_there(site: Site) -> None:
    case = await a_case(site)
    await case.conclude()
    record = await case.record()
    noted = {"side": "enterprise", "kind": "refusal", "signer_name": "王强", "reason": "已离线"}
    assert (await case.sign_official(record, key="noted-0123456789", **noted)).status == 204
    await case.sign_official(record)
    answers = (await case.record())["answers"]
    assert [(each["noted"], each["signer_name"]) for each in answers] == [(True, "王强"), (False, "inspector 先生")]


async def test_answers_that_are_not_whole_change_nothing(site: Site) -> None:
    case = await a_case(site)
    await case.conclude()
    record = await case.record()
    assert (await case.sign(record, file=None)).status == 400
    assert (await case.sign(record, kind="refusal", file=None)).status == 400
    assert (await case.sign(record, reason="理由")).status == 400
    assert (await case.sign(record, file=b"no picture")).status == 415
    assert (await case.sign(record, record_sha256="x")).status == 400
    assert (await case.sign(record, key="short")).status == 400
    official = f"/api/visit/records/{record['id']}/answers/answer-of-a-guest-01"
    assert (await case.phone.put(official, data=said(record, "office"))).status == 404
    assert (await case.record())["answers"] == []


async def test_the_link_outlasts_the_inspection_for_the_outcome_only(site: Site) -> None:
    case = await a_case(site)
    await case.conclude()
    await inspecting.end_inspection(site.office.context, site.office.inspector, case.inspection_id)
    assert (await case.phone.get("/api/visit/evidence")).json["code"] == "inspection_ended"
    site.office.clock.advance(days=400)
    record = await case.record()
    assert (await case.sign(record)).status == 204
    for path in ("/api/visit/evidence", "/api/visit/checklist"):
        assert (await case.phone.get(path)).json["code"] in {"inspection_ended", "invitation_expired"}
    never_seated = await case.phone.browser.get("/api/visit/outcome", headers={"Authorization": "Bearer " + "x" * 43})
    assert never_seated.json["code"] == "invitation_invalid"


async def test_only_those_of_the_case_see_its_outcome(site: Site) -> None:
    case = await a_case(site)
    await case.conclude()
    record = await case.record()
    expert = await a_phone(site, case.inspection_id, ParticipantRole.EXPERT)
    assert (await expert.get("/api/visit/outcome")).status == 403
    elsewhere = await a_case(site)
    assert (await elsewhere.sign(record)).status == 404
    assert (await elsewhere.phone.get(f"/api/visit/records/{record['id']}/document")).status == 404
    stranger = await site.signed_in("stranger")
    assert (await stranger.get(f"/api/inspections/{case.inspection_id}/outcome")).status == 404
    reviewer = await site.signed_in("reviewer")
    assert (await reviewer.get(f"/api/inspections/{case.inspection_id}/outcome")).status == 200
    assert (await Case(site, case.inspection_id, case.phone, reviewer).sign_official(record)).status == 403


async def test_each_department_signs_its_own_record(site: Site) -> None:
    joint = await open_joint_office(site.office)
    opened = await joint.open(joint.city, joint.fire_case)
    phone = await a_phone(site, opened.inspection.id)
    case = Case(site, opened.inspection.id, phone, await site.signed_in())
    assert (await case.conclude()).status == 200
    records = [part["record"] for part in (await case.outcome())["parts"]]
    (record,) = [each for each in records if each]
    theirs = (await case.staff.get(f"/api/inspections/{opened.inspection.id}/outcome")).json["parts"]
    assert [part["may_answer"] for part in theirs] == [part["record"] is not None for part in theirs]
    fire = Case(site, opened.inspection.id, phone, await site.signed_in("fire"))
    assert (await fire.sign_official(record)).status == 404
    assert (await case.sign_official(record)).status == 204


async def test_a_document_is_told_to_be_on_its_way(site: Site) -> None:
    case = await a_case(site)
    await case.conclude()
    record = await case.record()
    pending = await case.phone.get(f"/api/visit/records/{record['id']}/document")
    assert (pending.status, pending.json["code"]) == (409, "document_pending")
    assert (await case.phone.get("/api/visit/records/none/document")).status == 404


async def test_an_inspection_is_rated_once(site: Site) -> None:
    case = await a_case(site)
    levels = {"overall": 5, "efficiency": 4, "guidance": 5, "convenience": 5, "platform": 3, "words": " 很快 "}
    path = "/api/visit/ratings/rating-0123456789"
    assert (await case.phone.put(path, json=levels)).json["code"] == "inspection_running"
    await case.conclude()
    await inspecting.end_inspection(site.office.context, site.office.inspector, case.inspection_id)
    both = await asyncio.gather(*(case.phone.put(path, json=levels) for _ in range(2)))
    assert [each.status for each in both] == [200, 200]
    other = await case.phone.put("/api/visit/ratings/rating-again-01234", json=levels | {"overall": 1})
    assert (other.status, other.json["code"]) == (409, "already_rated")
    assert (await case.phone.put(path, json=levels | {"overall": 6})).status == 400
    shown = (await case.staff.get(f"/api/inspections/{case.inspection_id}/outcome")).json["rating"]
    assert (shown["overall"], shown["platform"], shown["words"]) == (5, 3, "很快")
    rated = [action for _, action in await site.office.audited(f"inspection:{case.inspection_id}")]
    assert rated.count("inspection.rated") == 1

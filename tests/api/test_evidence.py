"""Evidence over HTTP: sealed once, seen by those who may, the original untouched, bad files refused with a reason."""

import hashlib
from datetime import timedelta
from unittest.mock import AsyncMock

import pytest
from aiohttp import FormData

from inspect_server.api.signalling.messages.changes import Changed
from inspect_server.domain.inspections import ParticipantRole
from tests.api.phones import EVIDENCE_ID as ID
from tests.api.phones import PHOTO, a_phone, about, form
from tests.api.site import Site
from tests.media.darkroom.pictures import opened, phone_jpeg
from tests.storage.records import NOW
from tests.support.phone_clip import phone_clip


async def test_a_photo_is_sealed_as_it_came(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    phone = await a_phone(site, inspection_id)
    sent = await phone.send(body=form(about(note="门牌", doorplate="number", device="iPhone 15")))
    assert sent.status == 200, sent.data
    assert sent.json["sha256"] == hashlib.sha256(PHOTO).hexdigest()
    assert (sent.json["width"], sent.json["height"], sent.json["media_type"]) == (640, 480, "image/jpeg")
    assert (sent.json["note"], sent.json["doorplate"]) == ("门牌", "number")
    assert sent.json["position"]["source"] == "file"
    assert sent.json["file_taken_at"] == "2026-11-27T11:03:05Z"
    staff = await site.signed_in()
    listed = (await staff.get(f"/api/inspections/{inspection_id}/evidence")).json
    assert [each["id"] for each in listed["items"]] == [ID]
    assert listed["authors"] == {sent.json["author"]: "王强"}
    original = await staff.get(f"/api/evidence/{ID}/original")
    assert original.data == PHOTO
    assert ("user:" + site.office.inspector.user.id, "evidence.viewed") in await site.office.audited(f"evidence:{ID}")


@pytest.mark.parametrize(
    ("ending", "media_type"), [("mp4", "video/mp4"), ("mov", "video/quicktime"), ("webm", "video/webm")]
)
async def test_a_clip_is_taken_in_as_any_phone_films_it(site: Site, ending: str, media_type: str) -> None:
    phone = await a_phone(site, await site.office.open_inspection())
    film = phone_clip(ending)
    taken = await phone.send(body=form(about(kind="clip"), film))
    assert taken.status == 200, taken.data
    assert (taken.json["kind"], taken.json["media_type"]) == ("clip", media_type)
    assert taken.json["sha256"] == hashlib.sha256(film).hexdigest()
    assert (await phone.get(f"/api/visit/evidence/{ID}/original")).data == film


async def test_sending_it_again_is_the_same_thing(site: Site) -> None:
    phone = await a_phone(site, await site.office.open_inspection())
    first, again = await phone.send(), await phone.send()
    assert first.json == again.json
    other = await phone.send(body=form(about(), phone_jpeg(orientation=3)))
    assert (other.status, other.json["code"]) == (409, "conflict")


async def test_what_a_browser_has_kept_is_shown_again_only_to_who_may_see_it(site: Site) -> None:
    phone, staff = await a_phone(site, await site.office.open_inspection()), await site.signed_in()
    await phone.send()
    for path in (f"/api/evidence/{ID}/original", f"/api/evidence/{ID}/copies/thumbnail"):
        first = await staff.get(path)
        assert first.headers["Cache-Control"] == "private, no-cache"
        kept = {"If-None-Match": first.headers["ETag"]}
        again = await staff.get(path, headers=kept)
        assert (again.status, again.data) == (304, b"")
        assert (await (await site.signed_in("stranger")).get(path, headers=kept)).status == 404
        assert (await site.browser().get(path, headers=kept)).status == 401


async def test_a_player_gets_the_part_of_a_clip_that_it_asks_for_and_no_more_is_read(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await a_phone(site, await site.office.open_inspection())
    film = phone_clip("mp4")
    await phone.send(body=form(about(kind="clip"), film))
    path = f"/api/visit/evidence/{ID}/original"
    read = AsyncMock(wraps=site.office.context.objects.get_range)
    monkeypatch.setattr(site.office.context.objects, "get_range", read)
    part = await phone.browser.get(path, headers={**phone.headers, "Range": "bytes=4-99"})
    assert [each.args[1:] for each in read.await_args_list] == [(4, 96)]
    assert (part.status, part.data) == (206, film[4:100])
    assert part.headers["Content-Range"] == f"bytes 4-99/{len(film)}"


async def test_copies_show_the_stamp_and_leave_the_original_alone(site: Site) -> None:
    phone = await a_phone(site, await site.office.open_inspection())
    await phone.send()
    marked = await phone.get(f"/api/visit/evidence/{ID}/copies/marked")
    assert opened(marked.data).height > 480
    thumbnail = await phone.get(f"/api/visit/evidence/{ID}/copies/thumbnail")
    assert opened(thumbnail.data).size == (320, 240)
    assert (await phone.get(f"/api/visit/evidence/{ID}/original")).data == PHOTO


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (form(about(), b"MZ" + bytes(100)), 415, "file_type_refused"),
        (form(about(), PHOTO[:3000]), 422, "file_damaged"),
        (form(about(kind="clip")), 415, "file_type_refused"),
        (form(about(), None), 400, "bad_request"),
        (form(about(kind="moment")), 400, "bad_request"),
        (form(about(taken_at="2001-01-01T00:00:00Z")), 400, "bad_request"),
        (form(about(checklist_item_id="nothing", part_id="nowhere")), 400, "bad_request"),
        (form(about(kind="signature"), PHOTO + bytes(1_100_000)), 413, "file_too_large"),
        (form({"kind": "photo"}), 400, "bad_request"),
    ],
)
async def test_what_does_not_fit_is_refused_and_nothing_is_kept(
    site: Site, body: FormData, status: int, code: str
) -> None:
    inspection_id = await site.office.open_inspection()
    phone = await a_phone(site, inspection_id)
    answer = await phone.send(body=body)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert (await phone.get("/api/visit/evidence")).json["items"] == []


async def test_a_note_with_a_character_that_no_database_keeps_is_refused(site: Site) -> None:
    phone = await a_phone(site, await site.office.open_inspection())
    answer = await phone.send(body=form(about(note="a\x00b")))
    assert (answer.status, answer.json["code"]) == (400, "bad_request")


async def test_a_moment_is_marked_without_a_file(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    staff = await site.signed_in()
    path = f"/api/inspections/{inspection_id}/evidence/{ID}"
    marked = await staff.ask("PUT", path, data=form(about(kind="moment", note="闻到异味"), None))
    assert (marked.status, marked.json["media_type"], marked.json["sha256"]) == (200, None, "")
    assert (await staff.get(f"/api/evidence/{ID}/original")).status == 404


async def test_private_evidence_is_between_its_author_and_the_office(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    owner = await a_phone(site, inspection_id)
    other = await a_phone(site, inspection_id, ParticipantRole.EXPERT)
    await owner.send(body=form(about(kind="identity")))
    assert (await other.get("/api/visit/evidence")).json["items"] == []
    assert (await other.get(f"/api/visit/evidence/{ID}/original")).status == 404
    assert (await owner.get(f"/api/visit/evidence/{ID}/original")).data == PHOTO
    assert (await (await site.signed_in()).get(f"/api/evidence/{ID}/original")).data == PHOTO


async def test_evidence_of_another_office_does_not_exist(site: Site) -> None:
    phone = await a_phone(site, await site.office.open_inspection())
    await phone.send()
    stranger = await site.signed_in("stranger")
    assert (await stranger.get(f"/api/evidence/{ID}/original")).status == 404
    elsewhere = await a_phone(site, await site.office.open_inspection())
    assert (await elsewhere.get(f"/api/visit/evidence/{ID}/original")).status == 404


async def test_it_is_filed_under_a_point_and_taken_back_by_its_author(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    phone, staff = await a_phone(site, inspection_id), await site.signed_in()
    await phone.send()
    part = (await staff.get(f"/api/inspections/{inspection_id}")).json["parts"][0]
    place = {"part_id": part["id"], "checklist_item_id": part["checklist"][0]["id"]}
    filed = await staff.ask("PUT", f"/api/evidence/{ID}/place", json=place)
    assert filed.json["checklist_item_id"] == place["checklist_item_id"]
    assert (await staff.ask("DELETE", f"/api/evidence/{ID}")).status == 403, "somebody else took it"
    gone = [await phone.delete(f"/api/visit/evidence/{ID}") for _ in range(2)]
    assert [each.status for each in gone] == [204, 204]
    listed = (await staff.get(f"/api/inspections/{inspection_id}/evidence")).json["items"]
    assert listed[0]["withdrawn_at"] is not None
    assert (await staff.get(f"/api/evidence/{ID}/original")).data == PHOTO


async def test_what_was_taken_before_the_end_still_arrives_for_a_day_and_nothing_newer(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    phone, staff = await a_phone(site, inspection_id), await site.signed_in()
    await staff.post(f"/api/inspections/{inspection_id}/end")
    site.office.clock.advance(hours=24)
    arrived = await phone.send()
    assert (arrived.status, arrived.json["taken_at"]) == (200, NOW.isoformat().replace("+00:00", "Z"))
    path = f"/api/inspections/{inspection_id}/evidence"
    staff = await site.signed_in()
    still = await staff.ask("PUT", f"{path}/a-still-0123456789", data=form(about(kind="still")))
    assert still.status == 200, still.data
    part = (await staff.get(f"/api/inspections/{inspection_id}")).json["parts"][0]
    place = {"part_id": part["id"], "checklist_item_id": part["checklist"][0]["id"]}
    filed = await staff.ask("PUT", f"/api/evidence/{ID}/place", json=place)
    assert (filed.status, filed.json["checklist_item_id"]) == (200, place["checklist_item_id"])
    newer = form(about(taken_at=site.office.clock().isoformat()))
    assert (await phone.send("newer-0123456789", newer)).json["code"] == "inspection_ended"
    site.office.clock.advance(seconds=1)
    late = await phone.send("too-late-0123456789")
    assert (late.status, late.json["code"]) == (409, "evidence_too_late")
    assert late.json["params"] == {"accepted_until": (NOW + timedelta(hours=24)).isoformat().replace("+00:00", "Z")}
    assert (await phone.send()).json == {**arrived.json, **place}, "sent again it is still the same"
    assert (await phone.get("/api/visit/evidence")).json["code"] == "inspection_ended", "nothing else is open"


async def test_without_a_token_nothing_is_told(site: Site) -> None:
    answer = await site.browser().get("/api/visit/evidence")
    assert (answer.status, answer.json["code"]) == (404, "invitation_invalid")


def test_pages_are_told_what_changed_by_its_name_only() -> None:
    assert set(Changed.model_fields) == {"type", "topic"}

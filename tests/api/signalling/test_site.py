"""Where people are and what is wrong with pictures, in a room: each is told to whom it concerns, and kept."""

from datetime import UTC, datetime

import pytest

from inspect_server.domain.errors import StorageUnavailable
from inspect_server.domain.geometry import Datum
from inspect_server.domain.hints import CodeKind, Hint
from inspect_server.media import messages
from inspect_server.services import inspecting, judging_pictures, locating, moments
from tests.api.signalling.conftest import Call, Page

NOW_US = 1_795_000_000_000_000


async def register_site(call: Call) -> None:
    file = await inspecting.show_inspection(call.context, call.inspector, call.inspection_id)
    here = locating.Coordinates(36.0, 117.0, Datum.WGS_84)
    await locating.register_site(call.context, call.inspector, file.parts[0].case.id, here)


async def say_where(page: Page, latitude: float) -> None:
    now = datetime.now(UTC).isoformat()
    await page.send("position", latitude=latitude, longitude=117.0, accuracy_m=12, at=now)


async def kinds(call: Call) -> list[str]:
    return [each.kind for each in await moments.show_moments(call.context, call.inspector, call.inspection_id)]


async def test_the_inspector_sees_how_far_away_the_phone_is_and_so_after_coming_back(call: Call) -> None:
    await register_site(call)
    phone, welcome = await call.join_by_invitation()
    inspector, _ = await call.join_as_inspector()
    await say_where(phone, 36.05)
    told = await inspector.until("whereabouts")
    (where,) = told["participants"]
    assert where["participant_id"] == welcome["participant_id"]
    assert (where["nearness"], round(where["distance_m"], -2)) == ("outside", 5600)
    again, _ = await call.join_as_inspector()
    assert (await again.until("whereabouts"))["participants"] == [where]
    assert "position.outside" in await kinds(call)


async def test_a_refused_position_is_told_once_with_its_reason(call: Call) -> None:
    phone, _ = await call.join_by_invitation()
    inspector, _ = await call.join_as_inspector()
    for _ in range(2):
        await phone.send("no_position", why="denied")
    (where,) = (await inspector.until("whereabouts"))["participants"]
    assert (where["why"], where["latitude"]) == ("denied", None)
    await phone.send("ping")
    await phone.until("pong")
    assert (await kinds(call)).count("position.none") == 1


async def test_the_office_reports_no_position(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    await say_where(inspector, 36.0)
    assert (await inspector.until("error"))["code"] == "not_allowed"


def judged(call: Call, participant_id: str, *, active: bool) -> messages.PictureJudged:
    return messages.PictureJudged(
        room_id=call.inspection_id,
        participant_id=participant_id,
        source="camera",
        changes=[messages.HintChanged(hint=Hint.TOO_DARK, active=active, since_us=NOW_US)],
    )


async def test_a_bad_picture_is_told_to_both_sides_and_taken_back(call: Call) -> None:
    phone, welcome = await call.join_by_invitation()
    inspector, _ = await call.join_as_inspector()
    call.rooms.on_media_event(judged(call, welcome["participant_id"], active=True))
    for page in (phone, inspector):
        (picture,) = (await page.until("picture_hints"))["pictures"]
        assert (picture["participant_id"], picture["hints"]) == (welcome["participant_id"], ["too_dark"])
    call.rooms.on_media_event(judged(call, welcome["participant_id"], active=False))
    assert (await phone.until("picture_hints"))["pictures"] == []
    await phone.send("ping")
    await phone.until("pong")
    told = sorted(kind for kind in await kinds(call) if kind.startswith("picture."))
    assert told == ["picture.hint", "picture.hint_over"]


async def test_codes_are_read_on_the_inspectors_wish_and_told_to_inspectors(call: Call) -> None:
    phone, welcome = await call.join_by_invitation()
    inspector, _ = await call.join_as_inspector()
    await phone.send("read_codes", participant_id=welcome["participant_id"], wanted=True)
    assert (await phone.until("error"))["code"] == "not_allowed"
    await inspector.send("read_codes", participant_id=welcome["participant_id"], wanted=True)
    await inspector.send("ping")
    await inspector.until("pong")
    (command,) = call.worker.of_type(messages.ReadCodes)
    assert (command.participant_id, command.wanted) == (welcome["participant_id"], True)
    code = messages.ReadCode(kind=CodeKind.QR, text="https://example.org/b/7", corners=[(0.1, 0.1), (0.2, 0.1)])
    seen = messages.CodesSeen(
        room_id=call.inspection_id,
        participant_id=welcome["participant_id"],
        source="camera",
        at_us=NOW_US,
        codes=[code],
    )
    for _ in range(2):
        call.rooms.on_media_event(seen)
        assert (await inspector.until("codes_read"))["codes"][0]["text"] == "https://example.org/b/7"
    await inspector.send("ping")
    await inspector.until("pong")
    assert (await kinds(call)).count("picture.code") == 1


async def test_a_code_that_the_database_did_not_take_is_kept_with_the_next_picture(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector, _ = await call.join_as_inspector()
    _, welcome = await call.join_by_invitation()
    seen = messages.CodesSeen(
        room_id=call.inspection_id,
        participant_id=welcome["participant_id"],
        source="camera",
        at_us=NOW_US,
        codes=[messages.ReadCode(kind=CodeKind.QR, text="4711", corners=[])],
    )

    async def away(*_: object) -> None:
        raise StorageUnavailable("away")

    with monkeypatch.context() as hiccup:
        hiccup.setattr(judging_pictures, "note_codes", away)
        call.rooms.on_media_event(seen)
        await inspector.until("codes_read")
    call.rooms.on_media_event(seen)
    await inspector.until("codes_read")
    assert (await kinds(call)).count("picture.code") == 1

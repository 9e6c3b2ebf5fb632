"""docs/protocol.md, line by line, on a real WebSocket."""

import asyncio
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_server.api.signalling import messages as to_page
from inspect_server.api.signalling.errors import MessageMalformed, MessageTooLarge, MessageUnknown
from inspect_server.api.signalling.messages import MAX_MESSAGE_BYTES
from inspect_server.api.signalling.socket import MAX_MALFORMED, _parse
from inspect_server.domain.errors import InspectError, MediaUnavailable, NoCommonCodec
from inspect_server.domain.footage import GapReason
from inspect_server.media import messages as to_worker
from inspect_server.services import inspecting, inviting, keeping_footage
from tests.api.signalling.conftest import Call
from tests.storage import records


async def test_hello_with_a_ticket_is_answered_by_welcome(call: Call) -> None:
    _, welcome = await call.join_as_inspector()
    assert welcome["version"] == 1
    assert welcome["inspection_id"] == call.inspection_id
    assert [p["display_name"] for p in welcome["participants"]] == ["陈静"]


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"type": "ping"}, "hello_expected"),
        ({"type": "hello", "version": 1, "ticket": "x" * 43}, "ticket_invalid"),
        ({"type": "hello", "version": 2, "ticket": "x" * 43}, "version_unsupported"),
        ({"type": "hello", "version": 1, "ticket": "short"}, "message_malformed"),
        ("not json", "message_malformed"),
        ({"type": "dance"}, "message_unknown"),
        ({"no": "type"}, "message_malformed"),
    ],
)
async def test_a_wrong_beginning_is_refused_with_its_reason(call: Call, first: object, code: str) -> None:
    page = await call.connect()
    await page.socket.send_str(first if isinstance(first, str) else json.dumps(first))
    assert (await page.until("error"))["code"] == code
    assert await page.closed() == 4002


async def test_a_ticket_serves_once(call: Call) -> None:
    ticket = await call.staff_ticket()
    await call.join(ticket)
    page = await call.connect()
    await page.send("hello", version=1, ticket=ticket)
    assert (await page.until("error"))["code"] == "ticket_invalid"


async def test_publishing_begins_an_epoch_and_brings_the_answer(call: Call) -> None:
    page, welcome = await call.join_by_invitation()
    await page.send("publish", id="1", connection="cam", sdp="the offer")
    assert (await page.until("publish_answer"))["sdp"] == "v=0 published"
    await page.send("publish", connection="cam2", sdp="the offer")
    await page.until("publish_answer", connection="cam2")
    first, second = call.worker.of_type(to_worker.Publish)
    assert first.participant_id == welcome["participant_id"]
    assert first.room_id == call.inspection_id
    assert (first.track_id, first.epoch, second.epoch) == (second.track_id, 0, 1)


async def test_watching_brings_offers_and_later_ones_too(call: Call) -> None:
    page, _ = await call.join_as_inspector()
    await page.send("watch", connection="w")
    assert (await page.until("offer"))["revision"] == 1
    (watch,) = call.worker.of_type(to_worker.Watch)
    tracks = [to_worker.TrackOfOffer(mid="1", participant_id="phone", source="camera", kind="video")]
    call.rooms.on_media_event(
        to_worker.WatchRevised(connection_id=watch.connection_id, revision=2, offer_sdp="more", tracks=tracks)
    )
    revised = await page.until("offer", revision=2)
    assert (revised["connection"], revised["tracks"][0]["participant_id"]) == ("w", "phone")
    await page.send("answer", connection="w", revision=2, sdp="fine")
    await page.send("candidate", connection="w", candidate="candidate:1 …")
    await page.send("ping")
    await page.until("pong")
    (answer,) = call.worker.of_type(to_worker.WatchAnswer)
    (candidate,) = call.worker.of_type(to_worker.AddCandidate)
    assert answer.connection_id == candidate.connection_id == watch.connection_id


@pytest.mark.parametrize(
    "error", [NoCommonCodec("nothing fits", kind="video", offered="VP8"), MediaUnavailable("no worker")]
)
async def test_what_the_worker_refuses_reaches_the_page_and_the_call_goes_on(call: Call, error: InspectError) -> None:
    page, _ = await call.join_by_invitation()
    call.worker.refusal = error
    await page.send("publish", id="7", connection="cam", sdp="the offer")
    told = await page.until("error")
    assert (told["code"], told["in_reply_to"], told["connection"]) == (error.code, "7", "cam")
    assert told["params"] == error.params
    await page.send("ping")
    await page.until("pong")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "message_malformed"),
        ("[" * 5000, "message_malformed"),
        ('{"type": "publish"}', "message_malformed"),
        ('{"type": "publish", "connection": "a b", "sdp": "x"}', "message_malformed"),
        ('{"type": "ping", "extra": 1}', "message_malformed"),
        (r'{"type": "publish", "connection": "a", "sdp": "x\u0000"}', "message_malformed"),
        ('{"type": "dance"}', "message_unknown"),
        ('{"type": "ping", "id": "' + "x" * MAX_MESSAGE_BYTES + '"}', "message_too_large"),
        ('{"type": "hello", "version": 1, "ticket": "' + "x" * 43 + '"}', "already_greeted"),
    ],
    ids=["cut", "deep", "incomplete", "bad-name", "extra-field", "nul", "unknown", "too-large", "second-hello"],
)
async def test_a_bad_message_gets_a_typed_error_and_does_not_end_the_call(call: Call, text: str, code: str) -> None:
    page, _ = await call.join_as_inspector()
    await page.socket.send_str(text)
    assert (await page.until("error"))["code"] == code
    await page.send("ping")
    await page.until("pong")


async def test_a_flood_of_malformed_messages_ends_the_window(call: Call) -> None:
    page, _ = await call.join_as_inspector()
    for _ in range(MAX_MALFORMED):
        await page.socket.send_str("{")
    assert await page.closed() == 4004


async def test_a_second_window_takes_over_and_the_first_one_hears_so(call: Call) -> None:
    _, token = await call.invite()
    first, welcome = await call.join(await call.phone_ticket(token))
    await first.send("watch", connection="w")
    await first.until("offer")
    second, again = await call.join(await call.phone_ticket(token))
    await first.until("replaced")
    assert await first.closed() == 4000
    assert again["participant_id"] == welcome["participant_id"]
    (closed,) = call.worker.of_type(to_worker.CloseConnection)
    assert closed.connection_id.endswith("/w")
    await second.send("ping")
    await second.until("pong")


async def test_a_publish_connection_outlives_its_window_under_its_old_name(call: Call) -> None:
    _, token = await call.invite()
    first, welcome = await call.join(await call.phone_ticket(token))
    await first.send("publish", connection="p1", sdp="the offer")
    await first.until("publish_answer")
    (published,) = call.worker.of_type(to_worker.Publish)
    changed = to_worker.ConnectionChanged(
        room_id=call.inspection_id,
        connection_id=published.connection_id,
        participant_id=welcome["participant_id"],
        source="camera",
        state="live",
    )
    call.rooms.on_media_event(changed)
    second, again = await call.join(await call.phone_ticket(token))
    assert again["window"] != welcome["window"]
    await second.send("keep", connection="p1", window=welcome["window"])
    await second.send("candidate", connection="p1", candidate="candidate:1 …")
    await second.send("ping")
    await second.until("pong")
    (candidate,) = call.worker.of_type(to_worker.AddCandidate)
    assert candidate.connection_id == published.connection_id
    assert call.worker.of_type(to_worker.CloseConnection) == []
    call.rooms.on_media_event(changed.model_copy(update={"state": "closed"}))
    assert (await second.until("connection_lost"))["connection"] == "p1"


@pytest.mark.parametrize(("connection", "window"), [("p1", 7), ("p2", 0), ("p1", 10**30)])
async def test_what_brings_no_pictures_cannot_be_kept(call: Call, connection: str, window: int) -> None:
    phone, _ = await call.join_by_invitation()
    await phone.send("keep", connection=connection, window=window)
    assert (await phone.until("connection_lost"))["connection"] == connection


async def test_everybody_sees_who_is_live_away_and_gone(call: Call) -> None:
    laptop, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    await phone.send("publish", connection="cam", sdp="the offer")
    await phone.until("publish_answer")
    (publish,) = call.worker.of_type(to_worker.Publish)

    async def presence_after(state: str) -> str:
        call.rooms.on_media_event(
            to_worker.ConnectionChanged.model_validate(
                {
                    "connection_id": publish.connection_id,
                    "room_id": call.inspection_id,
                    "participant_id": welcome["participant_id"],
                    "source": "camera",
                    "state": state,
                }
            )
        )
        return await presence()

    async def presence() -> str:
        told = await laptop.until("participants")
        seen = {p["participant_id"]: str(p["presence"]) for p in told["participants"]}
        return seen.get(welcome["participant_id"], "")

    while await presence() != "joined":
        pass
    assert await presence_after("live") == "live"
    assert await presence_after("away") == "away"
    assert await presence_after("live") == "live"
    await phone.send("leave")
    while await presence() != "left":
        pass
    assert await phone.closed() == 1000
    (closed,) = call.worker.of_type(to_worker.CloseConnection)
    assert (closed.connection_id, closed.reason) == (publish.connection_id, GapReason.LEFT)


async def test_a_lost_connection_is_told_and_the_next_epoch_knows_why(call: Call) -> None:
    phone, welcome = await call.join_by_invitation()
    await phone.send("publish", connection="cam", sdp="the offer")
    await phone.until("publish_answer")
    (publish,) = call.worker.of_type(to_worker.Publish)
    for state in ("live", "closed"):
        call.rooms.on_media_event(
            to_worker.ConnectionChanged.model_validate(
                {
                    "connection_id": publish.connection_id,
                    "room_id": call.inspection_id,
                    "participant_id": welcome["participant_id"],
                    "source": "camera",
                    "state": state,
                }
            )
        )
    assert (await phone.until("connection_lost"))["connection"] == "cam"


async def test_when_the_worker_dies_every_connection_is_told_to_be_lost(call: Call) -> None:
    phone, _ = await call.join_by_invitation()
    await phone.send("publish", connection="cam", sdp="the offer")
    await phone.until("publish_answer")
    call.rooms.on_rooms_lost(frozenset({"another inspection"}))
    call.rooms.on_rooms_lost(frozenset({call.inspection_id}))
    assert (await phone.until("connection_lost"))["connection"] == "cam"


async def test_what_is_published_while_the_camera_is_off_says_so_from_the_start(call: Call) -> None:
    """Whoever comes back in the background opens a new connection; its footage lacks the picture for that reason."""
    phone, _ = await call.join_by_invitation()
    await phone.send("publish", connection="first", sdp="the offer")
    await phone.until("publish_answer")
    await phone.send("media_state", camera="background", microphone="on")
    await phone.send("publish", connection="second", sdp="the offer")
    await phone.until("publish_answer")

    gaps = [(one.camera_gap, one.microphone_gap) for one in call.worker.of_type(to_worker.Publish)]
    assert gaps == [(None, None), (GapReason.BACKGROUND, None)]


@pytest.mark.parametrize("told", ["background", "taken"])
async def test_media_state_reaches_the_others_and_the_footage(call: Call, told: str) -> None:
    laptop, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    await phone.send("media_state", camera=told, microphone="on")
    async with asyncio.timeout(10):
        while True:
            message = await laptop.until("participants")
            seen = {p["participant_id"]: p["camera"] for p in message["participants"]}
            if seen.get(welcome["participant_id"]) == told:
                break
    await phone.send("ping")
    await phone.until("pong")
    (state,) = call.worker.of_type(to_worker.SetMediaState)
    assert (state.camera_gap, state.microphone_gap) == (GapReason(told), None)


async def test_a_full_room_admits_nobody_more(call: Call) -> None:
    await call.join_as_inspector()
    await call.join_by_invitation("甲")
    _, token = await call.invite("乙")
    page = await call.connect()
    await page.send("hello", version=1, ticket=await call.phone_ticket(token))
    told = await page.until("error")
    assert (told["code"], told["params"]) == ("room_full", {"max": 2})
    seated = (await inspecting.show_inspection(call.context, call.inspector, call.inspection_id)).participants
    assert [each.first_joined_at for each in seated if each.display_name == "乙"] == [None], "nobody sits there"


async def test_ending_the_inspection_ends_it_for_everybody(call: Call) -> None:
    laptop, _ = await call.join_as_inspector()
    phone, _ = await call.join_by_invitation()
    await inspecting.end_inspection(call.context, call.inspector, call.inspection_id)
    for page in (laptop, phone):
        await page.until("ended")
        assert await page.closed() == 4001
    assert len(call.worker.of_type(to_worker.CloseRoom)) == 1


async def test_a_restarting_server_tells_every_page_to_come_back(call: Call) -> None:
    page, _ = await call.join_as_inspector()
    call.rooms.close_windows()
    assert await page.closed() == 1012


async def test_a_revoked_invitation_puts_its_bearer_out(call: Call) -> None:
    invitation_id, token = await call.invite()
    phone, _ = await call.join(await call.phone_ticket(token))
    await inviting.revoke_invitation(call.context, call.inspector, invitation_id)
    assert (await phone.until("error"))["code"] == "invitation_revoked"
    assert await phone.closed() == 4001


async def test_the_inspector_sees_how_the_recording_goes_and_the_enterprise_only_that_it_goes(call: Call) -> None:
    laptop, _ = await call.join_as_inspector()
    phone, _ = await call.join_by_invitation()
    call.rooms.on_media_event(
        to_worker.Alarm(code="upload_delayed", active=True, inspection_id=call.inspection_id, detail="S3 is away")
    )
    assert (await laptop.until("footage", alarms=["upload_delayed"]))["recording"] is False
    assert (await phone.until("footage"))["alarms"] == []


async def test_an_alarm_of_another_inspection_is_not_shown_here(call: Call) -> None:
    laptop, _ = await call.join_as_inspector()
    call.rooms.on_media_event(to_worker.Alarm(code="not_recording", active=True, inspection_id="long over"))
    call.rooms.on_media_event(
        to_worker.Alarm(code="no_sound_written", active=True, inspection_id=call.inspection_id, track_id="track")
    )
    while not (told := await laptop.next_of({"footage"}))["alarms"]:
        pass
    assert told["alarms"] == ["no_sound_written"]


async def test_one_recorded_track_does_not_end_the_alarm_about_another(call: Call) -> None:
    laptop, _ = await call.join_as_inspector()

    def alarm(track_id: str, *, active: bool) -> None:
        call.rooms.on_media_event(
            to_worker.Alarm(code="not_recording", active=active, inspection_id=call.inspection_id, track_id=track_id)
        )

    alarm("camera", active=True)
    alarm("second camera", active=True)
    await laptop.until("footage", alarms=["not_recording"])
    alarm("camera", active=False)
    await laptop.send("ping")
    while (told := await laptop.next_of({"footage", "pong"}))["type"] == "footage":
        assert told["alarms"] == ["not_recording"]
    alarm("second camera", active=False)
    assert (await laptop.next_of({"footage"}))["alarms"] == []


async def test_damaged_footage_is_told_in_every_call_until_somebody_has_looked_at_it(call: Call) -> None:
    laptops = [(await each.join_as_inspector())[0] for each in (call, await call.of_another_case())]
    call.rooms.on_media_event(to_worker.Alarm(code="spool_damaged", active=True, detail="track.000001/000003.mp4"))
    for laptop in laptops:
        await laptop.until("footage", alarms=["spool_damaged"])
    call.rooms.on_media_event(to_worker.Alarm(code="spool_damaged", active=False))
    for laptop in laptops:
        assert (await laptop.next_of({"footage"}))["alarms"] == []


async def test_the_inspector_is_told_as_many_gaps_as_the_case_shows(call: Call) -> None:
    laptop, _ = await call.join_as_inspector()
    phone, _ = await call.join_by_invitation()
    for number in range(6):
        await phone.send("publish", connection=f"try{number}", sdp="the offer")
        await phone.until("publish_answer")
    first, *_, last = call.worker.of_type(to_worker.Publish)
    now = call.context.now()
    for publish, started_at in ((first, now), (last, now + timedelta(minutes=1))):
        media = records.a_segment(publish.track_id, publish.epoch, 0, started_at=started_at)
        await keeping_footage.keep_segment(call.context, media)
    assert await call.gaps_on_the_case_page() == 1
    await laptop.until("footage", gap_count=1)


async def test_a_nearly_full_spool_refuses_new_calls_only(call: Call) -> None:
    phone, _ = await call.join_by_invitation()
    call.rooms.on_media_event(to_worker.Alarm(code="spool_low", active=True))
    await phone.send("publish", connection="cam", sdp="the offer")
    assert (await phone.until("error"))["code"] == "spool_full"
    call.rooms.on_media_event(to_worker.Alarm(code="spool_low", active=False))
    await phone.send("publish", connection="cam", sdp="the offer")
    await phone.until("publish_answer")


async def test_a_call_that_was_under_way_goes_on_with_a_nearly_full_spool(call: Call) -> None:
    """Also one that comes back after a restart, when nobody in this process has heard of it."""
    phone, _ = await call.join_by_invitation()
    await phone.send("publish", connection="cam", sdp="the offer")
    await phone.until("publish_answer")
    call.rooms.on_media_event(to_worker.Alarm(code="spool_low", active=True))
    await phone.send("publish", connection="again", sdp="the offer")
    assert (await phone.until("publish_answer"))["connection"] == "again"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
TYPES = st.sampled_from(
    ["hello", "publish", "keep", "watch", "answer", "candidate", "close", "media_state", "leave", "ping"]
)


@given(
    st.one_of(
        st.text(max_size=300),
        JSON.map(json.dumps),
        st.builds(lambda t, d: json.dumps({"type": t, "x": d}), TYPES, JSON),
    )
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_a_message_or_a_typed_error(text: str) -> None:
    try:
        message = _parse(text)
    except (MessageMalformed, MessageUnknown, MessageTooLarge):
        return
    assert isinstance(message, to_page.ClientMessage)

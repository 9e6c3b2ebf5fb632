"""What is meant to be sent of a picture reaches its publisher and everybody; the inspector's wish, the worker."""

from __future__ import annotations

from inspect_server.domain.picture import PicturePreference, PictureReason
from inspect_server.media import messages
from tests.api.signalling.conftest import Call

WHOLE = {"short_side_px": 720, "frames_per_second": 30, "still_interval_s": 0, "reason": "full"}


def connected(call: Call, connection_id: str, participant_id: str) -> messages.ConnectionChanged:
    return messages.ConnectionChanged(
        connection_id=connection_id,
        room_id=call.inspection_id,
        participant_id=participant_id,
        source="camera",
        state="live",
    )


def figures(call: Call, participant_id: str) -> messages.PublisherQuality:
    return messages.PublisherQuality(
        room_id=call.inspection_id,
        participant_id=participant_id,
        bitrate_bps=1_800_000,
        loss_percent=0,
        unrepaired_percent=0,
        rtt_ms=40,
        width=1280,
        height=720,
        frames_per_second=30,
        playout_delay_ms=0,
    )


def stepped(call: Call, connection_id: str, participant_id: str) -> messages.PictureStepped:
    return messages.PictureStepped(
        room_id=call.inspection_id,
        participant_id=participant_id,
        connection_id=connection_id,
        short_side_px=360,
        frames_per_second=15,
        still_interval_s=0,
        audio_bps=20_000,
        reason=PictureReason.NETWORK,
        preference=PicturePreference.BALANCED,
    )


async def test_a_step_is_told_to_the_publisher_and_its_reason_to_everybody_at_once(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    me = welcome["participant_id"]
    await phone.send("publish", connection="p1", sdp="an offer")
    await phone.until("publish_answer")
    (command,) = call.worker.of_type(messages.Publish)
    call.rooms.on_media_event(connected(call, command.connection_id, me))
    call.rooms.on_media_event(figures(call, me))
    (before,) = (await inspector.until("quality"))["participants"]
    assert before["picture"] == {**WHOLE, "preference": "balanced"}

    call.rooms.on_media_event(stepped(call, command.connection_id, me))
    told = await phone.until("picture")
    assert (told["connection"], told["short_side_px"], told["frames_per_second"]) == ("p1", 360, 15)
    assert told["audio_bps"] == 20_000
    (after,) = (await inspector.until("quality"))["participants"]
    assert after["picture"]["reason"] == "network"
    assert after["level"] == "fair"

    # Another connection begins with everything again.
    call.rooms.on_media_event(connected(call, "another", me))
    call.rooms.on_media_event(figures(call, me))
    (renewed,) = (await inspector.until("quality"))["participants"]
    assert renewed["picture"] == {**WHOLE, "preference": "balanced"}


async def test_the_inspectors_wish_holds_now_and_for_later_connections(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    me = welcome["participant_id"]
    await inspector.send("prefer_picture", participant_id=me, preference="sharp")
    await inspector.send("ping")
    await inspector.until("pong")
    (wish,) = call.worker.of_type(messages.SetPicturePreference)
    assert (wish.participant_id, wish.preference) == (me, PicturePreference.SHARP)
    await phone.send("publish", connection="p1", sdp="an offer")
    await phone.until("publish_answer")
    (command,) = call.worker.of_type(messages.Publish)
    assert command.preference is PicturePreference.SHARP


async def test_only_an_inspector_may_wish(call: Call) -> None:
    _, office = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    for participant_id in (welcome["participant_id"], office["participant_id"]):
        await phone.send("prefer_picture", id="w", participant_id=participant_id, preference="smooth")
        assert (await phone.until("error"))["code"] == "not_allowed"
    assert call.worker.of_type(messages.SetPicturePreference) == []


async def test_a_wish_for_nobody_is_refused(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    await inspector.send("prefer_picture", participant_id="nobody", preference="sharp")
    assert (await inspector.until("error"))["code"] == "not_found"

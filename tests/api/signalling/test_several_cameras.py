"""One participant with several cameras: each is a track of its own, and one that goes takes no other with it."""

from typing import Literal

from inspect_server.api.signalling.connecting import MAX_CAMERAS
from inspect_server.api.signalling.seat import MAX_CONNECTIONS
from inspect_server.domain.errors import BadSdp
from inspect_server.domain.footage import MAX_SOURCES, GapReason
from inspect_server.media import messages as to_worker
from storage import footage
from tests.api.signalling.conftest import Call, Page


async def publish(call: Call, page: Page, source: str) -> to_worker.Publish:
    await page.send("publish", connection=f"{source}-{len(call.worker.commands)}", sdp="the offer", source=source)
    await page.until("publish_answer")
    published: to_worker.Publish = call.worker.of_type(to_worker.Publish)[-1]
    return published


def tell(call: Call, publication: to_worker.Publish, state: Literal["live", "away", "closed"]) -> None:
    call.rooms.on_media_event(
        to_worker.ConnectionChanged(
            connection_id=publication.connection_id,
            room_id=publication.room_id,
            participant_id=publication.participant_id,
            source=publication.source,
            state=state,
        )
    )


async def state_of(call: Call, participant_id: str) -> tuple[str, list[str]]:
    """Presence, and which cameras send."""
    (state,) = [s for s in call.rooms.room(call.inspection_id).states() if s.participant_id == participant_id]
    return state.presence.value, state.sources


async def test_two_cameras_are_two_tracks_with_epochs_of_their_own(call: Call) -> None:
    page, _ = await call.join_by_invitation()
    first = await publish(call, page, "camera")
    second = await publish(call, page, "microscope")
    again = await publish(call, page, "microscope")
    assert (first.source, second.source) == ("camera", "microscope")
    assert first.track_id != second.track_id == again.track_id
    assert (first.epoch, second.epoch, again.epoch) == (0, 0, 1)


async def test_a_camera_that_goes_leaves_the_other_one_alone(call: Call) -> None:
    page, welcome = await call.join_by_invitation()
    me = welcome["participant_id"]
    first, second = await publish(call, page, "camera"), await publish(call, page, "microscope")
    for publication in (first, second):
        tell(call, publication, "live")
    assert await state_of(call, me) == ("live", ["camera", "microscope"])
    tell(call, second, "away")
    assert await state_of(call, me) == ("live", ["camera", "microscope"])
    tell(call, first, "away")
    assert (await state_of(call, me))[0] == "away"
    tell(call, first, "live")
    tell(call, second, "closed")
    assert await state_of(call, me) == ("live", ["camera"])


async def test_each_camera_remembers_why_it_ended(call: Call) -> None:
    page, _ = await call.join_by_invitation()
    first, second = await publish(call, page, "camera"), await publish(call, page, "microscope")
    for publication in (first, second):
        tell(call, publication, "live")
    await page.send("close", connection=second.connection_id.rsplit("/", 1)[1])
    tell(call, first, "closed")
    await page.send("ping")
    await page.until("pong")
    (seat,) = call.rooms.room(call.inspection_id).seats
    assert seat.last_ends == {"microscope": GapReason.PUBLISHER_STOPPED, "camera": GapReason.NETWORK}


async def test_a_phone_that_fell_asleep_in_the_background_did_not_lose_its_network(call: Call) -> None:
    page, _ = await call.join_by_invitation()
    first = await publish(call, page, "camera")
    tell(call, first, "live")
    await page.send("media_state", camera="background", microphone="on")
    await page.send("ping")
    await page.until("pong")
    tell(call, first, "away")
    tell(call, first, "live")
    # Awake again it says so at once, and publishes beside the connection that the worker has not given up yet.
    await page.send("media_state", camera="on", microphone="on")
    second = await publish(call, page, "camera")
    (seat,) = call.rooms.room(call.inspection_id).seats
    async with call.rooms.context.database.reading() as tx:
        epochs = await footage.epochs_of(tx, seat.tracks["camera"])
    assert [epoch.preceded_by for epoch in epochs] == [None, GapReason.BACKGROUND]
    tell(call, second, "live")
    assert seat.last_ends == {}


async def test_a_muted_microscope_does_not_look_like_a_muted_camera(call: Call) -> None:
    page, welcome = await call.join_by_invitation()
    await page.send("media_state", camera="on", microphone="on")
    await page.send("media_state", source="microscope", camera="muted", microphone="off")
    await page.send("ping")
    await page.until("pong")
    (state,) = call.rooms.room(call.inspection_id).states()
    assert (state.participant_id, state.camera.value) == (welcome["participant_id"], "on")
    marked = call.worker.of_type(to_worker.SetMediaState)
    assert [(m.source, m.camera_gap) for m in marked] == [("camera", None), ("microscope", GapReason.MUTED)]


async def test_one_camera_more_than_allowed_is_refused(call: Call) -> None:
    page, _ = await call.join_by_invitation()
    for number in range(MAX_SOURCES):
        await publish(call, page, f"camera-{number}")
    await page.send("publish", id="5", connection="more", sdp="the offer", source="one-more")
    told = await page.until("error")
    assert (told["code"], told["params"], told["in_reply_to"]) == ("too_many_cameras", {"max": MAX_SOURCES}, "5")
    assert (await publish(call, page, "camera-0")).epoch == 1


async def test_a_room_full_of_cameras_takes_no_other(call: Call) -> None:
    page, welcome = await call.join_by_invitation()
    room = call.rooms.room(call.inspection_id)
    first = await publish(call, page, "camera")
    for number in range(MAX_CAMERAS):
        tell(call, first.model_copy(update={"source": f"s{number}", "connection_id": f"c{number}"}), "live")
    await page.send("publish", id="6", connection="more", sdp="the offer", source="one-more")
    assert (await page.until("error"))["params"] == {"max": MAX_CAMERAS}
    assert room.states()[0].participant_id == welcome["participant_id"]


async def test_offers_say_which_camera_it_is(call: Call) -> None:
    page, _ = await call.join_as_inspector()
    await page.send("watch", connection="w")
    await page.until("offer")
    (watch,) = call.worker.of_type(to_worker.Watch)
    tracks = [
        to_worker.TrackOfOffer(mid=mid, participant_id="phone", source=source, kind="video")
        for mid, source in (("1", "camera"), ("2", "microscope"))
    ]
    call.rooms.on_media_event(
        to_worker.WatchRevised(connection_id=watch.connection_id, revision=2, offer_sdp="more", tracks=tracks)
    )
    revised = await page.until("offer", revision=2)
    assert [track["source"] for track in revised["tracks"]] == ["camera", "microscope"]


async def test_a_window_has_no_more_connections_than_a_page_can_need_and_one_that_failed_does_not_count(
    call: Call,
) -> None:
    page, _ = await call.join_by_invitation()
    call.worker.refusal = BadSdp()
    for number in range(MAX_CONNECTIONS + 1):
        await page.send("watch", connection=f"failed-{number}")
        assert (await page.until("error"))["code"] == "bad_sdp"
        await page.send("candidate", connection=f"unknown-{number}", candidate="")
        await page.until("error")
    call.worker.refusal = None
    for number in range(MAX_CONNECTIONS):
        await page.send("watch", connection=f"w{number}")
        await page.until("offer")
    await page.send("watch", connection="one-more")
    assert (await page.until("error"))["code"] == "bad_request"
    await page.send("publish", connection="and-one", sdp="the offer", source="camera")
    assert (await page.until("error"))["code"] == "bad_request"
    assert call.worker.of_type(to_worker.Publish) == []
    await page.send("close", connection="w0")
    await publish(call, page, "camera")

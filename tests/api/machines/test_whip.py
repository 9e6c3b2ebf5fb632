"""WHIP (RFC 9725) as a camera meets it."""

import asyncio
from collections.abc import Callable

import pytest

from inspect_server.api.machines import visits
from inspect_server.api.signalling.messages.footage import FootageAlarm
from inspect_server.api.signalling.messages.presence import MediaCondition, Presence
from inspect_server.domain.errors import MediaUnavailable
from inspect_server.domain.footage import GapReason
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.media import messages
from inspect_server.services import inspecting, inviting
from inspect_server.services.machines import MachineAccess
from tests.api.machines.conftest import MAX_PARTICIPANTS, RECEIVING, SENDING, Yard, code
from tests.media.test_sdp import VP8, offer

TRICKLE = "application/trickle-ice-sdpfrag"
CANDIDATE = "candidate:1 1 udp 1 127.0.0.1 9 typ host"
FRAGMENT = f"a=ice-ufrag:abcd\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na={CANDIDATE}\r\n"
TIMEOUT_S = 10


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what the visits' own task does."""
    async with asyncio.timeout(TIMEOUT_S):
        while not condition():  # noqa: ASYNC110 - the room has no event for it
            await asyncio.sleep(0.05)


async def test_an_offer_is_answered_with_all_that_the_camera_needs(yard: Yard) -> None:
    access = await yard.access()
    answer = await yard.whip(access)
    assert (answer.status, answer.data) == (201, b"v=0 published")
    assert answer.headers["Content-Type"].startswith("application/sdp")
    assert answer.headers["Location"].startswith(f"/api/whip/{yard.inspection_id}/")
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Accept-Patch"] == TRICKLE
    links = answer.headers.getall("Link")  # type: ignore[attr-defined] # a multidict
    assert links == [
        f'<{url}>; rel="ice-server"; username="u"; credential="c"; credential-type="password"'
        for url in ("turn:127.0.0.1:3478?transport=udp", "turns:127.0.0.1:443")
    ]
    (published,) = yard.worker.of_type(messages.Publish)
    assert (published.room_id, published.epoch, published.offer_sdp) == (yard.inspection_id, 0, SENDING)


async def test_the_camera_is_a_participant_with_its_name(yard: Yard) -> None:
    await yard.whip(await yard.access())
    assert yard.machine().role is ParticipantRole.DEVICE
    assert (yard.machine().camera, yard.machine().microphone) == (MediaCondition.ON, MediaCondition.ON)
    (published,) = yard.worker.of_type(messages.Publish)
    yard.tell(published, "live")
    assert yard.machine().presence is Presence.LIVE
    yard.tell(published, "away")
    assert yard.machine().presence is Presence.AWAY
    audited = {action for _, action in await yard.office.audited(f"inspection:{yard.inspection_id}")}
    assert audited == {"inspection.opened", "access.given", "inspection.joined"}


async def test_another_offer_goes_on_in_the_next_epoch_of_the_same_track(yard: Yard) -> None:
    access = await yard.access()
    first = await yard.whip(access)
    yard.tell(yard.worker.of_type(messages.Publish)[0], "live")
    second = await yard.whip(access)
    before, after = yard.worker.of_type(messages.Publish)
    assert (before.track_id, before.epoch) == (after.track_id, 0)
    assert after.epoch == 1
    assert code(await yard.ask("DELETE", first.headers["Location"], access)) == (404, "not_found")
    # The picture that is there stays until the new one comes.
    assert not yard.worker.of_type(messages.CloseConnection)
    assert (await yard.ask("DELETE", second.headers["Location"], access)).status == 204


async def test_a_bad_second_offer_leaves_the_running_one_alone(yard: Yard) -> None:
    access = await yard.access()
    first = await yard.whip(access)
    assert code(await yard.whip(access, offer(VP8))) == (422, "no_common_codec")
    yard.worker.refusal = MediaUnavailable()
    assert code(await yard.whip(access)) == (503, "media_unavailable")
    yard.worker.refusal = None
    assert (await yard.ask("DELETE", first.headers["Location"], access)).status == 204


async def test_good_bye_frees_the_seat_and_ends_the_connection(yard: Yard) -> None:
    access = await yard.access()
    where = (await yard.whip(access)).headers["Location"]
    assert (await yard.ask("DELETE", where, access)).status == 204
    assert yard.machine().presence is Presence.LEFT
    assert [c.reason for c in yard.worker.of_type(messages.CloseConnection)] == [GapReason.LEFT]
    assert code(await yard.ask("DELETE", where, access)) == (404, "not_found")


async def test_a_connection_that_is_gone_takes_no_more_candidates(yard: Yard) -> None:
    access = await yard.access()
    where = (await yard.whip(access)).headers["Location"]
    yard.tell(yard.worker.of_type(messages.Publish)[0], "closed")
    refused = await yard.ask("PATCH", where, access, FRAGMENT, **{"Content-Type": TRICKLE})
    assert code(refused) == (404, "not_found")


async def test_a_camera_that_vanishes_loses_its_seat_and_may_come_back(yard: Yard) -> None:
    access = await yard.access()
    await yard.whip(access)
    (published,) = yard.worker.of_type(messages.Publish)
    yard.tell(published, "live")
    yard.tell(published, "closed")
    await until(lambda: yard.machine().presence is Presence.LEFT)
    assert (await yard.whip(access)).status == 201
    assert yard.machine().presence is Presence.JOINED


async def test_a_camera_whose_media_worker_died_is_away_at_once_and_comes_back_to_its_seat(yard: Yard) -> None:
    access = await yard.access()
    where = (await yard.whip(access)).headers["Location"]
    (published,) = yard.worker.of_type(messages.Publish)
    yard.tell(published, "live")
    yard.rooms.on_rooms_lost(frozenset({yard.inspection_id}))
    assert yard.machine().presence is Presence.AWAY
    assert code(await yard.ask("PATCH", where, access, FRAGMENT, **{"Content-Type": TRICKLE})) == (404, "not_found")
    # FFmpeg gives up as soon as its packets meet a closed port, and says good-bye.
    assert (await yard.ask("DELETE", where, access)).status == 204
    assert yard.machine().presence is Presence.AWAY
    for number in range(MAX_PARTICIPANTS - 1):
        await yard.whip(await yard.access(name=f"机位{number}"))
    assert code(await yard.whip(await yard.access())) == (409, "room_full")

    assert (await yard.whip(access)).status == 201
    again = yard.worker.of_type(messages.Publish)[-1]
    assert (again.participant_id, again.track_id, again.epoch) == (published.participant_id, published.track_id, 1)
    yard.tell(again, "live")
    assert yard.machine().presence is Presence.LIVE


async def test_a_camera_that_does_not_come_back_after_its_worker_died_frees_its_seat(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "AWAITED_FOR_S", 1.5)
    await yard.whip(await yard.access())
    yard.rooms.on_rooms_lost(frozenset({yard.inspection_id}))
    await until(lambda: yard.machine().presence is Presence.LEFT)
    others = [await yard.whip(await yard.access(name=f"机位{number}")) for number in range(MAX_PARTICIPANTS)]
    assert {answer.status for answer in others} == {201}


async def test_a_camera_that_announces_sound_but_sends_none_is_shown_so_and_raises_no_alarm(yard: Yard) -> None:
    await yard.whip(await yard.access())
    (published,) = yard.worker.of_type(messages.Publish)
    room = yard.rooms.room(yard.inspection_id)

    def silent(*, active: bool, from_start: bool) -> None:
        yard.rooms.on_media_event(
            messages.Alarm(
                code="no_sound_written",
                active=active,
                inspection_id=yard.inspection_id,
                track_id=published.track_id,
                from_start=from_start,
            )
        )

    silent(active=True, from_start=True)
    assert yard.machine().microphone is MediaCondition.UNAVAILABLE
    assert not room.recording.alarms
    silent(active=False, from_start=False)
    assert yard.machine().microphone is MediaCondition.ON
    # Sound that was there and stops is another matter.
    silent(active=True, from_start=False)
    assert room.recording.alarms == {(FootageAlarm.NO_SOUND_WRITTEN, published.track_id)}
    silent(active=False, from_start=False)
    assert not room.recording.alarms


async def test_a_new_connection_that_fails_leaves_the_one_before_alone(yard: Yard) -> None:
    access = await yard.access()
    await yard.whip(access)
    await yard.whip(access)
    first, second = yard.worker.of_type(messages.Publish)
    yard.tell(first, "live")
    yard.tell(second, "closed")
    other = await yard.access(name="大门机位")
    await yard.whip(other)
    yard.tell(yard.worker.of_type(messages.Publish)[-1], "closed")
    await until(lambda: yard.machine("大门机位").presence is Presence.LEFT)
    assert yard.machine().presence is Presence.LIVE


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"Authorization": ""}, SENDING, (401, "access_invalid")),
        ({"Authorization": "Basic abc"}, SENDING, (401, "access_invalid")),
        ({"Authorization": "Bearer"}, SENDING, (401, "access_invalid")),
        ({"Authorization": "Bearer " + "x" * 43}, SENDING, (401, "access_invalid")),
        ({"Content-Type": "application/json"}, SENDING, (415, "unsupported_content")),
        ({}, "hello", (422, "bad_sdp")),
        ({}, RECEIVING, (422, "bad_sdp")),
        ({}, offer(VP8), (422, "no_common_codec")),
        ({}, "v=0\0", (400, "bad_request")),
        ({}, "v=0\r\n" + "a=x\r\n" * 20_000, (413, "bad_request")),
    ],
)
async def test_what_cannot_be_taken_says_why(
    yard: Yard, headers: dict[str, str], body: str, expected: tuple[int, str]
) -> None:
    answer = await yard.whip(await yard.access(), body, **headers)
    assert code(answer) == expected
    assert not yard.worker.commands
    if answer.status == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_wall_does_not_publish(yard: Yard) -> None:
    wall = await yard.access(ParticipantRole.SCREEN)
    assert code(await yard.whip(wall)) == (403, "not_allowed")


async def test_a_persons_link_is_no_cameras_token(yard: Yard) -> None:
    _, token = await yard.office.invite(yard.inspection_id)
    await yard.office.accept(token)
    assert code(await yard.post("whip", token, SENDING)) == (401, "access_invalid")


async def test_a_cameras_token_is_no_persons_link(yard: Yard) -> None:
    access = await yard.access()
    for path in ("open", "tickets"):
        assert code(await yard.http.post(f"/api/join/{path}", {"token": access.token})) == (404, "invitation_invalid")


async def test_an_access_is_good_for_its_own_inspection_only(yard: Yard) -> None:
    access = await yard.access()
    other = await yard.office.open_inspection()
    answer = await yard.ask("POST", f"/api/whip/{other}", access, SENDING, **{"Content-Type": "application/sdp"})
    assert code(answer) == (404, "not_found")


async def test_a_revoked_access_ends_the_picture_at_once(yard: Yard) -> None:
    access = await yard.access()
    where = (await yard.whip(access)).headers["Location"]
    await inviting.revoke_invitation(yard.office.context, yard.office.inspector, access.invitation.id)
    await until(lambda: yard.machine().presence is Presence.LEFT)
    assert code(await yard.whip(access)) == (401, "access_invalid")
    assert code(await yard.ask("DELETE", where, access)) == (404, "not_found")


async def test_an_expired_access_opens_nothing(yard: Yard) -> None:
    access = await yard.access()
    yard.office.clock.advance(days=4)
    assert code(await yard.whip(access)) == (401, "access_invalid")


async def test_an_ended_inspection_takes_no_camera(yard: Yard) -> None:
    access = await yard.access()
    where = (await yard.whip(access)).headers["Location"]
    await inspecting.end_inspection(yard.office.context, yard.office.inspector, yard.inspection_id)
    assert code(await yard.whip(access)) == (409, "inspection_ended")
    await until(lambda: bool(yard.worker.of_type(messages.CloseRoom)))
    assert code(await yard.ask("DELETE", where, access)) == (404, "not_found")


async def test_cameras_take_seats_like_people(yard: Yard) -> None:
    for number in range(MAX_PARTICIPANTS):
        assert (await yard.whip(await yard.access(name=f"机位{number}"))).status == 201
    assert code(await yard.whip(await yard.access())) == (409, "room_full")


async def test_without_a_media_worker_the_camera_is_told_when_to_try_again(yard: Yard) -> None:
    yard.worker.refusal = MediaUnavailable()
    answer = await yard.whip(await yard.access())
    assert code(answer) == (503, "media_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert yard.rooms.room(yard.inspection_id).states() == []


@pytest.fixture
async def session(yard: Yard) -> tuple[MachineAccess, str, str]:
    """Access, URL and entity tag of a running session."""
    access = await yard.access()
    answer = await yard.whip(access)
    return access, answer.headers["Location"], answer.headers["ETag"]


async def test_later_candidates_reach_the_worker(yard: Yard, session: tuple[MachineAccess, str, str]) -> None:
    access, where, etag = session
    for headers in ({"If-Match": etag}, {}, {"If-Match": f'"other", {etag}'}):
        answer = await yard.ask("PATCH", where, access, FRAGMENT, **{"Content-Type": TRICKLE, **headers})
        assert answer.status == 204
    added = yard.worker.of_type(messages.AddCandidate)
    (published,) = yard.worker.of_type(messages.Publish)
    assert {a.connection_id for a in added} == {published.connection_id}
    assert [a.candidate for a in added] == [CANDIDATE] * 3


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"If-Match": "*"}, FRAGMENT, (422, "ice_restart_refused")),
        ({}, FRAGMENT.replace("abcd", "efgh"), (422, "ice_restart_refused")),
        ({"If-Match": '"other"'}, FRAGMENT, (412, "precondition_failed")),
        ({"Content-Type": "application/sdp"}, FRAGMENT, (415, "unsupported_content")),
        ({}, "hello", (400, "bad_request")),
        ({}, "a=candidate:1\r\n" * 33, (400, "bad_request")),
        ({"Authorization": "Bearer other"}, FRAGMENT, (401, "access_invalid")),
        ({"Authorization": ""}, FRAGMENT, (401, "access_invalid")),
    ],
)
async def test_what_a_running_session_does_not_take(
    yard: Yard,
    session: tuple[MachineAccess, str, str],
    headers: dict[str, str],
    body: str,
    expected: tuple[int, str],
) -> None:
    access, where, _ = session
    assert code(await yard.ask("PATCH", where, access, body, **{"Content-Type": TRICKLE, **headers})) == expected
    assert not yard.worker.of_type(messages.AddCandidate)
    assert (await yard.ask("DELETE", where, access)).status == 204


async def test_pages_of_any_site_may_ask(yard: Yard, session: tuple[MachineAccess, str, str]) -> None:
    _, where, _ = session
    endpoint = f"/api/whip/{yard.inspection_id}"
    for path, header, value in ((endpoint, "Accept-Post", "application/sdp"), (where, "Accept-Patch", TRICKLE)):
        answer = await yard.http.ask("OPTIONS", path, headers={"Origin": "http://wall.example"})
        assert answer.status == 200
        assert answer.headers[header] == value
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    refused = await yard.http.post(endpoint)
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in (await yard.http.get("/api/health")).headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
async def test_other_methods_are_kept_for_later_versions(
    yard: Yard, session: tuple[MachineAccess, str, str], method: str
) -> None:
    access, where, _ = session
    for path in (where, f"/api/whip/{yard.inspection_id}"):
        assert (await yard.ask(method, path, access)).status == 405

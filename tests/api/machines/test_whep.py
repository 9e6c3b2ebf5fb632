"""WHEP as a video wall meets it."""

import pytest

from inspect_server.api.signalling.messages.presence import Presence
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.media import messages
from tests.api.machines.conftest import RECEIVING, SENDING, Yard, code
from tests.media.test_sdp import VP8, offer

WALL = "指挥中心大屏"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", (None, None)),
        ("?participant=someone", ("someone", None)),
        ("?participant=someone&source=microscope", ("someone", "microscope")),
    ],
)
async def test_a_wall_is_answered_even_before_there_is_a_picture(
    yard: Yard, query: str, shown: tuple[str | None, str | None]
) -> None:
    wall = await yard.access(ParticipantRole.SCREEN, WALL)
    answer = await yard.whep(wall, query=query)
    assert (answer.status, answer.data) == (201, b"v=0 viewed")
    assert answer.headers["Location"].startswith(f"/api/whep/{yard.inspection_id}/")
    (view,) = yard.worker.of_type(messages.View)
    assert (view.room_id, view.offer_sdp) == (yard.inspection_id, RECEIVING)
    assert (view.shown, view.shown_source) == shown


async def test_everybody_sees_that_a_wall_watches(yard: Yard) -> None:
    await yard.whep(await yard.access(ParticipantRole.SCREEN, WALL))
    assert (yard.machine(WALL).role, yard.machine(WALL).presence) == (ParticipantRole.SCREEN, Presence.JOINED)


async def test_a_wall_leaves_like_a_camera(yard: Yard) -> None:
    wall = await yard.access(ParticipantRole.SCREEN, WALL)
    where = (await yard.whep(wall)).headers["Location"]
    (view,) = yard.worker.of_type(messages.View)
    assert (await yard.ask("DELETE", where, wall)).status == 204
    assert [c.connection_id for c in yard.worker.of_type(messages.CloseConnection)] == [view.connection_id]
    assert yard.machine(WALL).presence is Presence.LEFT


async def test_a_camera_does_not_watch(yard: Yard) -> None:
    camera = await yard.access(ParticipantRole.DEVICE)
    assert code(await yard.whep(camera)) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SENDING, (422, "bad_sdp")),
        (offer(VP8, direction="recvonly", audio="PCMU/8000"), (422, "no_common_codec")),
        ("", (422, "bad_sdp")),
    ],
)
async def test_what_cannot_be_shown_says_why(yard: Yard, body: str, expected: tuple[int, str]) -> None:
    assert code(await yard.whep(await yard.access(ParticipantRole.SCREEN), body)) == expected
    assert not yard.worker.commands


async def test_a_prominent_picture_is_named_to_the_worker(yard: Yard) -> None:
    await yard.whip(await yard.access())
    (published,) = yard.worker.of_type(messages.Publish)
    assert published.prominence > 0  # the enterprise's own would come before

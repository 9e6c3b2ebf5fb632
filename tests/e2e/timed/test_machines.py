"""A camera that publishes by FFmpeg's WHIP and a wall that watches by WHEP, let in by the inspector's page."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from datetime import timedelta
from pathlib import Path

import av
import pytest
from playwright.async_api import expect

from inspect_server.domain.footage import GapReason
from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.pictures import read_counter
from tests.e2e.pages.wall import Wall
from tests.e2e.waiting import until
from tests.support.archive import beep_onsets, chain_faults, decode
from tests.support.clip import ClipSpec
from tests.support.whip_camera import WhipCamera

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

YARD = 3
CAMERA = "仓库机位"
WALL = "指挥中心大屏"
FIRST_S, SECOND_S = 6, 4
# The camera's clock starts with its first packet: how much later a picture may be dated than it was taken.
MAX_LATENESS = timedelta(seconds=0.3)
MAX_JITTER_S = 0.05


async def test_a_camera_is_recorded_and_seen_on_laptop_and_wall(
    folder_and_sqlite: Deployment, people: People, tmp_path: Path
) -> None:
    inspector, hall = await people.laptop(), await people.laptop("wall")
    laptop = LaptopPages(inspector.page, folder_and_sqlite.product.url)
    await laptop.sign_in()
    await laptop.open_first_case()
    inspection_id = await laptop.start_inspection()
    screen_url, screen_token = await laptop.give_access(WALL, kind="大屏")
    camera_url, camera_token = await laptop.give_access(CAMERA)
    assert await hindrances(inspector.page) == []

    async with Wall.on(hall.page) as wall:
        # The wall comes first and waits for a picture.
        assert await wall.watch(screen_url, screen_token) == 204
        camera = WhipCamera(ClipSpec(source=YARD, width=640, height=360, frames=300), tmp_path, h264_profile="high")
        publishing = asyncio.create_task(
            asyncio.to_thread(camera.publish, camera_url, camera_token, seconds=FIRST_S), name="camera"
        )
        seen = await until(lambda: read_counter(laptop.site_video()), within_s=20, what="the camera on the laptop")
        assert seen.source == YARD
        seen = await until(lambda: read_counter(wall.video()), within_s=20, what="the camera on the wall")
        assert seen.source == YARD
        await publishing

        # Another one with the same token goes on in the next epoch.
        await asyncio.to_thread(camera.publish, camera_url, camera_token, seconds=SECOND_S)
        assert await wall.leave() == 204
    await laptop.end_inspection()

    tracks = await until(lambda: folder_and_sqlite.all_stored(inspection_id), within_s=20, what="the whole footage")
    (track,) = [track for track in tracks if track.participant_name == CAMERA]
    assert [epoch.number for epoch in track.epochs] == [0, 1]
    assert chain_faults(track.segments) == []
    for epoch, sent in ((0, camera.sent[: FIRST_S * 30]), (1, camera.sent[FIRST_S * 30 :])):
        content = decode([segment for segment in track.segments if segment.epoch == epoch])
        assert content.faults == []
        readings = [frame.reading for frame in content.frames]
        assert [reading.counter for reading in readings if reading] == [picture.counter for picture in sent]
        assert all(reading and reading.source == YARD for reading in readings)
        late = [frame.at - picture.at for frame, picture in zip(content.frames, sent, strict=True)]
        assert timedelta(0) - MAX_LATENESS / 3 < min(late) <= max(late) < MAX_LATENESS
        steps = [(b.at - a.at).total_seconds() for a, b in zip(content.frames, content.frames[1:], strict=False)]
        assert max(abs(step - 1 / 30) for step in steps) < MAX_JITTER_S
        flashes = [f.at for f in content.frames if f.reading and f.reading.counter % 60 == 0]
        beeps = beep_onsets(content.sounds)
        # The first beep begins with the first packet, of which a decoder leaves out the beginning.
        for flash in flashes[1:]:
            assert min(abs(beep - flash) for beep in beeps) < timedelta(seconds=0.1)


async def test_a_camera_whose_media_worker_is_killed_is_away_and_comes_back_as_the_same(
    two_media_workers: Deployment, people: People, tmp_path: Path
) -> None:
    inspector = await people.laptop()
    laptop = LaptopPages(inspector.page, two_media_workers.product.url)
    await laptop.sign_in()
    await laptop.open_first_case()
    inspection_id = await laptop.start_inspection()
    url, token = await laptop.give_access(CAMERA)
    camera = WhipCamera(ClipSpec(source=YARD, width=640, height=360, frames=300), tmp_path, h264_profile="high")

    async def publish(seconds: float) -> None:
        # FFmpeg gives up when its packets meet a closed port.
        with contextlib.suppress(av.FFmpegError):
            await asyncio.to_thread(camera.publish, url, token, seconds=seconds)

    publishing = asyncio.create_task(publish(8), name="camera")
    await until(lambda: read_counter(laptop.site_video()), within_s=20, what="the camera on the laptop")
    tracks = {record.track.id for record in await two_media_workers.tracks(inspection_id)}
    folders = (two_media_workers.product.data / "spool").glob("worker-*/*.*/")
    recorders = {int(f.parent.name.removeprefix("worker-")) for f in folders if f.name.split(".")[0] in tracks}
    for recorder in recorders:
        os.kill(recorder, signal.SIGKILL)
    away = inspector.page.get_by_role("region", name="现场画面").get_by_text("网络中断，等待恢复")
    await expect(away).to_be_visible(timeout=3000)
    await publishing

    publishing = asyncio.create_task(publish(SECOND_S), name="camera again")
    seen = await until(lambda: read_counter(laptop.site_video()), within_s=20, what="the camera on the laptop again")
    assert seen.source == YARD
    await expect(away).to_be_hidden()
    await publishing
    await laptop.end_inspection()
    stored = await until(lambda: two_media_workers.all_stored(inspection_id), within_s=20, what="the whole footage")
    (track,) = [record for record in stored if record.participant_name == CAMERA]
    assert [epoch.preceded_by for epoch in track.epochs] == [None, GapReason.RESTART]
    assert {segment.epoch for segment in track.segments} == {0, 1}
    assert chain_faults(track.segments) == []

"""What goes wrong around the footage while a call runs: the object store is away, the spool short of space, and the
phone changes its picture.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from inspect_server.domain.footage import GapReason
from tests.e2e import index
from tests.e2e.conftest import People
from tests.e2e.deployments import PREFIX, Deployment, s3_settings
from tests.e2e.index import TrackRecord
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import ENTERPRISE, PhonePages
from tests.e2e.pages.pictures import shows_a_picture_after
from tests.e2e.product import Product
from tests.e2e.staff import Staff
from tests.e2e.waiting import until
from tests.support.archive import Content, chain_faults, decode
from tests.support.chromium import Screen
from tests.support.comparison import lost_frames
from tests.support.seaweedfs import S3Access
from tests.support.tcp_way import TcpWay

pytestmark = pytest.mark.e2e

ALARM_MS = 20_000
UPLOADED_WITHIN_S = 60

CAMERA_IN_HAND = """
(() => {
  const addTransceiver = RTCPeerConnection.prototype.addTransceiver;
  RTCPeerConnection.prototype.addTransceiver = function (...given) {
    const transceiver = addTransceiver.apply(this, given);
    if (transceiver.sender.track?.kind === "video") window.__camera = transceiver.sender;
    return transceiver;
  };
})();
"""
TURN_UPRIGHT = "() => window.__camera.track.applyConstraints({ width: 404, height: 720 })"
OTHER_CAMERA = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 } });
  await window.__camera.replaceTrack(stream.getVideoTracks()[0]);
}"""


@pytest_asyncio.fixture
async def way_to_s3(s3_access: S3Access) -> AsyncIterator[TcpWay]:
    way = TcpWay(s3_access.endpoint_url)
    await way.open()
    yield way
    await way.close()


@pytest_asyncio.fixture
async def on_s3(tmp_path: Path, s3_access: S3Access, way_to_s3: TcpWay) -> AsyncIterator[Deployment]:
    """SQLite and a bucket that the server reaches by the way above."""
    product = Product(tmp_path, s3_settings(s3_access, endpoint_url=way_to_s3.endpoint_url))
    deployment = Deployment(
        product, f"sqlite:///{product.data / 'inspect.db'}", index.from_bucket(s3_access, f"{PREFIX}/")
    )
    await asyncio.to_thread(product.start)
    yield deployment
    await asyncio.to_thread(product.stop)


@pytest.mark.parametrize(
    "outage_s",
    [
        pytest.param(2, id="shortened", marks=pytest.mark.timeout(180)),
        pytest.param(300, id="5-minutes", marks=[pytest.mark.soak, pytest.mark.timeout(900)]),
    ],
)
async def test_without_s3_the_call_goes_on_and_then_everything_is_uploaded(
    on_s3: Deployment, way_to_s3: TcpWay, people: People, outage_s: float
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    async with Staff.signed_in(on_s3.product.url) as staff:
        invited = await staff.invite()
        laptop, _ = await meet(inspector, enterprise, on_s3.product.url, invited)
        await way_to_s3.close()
        delayed = inspector.page.get_by_text("录像上传变慢")
        await expect(delayed).to_be_visible(timeout=ALARM_MS)
        await asyncio.sleep(outage_s)
        await until(
            lambda: shows_a_picture_after(datetime.now(UTC) - timedelta(seconds=1), laptop.site_video(), enterprise),
            within_s=10,
            what="the call to go on",
        )
        waiting = [path for path in on_s3.spooled() if path.suffix == ".mp4"]
        assert len(waiting) >= 4
        await way_to_s3.open()
        await until(lambda: _none_left(waiting), within_s=UPLOADED_WITHIN_S, what="everything to be uploaded")
        await expect(delayed).to_be_hidden(timeout=ALARM_MS)
        sent = await enterprise.sent()
        # What the encoder has made may still wait for its turn on the wire.
        await until(
            lambda: shows_a_picture_after(sent[-1].at, laptop.site_video(), enterprise),
            within_s=10,
            what="the last of them to arrive",
        )
        await staff.end(invited.inspection_id)
        tracks = await until(lambda: on_s3.all_stored(invited.inspection_id), within_s=15, what="the whole footage")

    assert len(tracks) == 2
    for track in tracks:
        assert (len(track.epochs), track.gaps) == (1, [])
        content = await _whole(track)
        if track.participant_name == ENTERPRISE:
            assert lost_frames(content.frames, sent) == []
            assert len(content.frames) >= len(sent)


async def test_with_a_spool_at_its_warning_mark_no_call_begins_and_everybody_reads_why(
    tmp_path: Path, people: People
) -> None:
    product = Product(tmp_path, {"INSPECT_SPOOL_MIN_FREE_MB": str(2**40)})
    await asyncio.to_thread(product.start)
    try:
        inspector, enterprise = await people.laptop(), await people.phone()
        laptop, phone = LaptopPages(inspector.page, product.url), PhonePages(enterprise.page)
        async with Staff.signed_in(product.url) as staff:
            invited = await staff.invite()
            await laptop.sign_in()
            await laptop.enter_call(invited.inspection_id)
            await expect(inspector.page.get_by_text("服务器录像空间不足")).to_be_visible(timeout=ALARM_MS)
            await phone.open(invited.link)
            await phone.agree()
            await staff.let_in(invited.inspection_id)
            await expect(enterprise.page.get_by_text("存储空间不足").first).to_be_visible(timeout=ALARM_MS)
            await staff.end(invited.inspection_id)
        assert not list((product.data / "spool").rglob("*.open"))
    finally:
        await asyncio.to_thread(product.stop)


@pytest.mark.timeout(180)
async def test_with_a_full_spool_the_call_goes_on_the_hole_is_declared_and_recording_resumes(
    folder_and_sqlite: Deployment, people: People
) -> None:
    url = folder_and_sqlite.product.url
    inspector, enterprise = await people.laptop(), await people.phone()
    async with Staff.signed_in(url) as staff:
        invited = await staff.invite()
        laptop, _ = await meet(inspector, enterprise, url, invited)
        await asyncio.sleep(5)
        with _no_room_for_more(folder_and_sqlite):
            full = inspector.page.get_by_text("服务器录像空间已满")
            await expect(full).to_be_visible(timeout=ALARM_MS)
            full_at = datetime.now(UTC)
            await until(
                lambda: shows_a_picture_after(full_at + timedelta(seconds=1), laptop.site_video(), enterprise),
                within_s=10,
                what="the call to go on",
            )
        await expect(full).to_be_hidden(timeout=ALARM_MS)
        resumed_at = datetime.now(UTC)
        await asyncio.sleep(5)
        await staff.end(invited.inspection_id)
        tracks = await until(
            lambda: folder_and_sqlite.all_stored(invited.inspection_id), within_s=20, what="the whole footage"
        )
        shown = {track["track_id"]: track for track in (await staff.footage(invited.inspection_id))["tracks"]}

    assert len(tracks) == 2
    for track in tracks:
        frames = (await _whole(track)).frames
        assert frames[0].at < full_at
        assert frames[-1].at > resumed_at + timedelta(seconds=3)
        (gap,) = [gap for gap in shown[track.track.id]["gaps"] if gap["reason"] == GapReason.DISK]
        began, ended = datetime.fromisoformat(gap["started_at"]), datetime.fromisoformat(gap["ended_at"])
        assert began < full_at < ended
        # Outside of the declared hole nothing is missing.
        holes = [(a.at, b.at) for a, b in pairwise(frames) if b.at - a.at > timedelta(seconds=1)]
        assert all(began - timedelta(seconds=0.5) < a and b < ended + timedelta(seconds=0.5) for a, b in holes)


@contextmanager
def _no_room_for_more(deployment: Deployment) -> Iterator[None]:
    """No file of a media worker grows any more, which is to it as a full disk."""
    workers = [int(path.name.removeprefix("worker-")) for path in deployment.product.data.glob("spool/worker-*")]
    before = {worker: resource.prlimit(worker, resource.RLIMIT_FSIZE) for worker in workers}
    for worker, (_, hard) in before.items():
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (4096, hard))
    yield
    for worker, limits in before.items():
        resource.prlimit(worker, resource.RLIMIT_FSIZE, limits)


@pytest.mark.timeout(180)
async def test_a_rotated_phone_another_camera_and_a_muted_microphone_leave_a_whole_record(
    shared_deployment: Deployment, people: People
) -> None:
    url = shared_deployment.product.url
    inspector, enterprise = await people.laptop(), await people.phone(init_scripts=[CAMERA_IN_HAND])
    async with Staff.signed_in(url) as staff:
        invited = await staff.invite()
        await meet(inspector, enterprise, url, invited)
        await _seen_as(inspector, (1280, 720))
        await enterprise.page.evaluate(TURN_UPRIGHT)
        await _seen_as(inspector, (404, 720))
        await enterprise.page.evaluate(OTHER_CAMERA)
        await _seen_as(inspector, (640, 360))
        await enterprise.page.get_by_role("button", name="静音", exact=True).click()
        await asyncio.sleep(3)
        await enterprise.page.get_by_role("button", name="取消静音").last.click()
        await asyncio.sleep(2)
        sent = await enterprise.sent()
        await staff.end(invited.inspection_id)
        tracks = await until(
            lambda: shared_deployment.all_stored(invited.inspection_id), within_s=15, what="the whole footage"
        )

    (track,) = [track for track in tracks if track.participant_name == ENTERPRISE]
    assert len(track.epochs) == 1
    content = await _whole(track)
    assert lost_frames(content.frames, sent) == []
    assert {(1280, 720), (404, 720), (640, 360)} <= {(frame.width, frame.height) for frame in content.frames}
    assert max(later.at - earlier.at for earlier, later in pairwise(content.frames)) < timedelta(seconds=1)
    (gap,) = track.gaps
    assert (gap.medium, gap.reason) == ("audio", "muted")
    assert timedelta(seconds=2.5) < gap.ended_at - gap.started_at < timedelta(seconds=6)


async def _seen_as(inspector: Screen, size: tuple[int, int]) -> None:
    async def look() -> bool:
        return any((frame.width, frame.height) == size for frame in await inspector.shown())

    await until(look, within_s=20, what=f"a picture of {size[0]}x{size[1]}")


async def _none_left(files: list[Path]) -> bool:
    return not any(path.exists() for path in files)


async def _whole(track: TrackRecord) -> Content:
    assert chain_faults(track.segments) == []
    content = await asyncio.to_thread(decode, track.segments)
    assert content.faults == []
    return content

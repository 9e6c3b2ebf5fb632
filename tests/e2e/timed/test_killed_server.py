"""kill -9 of the server and everything it started, in the middle of a call."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspect_server.domain.footage import GapReason
from tests.e2e.conftest import SITE, People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.phone import ENTERPRISE, PhonePages
from tests.e2e.pages.pictures import read_counter, shows_a_picture_after
from tests.e2e.signalling_log import SignallingLog
from tests.e2e.staff import Staff
from tests.e2e.waiting import until
from tests.support.archive import chain_faults, decode
from tests.support.boxes import whole_fragments
from tests.support.comparison import compare, lost_frames

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

BEFORE_S = 9
AFTER_S = 6
LOST_AT_MOST = timedelta(seconds=1)
ON_THE_WAY = timedelta(seconds=0.25)
"""From the encoder through the pacer and the wire to the server; more than it takes on a busy machine."""


async def test_nothing_acknowledged_is_lost_and_the_call_comes_back(
    folder_and_sqlite: Deployment, people: People, tmp_path: Path
) -> None:
    deployment, product = folder_and_sqlite, folder_and_sqlite.product
    inspector, enterprise = await people.laptop(), await people.phone()
    laptop, phone = LaptopPages(inspector.page, product.url), PhonePages(enterprise.page)
    told = SignallingLog.of(inspector.page)
    await laptop.sign_in()
    case_id = await laptop.open_first_case()
    inspection_id = await laptop.start_inspection()
    await phone.join(await laptop.invitation_link())
    await until(lambda: read_counter(laptop.site_video()), within_s=15, what="the site on the laptop")
    await asyncio.sleep(BEFORE_S)

    product.kill()
    killed_at = datetime.now(UTC)
    safe_until = told.safe_until()
    left_behind = tmp_path / "left-behind"
    await asyncio.to_thread(shutil.copytree, product.data / "spool", left_behind)
    await asyncio.to_thread(product.start)
    restarted_at = datetime.now(UTC)
    await until(
        lambda: shows_a_picture_after(restarted_at, laptop.site_video(), enterprise),
        within_s=30,
        what="the call to come back by itself",
    )
    await asyncio.sleep(AFTER_S)
    truth, sent = await enterprise.truth(), await enterprise.sent()
    await laptop.end_inspection()

    # Nothing that was acknowledged is lost, and at most the last second of what had arrived.
    tracks = await until(lambda: deployment.all_stored(inspection_id), within_s=15, what="the whole footage")
    site = next(track for track in tracks if track.participant_name == ENTERPRISE)
    before = [segment for segment in site.segments if segment.epoch == 0]
    content = decode(before)
    assert safe_until is not None
    for track in tracks:
        kept_until = max(segment.ended_at for segment in track.segments if segment.epoch == 0)
        assert kept_until >= safe_until, f"acknowledged footage of {track.participant_name} is missing"
    first_stream = [frame for frame in sent if frame.stream == 0]
    due = [frame for frame in first_stream if frame.at <= killed_at - LOST_AT_MOST - ON_THE_WAY]
    assert len(content.frames) >= len(due)
    assert lost_frames(content.frames, first_stream) == []
    stored = {(s.epoch, s.sequence): s.data for s in site.segments}
    recovered = {(s.epoch, s.sequence) for s in site.index if s.recovered}
    for path in [*left_behind.rglob("*.open"), *left_behind.rglob("*.mp4")]:
        track_id, epoch = path.parent.name.split(".")
        written = whole_fragments(path.read_bytes())
        if track_id == site.track.id and written:
            key = int(epoch), int(path.stem)
            assert stored[key].startswith(written), path.name
            assert key in recovered or path.suffix == ".mp4"
    assert chain_faults(site.segments) == []
    assert decode(site.segments).faults == []
    result = compare(content, truth, settled_after_s=3, source=SITE)
    assert (result.doubled, result.unreadable) == ([], 0)

    # The hole is declared with its reason, and shown.
    later = [segment for segment in site.segments if segment.epoch > 0]
    assert site.epochs[1].preceded_by == GapReason.RESTART
    async with Staff.signed_in(product.url) as staff:
        tracks_shown = (await staff.footage(inspection_id))["tracks"]
    (gap,) = next(track["gaps"] for track in tracks_shown if track["track_id"] == site.track.id)
    assert gap["reason"] == "restart"
    assert abs(datetime.fromisoformat(gap["started_at"]) - before[-1].ended_at) < timedelta(milliseconds=1)
    assert abs(datetime.fromisoformat(gap["ended_at"]) - later[0].started_at) < timedelta(milliseconds=1)
    await laptop.open_case(case_id)
    await laptop.see_gaps(len(tracks), "服务器重启")

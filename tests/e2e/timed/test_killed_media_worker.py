"""kill -9 of one of two media workers in the middle of two calls: one call comes back, the other does not notice."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest

from inspect_server.domain.footage import GapReason
from tests.e2e.conftest import OFFICE, SITE, People
from tests.e2e.deployments import Deployment
from tests.e2e.index import TrackRecord
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.phone import ENTERPRISE, PhonePages
from tests.e2e.pages.pictures import read_counter, shows_a_picture_after
from tests.e2e.signalling_log import SignallingLog
from tests.e2e.staff import Staff
from tests.e2e.waiting import until
from tests.support.archive import chain_faults, decode
from tests.support.comparison import compare, lost_frames

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

BEFORE_S = 4
AFTER_S = 2
BACK_WITHIN_S = 5.0
LOST_AT_MOST = timedelta(seconds=1)
ON_THE_WAY = timedelta(seconds=0.25)


async def test_only_its_own_calls_are_disturbed_and_they_are_back_within_five_seconds(
    two_media_workers: Deployment, people: People
) -> None:
    deployment, product = two_media_workers, two_media_workers.product
    inspector, enterprise, other = await people.laptop(), await people.phone(), await people.laptop("other inspector")
    laptop, neighbour = LaptopPages(inspector.page, product.url), LaptopPages(other.page, product.url)
    phone = PhonePages(enterprise.page)
    async with Staff.signed_in(product.url) as staff:
        hit, spared = await staff.invite(), await staff.invite()
        told, told_neighbour = SignallingLog.of(inspector.page), SignallingLog.of(other.page)
        await asyncio.gather(laptop.sign_in(), neighbour.sign_in())
        await asyncio.gather(laptop.enter_call(hit.inspection_id), neighbour.enter_call(spared.inspection_id))
        await phone.join(hit.link)
        await until(lambda: read_counter(laptop.site_video()), within_s=15, what="the site on the laptop")
        await asyncio.sleep(BEFORE_S)

        (killed,) = await _recorders(deployment, hit.inspection_id)
        (living,) = await _recorders(deployment, spared.inspection_id)
        assert killed != living
        os.kill(killed, signal.SIGKILL)
        killed_at = datetime.now(UTC)
        safe_until = told.safe_until()
        await until(
            lambda: shows_a_picture_after(killed_at + timedelta(seconds=0.5), laptop.site_video(), enterprise),
            within_s=BACK_WITHIN_S,
            what="the site on the laptop again",
        )
        await asyncio.sleep(AFTER_S)
        sent, sent_by_neighbour = await enterprise.sent(), await other.sent()
        truth, truth_of_neighbour = await enterprise.truth(), await other.truth()
        await asyncio.gather(staff.end(hit.inspection_id), staff.end(spared.inspection_id))
        tracks = await until(lambda: deployment.all_stored(hit.inspection_id), within_s=15, what="the whole footage")
        (undisturbed,) = await deployment.tracks(spared.inspection_id)
        shown = {track["track_id"]: track for track in (await staff.footage(hit.inspection_id))["tracks"]}
        (shown_of_neighbour,) = (await staff.footage(spared.inspection_id))["tracks"]

    # The other call: one epoch, nothing lost, nobody told of anything.
    assert told_neighbour.of_type("connection_lost") == []
    assert (len(undisturbed.epochs), undisturbed.gaps, shown_of_neighbour["gaps"]) == (1, [], [])
    content = decode(undisturbed.segments)
    assert content.faults == []
    assert lost_frames(content.frames, sent_by_neighbour) == []
    result = compare(content, truth_of_neighbour, settled_after_s=3, source=OFFICE)
    assert (result.doubled, result.unreadable) == ([], 0)

    # The call that was hit: acknowledged footage is there, of what had arrived at most a second is missing.
    assert safe_until is not None
    site = next(track for track in tracks if track.participant_name == ENTERPRISE)
    for track in tracks:
        assert track.epochs[1].preceded_by == GapReason.RESTART
        before, after = _around_the_hole(track)
        assert before >= safe_until, f"acknowledged footage of {track.participant_name} is missing"
        assert after - killed_at < timedelta(seconds=BACK_WITHIN_S)
        (gap,) = shown[track.track.id]["gaps"]
        assert gap["reason"] == "restart"
        assert abs(datetime.fromisoformat(gap["started_at"]) - before) < timedelta(milliseconds=1)
        assert abs(datetime.fromisoformat(gap["ended_at"]) - after) < timedelta(milliseconds=1)
        assert chain_faults(track.segments) == []
        assert decode(track.segments).faults == []
    first = decode([segment for segment in site.segments if segment.epoch == 0])
    first_stream = [frame for frame in sent if frame.stream == 0]
    due = [frame for frame in first_stream if frame.at <= killed_at - LOST_AT_MOST - ON_THE_WAY]
    assert len(first.frames) >= len(due)
    assert lost_frames(first.frames, first_stream) == []
    result = compare(first, truth, settled_after_s=3, source=SITE)
    assert (result.doubled, result.unreadable) == ([], 0)


def _around_the_hole(track: TrackRecord) -> tuple[datetime, datetime]:
    """When the footage before and after the kill ends and begins."""
    before = max(segment.ended_at for segment in track.segments if segment.epoch == 0)
    after = min(s.started_at for s in track.index if s.epoch > 0 and s.duration_ms > 0)
    return before, after


async def _recorders(deployment: Deployment, inspection_id: str) -> set[int]:
    """The processes that have open footage of this inspection in the spool."""
    tracks = {record.track.id for record in await deployment.tracks(inspection_id)}
    folders = (deployment.product.data / "spool").glob("worker-*/*.*/")
    return {int(f.parent.name.removeprefix("worker-")) for f in folders if f.name.split(".")[0] in tracks}

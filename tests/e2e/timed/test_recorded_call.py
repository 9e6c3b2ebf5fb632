"""The main job: a recorded call that belongs to a case and can be replayed, every step in a browser.

An inspector on a laptop and an enterprise on a phone; the phone's camera plays the tests' clip. What the product stored
is then held against what the phone's devices delivered, and read off the replay page.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from tests.e2e.conftest import OFFICE, SITE, People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.phone import ENTERPRISE, PhonePages
from tests.e2e.pages.pictures import read_counter
from tests.e2e.waiting import until
from tests.support.archive import chain_faults, decode
from tests.support.chromium import SentFrame, SentSound, only_codecs
from tests.support.comparison import compare, frames_per_second, lost_frames
from tests.support.truth import Truth

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


logger = logging.getLogger(__name__)

CALL_S = 12
VIDEO_HZ, OPUS_HZ = 90_000, 48_000
SETTLED_S = 3


@pytest.mark.parametrize(
    ("installation", "phone_scripts", "codec"),
    [
        pytest.param("folder_and_sqlite", [], "avc1.", id="h264"),
        pytest.param("postgres_and_s3", [only_codecs("VP9")], "vp09.", id="vp9-alone-postgresql-and-s3"),
    ],
)
async def test_a_call_is_recorded_as_it_was_and_replayed(
    installation: str, phone_scripts: list[str], codec: str, people: People, request: pytest.FixtureRequest
) -> None:
    deployment: Deployment = request.getfixturevalue(installation)
    inspector, enterprise = await people.laptop(), await people.phone(init_scripts=phone_scripts)
    laptop, phone = LaptopPages(inspector.page, deployment.product.url), PhonePages(enterprise.page)

    # The call.
    await laptop.sign_in()
    case_id = await laptop.open_first_case()
    inspection_id = await laptop.start_inspection()
    await phone.join(await laptop.invitation_link())
    site = await until(lambda: read_counter(laptop.site_video()), within_s=20, what="the site on the laptop")
    assert site.source == SITE
    office = await until(lambda: read_counter(phone.office_video()), within_s=20, what="the office on the phone")
    assert office.source == OFFICE
    held_down_s = await enterprise.held_down_by_bandwidth_s()
    cpu_before = deployment.product.cpu_seconds()
    await asyncio.sleep(CALL_S)
    # Two cameras, each recorded and forwarded.
    cpu_ms = 1000 * (deployment.product.cpu_seconds() - cpu_before) / (2 * CALL_S)
    logger.info("CPU of all server processes: %.1f ms for each stream-second", cpu_ms)
    sent, sent_sound = await enterprise.sent(), await enterprise.sent_sound()
    assert await enterprise.held_down_by_bandwidth_s() == held_down_s
    _, answered_at = await laptop.end_inspection()
    await phone.see_the_end()
    truth = await enterprise.truth()

    # What is stored.
    tracks = await until(lambda: deployment.all_stored(inspection_id), within_s=20, what="the whole footage")
    (track,) = [track for track in tracks if track.participant_name == ENTERPRISE]
    assert [epoch.number for epoch in track.epochs] == [0]
    assert track.gaps == []
    # The sound may have come before the first picture.
    assert {s.codecs.startswith(codec) for s in track.segments if s.codecs != "Opus"} == {True}
    assert all(segment.codecs.endswith("Opus") for segment in track.segments)
    assert chain_faults(track.segments) == []
    content = decode(track.segments)
    assert content.faults == []
    stored_from, stored_to = track.segments[0].started_at, max(segment.ended_at for segment in track.segments)
    # All that had left the phone when the inspector wished to end the call, and nothing from after the server's answer.
    for leaving, rate_hz in ((sent, VIDEO_HZ), (sent_sound, OPUS_HZ)):
        assert stored_to - stored_from > timedelta(seconds=media_s(leaving, rate_hz) - 0.1)
    assert stored_to - stored_from < answered_at - truth.connected[0] + timedelta(seconds=0.5)

    # Pictures and sound against what camera and microphone delivered.
    first_second = [f for f in content.frames if f.at <= content.frames[0].at + timedelta(seconds=1)]
    assert {(frame.width, frame.height) for frame in first_second} == {(1280, 720)}
    assert lost_frames(content.frames, sent) == []
    assert len(content.frames) >= len(sent)
    result = compare(content, truth, settled_after_s=SETTLED_S, source=SITE)
    assert (result.doubled, result.unreadable) == ([], 0)
    # A busy machine's camera or encoder may not come to 30: there is no more to be had than what was sent.
    settled = [frame.at for frame in sent if frame.at >= content.frames[0].at + timedelta(seconds=SETTLED_S)]
    kept = [frame.at for frame in content.frames if settled[0] <= frame.at <= settled[-1]]
    assert frames_per_second(kept) >= frames_per_second(settled) - 0.2
    assert max(map(abs, result.clock_errors_ms)) < 250
    assert len(result.sound_errors_ms) >= 3
    assert max(map(abs, result.sound_errors_ms)) < 80

    # The replay, read off the screen.
    middle = (stored_from + (stored_to - stored_from) / 2).replace(microsecond=0)
    await laptop.open_case(case_id)
    await laptop.open_replay()
    await laptop.seek(middle)
    await until(lambda: _shown(laptop, truth, middle), within_s=20, what="the replayed picture of that moment")
    await laptop.play()
    later = middle + timedelta(seconds=3)
    await until(lambda: _shown(laptop, truth, later), within_s=20, what="the replay to go on")
    earlier = middle - timedelta(seconds=4)
    await laptop.open_replay_at(inspection_id, earlier)
    await until(lambda: _shown(laptop, truth, earlier), within_s=20, what="the moment of the link")
    assert inspector.complaints == []
    assert enterprise.complaints == []


def media_s(sent: Sequence[SentFrame] | Sequence[SentSound], rate_hz: int) -> float:
    """How long that lasts by its own clock: encoders and microphones of a busy machine are late."""
    return ((sent[-1].rtp_timestamp - sent[0].rtp_timestamp) % (1 << 32)) / rate_hz


async def _shown(laptop: LaptopPages, truth: Truth, moment: datetime) -> bool:
    """Whether the replay shows a picture that the camera took within half a second of this moment."""
    reading = await read_counter(laptop.replayed_video(ENTERPRISE))
    if reading is None or reading.source != SITE:
        return False
    taken = [frame.at for frame in truth.frames if frame.counter == reading.counter]
    return any(abs(at - moment) < timedelta(seconds=0.5) for at in taken)

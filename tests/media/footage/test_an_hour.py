"""An hour of call in seconds: clocks drift, reports come late, and neither the times kept nor the memory run away."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from inspect_server.media.access_unit import CLOCK_RATE_HZ, AccessUnit, Codec, MediaKind
from inspect_server.media.clock import PublisherClock, StreamClock
from inspect_server.media.footage.actions import FragmentReady, InitStarted, SegmentEnded
from inspect_server.media.footage.gap_ledger import GapChange
from inspect_server.media.footage.segmenter import Segmenter
from inspect_server.media.footage.timeline import TICKS_PER_SECOND

VIDEO, AUDIO = MediaKind.VIDEO, MediaKind.AUDIO
START_US = 1_795_000_000_000_000
HOUR_S = 3600
LEAST_DELAY_US = 30_000
MOST_JITTER_US = 250_000
PERIOD_US = {VIDEO: 200_000, AUDIO: 100_000}
"""Five pictures and ten packets a second: the rules are the same, and the hour is quick."""


@dataclass(frozen=True)
class Clocks:
    """How fast the publisher's clocks run, in millionths too fast."""

    wall: float
    rtp: dict[MediaKind, float]

    def rtp_time(self, kind: MediaKind, true_us: int) -> int:
        return round((true_us - START_US) * (1 + self.rtp[kind] / 1e6) * CLOCK_RATE_HZ[kind] / 1e6)

    def ntp_us(self, true_us: int) -> int:
        return START_US + 86_400_000_000 + round((true_us - START_US) * (1 + self.wall / 1e6))


def hour_of(clocks: Clocks) -> Iterator[tuple[int, AccessUnit]]:
    """Each unit with the moment at which it truly was captured, dated as the receive path does."""
    chance = random.Random(1)
    publisher = PublisherClock()
    streams = {kind: StreamClock(publisher, CLOCK_RATE_HZ[kind]) for kind in MediaKind}
    due = dict.fromkeys(MediaKind, START_US)
    report_us = START_US
    numbers = dict.fromkeys(MediaKind, 0)
    while True:
        kind = min(MediaKind, key=due.__getitem__)
        true_us = due[kind]
        if true_us >= START_US + HOUR_S * 1_000_000:
            return
        if true_us >= report_us:
            report_us += 1_000_000
            for each, stream in streams.items():
                arrived_us = true_us + LEAST_DELAY_US + chance.randrange(MOST_JITTER_US)
                stream.report(clocks.ntp_us(true_us), clocks.rtp_time(each, true_us), arrived_us)
        rtp_time = clocks.rtp_time(kind, true_us)
        number, numbers[kind] = numbers[kind], numbers[kind] + 1
        captured_us = streams[kind].utc_us(rtp_time)
        if kind is VIDEO:
            yield true_us, AccessUnit(VIDEO, Codec.VP9, b"", rtp_time, captured_us, number % 20 == 0, 320, 240)
        else:
            yield true_us, AccessUnit(AUDIO, Codec.OPUS, b"", rtp_time, captured_us, keyframe=True)
        due[kind] += PERIOD_US[kind]


@pytest.mark.parametrize(
    "clocks",
    [
        Clocks(0, {VIDEO: 0, AUDIO: 0}),
        Clocks(100, {VIDEO: 100, AUDIO: 100}),
        Clocks(-50, {VIDEO: 80, AUDIO: -120}),
        Clocks(0, {VIDEO: -300, AUDIO: 300}),
    ],
    ids=["true", "fast", "apart", "far apart"],
)
def test_after_an_hour_every_time_is_true_within_200_ms_and_little_is_held(clocks: Clocks) -> None:
    segmenter = Segmenter()
    true_us: dict[tuple[MediaKind, int], int] = {}
    worst: dict[MediaKind, int] = dict.fromkeys(MediaKind, 0)
    written = dict.fromkeys(MediaKind, 0)
    most_held = inits = segments = 0
    origin: tuple[int, int] | None = None
    unwritten = 0

    for moment_us, unit in hour_of(clocks):
        true_us[unit.kind, unit.rtp_time] = moment_us + LEAST_DELAY_US
        unwritten += 1
        for action in segmenter.push(unit):
            match action:
                case FragmentReady():
                    if origin is None:
                        origin = action.first.tick, action.first.unit.captured_at_us
                    for sample in (*action.video, *action.audio):
                        kind = sample.unit.kind
                        stored_us = origin[1] + (sample.tick - origin[0]) * 1_000_000 // TICKS_PER_SECOND
                        error_us = stored_us - true_us.pop((kind, sample.unit.rtp_time))
                        worst[kind] = max(worst[kind], abs(error_us))
                        written[kind] += 1
                        unwritten -= 1
                case SegmentEnded():
                    origin = None
                    segments += 1
                case InitStarted():
                    inits += 1
                case GapChange():
                    pytest.fail(f"a gap where none was: {action}")
        most_held = max(most_held, unwritten)

    assert max(worst.values()) < 200_000
    assert inits == 1
    assert HOUR_S / 6 <= segments <= HOUR_S / 4
    assert most_held < 60
    for kind in MediaKind:
        assert written[kind] > (HOUR_S - 2) * 1_000_000 / PERIOD_US[kind]
    assert len(segmenter._out) == 0

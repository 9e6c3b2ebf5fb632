"""Whatever a publisher sends, no unit is lost without a gap, no segment is too long, and time only goes forward."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspect_server.domain.footage import GapReason
from inspect_server.media.access_unit import AccessUnit, Codec, MediaKind
from inspect_server.media.footage.actions import Action, FragmentReady, InitStarted, SegmentEnded
from inspect_server.media.footage.gap_ledger import GapChange
from inspect_server.media.footage.segmenter import Segmenter
from inspect_server.media.footage.timeline import TICKS_PER_SECOND, Sample

VIDEO, AUDIO = MediaKind.VIDEO, MediaKind.AUDIO
START_US = 1_795_000_000_000_000


def video(number: int, rtp_time: int, captured_us: int, keyframe: bool, size: int) -> AccessUnit:
    return AccessUnit(VIDEO, Codec.VP9, number.to_bytes(4, "big"), rtp_time, captured_us, keyframe, size, size)


def audio(number: int, rtp_time: int, captured_us: int) -> AccessUnit:
    return AccessUnit(AUDIO, Codec.OPUS, number.to_bytes(4, "big"), rtp_time, captured_us, keyframe=True)


VIDEO_TICKS, AUDIO_TICKS = 15_000, 4_800
"""A picture every sixth and a packet every tenth of a second: the rules are the same, and an example is quick."""


@st.composite
def publishers(draw: st.DrawFn) -> list[AccessUnit]:
    """Up to half a minute of a call: both media come and go, arrive late, lose units, change size."""
    units: list[tuple[int, AccessUnit]] = []
    jitter_us = draw(st.sampled_from([0, 30_000, 400_000, 900_000]))
    for kind, rate, period in ((VIDEO, 90_000, VIDEO_TICKS), (AUDIO, 48_000, AUDIO_TICKS)):
        clock = draw(st.integers(0, 2**33))
        skew = draw(st.sampled_from([0.0, 0.0, 0.001, -0.001, 0.01]))
        instant_us, number = START_US + draw(st.integers(0, 3_000_000)), 0
        lag_us = draw(st.integers(0, jitter_us))
        for _ in range(draw(st.integers(0, 4))):
            length = draw(st.integers(1, 50))
            keyframe_every = draw(st.sampled_from([3, 12, 30, 10_000]))
            first_keyframe = draw(st.sampled_from([0, 0, 1, 5, 15]))
            size = draw(st.sampled_from([320, 640]))
            lost = draw(st.booleans())
            for index in range(length):
                if kind is VIDEO:
                    unit = video(number, clock, instant_us, (index - first_keyframe) % keyframe_every == 0, size)
                else:
                    unit = audio(number, clock, instant_us)
                if index == 0 and lost:
                    unit = replace(unit, follows_loss=True)
                units.append((instant_us + lag_us, unit))
                number += 1
                clock += round(period * (1 + skew))
                instant_us += period * 1_000_000 // rate
            pause_us = draw(st.sampled_from([0, 40_000, 700_000, 1_900_000, 2_200_000, 9_000_000]))
            instant_us += pause_us
            clock += pause_us * rate // 1_000_000 if draw(st.booleans()) else 0
    return [unit for _, unit in sorted(units, key=lambda item: item[0])]


def picture(
    numbers: range, start_s: float, *, size: int = 320, clock_s: float | None = None, keyframe_every: int = 10_000
) -> list[AccessUnit]:
    """Six pictures a second, the first a keyframe; ``clock_s``: where the RTP clock stands at the first."""
    clock = round((start_s if clock_s is None else clock_s) * 90_000)
    start_us = START_US + round(start_s * 1_000_000)
    return [
        video(n, clock + VIDEO_TICKS * i, start_us + i * 1_000_000 // 6, i % keyframe_every == 0, size)
        for i, n in enumerate(numbers)
    ]


def sound(numbers: range, start_s: float) -> list[AccessUnit]:
    """Ten packets a second."""
    start_us = START_US + round(start_s * 1_000_000)
    return [audio(n, round(start_s * 48_000) + AUDIO_TICKS * i, start_us + i * 100_000) for i, n in enumerate(numbers)]


def together(*streams: list[AccessUnit]) -> list[AccessUnit]:
    return sorted(itertools.chain(*streams), key=lambda unit: unit.captured_at_us)


def picture_returns_where_sound_has_just_begun_anew() -> list[AccessUnit]:
    """The sound that is still held is begun with alone, just when the picture comes."""
    early = [video(0, 0, START_US, keyframe=True, size=320)]
    packets = [audio(n, 960 * n, START_US + 20_000 * n + (2_200_000 if n >= 100 else 0)) for n in range(245)]
    late = [video(n, 3000 * n, START_US + 9_000_000 + 33_333 * n, keyframe=n == 1, size=320) for n in range(1, 4)]
    return together(early, packets, late)


def picture_pauses_right_before_a_forced_cut_that_the_sound_makes() -> list[AccessUnit]:
    """The last picture before the cut has no duration yet: it opens the next segment, which must end the sooner."""
    return together(
        picture(range(35), 0),
        picture(range(35, 85), 6.533, clock_s=5.834, keyframe_every=36),
        sound(range(33), 0),
        sound(range(33, 70), 5.6),
    )


def picture_goes_on_after_two_seconds_and_its_clock_stood_still() -> list[AccessUnit]:
    """By its RTP clock there is time until the next cut; by its time of capture the segment is full."""
    return together(picture(range(23), 0), picture(range(23, 49), 6.034, clock_s=23 / 6))


def sound_begins_when_the_picture_has_just_gone() -> list[AccessUnit]:
    """The sound waits for a keyframe to join the picture; none comes for twelve seconds."""
    return together(picture(range(5), 0), sound(range(64), 2.4), picture(range(5, 9), 12.8))


def steps(units: list[AccessUnit]) -> Iterator[tuple[int, AccessUnit | None, list[Action]]]:
    """The call as the writer's thread plays it: the time, what came, and what is to be done."""
    segmenter = Segmenter()
    now_us = START_US
    for unit in units:
        while unit.captured_at_us - now_us > 100_000:
            now_us += 100_000
            yield now_us, None, segmenter.idle(now_us)
        now_us = max(now_us, unit.captured_at_us)
        yield now_us, unit, segmenter.push(unit)
    yield now_us, None, segmenter.close(now_us)


def play(units: list[AccessUnit]) -> list[Action]:
    return [action for _, _, actions in steps(units) for action in actions]


def segments_of(actions: list[Action]) -> list[list[FragmentReady]]:
    segments: list[list[FragmentReady]] = []
    is_open = False
    for action in actions:
        match action:
            case FragmentReady():
                if not is_open:
                    segments.append([])
                is_open = True
                segments[-1].append(action)
            case SegmentEnded():
                assert is_open, "a segment ended that had not begun"
                is_open = False
            case InitStarted():
                assert not is_open, "an init segment inside a segment"
    assert not is_open, "the last segment was left open"
    return segments


def end_of(sample: Sample) -> int:
    return sample.tick + sample.duration * (8 if sample.unit.kind is VIDEO else 15)


@settings(max_examples=150, deadline=None)
@given(publishers())
@example(picture_returns_where_sound_has_just_begun_anew())
@example(picture_pauses_right_before_a_forced_cut_that_the_sound_makes())
@example(picture_goes_on_after_two_seconds_and_its_clock_stood_still())
def test_nothing_is_written_twice_out_of_order_or_too_long(units: list[AccessUnit]) -> None:
    actions = play(units)

    for kind in MediaKind:
        written = [
            sample.unit
            for action in actions
            if isinstance(action, FragmentReady)
            for sample in (action.video if kind is VIDEO else action.audio)
        ]
        assert [unit.data for unit in written] == sorted({unit.data for unit in written})
        if kind is AUDIO:  # every packet can be played, so every packet is kept
            assert len(written) == sum(unit.kind is AUDIO for unit in units)
    for segment in segments_of(actions):
        runs = [list(fragment.video) for fragment in segment], [list(fragment.audio) for fragment in segment]
        for run in ([sample for part in parts for sample in part] for parts in runs):
            assert all(sample.duration > 0 for sample in run)
            assert all(end_of(before) <= after.tick for before, after in pairwise(run))
        samples = [sample for parts in runs for part in parts for sample in part]
        assert max(map(end_of, samples)) - min(sample.tick for sample in samples) <= 6 * TICKS_PER_SECOND


@settings(max_examples=150, deadline=None)
@given(publishers())
@example(sound_begins_when_the_picture_has_just_gone())
def test_sound_is_written_soon_whatever_the_picture_does(units: list[AccessUnit]) -> None:
    arrived: dict[bytes, int] = {}
    latest_us = 0
    for now_us, arrival, actions in steps(units):
        if arrival is not None and arrival.kind is AUDIO:
            arrived[arrival.data] = now_us
        for action in actions:
            if isinstance(action, FragmentReady):
                for sample in action.audio:
                    latest_us = max(latest_us, now_us - arrived.pop(sample.unit.data))

    # A second is usual. Sound that joins a picture waits for its keyframe, but no longer than for the cut after six
    # seconds, or for the outage that is noticed after two and a half more.
    assert latest_us <= 9_500_000


@settings(max_examples=150, deadline=None)
@given(publishers())
@example(sound_begins_when_the_picture_has_just_gone())
def test_every_hole_in_the_picture_that_a_reader_would_see_is_declared(units: list[AccessUnit]) -> None:
    actions = play(units)

    declared = [
        (gap.started_us, gap.ended_us)
        for gap in actions
        if isinstance(gap, GapChange) and gap.ended_us is not None and gap.medium in (VIDEO, None)
    ]
    written = [s.unit for a in actions if isinstance(a, FragmentReady) for s in a.video]
    for before, after in pairwise(written):
        start, end = before.captured_at_us, after.captured_at_us
        if end - start > 2_600_000:
            covered = sum(max(0, min(end, stop) - max(start, begin)) for begin, stop in declared)
            assert covered >= end - start - 300_000, f"hole of {(end - start) / 1e6} s, declared {covered / 1e6} s"


@settings(max_examples=150, deadline=None)
@given(publishers())
def test_every_picture_that_is_left_out_lies_in_a_declared_gap(units: list[AccessUnit]) -> None:
    actions = play(units)

    declared = [
        (gap.started_us, gap.ended_us)
        for gap in actions
        if isinstance(gap, GapChange) and gap.ended_us is not None and gap.medium in (VIDEO, None)
    ]
    written = {s.unit.captured_at_us for a in actions if isinstance(a, FragmentReady) for s in a.video}
    for unit in units:
        at_us = unit.captured_at_us
        if unit.kind is VIDEO and written and min(written) < at_us < max(written) and at_us not in written:
            # The gap begins where the picture before would have ended.
            assert any(begin - 200_000 <= at_us < end for begin, end in declared), f"{(at_us - START_US) / 1e6} s"


@settings(max_examples=150, deadline=None)
@given(publishers(), st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(["mark", "disk", "full"])), max_size=6))
def test_marks_and_a_failing_disk_at_any_moment_leave_whole_segments(
    units: list[AccessUnit], events: list[tuple[int, str]]
) -> None:
    segmenter = Segmenter()
    actions: list[Action] = []
    for number, unit in enumerate(units):
        for at, event in events:
            if at != number:
                continue
            if event == "mark":
                actions += segmenter.mark(VIDEO, GapReason.MUTED, unit.captured_at_us)
            elif event == "disk":
                actions += segmenter.lost_to_disk(unit.captured_at_us, writable=True)
            else:
                if _is_open(actions):
                    actions.append(SegmentEnded())  # the files close it themselves
                actions += segmenter.lost_to_disk(unit.captured_at_us, writable=False)
                actions += segmenter.resume()
        actions += segmenter.push(unit)
    actions += segmenter.close(START_US + 60_000_000)

    segments_of(actions)


def _is_open(actions: list[Action]) -> bool:
    for action in reversed(actions):
        if isinstance(action, FragmentReady):
            return True
        if isinstance(action, SegmentEnded | InitStarted):
            return False
    return False


def sound_comes_where_a_picture_has_few_keyframes() -> list[AccessUnit]:
    """The longest segment ends without a keyframe, and sound waits to join the picture."""
    return together(picture(range(70), 0, keyframe_every=60), sound(range(60), 5.5))


@settings(max_examples=150, deadline=None)
@given(publishers())
@example(sound_comes_where_a_picture_has_few_keyframes())
def test_behind_each_init_segment_the_picture_begins_with_a_keyframe_if_there_is_one(units: list[AccessUnit]) -> None:
    keyframes_us = [unit.captured_at_us for unit in units if unit.kind is VIDEO and unit.keyframe]
    is_new = False
    for action in play(units):
        if isinstance(action, InitStarted):
            is_new = True
        elif isinstance(action, FragmentReady) and action.video and is_new:
            is_new = False
            first = action.video[0].unit
            waited = [at_us for at_us in keyframes_us if 0 < first.captured_at_us - at_us < 11_000_000]
            assert first.keyframe or not waited

"""The archive's reader finds what is wrong with footage, and nothing where nothing is wrong."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.archive import ArchivedFrame, StoredSegment, beep_onsets, chain_faults, decode
from tests.support.chromium import SentFrame
from tests.support.clip import ClipSpec
from tests.support.comparison import compare, lost_frames
from tests.support.selftest.fmp4_maker import make_footage
from tests.support.truth import TrueBeep, TrueFrame, Truth

STARTED_AT = datetime(2026, 11, 21, 7, 4, 5, tzinfo=UTC)
SPEC = ClipSpec(source=3, frames=180, width=640, height=360)


def truth_of(spec: ClipSpec, started_at: datetime) -> Truth:
    frames = [
        TrueFrame(number, spec.source, started_at + timedelta(seconds=number / 30), run=0)
        for number in range(spec.frames)
    ]
    return Truth(frames, [TrueBeep(f.at, 0) for f in frames if f.counter % spec.flash_every_frames == 0], 0)


@pytest.fixture(scope="module")
def footage() -> list[StoredSegment]:
    return make_footage(SPEC, STARTED_AT)


def test_whole_footage_has_no_faults_and_agrees_with_the_truth(footage: list[StoredSegment]) -> None:
    assert chain_faults(footage) == []
    content = decode(footage)
    assert content.faults == []
    assert content.anchor_spread_ms < 1
    assert {(frame.width, frame.height) for frame in content.frames} == {(640, 360)}
    result = compare(content, truth_of(SPEC, STARTED_AT), settled_after_s=1, source=3)
    assert result.missing == []
    assert result.doubled == []
    assert result.unreadable == 0
    assert result.frames_per_second == pytest.approx(30, abs=0.01)
    assert max(map(abs, result.clock_errors_ms)) < 1
    assert len(result.sound_errors_ms) == 2
    assert max(map(abs, result.sound_errors_ms)) < 10


def test_beeps_are_found_where_they_begin(footage: list[StoredSegment]) -> None:
    found = [(at - STARTED_AT).total_seconds() for at in beep_onsets(decode(footage).sounds)]
    # The one at 0 has no silence before it.
    assert found == pytest.approx([2, 4], abs=0.01)


def test_late_sound_is_measured() -> None:
    content = decode(make_footage(SPEC, STARTED_AT, sound_delay_ms=200))
    result = compare(content, truth_of(SPEC, STARTED_AT), settled_after_s=1, source=3)
    assert result.sound_errors_ms == pytest.approx([200] * 2, abs=10)


def test_a_wrong_wall_clock_is_measured(footage: list[StoredSegment]) -> None:
    late = [replace(s, started_at=s.started_at + timedelta(milliseconds=300)) for s in footage]
    result = compare(decode(late), truth_of(SPEC, STARTED_AT), settled_after_s=1, source=3)
    assert result.clock_errors_ms == pytest.approx([300] * len(result.clock_errors_ms), abs=1)


def test_a_lost_segment_shows_in_chain_and_counter(footage: list[StoredSegment]) -> None:
    holed = [s for s in footage if s.sequence != 2]
    assert any("segment 2 is missing" in fault for fault in chain_faults(holed))
    assert any("the chain is broken" in fault for fault in chain_faults(holed))
    result = compare(decode(holed), truth_of(SPEC, STARTED_AT), settled_after_s=0, source=3)
    assert result.missing == list(range(60, 120))


def test_pictures_stored_twice_are_told(footage: list[StoredSegment]) -> None:
    again = replace(footage[2], sequence=9, started_at=footage[2].started_at)
    result = compare(decode([*footage, again]), truth_of(SPEC, STARTED_AT), settled_after_s=0, source=3)
    assert result.doubled == list(range(60, 120))


def test_a_changed_byte_is_found_by_its_hash(footage: list[StoredSegment]) -> None:
    data = bytearray(footage[1].data)
    data[-1] ^= 1
    changed = [footage[0], replace(footage[1], data=bytes(data)), *footage[2:]]
    assert chain_faults(changed) == [f"{footage[1].name}: the bytes are not those of the index"]


def test_damaged_pictures_are_faults(footage: list[StoredSegment]) -> None:
    data = bytearray(footage[2].data)
    middle = data.index(b"mdat") + 2000
    data[middle : middle + 400] = bytes(400)
    assert decode([footage[0], replace(footage[2], data=bytes(data))]).faults


def test_media_without_its_init_is_a_fault(footage: list[StoredSegment]) -> None:
    assert decode(footage[1:2]).faults == [f"{footage[1].name}: no init segment before it"]


def test_a_wrong_duration_in_the_index_is_a_fault(footage: list[StoredSegment]) -> None:
    wrong = replace(footage[1], duration_ms=footage[1].duration_ms + 500)
    assert any("in the index" in fault for fault in decode([footage[0], wrong]).faults)


def test_frames_that_were_sent_and_not_stored_are_named() -> None:
    chance = random.Random(1)
    ticks = [number * 3000 + chance.randrange(1400) for number in range(100)]
    frames = [
        # The server corrects its clock by 100 ms in the middle.
        ArchivedFrame(STARTED_AT, "init", (number < 50) * 0.1 + tick / 90_000, 640, 360, None)
        for number, tick in enumerate(ticks)
    ]
    near_wrap = 2**32 - 90_000
    sent = [SentFrame(0, (near_wrap + tick) % 2**32, tick == 0, STARTED_AT) for tick in [*ticks, 400_000, 403_000]]
    assert lost_frames(frames, sent) == []
    assert lost_frames([f for i, f in enumerate(frames) if i not in {7, 90}], sent) == [7, 90]
    assert lost_frames(frames[2:], sent) == [0, 1]
    assert lost_frames(frames[:-3], sent) == []

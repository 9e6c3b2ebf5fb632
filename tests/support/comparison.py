"""Holds stored footage against what the camera and the microphone delivered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.support.archive import ArchivedFrame, Content, beep_onsets
from tests.support.chromium import SentFrame
from tests.support.truth import Truth

RTP_HZ = 90_000
HALF_A_CLIP = timedelta(seconds=10)
RTP_WRAP = 1 << 32
RTP_SLACK = 90
"""One millisecond: what rounding may take."""
LOOK_AHEAD = 10
FARTHEST = 60
"""More pictures than these in a row are not lost without a gap."""


@dataclass(frozen=True)
class Comparison:
    """Footage against truth, for the pictures after ``settled_at``; errors in milliseconds, stored minus true.

    ``unknown``: pictures that show a code the log does not have, because the page was too busy to write it.
    """

    frames_per_second: float
    missing: list[int]
    doubled: list[int]
    unreadable: int
    unknown: int
    clock_errors_ms: list[float]
    sound_errors_ms: list[float]


def compare(content: Content, truth: Truth, *, settled_after_s: float, source: int) -> Comparison:
    """Match each stored picture with the one that the camera delivered nearest to its time.

    Args:
        content: decoded footage of one participant.
        truth: what the same participant's devices delivered.
        settled_after_s: how much of the beginning does not count, from the first stored picture.
        source: the clip that must be seen; pictures of another count as unreadable.
    """
    stored = [f for f in content.frames if f.at >= content.frames[0].at + timedelta(seconds=settled_after_s)]
    if len(stored) < 2:
        raise ValueError("not enough pictures to compare")
    by_counter: dict[int, list[int]] = {}
    for index, frame in enumerate(truth.frames):
        by_counter.setdefault(frame.counter, []).append(index)
    matches: Counter[int] = Counter()
    placed: list[tuple[datetime, float]] = []
    unreadable = unknown = 0
    for picture in stored:
        if picture.reading is None or picture.reading.source != source:
            unreadable += 1
            continue
        candidates = by_counter.get(picture.reading.counter, [])
        if not any(abs(truth.frames[index].at - picture.at) < HALF_A_CLIP for index in candidates):
            unknown += 1
            continue
        best = min(candidates, key=lambda index: abs((truth.frames[index].at - picture.at).total_seconds()))
        matches[best] += 1
        placed.append((picture.at, (picture.at - truth.frames[best].at).total_seconds() * 1000))
    expected = range(min(matches), max(matches) + 1) if matches else range(0)
    return Comparison(
        frames_per_second=frames_per_second([f.at for f in stored]),
        missing=[truth.frames[index].counter for index in expected if not matches[index]],
        doubled=[truth.frames[index].counter for index, times in sorted(matches.items()) if times > 1],
        unreadable=unreadable,
        unknown=unknown,
        clock_errors_ms=[error for _, error in placed],
        sound_errors_ms=_sound_errors(content, truth, placed),
    )


def frames_per_second(times: Sequence[datetime]) -> float:
    """Of pictures at these times, in order."""
    return (len(times) - 1) / (times[-1] - times[0]).total_seconds() if len(times) > 1 else 0.0


def lost_frames(stored: Sequence[ArchivedFrame], sent: Sequence[SentFrame]) -> list[int]:
    """Which pictures of one stream that left the browser before the last stored one are not stored: places in ``sent``.

    A picture is known by the distances of its RTP timestamp to those before and after it. Where the server corrects
    its clock one distance is off; the pictures after it tell which one it is.
    """
    ticks = [round(frame.media_s * RTP_HZ) for frame in stored]
    lost: list[int] = []
    due = 0
    for index in range(len(ticks)):
        nearby = range(due, min(due + FARTHEST, len(sent)))
        if not nearby:
            break
        step = ticks[index] - ticks[index - 1] if index else None
        follows = (
            place for place in nearby if due and step is not None and _is_apart(sent[due - 1], sent[place], step)
        )
        place = next(follows, None)
        if place is None:
            place = max(nearby, key=lambda candidate: (_agreement(ticks[index:], sent[candidate:]), -candidate))
        lost += range(due, place)
        due = place + 1
    return lost


def _is_apart(earlier: SentFrame, later: SentFrame, ticks: int) -> bool:
    return abs((later.rtp_timestamp - earlier.rtp_timestamp) % RTP_WRAP - ticks) <= RTP_SLACK


def _agreement(ticks: Sequence[int], sent: Sequence[SentFrame]) -> int:
    """How many of the next pictures are there at the same distances."""
    after = {(frame.rtp_timestamp - sent[0].rtp_timestamp) % RTP_WRAP for frame in sent[1 : 2 * LOOK_AHEAD]}
    return sum(
        any(tick - ticks[0] + slack in after for slack in range(-RTP_SLACK, RTP_SLACK + 1))
        for tick in ticks[1:LOOK_AHEAD]
    )


def _sound_errors(content: Content, truth: Truth, placed: Sequence[tuple[datetime, float]]) -> list[float]:
    """At each stored beep how much later it is than true, against the picture of that moment.

    ``placed``: when each stored picture is shown, and its error in milliseconds.
    """
    beeps = [beep.at for beep in truth.beeps]
    errors: list[float] = []
    for onset in beep_onsets(content.sounds):
        beep = _nearest(beeps, onset)
        # Another one's: the clip beeps every two seconds.
        if beep is None or abs(onset - beep) > timedelta(seconds=0.9) or not placed or onset < placed[0][0]:
            continue
        _, picture_error_ms = min(placed, key=lambda each: abs(each[0] - onset))
        errors.append((onset - beep).total_seconds() * 1000 - picture_error_ms)
    return errors


def _nearest(times: Sequence[datetime], at: datetime) -> datetime | None:
    return min(times, key=lambda time: abs((time - at).total_seconds()), default=None)

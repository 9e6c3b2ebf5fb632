"""The whole footage side: recorder, thread, spool, a real folder as object store, and a server that acknowledges."""

import asyncio
import contextlib
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from inspect_server.domain.errors import SpoolNotWritable
from inspect_server.domain.footage import GapReason
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.footage.epoch_recording import EpochRecording
from inspect_server.media.footage.facts import FootageProgress, SegmentStored
from inspect_server.media.footage.service import Footage
from inspect_server.media.footage.spool import Spool
from tests.media.footage.stage import (
    IDENTITY,
    START_US,
    Epoch,
    decode,
    delayed,
    h264,
    opus,
    seconds,
    times,
    together,
    vp9,
)
from tests.media.footage.stage import micros as utc_us
from tests.media.footage.worker_stage import Stage, begin, emptied, gone, write


async def test_a_call_ends_up_in_the_object_store_and_the_spool_empty(stage: Stage) -> None:
    asked: list[None] = []
    async with stage.footage() as footage:
        recorder = begin(footage, lambda: asked.append(None))
        write(recorder, together(h264(9), opus(9)))
        recorder.mark(MediaKind.AUDIO, GapReason.MUTED, START_US + 8_000_000)
        recorder.close(GapReason.LEFT)
        await footage.flush_room("inspection-1")
        await stage.server.until(lambda: len(stage.server.segments) == 4 and len(stage.server.gaps) == 1)
        await emptied(stage)

    assert [fact.sequence for fact in stage.server.segments] == [0, 1, 2, 3]
    frames = decode(stage.kept())
    assert len(times(frames, "video")) == 270
    assert len(times(frames, "audio")) == 450
    assert asked
    assert not list(stage.spool_dir.iterdir())
    progress = [event for event in stage.server.events if isinstance(event, FootageProgress)]
    assert max(seconds(utc_us(event.safe_until)) for event in progress if event.safe_until) == 9.0
    assert (progress[-1].pending_segments, progress[-1].spooled_bytes) == (0, 0)


async def test_nothing_leaves_the_spool_before_the_server_has_the_fact(stage: Stage) -> None:
    async with stage.footage(acknowledge=False) as footage:
        recorder = begin(footage)
        write(recorder, together(h264(5), opus(5)))
        recorder.close(GapReason.LEFT)
        await stage.server.until(lambda: len(stage.server.segments) == 3)
        assert [name for name in stage.spooled() if name.endswith(".mp4")] == [f"{n:06d}.mp4" for n in range(3)]

        footage.acknowledge("segment/track-1/0/1")
        footage.acknowledge("segment/track-1/0/77")  # unknown: fine
        await gone(stage, "000001.mp4")
        assert [name for name in stage.spooled() if name.endswith(".mp4")] == ["000000.mp4", "000002.mp4"]


async def test_facts_are_repeated_until_acknowledged(stage: Stage) -> None:
    async with stage.footage(acknowledge=False) as footage:
        recorder = begin(footage)
        write(recorder, together(h264(1), opus(1)))
        recorder.close(GapReason.LEFT)
        await stage.server.until(
            lambda: sum(isinstance(e, SegmentStored) and e.sequence == 1 for e in stage.server.events) == 2
        )
        stage.server.acknowledge = footage.acknowledge
        for fact in stage.server.segments:
            footage.acknowledge(fact.fact_id)
        await emptied(stage)


async def test_when_the_writer_cannot_follow_units_are_dropped_and_declared(stage: Stage) -> None:
    async with stage.footage() as footage:
        footage._writer._max_units = 250
        asked: list[None] = []
        recorder = begin(footage, lambda: asked.append(None))
        units = together(h264(9, keyframe_every=60), opus(9))
        write(recorder, units[:400])  # nobody gives the thread time: the queue overflows
        await footage.flush_room("inspection-1")
        write(recorder, units[400:])
        recorder.close(GapReason.LEFT)
        await stage.server.until(lambda: len(stage.server.gaps) == 1)
        await emptied(stage)

    assert stage.server.alarms("not_recording") == [True, False]
    (gap,) = stage.server.gaps
    assert gap.reason is GapReason.DISK
    frames = times(decode(stage.kept()), "video")
    missing = [u for u in units if u.kind is MediaKind.VIDEO and not is_among(u.captured_at_us, frames)]
    assert missing
    assert all(utc_us(gap.started_at) - 40_000 <= u.captured_at_us < utc_us(gap.ended_at) for u in missing)


async def test_after_a_stall_the_sound_comes_back_without_a_picture_that_has_gone(stage: Stage) -> None:
    async with stage.footage() as footage:
        footage._writer._max_units = 250
        recorder = begin(footage)
        video, audio = h264(3), opus(12)
        write(recorder, [u for u in together(video, audio) if seconds(u.captured_at_us) < 4])  # the queue overflows
        await footage.flush_room("inspection-1")
        footage._writer._max_units = 8192
        write(recorder, [u for u in audio if seconds(u.captured_at_us) >= 4])
        recorder.close(GapReason.LEFT)
        await footage.flush_room("inspection-1")
        await emptied(stage)

    sound = times(decode(stage.kept()), "audio")
    assert all(is_among(u.captured_at_us, sound) for u in audio if seconds(u.captured_at_us) >= 5.1)


async def test_a_page_that_mutes_and_unmutes_without_end_does_not_fill_the_disk(stage: Stage) -> None:
    async with stage.footage() as footage:
        recorder = begin(footage)
        units = together(h264(6), opus(6))
        write(recorder, [u for u in units if seconds(u.captured_at_us) < 2])
        for number in range(1001):
            reason = GapReason.MUTED if number % 2 == 0 else None
            recorder.mark(MediaKind.AUDIO, reason, START_US + 2_000_000 + number)
        write(recorder, [u for u in units if seconds(u.captured_at_us) >= 2])
        recorder.close(GapReason.LEFT)
        await footage.flush_room("inspection-1")
        await emptied(stage)

    assert len(stage.server.gaps) <= 10
    last = max(stage.server.gaps, key=lambda gap: gap.ended_at)
    assert (last.medium, last.reason) == (MediaKind.AUDIO, GapReason.MUTED)
    assert seconds(utc_us(last.ended_at)) >= 5.9  # its last word was: muted


def is_among(instant: int, instants: list[int]) -> bool:
    return any(abs(known - instant) <= 5_000 for known in instants)


@pytest.fixture
def small_disk() -> Iterator[Callable[[int], None]]:
    """Files may not grow beyond this: the same short write and error as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size or soft, hard))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_a_gap_and_recording_resumes_when_there_is_room(
    stage: Stage, small_disk: Callable[[int], None]
) -> None:
    video = h264(14, keyframe_every=60)
    units = together(video, opus(14))
    async with stage.footage() as footage:
        asked: list[None] = []
        recorder = begin(footage, lambda: asked.append(None))
        small_disk(250_000)
        write(recorder, [u for u in units if seconds(u.captured_at_us) < 7])
        await stage.server.until(lambda: stage.server.alarms("spool_full") == [True])
        assert stage.server.alarms("not_recording") == [True]
        before = len(asked)
        small_disk(0)
        await stage.server.until(lambda: stage.server.alarms("spool_full") == [True, False])
        await footage.flush_room("inspection-1")
        assert len(asked) == before + 1
        write(recorder, [u for u in units if seconds(u.captured_at_us) >= 7])
        recorder.close(GapReason.LEFT)
        await stage.server.until(lambda: len(stage.server.gaps) == 1)
        await emptied(stage)

    (gap,) = stage.server.gaps
    assert gap.reason is GapReason.DISK
    assert seconds(utc_us(gap.ended_at)) == 8.0
    frames = times(decode(stage.kept()), "video")
    started = utc_us(gap.started_at)
    expected = [u.captured_at_us for u in video if u.captured_at_us < started or seconds(u.captured_at_us) >= 8]
    assert len(frames) == len(expected)
    assert max(abs(a - b) for a, b in zip(frames, expected, strict=True)) <= 5_000
    assert 0 < seconds(started) < 4
    assert [fact.sequence for fact in stage.server.segments] == list(range(len(stage.server.segments)))


async def test_an_outage_is_noticed_without_any_unit_and_the_segment_closed(stage: Stage) -> None:
    async with stage.footage() as footage:
        recorder = begin(footage)
        write(recorder, together(h264(1.5), opus(1.5)))
        await stage.server.until(lambda: len(stage.server.segments) == 2)  # nobody closed the recorder
        write(recorder, together(delayed(h264(1.5), 6), delayed(opus(1.5), 6)))
        recorder.close(GapReason.LEFT)
        await stage.server.until(lambda: len(stage.server.segments) == 4)

    (gap,) = stage.server.gaps
    assert (seconds(utc_us(gap.started_at)), seconds(utc_us(gap.ended_at))) == (1.5, 6.0)


@pytest.mark.parametrize("step_s", [-3600, 3600], ids=["back", "ahead"])
async def test_a_step_of_the_machines_clock_leaves_no_trace(
    stage: Stage, step_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, looked_around, idle = asyncio.get_running_loop(), asyncio.Event(), EpochRecording.idle

    def look_around(recording: EpochRecording) -> None:
        idle(recording)
        if time.time() == stepped:
            loop.call_soon_threadsafe(looked_around.set)

    units = together(h264(6), opus(6))
    stepped = time.time() + step_s
    monkeypatch.setattr(EpochRecording, "idle", look_around)
    async with stage.footage() as footage:
        recorder = begin(footage)
        write(recorder, [u for u in units if seconds(u.captured_at_us) < 3])
        await footage.flush_room("inspection-1")
        monkeypatch.setattr(time, "time", lambda: stepped)
        monkeypatch.setattr(time, "time_ns", lambda: round(stepped * 1e9))
        await asyncio.wait_for(looked_around.wait(), 10)
        write(recorder, [u for u in units if seconds(u.captured_at_us) >= 3])
        recorder.close(GapReason.LEFT)
        await footage.flush_room("inspection-1")
        await emptied(stage)

    assert stage.server.gaps == []
    assert [fact.kind for fact in stage.server.segments] == ["init", "media", "media"]
    assert len(times(decode(stage.kept()), "video")) == 180


async def test_another_codec_after_a_return_is_decoded_with_its_own_init(stage: Stage) -> None:
    """A phone that comes back by another browser, or without its encoder for H264."""
    async with stage.footage() as footage:
        first = begin(footage, epoch=0)
        write(first, together(h264(3), opus(3)))
        first.close(GapReason.NETWORK)
        second = begin(footage, epoch=1)
        write(second, together(delayed(vp9(3), 5), delayed(opus(3), 5)))
        second.close(GapReason.LEFT)
        await footage.flush_room("inspection-1")
        await emptied(stage)

    by_epoch = [[kept for kept in stage.kept() if kept.fact.epoch == epoch] for epoch in (0, 1)]
    assert [{kept.fact.codecs for kept in epoch} for epoch in by_epoch] == [
        {"avc1.42C014,Opus"},
        {"vp09.00.20.08,Opus"},
    ]
    frames = [times(decode(epoch), "video") for epoch in by_epoch]
    assert [len(of_epoch) for of_epoch in frames] == [90, 90]
    assert seconds(frames[1][0]) == 5.0
    assert stage.server.gaps == []  # the hole between two epochs follows from what is stored


async def test_a_spool_of_a_living_worker_is_refused(stage: Stage) -> None:
    async with stage.footage("worker-1"):
        with pytest.raises(SpoolNotWritable):
            await Footage.open(stage.spool_dir, "worker-1", store=stage.store, emit=stage.server.emit)


async def test_a_spool_that_cannot_be_written_is_refused(stage: Stage) -> None:
    stage.spool_dir.write_bytes(b"a file in its place")

    with pytest.raises(SpoolNotWritable) as caught:
        await Footage.open(stage.spool_dir, "worker-1", store=stage.store, emit=stage.server.emit)
    assert caught.value.params["folder"] == str(stage.spool_dir / "worker-1")


def malformed(unit: AccessUnit) -> AccessUnit:
    """What no depacketizer gives: a keyframe without the parameter sets that an init segment needs."""
    return replace(unit, keyframe=True, parameter_sets=())


async def test_after_an_error_nobody_foresaw_recording_goes_on_behind_a_gap(stage: Stage) -> None:
    video, audio = h264(9, keyframe_every=30), opus(9)
    video[75] = malformed(video[75])  # a keyframe of another format, at 2.5 s
    async with stage.footage() as footage:
        asked: list[None] = []
        recorder = begin(footage, lambda: asked.append(None))
        write(recorder, together(video, audio))
        recorder.close(GapReason.LEFT)
        await stage.server.until(lambda: bool(stage.server.gaps))
        await emptied(stage)

    (gap,) = stage.server.gaps
    assert gap.reason is GapReason.DISK
    frames = times(decode(stage.kept()), "video")
    missing = [u for u in video if not is_among(u.captured_at_us, frames)]
    assert missing
    assert all(utc_us(gap.started_at) <= u.captured_at_us < utc_us(gap.ended_at) for u in missing)
    assert seconds(utc_us(gap.ended_at)) <= 4
    assert [fact.sequence for fact in stage.server.segments] == list(range(len(stage.server.segments)))
    assert len(asked) >= 2


async def test_errors_without_end_stop_one_recording_only(stage: Stage) -> None:
    async with stage.footage() as footage:
        broken, sound = begin(footage, track_id="track-1"), begin(footage, track_id="track-2")
        write(broken, [malformed(unit) for unit in h264(60)])
        write(sound, together(h264(2), opus(2)))
        sound.close(GapReason.LEFT)
        broken.close(GapReason.LEFT)
        await stage.server.until(lambda: len(stage.server.segments) == 2)
        await stage.server.until(lambda: stage.server.alarms("not_recording") == [True])

    assert {fact.track_id for fact in stage.server.segments} == {"track-2"}


async def test_what_a_dead_worker_left_is_delivered_by_the_next_one(stage: Stage) -> None:
    """The upload of the first worker never worked; it dies in the middle of a segment."""
    spool = Spool.open(stage.spool_dir, "worker-dead")
    dead = Epoch(spool.create_epoch(IDENTITY)).feed(together(h264(7.5), opus(7.5)))
    dead.do(dead.segmenter.mark(MediaKind.VIDEO, GapReason.BACKGROUND, START_US + 6_500_000))
    spool._lock.release()

    async with stage.footage("worker-next"):
        await stage.server.until(lambda: len(stage.server.segments) == 3 and len(stage.server.gaps) == 1)
        await emptied(stage)

    assert [(fact.sequence, fact.recovered) for fact in stage.server.segments] == [(0, False), (1, False), (2, True)]
    assert [gap.reason for gap in stage.server.gaps] == [GapReason.BACKGROUND]
    assert len(times(decode(stage.kept()), "video")) == 210
    assert not list(stage.spool_dir.iterdir())


async def test_what_a_dead_worker_left_in_pieces_raises_an_alarm_and_holds_nothing_up(stage: Stage) -> None:
    spool = Spool.open(stage.spool_dir, "worker-dead")
    (spool.folder / "strange").mkdir()
    (spool.folder / "strange" / "what").write_bytes(b"?")
    spool._lock.release()

    async with stage.footage("worker-next") as footage:
        await stage.server.until(lambda: stage.server.alarms("spool_damaged") == [True])
        recorder = begin(footage)
        write(recorder, together(h264(1), opus(1)))
        recorder.close(GapReason.LEFT)
        await stage.server.until(lambda: len(stage.server.segments) == 2)

    assert [path.name for path in (stage.spool_dir / "quarantine").iterdir()] == ["strange"]


async def test_little_space_in_the_spool_raises_an_alarm(stage: Stage) -> None:
    footage = await Footage.open(
        stage.spool_dir, "worker-1", store=stage.store, emit=stage.server.emit, min_free_bytes=2**60
    )
    task = asyncio.create_task(footage.run())
    await stage.server.until(lambda: stage.server.alarms("spool_low") == [True])
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await footage.close()

"""What a killed worker leaves behind is found, cut to what was acknowledged, and delivered."""

import contextlib
import functools
import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from inspect_server.domain.footage import GapReason, SegmentKind
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.footage.facts import SegmentStored
from inspect_server.media.footage.files import write_durably
from inspect_server.media.footage.label import EpochIdentity
from inspect_server.media.footage.recovery import adopt_abandoned, recover_epoch
from inspect_server.media.footage.scan import Tail, scan
from inspect_server.media.footage.spool import MANIFEST, QUARANTINE, Spool
from tests.media.footage.stage import (
    IDENTITY,
    START_US,
    VIDEO,
    Epoch,
    Kept,
    decode,
    h264,
    micros,
    opus,
    seconds,
    times,
    together,
)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool.open(tmp_path / "spool", "worker-2")


def half_recorded(spool: Spool, length_s: float = 7.5) -> Path:
    """An epoch whose worker died: an init, a closed segment of 4 s, and an open one with fragments of a second."""
    folder = spool.create_epoch(IDENTITY)
    Epoch(folder).feed(together(h264(length_s), opus(length_s)))
    return folder


def kept_in(segments: list[tuple[SegmentStored, Path]]) -> list[Kept]:
    return [Kept(fact, path.read_bytes()) for fact, path in segments]


def quarantined(spool: Spool) -> list[str]:
    place = spool.root / QUARANTINE
    return sorted(path.name for path in place.iterdir()) if place.exists() else []


def test_an_open_segment_is_closed_behind_its_last_fragment(spool: Spool) -> None:
    folder = half_recorded(spool)
    assert (folder / "000002.open").exists()

    epoch = recover_epoch(spool, folder)

    facts = [fact for fact, _ in epoch.segments]
    assert [(fact.sequence, fact.recovered) for fact in facts] == [(0, False), (1, False), (2, True)]
    assert facts[2].previous_sha256 == facts[1].sha256
    assert facts[2].object_key == "footage/inspection-1/track-1/000003/000002.mp4"
    assert (seconds(micros(facts[2].started_at)), facts[2].duration_ms) == (4.0, 3000)
    assert (facts[2].codecs, facts[2].width, facts[2].starts_with_keyframe) == ("avc1.42C014,Opus", 320, True)
    frames = decode(kept_in(epoch.segments))
    assert len(times(frames, "video")) == 210
    assert not epoch.damaged
    assert [path.suffix for path in sorted(folder.iterdir())] == [".json", ".mp4"] * 3 + [".json"]


def edges_of(data: bytes) -> list[int]:
    """Where boxes of the file begin, and the end."""
    edges, position = [], 0
    while position < len(data):
        edges.append(position)
        position += int.from_bytes(data[position : position + 4], "big")
    return [*edges, len(data)]


def test_a_file_cut_off_anywhere_keeps_exactly_its_whole_fragments(spool: Spool) -> None:
    folder = half_recorded(spool)
    name = folder / "000002.open"
    whole = name.read_bytes()
    edges = edges_of(whole)
    mdat_ends = [
        edge for edge, before in zip(edges[1:], edges, strict=False) if whole[before + 4 : before + 8] == b"mdat"
    ]
    cuts = {edge + shift for edge in edges for shift in (-9, -1, 0, 1, 4, 7, 8, 9, 30)} | {0, len(whole) // 2}

    for cut in sorted(cut for cut in cuts if 0 <= cut <= len(whole)):
        found = scan(whole[:cut])

        sound = max((end for end in mdat_ends if end <= cut), default=0)
        assert found.sound_bytes == sound, f"cut at {cut}"
        assert found.duration_ms == 1000 * sum(end <= cut for end in mdat_ends)
        assert found.tail is (Tail.NONE if cut == sound else Tail.TORN), f"cut at {cut}"


@pytest.mark.parametrize(
    "tail", [b"\0" * 5000, b"\0\0\x10\0moof" + b"x" * 99, b"\0\0"], ids=["zeros", "torn", "2 bytes"]
)
def test_a_torn_tail_is_dropped(spool: Spool, tail: bytes) -> None:
    folder = half_recorded(spool)
    whole = (folder / "000002.open").read_bytes()
    (folder / "000002.open").write_bytes(whole + tail)

    epoch = recover_epoch(spool, folder)

    assert (folder / "000002.mp4").read_bytes() == whole
    assert not epoch.damaged
    assert quarantined(spool) == []


def test_a_tail_that_nobody_wrote_is_put_aside_and_the_rest_is_kept(spool: Spool) -> None:
    folder = half_recorded(spool)
    whole = (folder / "000002.open").read_bytes()
    (folder / "000002.open").write_bytes(whole + b"what is this? nothing of ours")

    epoch = recover_epoch(spool, folder)

    assert (folder / "000002.mp4").read_bytes() == whole
    assert epoch.damaged == ["000002.open"]
    assert quarantined(spool) == [f"{folder.name}.000002.rest"]


def test_a_segment_without_one_whole_fragment_was_never_acknowledged(spool: Spool) -> None:
    folder = half_recorded(spool)
    whole = (folder / "000002.open").read_bytes()
    (folder / "000002.open").write_bytes(whole[:5000])

    epoch = recover_epoch(spool, folder)

    assert [fact.sequence for fact, _ in epoch.segments] == [0, 1]
    assert quarantined(spool) == []


@pytest.mark.parametrize("content", [b"", b"{", b'{"sequence": 1}', bytes(300)])
def test_lost_facts_are_computed_again_from_the_file(spool: Spool, content: bytes) -> None:
    folder = half_recorded(spool)
    facts = folder / "000001.json"
    original = SegmentStored.model_validate_json(facts.read_bytes())
    facts.write_bytes(content)

    epoch = recover_epoch(spool, folder)

    assert epoch.segments[1][0] == original.model_copy(update={"recovered": True})
    assert SegmentStored.model_validate_json(facts.read_bytes()) == epoch.segments[1][0]


def test_of_sound_and_stills_that_come_late_a_scan_tells_what_the_facts_tell(tmp_path: Path) -> None:
    sound = opus(12)
    stills = [unit for unit in h264(12, keyframe_every=90) if unit.keyframe]

    def arrives_at(unit: AccessUnit) -> int:
        return unit.captured_at_us + (2_400_000 if unit.kind is VIDEO else 0)

    epoch = Epoch(tmp_path / "epoch").feed(sorted([*stills, *sound], key=arrives_at)).close()

    assert {fact.has_video for fact in epoch.media} == {fact.has_audio for fact in epoch.media} == {True, False}
    init = epoch.kept[0]
    for kept in epoch.kept:
        if kept.fact.kind is SegmentKind.INIT:
            init = kept
            continue
        media = {frame.medium for frame in decode([init, kept], all_of_them=True)}
        assert (kept.fact.has_video, kept.fact.has_audio) == ("video" in media, "audio" in media)
        found = scan(kept.data)
        assert found.label is not None
        told = found.label.stored(
            duration_ms=found.duration_ms,
            byte_length=len(kept.data),
            sha256=kept.fact.sha256,
            recovered=False,
        )
        assert told == kept.fact


def test_a_lost_manifest_is_no_harm(spool: Spool) -> None:
    folder = half_recorded(spool)
    (folder / MANIFEST).write_bytes(b"\0\0\0")

    epoch = recover_epoch(spool, folder)

    assert epoch.identity == IDENTITY
    assert len(epoch.segments) == 3


def test_a_segment_with_other_bytes_than_its_facts_say_raises_an_alarm_and_is_kept(spool: Spool) -> None:
    folder = half_recorded(spool)
    damaged = bytearray((folder / "000001.mp4").read_bytes())
    damaged[-1000] ^= 0xFF
    (folder / "000001.mp4").write_bytes(damaged)

    epoch = recover_epoch(spool, folder)

    assert epoch.damaged == ["000001.mp4"]
    assert (folder / "000001.mp4").read_bytes() == damaged
    assert epoch.segments[1][0].recovered


@pytest.mark.parametrize("name", ["000009.mp4", "000009.open", "notes.txt", "gap-000001.json", "000077.json"])
def test_what_cannot_be_understood_is_put_aside_and_never_deleted(spool: Spool, name: str) -> None:
    folder = half_recorded(spool)
    (folder / name).write_bytes(b"gibberish of some length")

    epoch = recover_epoch(spool, folder)

    assert epoch.damaged == [name]
    assert (spool.root / QUARANTINE / f"{folder.name}.{name}").read_bytes() == b"gibberish of some length"
    assert len(epoch.segments) == 3


def test_a_folder_of_which_nothing_is_known_is_put_aside_whole(spool: Spool) -> None:
    folder = spool.folder / "strange"
    folder.mkdir()
    (folder / "a").write_bytes(b"?")

    epoch = recover_epoch(spool, folder)

    assert epoch.identity is None
    assert "strange" in quarantined(spool)
    assert not folder.exists()


def test_an_empty_epoch_just_goes(spool: Spool) -> None:
    folder = spool.create_epoch(IDENTITY)

    recover_epoch(spool, folder)

    assert not folder.exists()
    assert quarantined(spool) == []


def test_declared_gaps_survive_and_an_open_one_ends_with_the_footage(spool: Spool) -> None:
    folder = spool.create_epoch(IDENTITY)
    units = together(h264(7.5), opus(7.5))
    epoch = Epoch(folder).feed(units[:200])
    epoch.do(epoch.segmenter.mark(VIDEO, GapReason.MUTED, START_US + 2_500_000))
    epoch.do(epoch.segmenter.mark(VIDEO, None, START_US + 3_000_000))
    epoch.do(epoch.segmenter.mark(MediaKind.AUDIO, GapReason.MUTED, START_US + 5_000_000))
    epoch.feed(units[200:])

    recovered = recover_epoch(spool, folder)

    assert [
        (gap.gap_number, gap.reason, seconds(micros(gap.started_at)), seconds(micros(gap.ended_at)))
        for gap, _ in recovered.gaps
    ] == [(0, "muted", 2.5, 3.0), (1, "muted", 5.0, 7.0)]


def test_an_unfinished_write_of_facts_is_no_damage(spool: Spool) -> None:
    folder = half_recorded(spool)
    (folder / "gap-000000.json.tmp").write_bytes(b'{"num')

    assert not recover_epoch(spool, folder).damaged


def test_recovering_twice_changes_nothing(spool: Spool) -> None:
    folder = half_recorded(spool)

    first = recover_epoch(spool, folder)
    second = recover_epoch(spool, folder)

    assert [fact for fact, _ in second.segments] == [fact for fact, _ in first.segments]


def test_only_the_folders_of_dead_workers_are_taken_over(tmp_path: Path) -> None:
    living = Spool.open(tmp_path / "spool", "worker-living")
    half_recorded(living)
    dead = Spool.open(tmp_path / "spool", "worker-dead")
    dead_identity = IDENTITY.model_copy(update={"epoch": 4})
    dead_folder = dead.create_epoch(dead_identity)
    Epoch(dead_folder).feed(together(h264(2), opus(2)))
    dead._lock.release()  # as its death does
    mine = Spool.open(tmp_path / "spool", "worker-mine")

    adopted = adopt_abandoned(mine)

    assert adopted == [mine.epoch_folder(dead_identity)]
    assert not dead.folder.exists()
    assert living.epoch_folder(IDENTITY).exists()
    assert adopt_abandoned(mine) == []


def test_facts_whose_segment_was_removed_already_are_no_damage(spool: Spool) -> None:
    """The server had them: the worker died between the removal of the segment and that of its facts."""
    folder = half_recorded(spool)
    (folder / "000000.mp4").unlink()

    epoch = recover_epoch(spool, folder)

    assert not epoch.damaged
    assert [fact.sequence for fact, _ in epoch.segments] == [1, 2]
    assert not (folder / "000000.json").exists()


class Killed(BaseException):
    """No handler may be run for a process that is gone."""


def left_in_every_way(spool: Spool) -> Path:
    """An epoch that needs all that recovery can do."""
    folder = spool.create_epoch(IDENTITY)
    epoch = Epoch(folder).feed(together(h264(7.5), opus(7.5)))
    epoch.do(epoch.segmenter.mark(VIDEO, GapReason.MUTED, START_US + 5_000_000))
    (folder / "000001.json").write_bytes(b"")
    (folder / "000077.mp4").write_bytes(b"gibberish")
    (folder / "gap-000000.json.tmp").write_bytes(b"{")
    (last,) = folder.glob("*.open")
    last.write_bytes(last.read_bytes() + b"nothing that anybody wrote")
    return folder


def test_a_worker_that_is_killed_in_the_middle_of_recovery_spoils_nothing_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Spool.open(tmp_path / "whole", "worker")
    expected = recover_epoch(whole, left_in_every_way(whole))
    steps = 0
    while True:
        spool = Spool.open(tmp_path / f"killed-{steps}", "worker")
        folder = left_in_every_way(spool)
        left = steps

        def die_at_last(call: Callable[..., object], *args: object, **options: object) -> object:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return call(*args, **options)

        with monkeypatch.context() as patched:
            for name in ("fsync", "truncate", "rename", "unlink", "open"):
                patched.setattr(os, name, functools.partial(die_at_last, getattr(os, name)))
            with contextlib.suppress(Killed):
                recover_epoch(spool, folder)
        epoch = recover_epoch(spool, folder)
        assert [fact for fact, _ in epoch.segments] == [fact for fact, _ in expected.segments], f"killed at {steps}"
        assert [gap for gap, _ in epoch.gaps] == [gap for gap, _ in expected.gaps]
        assert [path.read_bytes() for _, path in epoch.segments] == [path.read_bytes() for _, path in expected.segments]
        if left:
            break
        steps += 1
    assert steps > 10


def test_two_workers_that_take_over_at_once_share_what_dead_ones_left(tmp_path: Path) -> None:
    for number in range(20):
        dead = Spool.open(tmp_path / "spool", f"dead-{number:02d}")
        for epoch in range(3):
            dead.create_epoch(IDENTITY.model_copy(update={"epoch": 10 * number + epoch}))
        dead._lock.release()
    workers = [Spool.open(tmp_path / "spool", f"worker-{number}") for number in range(4)]

    with ThreadPoolExecutor(len(workers)) as threads:
        adopted = list(threads.map(adopt_abandoned, workers))

    found = sorted(folder.name for folders in adopted for folder in folders)
    assert found == sorted(Spool.epoch_folder(workers[0], i).name for i in identities(20))
    assert all(folder.is_dir() for folders in adopted for folder in folders)
    assert sorted(path.name for path in (tmp_path / "spool").iterdir()) == [f"worker-{n}" for n in range(4)]


def identities(workers: int) -> list[EpochIdentity]:
    return [IDENTITY.model_copy(update={"epoch": 10 * n + epoch}) for n in range(workers) for epoch in range(3)]


def by_a_fast_clock(units: list[AccessUnit]) -> list[AccessUnit]:
    """The times of capture run ahead of the RTP times, by 0.1 ms a second."""
    ahead = [(unit.captured_at_us - START_US) // 10_000 for unit in units]
    return [replace(u, captured_at_us=u.captured_at_us + us) for u, us in zip(units, ahead, strict=True)]


def record_until_killed(folder: Path, ready: "multiprocessing.connection.Connection") -> None:
    epoch = Epoch(folder)
    for unit in by_a_fast_clock(together(h264(20), opus(20))):
        epoch.feed([unit])
        ready.send((unit.captured_at_us, epoch.safe_until_us))


@pytest.mark.parametrize("after_s", [0.5, 3.7, 5.05, 9.9])
def test_after_kill_9_nothing_acknowledged_is_lost(spool: Spool, after_s: float) -> None:
    """A process records and is killed in the middle; what it had said to be safe must be there."""
    folder = spool.create_epoch(IDENTITY)
    ours, theirs = multiprocessing.get_context("fork").Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=record_until_killed, args=(folder, theirs))
    process.start()
    theirs.close()
    written_us = safe_us = 0
    while written_us < START_US + after_s * 1_000_000:
        written_us, safe_us = ours.recv()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    while ours.poll():
        try:
            written_us, safe_us = ours.recv()
        except EOFError:
            break

    epoch = recover_epoch(spool, folder)

    media = [fact for fact, _ in epoch.segments if fact.kind is SegmentKind.MEDIA]
    ends = [micros(fact.started_at) + round(fact.duration_ms * 1000) for fact in media]
    assert max(ends, default=0) >= safe_us
    frames = times(decode(kept_in(epoch.segments)), "video")
    expected = [unit for unit in by_a_fast_clock(h264(20)) if unit.captured_at_us < safe_us]
    assert len(frames) >= len(expected)
    if safe_us:
        assert written_us - safe_us <= 1_600_000
    chain = [fact.sha256 for fact, _ in epoch.segments]
    assert [fact.previous_sha256 for fact, _ in epoch.segments] == ["", *chain[:-1]][: len(chain)]


def test_the_label_inside_a_segment_is_plain_json(spool: Spool) -> None:
    folder = half_recorded(spool)
    data = (folder / "000001.mp4").read_bytes()
    at = data.index(b"uuid") - 4
    label = json.loads(data[at + 24 : at + int.from_bytes(data[at : at + 4], "big")])

    assert (label["track_id"], label["epoch"], label["sequence"], label["init"]) == ("track-1", 3, 1, 0)


def test_a_durable_write_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    write_durably(path, b"old")
    (tmp_path / "facts.json.tmp").mkdir()  # in the way

    with pytest.raises(OSError, match=r"facts\.json\.tmp"):
        write_durably(path, b"new")
    assert path.read_bytes() == b"old"

"""Every segment can be decoded behind its init segment, and says truly when each frame was captured."""

import hashlib
from pathlib import Path

import pytest

from inspect_server.domain.footage import SegmentKind
from inspect_server.media.access_unit import AccessUnit
from tests.media.footage.stage import AUDIO, IDENTITY, VIDEO, Epoch, decode, h264, opus, times, together, vp9

SECONDS = 9.5


def streams(case: str) -> tuple[list[AccessUnit], list[AccessUnit]]:
    video = {"h264": h264, "vp9": vp9}.get(case.split("+", maxsplit=1)[0])
    return (video(SECONDS) if video else [], opus(SECONDS) if "opus" in case else [])


@pytest.mark.parametrize(
    ("case", "codecs"),
    [
        ("h264+opus", "avc1.42C014,Opus"),
        ("vp9+opus", "vp09.00.20.08,Opus"),
        ("h264", "avc1.42C014"),
        ("vp9", "vp09.00.20.08"),
        ("opus", "Opus"),
    ],
)
def test_every_frame_comes_back_at_its_time(tmp_path: Path, case: str, codecs: str) -> None:
    video, audio = streams(case)

    epoch = Epoch(tmp_path / "epoch").feed(together(video, audio)).close()

    frames = decode(epoch.kept)
    for medium, units in (("video", video), ("audio", audio)):
        found = times(frames, medium)
        assert len(found) == len(units)
        assert max((abs(a - u.captured_at_us) for a, u in zip(found, units, strict=True)), default=0) <= 5_000
    assert [fact.codecs for fact in epoch.inits] == [codecs]
    assert [round(fact.duration_ms) for fact in epoch.media] == [4000, 4000, 1500]
    assert epoch.gaps == []


def test_the_segments_form_one_chain_and_say_what_they_hold(tmp_path: Path) -> None:
    epoch = Epoch(tmp_path / "epoch").feed(together(h264(SECONDS), opus(SECONDS))).close()

    previous = ""
    for number, kept in enumerate(epoch.kept):
        fact = kept.fact
        assert fact.sequence == number
        assert fact.sha256 == hashlib.sha256(kept.data).hexdigest()
        assert fact.byte_length == len(kept.data)
        assert fact.previous_sha256 == previous
        assert f'"previous_sha256":"{previous}"'.encode() in kept.data  # so that the hash covers the chain
        assert fact.object_key == f"footage/inspection-1/track-1/000003/{number:06d}.mp4"
        assert (fact.width, fact.height, fact.has_video, fact.has_audio) == (320, 240, True, True)
        assert (fact.track_id, fact.epoch) == (IDENTITY.track_id, IDENTITY.epoch)
        previous = fact.sha256
    assert [fact.kind for fact in epoch.facts] == [SegmentKind.INIT, *[SegmentKind.MEDIA] * 3]


def test_the_files_lie_in_the_epochs_folder_closed_with_their_facts(tmp_path: Path) -> None:
    folder = tmp_path / "epoch"

    Epoch(folder).feed(together(h264(5), opus(5))).close()

    assert sorted(path.name for path in folder.iterdir()) == [
        f"{number:06d}.{kind}" for number in range(3) for kind in ("json", "mp4")
    ]


@pytest.mark.parametrize(("width", "height", "codec"), [(1280, 720, "avc1.42C01F"), (720, 1280, "avc1.42C01F")])
def test_the_codec_string_and_size_are_those_of_the_stream(tmp_path: Path, width: int, height: int, codec: str) -> None:
    epoch = Epoch(tmp_path / "epoch", frozenset({VIDEO})).feed(h264(1, width=width, height=height)).close()

    assert [(fact.codecs, fact.width, fact.height) for fact in epoch.inits] == [(codec, width, height)]


def test_audio_alone_needs_no_second_of_waiting_where_nothing_else_was_announced(tmp_path: Path) -> None:
    epoch = Epoch(tmp_path / "epoch", frozenset({AUDIO})).feed(opus(0.5))

    assert [fact.codecs for fact in epoch.inits] == ["Opus"]


def test_the_wire_time_in_the_file_agrees_with_the_index(tmp_path: Path) -> None:
    """``prft`` alone, without the database, tells when a fragment was captured."""
    epoch = Epoch(tmp_path / "epoch").feed(together(h264(5), opus(5))).close()

    for kept in epoch.kept[1:]:
        at = kept.data.index(b"prft")
        ntp = int.from_bytes(kept.data[at + 12 : at + 20], "big")
        unix_us = ((ntp >> 32) - 2_208_988_800) * 1_000_000 + ((ntp & 0xFFFFFFFF) * 1_000_000 >> 32)
        assert abs(unix_us - kept.fact.started_at.timestamp() * 1_000_000) <= 2

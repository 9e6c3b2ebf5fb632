"""HLS playlists, read back by a small strict reader and held against the rules of RFC 8216 that players rely on."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.api.hls import playlist
from inspect_server.domain.footage import Segment, SegmentKind
from tests.storage.records import NOW, a_segment, at

INIT, MEDIA = SegmentKind.INIT, SegmentKind.MEDIA


@dataclass(frozen=True)
class Listed:
    """One segment as a player understands it."""

    uri: str
    map_uri: str
    starts_at: datetime
    duration_s: float
    after_discontinuity: bool


@dataclass(frozen=True)
class Playlist:
    headers: dict[str, str]
    listed: list[Listed]
    ended: bool

    @property
    def uris(self) -> list[str]:
        return [each.uri for each in self.listed]


def read(text: str) -> Playlist:
    """Refuses whatever it does not know."""
    lines = text.splitlines()
    assert lines[0] == "#EXTM3U"
    headers: dict[str, str] = {}
    listed: list[Listed] = []
    map_uri, starts_at, duration_s, discontinuity, ended = "", None, None, False, False
    for line in lines[1:]:
        assert not ended, "something follows the end"
        name, _, value = line.partition(":")
        if name in {"#EXT-X-VERSION", "#EXT-X-TARGETDURATION", "#EXT-X-MEDIA-SEQUENCE", "#EXT-X-PLAYLIST-TYPE"}:
            assert not listed
            headers[name.removeprefix("#EXT-X-")] = value
        elif line == "#EXT-X-DISCONTINUITY":
            discontinuity = True
        elif name == "#EXT-X-MAP":
            found = re.match(r'URI="([^"]+)"', value)
            assert found
            map_uri = found.group(1)
        elif name == "#EXT-X-PROGRAM-DATE-TIME":
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)
            starts_at = datetime.fromisoformat(value)
        elif name == "#EXTINF":
            duration_s = float(value.removesuffix(","))
        elif line == "#EXT-X-ENDLIST":
            ended = True
        else:
            assert not line.startswith("#"), line
            assert map_uri
            assert starts_at is not None
            assert duration_s is not None
            listed.append(Listed(line, map_uri, starts_at, duration_s, discontinuity))
            starts_at, duration_s, discontinuity = None, None, False
    return Playlist(headers, listed, ended)


def an_epoch(epoch: int, count: int, *, start: datetime = NOW) -> list[Segment]:
    """An init segment and ``count`` segments of 4 s without a hole."""
    media = [a_segment("t", epoch, n, started_at=start + timedelta(seconds=4 * (n - 1))) for n in range(1, count + 1)]
    return [a_segment("t", epoch, 0, kind=INIT, started_at=start), *media]


def test_one_epoch_without_a_hole() -> None:
    text = playlist(an_epoch(0, 3), is_complete=True, now=NOW)
    read_back = read(text)
    assert read_back.headers == {"VERSION": "7", "TARGETDURATION": "6", "MEDIA-SEQUENCE": "0", "PLAYLIST-TYPE": "VOD"}
    assert read_back.ended
    assert read_back.uris == ["0/1.mp4", "0/2.mp4", "0/3.mp4"]
    assert {each.map_uri for each in read_back.listed} == {"0/0.mp4"}
    assert text.count("#EXT-X-MAP") == 1
    assert not any(each.after_discontinuity for each in read_back.listed)
    assert [each.duration_s for each in read_back.listed] == [4.0, 4.0, 4.0]
    assert read_back.listed[1].starts_at - at(4) < timedelta(milliseconds=1)


def test_while_the_inspection_runs_the_playlist_may_grow() -> None:
    growing = read(playlist(an_epoch(0, 1), is_complete=False, now=NOW))
    assert growing.headers["PLAYLIST-TYPE"] == "EVENT"
    assert not growing.ended


def test_a_new_epoch_is_a_discontinuity_with_its_own_init_segment() -> None:
    listed = read(playlist([*an_epoch(0, 2), *an_epoch(1, 1, start=at(8))], is_complete=True, now=NOW)).listed
    assert [(each.uri, each.map_uri, each.after_discontinuity) for each in listed] == [
        ("0/1.mp4", "0/0.mp4", False),
        ("0/2.mp4", "0/0.mp4", False),
        ("1/1.mp4", "1/0.mp4", True),
    ]


def test_a_new_init_segment_within_an_epoch_is_a_discontinuity() -> None:
    turned = [
        *an_epoch(0, 1),
        a_segment("t", 0, 2, kind=INIT, started_at=at(4)),
        a_segment("t", 0, 3, started_at=at(4)),
        a_segment("t", 0, 4, started_at=at(8)),
    ]
    listed = read(playlist(turned, is_complete=True, now=NOW)).listed
    assert [(each.uri, each.map_uri, each.after_discontinuity) for each in listed] == [
        ("0/1.mp4", "0/0.mp4", False),
        ("0/3.mp4", "0/2.mp4", True),
        ("0/4.mp4", "0/2.mp4", False),
    ]


@pytest.mark.parametrize(
    ("shift_ms", "is_break"), [(0, False), (200, False), (300, True), (-300, True), (3_600_000, True)]
)
def test_a_hole_in_time_is_a_discontinuity(shift_ms: int, is_break: bool) -> None:
    first, second, third = an_epoch(0, 2)
    moved = replace(third, started_at=third.started_at + timedelta(milliseconds=shift_ms))
    listed = read(playlist([first, second, moved], is_complete=True, now=NOW)).listed
    assert [each.after_discontinuity for each in listed] == [False, is_break]


def test_a_lost_segment_is_a_discontinuity_once_nothing_more_is_to_come() -> None:
    segments = [segment for segment in an_epoch(0, 4) if segment.sequence != 2]
    listed = read(playlist(segments, is_complete=True, now=NOW)).listed
    assert [(each.uri, each.after_discontinuity) for each in listed] == [
        ("0/1.mp4", False),
        ("0/3.mp4", True),
        ("0/4.mp4", False),
    ]


def test_while_it_may_still_come_nothing_behind_a_missing_segment_is_listed() -> None:
    late = [segment for segment in an_epoch(0, 4) if segment.sequence != 2]
    assert read(playlist([*late, *an_epoch(1, 1, start=at(60))], is_complete=False, now=NOW)).uris == ["0/1.mp4"]


def test_what_does_not_come_for_long_does_not_hide_what_is_behind_it() -> None:
    lost = [*(each for each in an_epoch(0, 4) if each.sequence != 2), *an_epoch(1, 1, start=at(60))]
    listed = read(playlist(lost, is_complete=False, now=at(16))).listed
    assert [(each.uri, each.after_discontinuity) for each in listed] == [
        ("0/1.mp4", False),
        ("0/3.mp4", True),
        ("0/4.mp4", False),
        ("1/1.mp4", True),
    ]


def test_media_without_its_init_segment_is_left_out() -> None:
    orphans = [*an_epoch(0, 1), *an_epoch(1, 2, start=at(60))[1:]]
    assert read(playlist(orphans, is_complete=True, now=NOW)).uris == ["0/1.mp4"]


@pytest.mark.parametrize("is_complete", [True, False])
def test_without_any_media_it_is_an_empty_list(is_complete: bool) -> None:
    assert read(playlist([], is_complete=is_complete, now=NOW)).uris == []
    assert read(playlist(an_epoch(0, 0), is_complete=is_complete, now=NOW)).uris == []


def test_segments_that_may_begin_without_a_keyframe_are_not_called_independent() -> None:
    assert "INDEPENDENT" not in playlist(an_epoch(0, 2), is_complete=True, now=NOW)


def test_times_are_utc_whatever_zone_they_come_in() -> None:
    (init, media) = an_epoch(0, 1, start=datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    assert "2026-11-22T09:00:00.000Z" in playlist([init, media], is_complete=True, now=NOW)


@st.composite
def a_track(draw: st.DrawFn) -> list[Segment]:
    """Epochs with holes in time and new init segments, in playback order."""
    segments: list[Segment] = []
    now = NOW
    for epoch in range(draw(st.integers(1, 3))):
        kinds = [INIT, *draw(st.lists(st.sampled_from([INIT, MEDIA, MEDIA, MEDIA]), max_size=8))]
        for sequence, kind in enumerate(kinds):
            now += timedelta(milliseconds=draw(st.sampled_from([0, 0, 0, 100, 5000])))
            duration_ms = draw(st.sampled_from([1000.0, 4000.0, 5999.9]))
            segments.append(a_segment("t", epoch, sequence, kind=kind, started_at=now, duration_ms=duration_ms))
            now += timedelta(milliseconds=segments[-1].duration_ms)
    return segments


@given(track=a_track(), arrived=st.data())
def test_a_growing_playlist_only_grows_at_its_end(track: list[Segment], arrived: st.DataObject) -> None:
    """Each epoch's segments are indexed in any order while it runs; later epochs come after it."""
    indexed: list[Segment] = []
    before = ""
    for epoch in sorted({segment.epoch for segment in track}):
        of_epoch = [segment for segment in track if segment.epoch == epoch]
        for segment in arrived.draw(st.permutations(of_epoch)):
            indexed = sorted([*indexed, segment], key=lambda each: (each.epoch, each.sequence))
            text = playlist(indexed, is_complete=False, now=NOW)
            assert text.startswith(before)
            before = text
    closed = playlist(indexed, is_complete=True, now=NOW)
    assert closed == before.replace("PLAYLIST-TYPE:EVENT", "PLAYLIST-TYPE:VOD") + "#EXT-X-ENDLIST\n"


@given(track=a_track())
def test_every_media_segment_is_listed_once_in_order_under_the_nearest_init_segment(track: list[Segment]) -> None:
    read_back = read(playlist(track, is_complete=True, now=NOW))
    assert read_back.uris == [f"{s.epoch}/{s.sequence}.mp4" for s in track if s.kind is MEDIA]
    for each in read_back.listed:
        epoch, sequence = each.uri.removesuffix(".mp4").split("/")
        inits = [s for s in track if s.epoch == int(epoch) and s.kind is INIT and s.sequence < int(sequence)]
        assert each.map_uri == f"{epoch}/{inits[-1].sequence}.mp4"
        assert round(each.duration_s) <= 6
    for one, following in zip(read_back.listed, read_back.listed[1:], strict=False):
        hole = abs(following.starts_at - one.starts_at - timedelta(seconds=one.duration_s))
        if following.map_uri != one.map_uri or hole > timedelta(milliseconds=252):
            assert following.after_discontinuity

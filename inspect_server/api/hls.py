"""HLS media playlists (RFC 8216) of one track. Pure: segments in, text out.

One playlist holds the whole track over all its epochs. Every break (a new epoch, a new init segment, a hole in time or
in the numbering) is a DISCONTINUITY, and every segment says its wall-clock time, by which the players are kept in step.
Each EXT-X-MAP says its codecs in an attribute of our own (others ignore it): a browser's source buffers take one set of
media each, so the page must know where sound or picture joins or leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from inspect_server.domain.footage import Segment, SegmentKind
from inspect_server.domain.timeline import TOLERANCE, is_settled

MEDIA_TYPE: Final = "application/vnd.apple.mpegurl"
VERSION: Final = 7
TARGET_DURATION_S: Final = 6
"""No segment is longer; fixed, because it must not change while the playlist grows (RFC 8216, 4.3.3.1)."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A media segment with the init segment that decodes it."""

    init: Segment
    media: Segment
    is_break: bool


def playlist(segments: Sequence[Segment], *, is_complete: bool, now: datetime) -> str:
    """The playlist of a track.

    Args:
        segments: in playback order, init segments included.
        is_complete: nothing will be added any more; the list is then closed, else it is of type EVENT.
        now: by which a number that is missing for long counts as lost.

    Returns:
        Text whose URIs are relative to the playlist's own: ``<epoch>/<sequence>.mp4``.
    """
    listed = segments if is_complete else list(_settled(segments, now))
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{TARGET_DURATION_S}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if is_complete else 'EVENT'}",
    ]
    current: Segment | None = None
    for entry in _entries(listed):
        if entry.is_break:
            lines.append("#EXT-X-DISCONTINUITY")
        if entry.init is not current:
            current = entry.init
            lines.append(f'#EXT-X-MAP:URI="{_uri(current)}",X-CODECS="{current.codecs}"')
        lines += [
            f"#EXT-X-PROGRAM-DATE-TIME:{_date_time(entry.media.started_at)}",
            f"#EXTINF:{entry.media.duration_ms / 1000:.6f},",
            _uri(entry.media),
        ]
    if is_complete:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _settled(segments: Iterable[Segment], now: datetime) -> Iterator[Segment]:
    """Segments up to the first number that may still be on its way: a growing playlist may only grow at its end."""
    expected: dict[int, int] = {}
    for segment in segments:
        if segment.sequence != expected.get(segment.epoch, 0) and not is_settled(segment.started_at, now):
            return
        expected[segment.epoch] = segment.sequence + 1
        yield segment


def _entries(segments: Iterable[Segment]) -> Iterator[_Entry]:
    """Media segments without their init segment (it is lost, or not there yet) cannot be played and are left out."""
    init: Segment | None = None
    before: _Entry | None = None
    for segment in segments:
        if segment.kind is SegmentKind.INIT:
            init = segment
        elif init is not None and init.epoch == segment.epoch:
            is_break = before is not None and (before.init is not init or not _follows(before.media, segment))
            before = _Entry(init, segment, is_break)
            yield before


def _follows(before: Segment, segment: Segment) -> bool:
    ended_at = before.started_at + timedelta(milliseconds=before.duration_ms)
    return segment.sequence == before.sequence + 1 and abs(segment.started_at - ended_at) <= TOLERANCE


def _uri(segment: Segment) -> str:
    return f"{segment.epoch}/{segment.sequence}.mp4"


def _date_time(moment: datetime) -> str:
    """Milliseconds: what a browser's ``Date`` holds."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"

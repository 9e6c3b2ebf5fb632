"""Makes footage as the product stores it, but by PyAV's own muxer: something known for the archive's reader to read."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import islice

import av
import numpy as np

from tests.support.archive import StoredSegment
from tests.support.boxes import boxes
from tests.support.clip import FRAMES_PER_SECOND, SAMPLE_RATE, ClipSpec, pictures, sound

OPUS_LEAD_IN = 312
TRACK = "11111111-2222-3333-4444-555555555555"


def make_footage(spec: ClipSpec, started_at: datetime, *, sound_delay_ms: int = 0) -> list[StoredSegment]:
    """The clip as one epoch: an init segment and media segments of 2 s; the sound may be late against the picture."""
    init, *fragments = _split(_encode(spec, sound_delay_ms))
    segments: list[StoredSegment] = []
    previous = ""
    for sequence, data in enumerate([init, *fragments]):
        start, end = (0.0, 0.0) if sequence == 0 else _times(init + data)
        segments.append(
            StoredSegment(
                track_id=TRACK,
                epoch=0,
                sequence=sequence,
                kind="init" if sequence == 0 else "media",
                started_at=started_at + timedelta(seconds=start),
                duration_ms=(end - start) * 1000,
                byte_length=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                previous_sha256=previous,
                codecs="avc1.42C01F,Opus",
                width=spec.width,
                height=spec.height,
                has_video=True,
                has_audio=True,
                data=data,
            )
        )
        previous = segments[-1].sha256
    return segments


def _encode(spec: ClipSpec, sound_delay_ms: int) -> bytes:
    file = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(file, "w", format="mp4", options=options) as container:
        video = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        video.width, video.height, video.pix_fmt = spec.width, spec.height, "yuv420p"
        video.codec_context.gop_size = 2 * FRAMES_PER_SECOND
        video.options = {"preset": "ultrafast", "tune": "zerolatency", "sc_threshold": "0"}
        audio = container.add_stream("libopus", rate=SAMPLE_RATE)
        audio.codec_context.layout = "mono"
        late = np.zeros(SAMPLE_RATE * sound_delay_ms // 1000, dtype=np.int16)
        samples = np.concatenate([late, sound(spec)])
        for number, luma in enumerate(pictures(spec)):
            chroma = np.full((spec.height // 2, spec.width), 128, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_SECOND)
            container.mux(video.encode(frame))
            for start in _starts_of_sound(number):
                part = av.AudioFrame.from_ndarray(samples[None, start : start + 960], format="s16", layout="mono")
                # The encoder takes its lead-in off the time; a negative first time would make the muxer move the video.
                part.pts = start + OPUS_LEAD_IN
                part.sample_rate, part.time_base = SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
                container.mux(audio.encode(part))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return file.getvalue()


def _starts_of_sound(frame: int) -> Iterator[int]:
    """The 20 ms packets that begin while this picture is shown."""
    first, last = (SAMPLE_RATE * (frame + i) // FRAMES_PER_SECOND for i in (0, 1))
    return (start for start in range(-(-first // 960) * 960, last, 960))


def _split(data: bytes) -> list[bytes]:
    found = list(boxes(data))
    head = b"".join(box for kind, box in found if kind in {"ftyp", "moov"})
    fragments = [box for kind, box in found if kind in {"moof", "mdat"}]
    pairs = zip(islice(fragments, 0, None, 2), islice(fragments, 1, None, 2), strict=True)
    return [head, *(moof + mdat for moof, mdat in pairs)]


def _times(data: bytes) -> tuple[float, float]:
    """First and last moment of the media, in seconds of media time."""
    with av.open(io.BytesIO(data), "r") as container:
        packets = [
            (packet.pts * packet.time_base, (packet.duration or 0) * packet.time_base)
            for packet in container.demux()
            if packet.pts is not None and packet.time_base is not None
        ]
    return float(min(pts for pts, _ in packets)), float(max(pts + duration for pts, duration in packets))

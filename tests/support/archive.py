"""Reads stored footage as a stranger would: hashes, chain, PyAV.

Nothing of the product is imported: the segments come as the index describes them, with the bytes of the object store.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from tests.support import counter

BEEP_WINDOW_MS = 4
BEEP_RISE = 0.1
SAMPLE_RATE = 48_000
MAX_JOIN_SAMPLES = SAMPLE_RATE // 20


@dataclass(frozen=True)
class StoredSegment:
    """One row of the index, with the bytes that its object key leads to."""

    track_id: str
    epoch: int
    sequence: int
    kind: str
    started_at: datetime
    duration_ms: float
    byte_length: int
    sha256: str
    previous_sha256: str
    codecs: str
    width: int
    height: int
    has_video: bool
    has_audio: bool
    data: bytes

    @property
    def ended_at(self) -> datetime:
        return self.started_at + timedelta(milliseconds=self.duration_ms)

    @property
    def name(self) -> str:
        return f"{self.track_id[:8]}/{self.epoch}/{self.sequence}"


@dataclass(frozen=True)
class ArchivedFrame:
    """One decoded picture. ``media_s``: its place in its init segment's time; ``reading``: None where no code is."""

    at: datetime
    init: str
    media_s: float
    width: int
    height: int
    reading: counter.Reading | None


@dataclass(frozen=True)
class Sound:
    """Decoded mono sound without a hole, and when its first sample was heard."""

    at: datetime
    samples: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Content:
    """What the footage shows. ``faults``: everything a decoder complained about; ``anchor_spread_ms``: how far the
    segments of one init disagree about the wall clock of media time zero (drift or rounding)."""

    frames: list[ArchivedFrame]
    sounds: list[Sound]
    faults: list[str]
    anchor_spread_ms: float


def chain_faults(segments: Sequence[StoredSegment]) -> list[str]:
    """Everything wrong with hashes, lengths, numbering and chain of the segments of any number of tracks."""
    faults: list[str] = []
    for (track_id, epoch), group in groupby(_sorted(segments), key=lambda s: (s.track_id, s.epoch)):
        previous = ""
        for expected, segment in enumerate(group):
            if segment.sequence != expected:
                faults.append(f"{track_id[:8]}/{epoch}: segment {expected} is missing, found {segment.sequence}")
            if expected == 0 and segment.kind != "init":
                faults.append(f"{segment.name}: an epoch begins with {segment.kind}")
            if hashlib.sha256(segment.data).hexdigest() != segment.sha256:
                faults.append(f"{segment.name}: the bytes are not those of the index")
            if len(segment.data) != segment.byte_length:
                faults.append(f"{segment.name}: {len(segment.data)} bytes stored, {segment.byte_length} in the index")
            if segment.previous_sha256 != previous:
                faults.append(f"{segment.name}: the chain is broken")
            previous = segment.sha256
    return faults


def decode(segments: Sequence[StoredSegment]) -> Content:
    """Decode each media segment behind the nearest init segment before it."""
    frames: list[ArchivedFrame] = []
    sounds: list[Sound] = []
    faults: list[str] = []
    anchors: dict[str, list[datetime]] = {}
    init: StoredSegment | None = None
    for segment in _sorted(segments):
        if segment.kind == "init":
            init = segment
            continue
        if init is None or (init.track_id, init.epoch) != (segment.track_id, segment.epoch):
            faults.append(f"{segment.name}: no init segment before it")
            continue
        part = _decode_segment(init, segment)
        frames += part.frames
        sounds += part.sounds
        faults += part.faults
        if part.anchor is not None:
            anchors.setdefault(init.name, []).append(part.anchor)
    spread = max(((max(a) - min(a)).total_seconds() * 1000 for a in anchors.values()), default=0.0)
    return Content(frames, _joined(sounds), faults, spread)


def sound_packets(segments: Sequence[StoredSegment]) -> list[datetime]:
    """When each stored packet of sound was recorded; nothing is decoded."""
    found: list[datetime] = []
    init = b""
    for segment in _sorted(segments):
        if segment.kind == "init":
            init = segment.data
        elif segment.has_audio:
            found += _sound_packets(init, segment)
    return found


def _sound_packets(init: bytes, segment: StoredSegment) -> list[datetime]:
    with av.open(io.BytesIO(init + segment.data), mode="r", format="mp4") as container:
        times = [
            (packet.stream.type, float(packet.pts * packet.time_base))
            for packet in container.demux()
            if packet.pts is not None and packet.time_base is not None
        ]
    start = min(at for _, at in times)
    return [segment.started_at + timedelta(seconds=at - start) for kind, at in times if kind == "audio"]


@dataclass(frozen=True)
class _Part:
    frames: list[ArchivedFrame]
    sounds: list[Sound]
    faults: list[str]
    anchor: datetime | None


def _decode_segment(init: StoredSegment, segment: StoredSegment) -> _Part:
    pictures: list[tuple[float, av.VideoFrame]] = []
    chunks: list[tuple[float, npt.NDArray[np.float32]]] = []
    faults: list[str] = []
    starts: list[float] = []
    end = 0.0
    with av.logging.Capture() as complaints:
        try:
            with av.open(io.BytesIO(init.data + segment.data), mode="r", format="mp4") as container:
                for stream in container.streams:
                    # One thread, so that complaints are raised in this one; explode, so that nothing is concealed.
                    stream.codec_context.thread_count = 1
                    stream.codec_context.options = {"err_detect": "explode"}
                for packet in container.demux():
                    if packet.pts is not None and packet.time_base is not None:
                        starts.append(float(packet.pts * packet.time_base))
                        end = max(end, starts[-1] + float((packet.duration or 0) * packet.time_base))
                    for frame in packet.decode():
                        if isinstance(frame, av.VideoFrame):
                            pictures.append((_seconds(frame), frame))
                        elif isinstance(frame, av.AudioFrame):
                            chunks.append((_seconds(frame), _mono(frame)))
        except av.FFmpegError as error:
            faults.append(f"{segment.name}: {error}")
    faults += [
        f"{segment.name}: {name}: {text.strip()}" for level, name, text in complaints if level <= av.logging.ERROR
    ]
    faults += [f"{segment.name}: picture at {at:.3f} s is corrupt" for at, frame in pictures if frame.is_corrupt]
    faults += [f"{segment.name}: no video" for _ in [0] if segment.has_video and not pictures]
    faults += [f"{segment.name}: no audio" for _ in [0] if segment.has_audio and not chunks]
    if not starts:
        return _Part([], [], [*faults, f"{segment.name}: empty"], None)
    if abs((end - min(starts)) * 1000 - segment.duration_ms) > 100:
        faults.append(f"{segment.name}: {end - min(starts):.3f} s of media, {segment.duration_ms} ms in the index")
    anchor = segment.started_at - timedelta(seconds=min(starts))
    frames = [
        ArchivedFrame(
            anchor + timedelta(seconds=at), init.name, at, p.width, p.height, counter.read(counter.luma_of(p))
        )
        for at, p in pictures
    ]
    return _Part(frames, [Sound(anchor + timedelta(seconds=at), s) for at, s in chunks], faults, anchor)


def _seconds(frame: av.VideoFrame | av.AudioFrame) -> float:
    assert frame.pts is not None
    assert frame.time_base is not None
    return float(frame.pts * frame.time_base)


def _mono(frame: av.AudioFrame) -> npt.NDArray[np.float32]:
    samples: npt.NDArray[Any] = frame.to_ndarray()
    channels = frame.layout.nb_channels
    mixed = samples.mean(axis=0) if frame.format.is_planar else samples.reshape(-1, channels).mean(axis=1)
    scale = 32768 if frame.format.name.startswith("s16") else 1
    return np.asarray(mixed / scale, dtype=np.float32)


def _joined(chunks: Sequence[Sound]) -> list[Sound]:
    """Put chunks together that follow each other within 50 ms; what is missing between them is silence.

    A decoder that starts anew with a segment leaves out the Opus pre-skip, so there is such a hole at each of them.
    """
    runs: list[list[npt.NDArray[np.float32]]] = []
    starts: list[datetime] = []
    for chunk in sorted(chunks, key=lambda s: s.at):
        if runs:
            length = sum(map(len, runs[-1]))
            missing = round((chunk.at - starts[-1]).total_seconds() * SAMPLE_RATE) - length
            if abs(missing) < MAX_JOIN_SAMPLES:
                runs[-1] += [np.zeros(max(0, missing), dtype=np.float32), chunk.samples[max(0, -missing) :]]
                continue
        runs.append([chunk.samples])
        starts.append(chunk.at)
    return [Sound(at, np.concatenate(run)) for at, run in zip(starts, runs, strict=True)]


def beep_onsets(sounds: Sequence[Sound], beep_hz: int = 1000) -> list[datetime]:
    """When the tone began, to a quarter of a window; each time after at least 300 ms without it."""
    window = SAMPLE_RATE * BEEP_WINDOW_MS // 1000
    step = window // 4
    tone = np.exp(-2j * np.pi * beep_hz * np.arange(window) / SAMPLE_RATE)
    onsets: list[datetime] = []
    for sound in sounds:
        count = (len(sound.samples) - window) // step + 1
        if count <= 0:
            continue
        rows = np.lib.stride_tricks.sliding_window_view(sound.samples, window)[::step][:count]
        level = np.abs(rows @ tone) * 2 / window
        for index in np.flatnonzero((level[1:] >= BEEP_RISE) & (level[:-1] < BEEP_RISE)) + 1:
            # The window crosses the threshold when its end is a little inside the tone.
            at = sound.at + timedelta(seconds=(int(index) * step + window * (1 - BEEP_RISE / 0.5)) / SAMPLE_RATE)
            if not onsets or (at - onsets[-1]).total_seconds() > 0.3:
                onsets.append(at)
    return onsets


def _sorted(segments: Sequence[StoredSegment]) -> list[StoredSegment]:
    return sorted(segments, key=lambda s: (s.track_id, s.epoch, s.sequence))

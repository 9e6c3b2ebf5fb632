"""Makes the clips that Chromium's fake camera and microphone play: a moving picture with a counter, a flash, a beep.

The video is a Motion JPEG file, which Chromium plays at 30 frames per second and repeats without end; the sound is a
WAV file of the same length, repeated too. The counter runs from 0 to the clip's length and starts again with the clip.
A clip is made once per set of parameters and kept in a folder named by their hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from tests.support import counter

FORMAT_VERSION = 4
FRAMES_PER_SECOND = 30
SAMPLE_RATE = 48_000
CHROMA_GREY = 128


@dataclass(frozen=True)
class ClipSpec:
    """What to make. ``source`` tells one camera's clip from another's; ``beep_hz`` 0 makes a silent clip.

    ``noise``: how grainy the lowest quarter is, in steps of brightness; no encoder can foresee noise, so it costs bits.
    """

    source: int = 1
    frames: int = 600
    width: int = 1280
    height: int = 720
    flash_every_frames: int = 60
    flash_frames: int = 4
    beep_hz: int = 1000
    beep_ms: int = 120
    noise: float = 0

    @property
    def duration_ms(self) -> float:
        return self.frames * 1000 / FRAMES_PER_SECOND


@dataclass(frozen=True)
class Clip:
    """The files, ready for ``--use-file-for-fake-video-capture`` and ``--use-file-for-fake-audio-capture``."""

    spec: ClipSpec
    video: Path
    audio: Path


def make_clip(spec: ClipSpec, cache_dir: Path) -> Clip:
    """Return the clip from the cache, making it first if it is not there. Safe with several processes at once."""
    digest = hashlib.sha256(json.dumps([FORMAT_VERSION, asdict(spec)]).encode()).hexdigest()[:16]
    folder = cache_dir / f"clip-{digest}"
    if not folder.exists():
        cache_dir.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="clip-", dir=cache_dir))
        _write_video(spec, scratch / "camera.mjpeg")
        _write_audio(spec, scratch / "microphone.wav")
        try:
            scratch.rename(folder)
        except OSError:  # another process was faster: its files are the same
            shutil.rmtree(scratch)
    return Clip(spec, folder / "camera.mjpeg", folder / "microphone.wav")


def pictures(spec: ClipSpec) -> Iterator[counter.Luma]:
    """The grey pictures of the clip, one after the other; each is a new array."""
    background = _background(spec)
    grain = np.random.default_rng(spec.source)
    for number in range(spec.frames):
        shift = number * background.shape[1] // spec.frames
        luma = np.roll(background, -shift, axis=1)[:, : spec.width].copy()
        if spec.noise:
            ground = luma[-(spec.height // 4) :]
            ground[:] = np.clip(ground + grain.normal(0, spec.noise, ground.shape), 16, 235).astype(np.uint8)
        _draw_ball(luma, number / spec.frames)
        flash = number % spec.flash_every_frames < spec.flash_frames
        counter.draw(luma, number, spec.source, flash=flash)
        yield luma


def sound(spec: ClipSpec) -> npt.NDArray[np.int16]:
    """Mono samples of the whole clip: a beep that begins with the first frame of each flash, else silence."""
    samples = np.zeros(SAMPLE_RATE * spec.frames // FRAMES_PER_SECOND, dtype=np.float64)
    if spec.beep_hz:
        length = SAMPLE_RATE * spec.beep_ms // 1000
        beep = 0.5 * np.sin(2 * np.pi * spec.beep_hz * np.arange(length) / SAMPLE_RATE)
        for frame in range(0, spec.frames, spec.flash_every_frames):
            start = frame * SAMPLE_RATE // FRAMES_PER_SECOND
            samples[start : start + length] = beep
    return (samples * 32767).astype(np.int16)


def _background(spec: ClipSpec) -> counter.Luma:
    """A soft landscape that pans round once per clip: enough texture to cost an encoder bits, no sharp noise."""
    period = 2 * spec.width
    x = np.arange(period) * (2 * np.pi / period)
    y = np.linspace(0, 1, spec.height)[:, None]
    random = np.random.default_rng(spec.source)
    hills = sum(
        np.sin(waves * x + random.uniform(0, 6.28) + 3 * y * random.uniform(-1, 1)) / waves**0.5
        for waves in (2, 3, 5, 8, 13, 21, 34)
    )
    grain = random.normal(0, 1, (spec.height // 8, period // 8)).repeat(8, axis=0).repeat(8, axis=1)
    return np.clip(118 + 22 * np.asarray(hills) + 7 * grain, 16, 235).astype(np.uint8)


def _draw_ball(luma: counter.Luma, phase: float) -> None:
    """A bright disc that goes round the picture's edge four times per clip, clear of the code."""
    rows, columns = luma.shape
    angle = 2 * np.pi * 4 * phase
    centre_x, centre_y = columns * (0.5 + 0.42 * np.cos(angle)), rows * (0.5 + 0.40 * np.sin(angle))
    y, x = np.ogrid[:rows, :columns]
    luma[(x - centre_x) ** 2 + (y - centre_y) ** 2 < (rows * 0.07) ** 2] = 200


def _write_video(spec: ClipSpec, path: Path) -> None:
    with path.open("wb") as file:
        encoder = av.CodecContext.create("mjpeg", "w")
        assert isinstance(encoder, av.VideoCodecContext)
        encoder.width, encoder.height, encoder.pix_fmt = spec.width, spec.height, "yuvj420p"
        encoder.time_base = Fraction(1, FRAMES_PER_SECOND)
        encoder.thread_count = min(4, os.cpu_count() or 1)
        encoder.options = {"qmin": "4", "qmax": "4"}
        chroma = np.full(spec.height // 2 * spec.width, CHROMA_GREY, dtype=np.uint8).reshape(-1, spec.width)
        for number, luma in enumerate(pictures(spec)):
            frame = av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuvj420p")
            frame.pts = number
            for packet in encoder.encode(frame):
                file.write(bytes(packet))
        for packet in encoder.encode(None):
            file.write(bytes(packet))


def _write_audio(spec: ClipSpec, path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(sound(spec).tobytes())

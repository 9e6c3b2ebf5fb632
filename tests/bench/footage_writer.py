"""What recording costs for each access unit, and how long a muxer holds bytes back: our writer against PyAV's muxer.

Run: ``python -m tests.bench.footage_writer``. One minute of a 1280x720 call (30 pictures and 50 packets of sound a
second), written to a temporary folder, with and without syncing.
"""

import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from unittest import mock

import av

from inspect_server.media.access_unit import AccessUnit, MediaKind
from tests.media.footage.stage import START_US, Epoch, h264, opus, together

CLIP_S = 12
REPETITIONS = 5


def call() -> list[AccessUnit]:
    """The clip again and again, on one time scale."""
    clip = together(h264(CLIP_S, width=1280, height=720, bit_rate=2_500_000), opus(CLIP_S))
    units = []
    for turn in range(REPETITIONS):
        for unit in clip:
            ticks = turn * CLIP_S * (90_000 if unit.kind is MediaKind.VIDEO else 48_000)
            later = turn * CLIP_S * 1_000_000
            units.append(replace(unit, rtp_time=unit.rtp_time + ticks, captured_at_us=unit.captured_at_us + later))
    return units


def ours(units: list[AccessUnit], folder: Path) -> Iterator[int]:
    """Bytes written after each unit."""
    epoch = Epoch(folder)
    written = 0
    write = os.write

    def counting(descriptor: int, data: bytes) -> int:
        nonlocal written
        done = write(descriptor, data)
        written += done
        return done

    with mock.patch("inspect_server.media.footage.files.os.write", counting):
        for unit in units:
            epoch.feed([unit])
            yield written
        epoch.close()


def pyav(units: list[AccessUnit], folder: Path) -> Iterator[int]:
    """The same through libavformat, fragments of a second, to a file that is flushed but not synced."""
    start_code = b"\0\0\0\1"
    first = next(unit for unit in units if unit.kind is MediaKind.VIDEO)
    annex_b = {id(unit): _annex_b(unit.data) for unit in units if unit.kind is MediaKind.VIDEO}
    origin = {kind: next(unit.rtp_time for unit in units if unit.kind is kind) for kind in MediaKind}
    with (folder / "pyav.mp4").open("wb") as file:
        sink = _Sink(file)
        options = {"movflags": "empty_moov+default_base_moof", "frag_duration": "1000000"}
        with av.open(sink, "w", format="mp4", options={**options, "flush_packets": "1"}) as container:
            video = container.add_stream("libx264", rate=30)
            assert isinstance(video, av.VideoStream)
            video.width, video.height, video.pix_fmt = first.width, first.height, "yuv420p"
            video.codec_context.extradata = b"".join(start_code + nal for nal in first.parameter_sets)
            audio = container.add_stream("libopus", rate=48_000)
            for unit in units:
                is_video = unit.kind is MediaKind.VIDEO
                packet = av.Packet(annex_b[id(unit)] if is_video else unit.data)
                packet.stream = video if is_video else audio
                packet.time_base = Fraction(1, 90_000 if is_video else 48_000)
                packet.pts = packet.dts = unit.rtp_time - origin[unit.kind]
                packet.duration = 3_000 if is_video else 960
                packet.is_keyframe = unit.keyframe
                container.mux(packet)
                yield sink.written


def _annex_b(sample: bytes) -> bytes:
    """libavformat wants start codes beside extradata with start codes."""
    nals, position = [], 0
    while position < len(sample):
        size = int.from_bytes(sample[position : position + 4], "big")
        nals.append(sample[position + 4 : position + 4 + size])
        position += 4 + size
    return b"".join(b"\0\0\0\1" + nal for nal in nals)


class _Sink(io.RawIOBase):
    """Counts what the muxer lets go of."""

    def __init__(self, file: io.BufferedWriter) -> None:
        super().__init__()
        self._file = file
        self.written = 0

    def write(self, data: object) -> int:
        assert isinstance(data, bytes | bytearray | memoryview)
        self.written += len(data)
        return self._file.write(data)

    def writable(self) -> bool:
        return True


def measure(way: Callable[[list[AccessUnit], Path], Iterator[int]], units: list[AccessUnit]) -> tuple[float, float]:
    """Microseconds of CPU for each unit, and the longest time (of media) that a unit's bytes were held back."""
    sizes = [len(unit.data) for unit in units]
    with tempfile.TemporaryDirectory() as name:
        began = time.process_time()
        written = list(way(units, Path(name) / "epoch" if way is ours else Path(name)))
        cost_us = (time.process_time() - began) / len(units) * 1e6
    held_s, total, reached = 0.0, 0, 0
    for index, size in enumerate(sizes):
        total += size
        while reached < len(written) and written[reached] < total:
            reached += 1
        if reached < len(units):
            held_s = max(held_s, (units[reached].captured_at_us - units[index].captured_at_us) / 1e6)
    return cost_us, held_s


def main() -> None:
    """Print the figures."""
    units = call()
    megabytes = sum(len(unit.data) for unit in units) / 1e6
    sys.stdout.write(
        f"{len(units)} units, {megabytes:.1f} MB, {(units[-1].captured_at_us - START_US) / 1e6:.0f} s of media\n"
    )
    without_sync = mock.patch("inspect_server.media.footage.epoch_files.os.fdatasync", return_value=None)
    for name, way, patched in (("ours", ours, False), ("ours, without fdatasync", ours, True), ("PyAV", pyav, False)):
        runs = []
        for _ in range(3):
            if patched:
                with without_sync:
                    runs.append(measure(way, units))
            else:
                runs.append(measure(way, units))
        cost_us = statistics.median(run[0] for run in runs)
        sys.stdout.write(
            f"{name:26} {cost_us:6.1f} us CPU for each unit, bytes held back for at most {runs[0][1]:.2f} s\n"
        )
    stalled = [unit for unit in units if unit.kind is MediaKind.AUDIO or not 20 <= since_start_s(unit) < 24]
    for name, way in (("ours", ours), ("PyAV", pyav)):
        sys.stdout.write(
            f"{name:26} picture out for 4 s: bytes held back for at most {measure(way, stalled)[1]:.2f} s\n"
        )


def since_start_s(unit: AccessUnit) -> float:
    """When it was captured."""
    return (unit.captured_at_us - START_US) / 1e6


if __name__ == "__main__":
    main()

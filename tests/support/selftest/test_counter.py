"""The counter is read back from what the product and its pages do to a picture, and never read wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import av
import cv2
import numpy as np
import pytest

from tests.support import counter
from tests.support.clip import ClipSpec, pictures

SPEC = ClipSpec(source=2, frames=90)


def clip_frames() -> Iterator[av.VideoFrame]:
    for number, luma in enumerate(pictures(SPEC)):
        chroma = np.full((SPEC.height // 2, SPEC.width), 128, dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 30)
        yield frame


@pytest.mark.parametrize(
    ("codec", "options"),
    [
        ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}),
        ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
    ],
)
@pytest.mark.parametrize("size", [(1280, 720), (640, 360)])
def test_every_picture_is_read_after_live_compression(
    codec: str, options: dict[str, str], size: tuple[int, int]
) -> None:
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = size
    encoder.pix_fmt, encoder.time_base, encoder.framerate = "yuv420p", Fraction(1, 30), Fraction(30)
    encoder.bit_rate, encoder.options = 1_500_000 * size[0] // 1280, options
    decoder = av.CodecContext.create(codec.removeprefix("lib").replace("x264", "h264").replace("vpx-", ""), "r")
    assert isinstance(decoder, av.VideoCodecContext)
    packets = [
        packet
        for frame in [*clip_frames(), None]
        for packet in encoder.encode(frame and frame.reformat(width=size[0], height=size[1]))
    ]
    decoded = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]

    readings = [counter.read(counter.luma_of(frame)) for frame in decoded]

    assert [reading and reading.counter for reading in readings] == list(range(SPEC.frames))
    assert {reading.source for reading in readings if reading} == {2}
    flashes = [reading.counter for reading in readings if reading and reading.is_flash]
    assert flashes == [0, 1, 2, 3, 60, 61, 62, 63]


@pytest.mark.parametrize("value", [0, 1, 599, 2047])
@pytest.mark.parametrize("source", [0, 7])
def test_bits_come_back(value: int, source: int) -> None:
    assert counter.decode(counter.encode(value, source)) == (value, source)


@pytest.mark.parametrize("wrong", range(counter.CODE_BITS))
def test_one_wrong_bit_is_noticed(wrong: int) -> None:
    bits = counter.encode(345, 1)
    bits[wrong] = not bits[wrong]
    assert counter.decode(bits) is None


def test_a_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="out of range"):
        counter.encode(2048, 0)


@pytest.mark.parametrize("quarter_turns", [1, 3])
def test_a_picture_of_a_turned_phone_is_read(quarter_turns: int) -> None:
    luma = np.rot90(next(pictures(SPEC)), quarter_turns).copy()
    assert counter.read(luma) == counter.Reading(0, 2, flash=1.0)


def test_a_picture_without_code_reads_as_nothing() -> None:
    assert counter.read(np.full((720, 1280), 90, dtype=np.uint8)) is None


def test_two_pictures_mixed_read_as_nothing_or_as_one_of_them() -> None:
    first, second = islice(pictures(SPEC), 10, 12)
    torn = np.vstack([first[:344], second[344:]])
    reading = counter.read(torn)
    assert reading is None or reading.counter in {10, 11}


@pytest.mark.parametrize(("width", "height", "cover"), [(900, 700, False), (1000, 420, False), (700, 700, True)])
def test_a_screenshot_of_a_letterboxed_or_cropped_player_is_read(width: int, height: int, cover: bool) -> None:
    luma = next(iter(islice(pictures(SPEC), 7, 8)))
    scale = (max if cover else min)(width / 1280, height / 720)
    shown = cv2.resize(luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    screen = np.full((height, width), 12, dtype=np.uint8)
    from_y, from_x = max(0, (shown.shape[0] - height) // 2), max(0, (shown.shape[1] - width) // 2)
    part = shown[from_y : from_y + height, from_x : from_x + width]
    top, left = (height - part.shape[0]) // 2, (width - part.shape[1]) // 2
    screen[top : top + part.shape[0], left : left + part.shape[1]] = part
    png = cv2.imencode(".png", screen)[1].tobytes()

    reading = counter.read_screenshot(png)

    assert reading is not None
    assert (reading.counter, reading.source) == (7, 2)

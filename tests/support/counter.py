"""The frame counter of the tests' clips: how it is drawn into a picture and read back.

Twenty bits (11 counter, 3 source, 6 CRC) stand as black and white blocks in the middle of the picture. Each row of bits
has its inverse right below, so a bit is read by comparing two neighbours and needs no threshold: brightness, contrast,
limited or full range do not matter. The blocks are large enough for 320x180 and for strong compression; a half-mixed
or torn picture fails the CRC. All geometry is in fractions of the picture, so a scaled picture reads the same.

The flash is a band below the code; it is compared with the code's own black and white.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import av
import cv2
import numpy as np
import numpy.typing as npt

Luma: TypeAlias = npt.NDArray[np.uint8]

COUNTER_BITS = 11
SOURCE_BITS = 3
CRC_BITS = 6
CODE_BITS = COUNTER_BITS + SOURCE_BITS + CRC_BITS
COLUMNS = 10
ROWS = CODE_BITS // COLUMNS

DARK = 36
BRIGHT = 220
MIN_CONTRAST = 48


@dataclass(frozen=True)
class Area:
    """A part of the picture, in fractions of its width and height."""

    left: float
    top: float
    width: float
    height: float

    def of(self, luma: Luma) -> Luma:
        rows, columns = luma.shape
        top, bottom = round(self.top * rows), round((self.top + self.height) * rows)
        left, right = round(self.left * columns), round((self.left + self.width) * columns)
        return luma[top:bottom, left:right]

    def inner(self, part: float) -> Area:
        """The same centre, with ``part`` of the size: keeps clear of edges that compression and scaling blur."""
        return Area(
            self.left + self.width * (1 - part) / 2,
            self.top + self.height * (1 - part) / 2,
            self.width * part,
            self.height * part,
        )


CODE_AREA = Area(left=0.25, top=0.30, width=0.50, height=4 * 64 / 720)
FLASH_AREA = Area(left=0.25, top=0.72, width=0.50, height=0.20)


@dataclass(frozen=True)
class Reading:
    """What one picture says. ``flash``: 0.0 dark to 1.0 bright."""

    counter: int
    source: int
    flash: float

    @property
    def is_flash(self) -> bool:
        return self.flash > 0.5


def _crc6(value: int) -> int:
    """CRC-6-ITU (polynomial x^6 + x + 1) over the counter and source bits, started with ones."""
    register = 0x3F
    for shift in reversed(range(COUNTER_BITS + SOURCE_BITS)):
        bit = (value >> shift) & 1
        feedback = (register >> (CRC_BITS - 1)) ^ bit
        register = (register << 1) & 0x3F
        if feedback:
            register ^= 0x03
    return register


def encode(counter: int, source: int) -> list[bool]:
    """The bits of one picture, most significant first. The counter is Gray-coded: few blocks change per frame."""
    if not 0 <= counter < 1 << COUNTER_BITS or not 0 <= source < 1 << SOURCE_BITS:
        raise ValueError(f"counter {counter} or source {source} is out of range")
    value = (counter ^ (counter >> 1)) << SOURCE_BITS | source
    word = value << CRC_BITS | _crc6(value)
    return [bool(word >> shift & 1) for shift in reversed(range(CODE_BITS))]


def decode(bits: list[bool]) -> tuple[int, int] | None:
    """Counter and source of the bits, or None if the CRC does not agree."""
    word = 0
    for bit in bits:
        word = word << 1 | bit
    value, crc = word >> CRC_BITS, word & ((1 << CRC_BITS) - 1)
    if len(bits) != CODE_BITS or _crc6(value) != crc:
        return None
    counter = gray = value >> SOURCE_BITS
    while gray := gray >> 1:
        counter ^= gray
    return counter, value & ((1 << SOURCE_BITS) - 1)


def _cell(index: int, *, inverse: bool) -> Area:
    row = 2 * (index // COLUMNS) + inverse
    width, height = CODE_AREA.width / COLUMNS, CODE_AREA.height / (2 * ROWS)
    return Area(CODE_AREA.left + (index % COLUMNS) * width, CODE_AREA.top + row * height, width, height)


def cells() -> list[tuple[Area, Area]]:
    """The block of each bit and that of its inverse, in the order of ``encode``."""
    return [(_cell(index, inverse=False), _cell(index, inverse=True)) for index in range(CODE_BITS)]


def draw(luma: Luma, counter: int, source: int, *, flash: bool) -> None:
    """Draw code and flash band into a grey picture, in place."""
    for bit, (block, inverse) in zip(encode(counter, source), cells(), strict=True):
        block.of(luma)[:] = BRIGHT if bit else DARK
        inverse.of(luma)[:] = DARK if bit else BRIGHT
    FLASH_AREA.of(luma)[:] = BRIGHT if flash else DARK


def _read_upright(luma: Luma) -> Reading | None:
    pairs = [(float(a.inner(0.5).of(luma).mean()), float(b.inner(0.5).of(luma).mean())) for a, b in cells()]
    if min(abs(a - b) for a, b in pairs) < MIN_CONTRAST:
        return None
    decoded = decode([a > b for a, b in pairs])
    if decoded is None:
        return None
    bright = sum(max(pair) for pair in pairs) / len(pairs)
    dark = sum(min(pair) for pair in pairs) / len(pairs)
    flash = (float(FLASH_AREA.inner(0.6).of(luma).mean()) - dark) / (bright - dark)
    return Reading(*decoded, flash=min(1.0, max(0.0, flash)))


def read(luma: Luma) -> Reading | None:
    """Read a whole picture, upright or turned by a quarter; None if there is no (whole) code in it.

    Upside down is not tried: there every bit meets its inverse, and a torn picture would often seem whole.
    """
    if min(luma.shape) < 64:
        return None
    for quarter_turns in (0, 1, 3):
        if (reading := _read_upright(np.rot90(luma, quarter_turns))) is not None:
            return reading
    return None


def luma_of(frame: av.VideoFrame) -> Luma:
    """The picture's Y plane without copying where the format has one."""
    if frame.format.name.startswith(("yuv4", "yuvj4", "nv12", "gray")):
        plane = frame.planes[0]
        rows = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(-1, plane.line_size)
        return rows[: frame.height, : frame.width]
    return frame.to_ndarray(format="gray").astype(np.uint8, copy=False)


def luma_of_png(png: bytes) -> Luma:
    """A screenshot as a grey picture.

    Raises:
        ValueError: the bytes are no picture.
    """
    picture = cv2.imdecode(np.frombuffer(png, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise ValueError("not a picture")
    return np.asarray(picture, dtype=np.uint8)


def fitted(luma: Luma, aspect: float, *, cover: bool = False) -> Luma:
    """The part of an element's screenshot that shows a video of this aspect (``object-fit`` contain or cover).

    With ``cover`` the hidden edges are added back as grey, so that the geometry stays that of the whole picture.
    """
    rows, columns = luma.shape
    by_width = (columns / rows < aspect) != cover
    width, height = (columns, columns / aspect) if by_width else (rows * aspect, rows)
    left, top = round((columns - width) / 2), round((rows - height) / 2)
    if not cover:
        return luma[top : top + round(height), left : left + round(width)]
    return np.pad(luma, ((-top, -top), (-left, -left)), constant_values=128)


def read_screenshot(png: bytes, *, aspect: float = 16 / 9) -> Reading | None:
    """Read the counter off a screenshot of a video element, whether it letterboxes or crops its picture."""
    luma = luma_of_png(png)
    return read(fitted(luma, aspect)) or read(fitted(luma, aspect, cover=True))

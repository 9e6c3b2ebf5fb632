"""Copies of a picture for people: upright and small, or with the drawing on it and a stamp beneath. Blocks."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import manimgx_fonts_cjk
from PIL import Image, ImageDraw, ImageFont, ImageOps

from inspect_server.domain.drawing import Drawing, Ink, Shape, ShapeKind
from inspect_server.media.darkroom.looking import opened

DISPLAY_SIDE: Final = 1600
"""Longer side in pixels of what pages show: sharp on a laptop, light on a phone."""
THUMBNAIL_SIDE: Final = 320
PRINTED_SIDE: Final = 1000
"""300 dots per inch at half the width of a page; forty of them stay below 10 MB."""
QUALITY: Final = 85
INKS: Final = {
    Ink.RED: ((230, 30, 40), (255, 255, 255)),
    Ink.YELLOW: ((255, 214, 10), (16, 24, 38)),
    Ink.BLUE: ((20, 90, 230), (255, 255, 255)),
    Ink.WHITE: ((255, 255, 255), (16, 24, 38)),
}
"""Of each ink the line, and the rim that keeps it visible on a ground of its own colour."""
WEIGHT: Final = 600
"""Of letters, 100 to 900: they are read small, and on any ground."""
_SIMPLIFIED_CHINESE: Final = 2
_FONT: Final = Path(manimgx_fonts_cjk.__file__).with_name("NotoSansCJK-VF.otf.ttc")


def smaller(path: Path, longer_side: int) -> bytes:
    """The picture as a JPEG, upright, not larger than ``longer_side`` pixels, without what the file says of itself.

    Raises:
        FileTypeRefused, FileTooLarge, FileDamaged: see ``looking``.
    """
    with opened(path) as image:
        image.draft("RGB", (longer_side, longer_side))
        upright = _upright(image)
        upright.thumbnail((longer_side, longer_side))
        return _jpeg(upright)


def marked(path: Path, *, drawing: Drawing, lines: Sequence[str], longer_side: int | None = None) -> bytes:
    """The picture as a JPEG, with the drawing on it, and ``lines`` on a strip beneath it.

    The strip is added below and covers nothing. ``longer_side``: of the picture, at most; None for its full size.

    Raises:
        FileTypeRefused, FileTooLarge, FileDamaged: see ``looking``.
    """
    with opened(path) as image:
        upright = _upright(image)
    if longer_side is not None:
        upright.thumbnail((longer_side, longer_side))
    for shape in drawing:
        _draw(upright, shape)
    return _jpeg(_stamped(upright, lines))


def _upright(image: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(image)
    if "A" in upright.getbands() or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    return upright.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()


def _stamped(image: Image.Image, lines: Sequence[str]) -> Image.Image:
    size = max(12, round(min(image.size) / 36))
    font, margin, step = _font(size), size // 2, round(size * 1.5)
    rows = [row for line in lines for row in _wrapped(line, font, image.width - 2 * margin)]
    stamped = Image.new("RGB", (image.width, image.height + step * len(rows) + margin), (16, 24, 38))
    stamped.paste(image, (0, 0))
    pen = ImageDraw.Draw(stamped)
    for number, row in enumerate(rows):
        pen.text((margin, image.height + margin // 2 + step * number), row, font=font, fill="white")
    return stamped


def _wrapped(line: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Broken where it is full: Chinese breaks anywhere, and what else stands in a stamp is short."""
    rows, row = [], ""
    for character in line:
        if row and font.getlength(row + character) > width:
            rows.append(row)
            row = ""
        row += character
    return [*rows, row]


def _draw(image: Image.Image, shape: Shape) -> None:
    pen, width = ImageDraw.Draw(image), max(3, round(min(image.size) / 180))
    points = [(point.x * image.width, point.y * image.height) for point in shape.points]
    ink, rim = INKS[shape.ink]
    if shape.kind is ShapeKind.TEXT:
        font = _font(max(14, round(min(image.size) / 24)))
        pen.text(points[0], shape.text, font=font, fill=ink, stroke_width=max(1, width // 2), stroke_fill=rim)
        return
    for colour, thickness in ((rim, width * 2), (ink, width)):
        match shape.kind:
            case ShapeKind.CIRCLE:
                (left, right), (top, bottom) = (sorted(side) for side in zip(points[0], points[-1], strict=True))
                pen.ellipse((left, top, right, bottom), outline=colour, width=thickness)
            case ShapeKind.ARROW:
                pen.line([points[0], points[-1]], fill=colour, width=thickness)
                pen.line(_arrow_head(points[0], points[-1], width * 7), fill=colour, width=thickness, joint="curve")
            case _:
                pen.line(points, fill=colour, width=thickness, joint="curve")


def _arrow_head(tail: tuple[float, float], tip: tuple[float, float], length: float) -> list[tuple[float, float]]:
    angle = math.atan2(tip[1] - tail[1], tip[0] - tail[0])
    wings = [
        (tip[0] - length * math.cos(angle + turn), tip[1] - length * math.sin(angle + turn)) for turn in (0.5, -0.5)
    ]
    return [wings[0], tip, wings[1]]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(_FONT), size, index=_SIMPLIFIED_CHINESE)
    font.set_variation_by_axes([WEIGHT])
    return font

"""QR codes and bar codes in a picture, by zxing-cpp. Blocks, 10 to 150 ms at 720p.

OpenCV has readers, too; of 96 pictures of a code at angles, in small print and out of focus they read 4, this one 69.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import zxingcpp

from inspect_server.domain.drawing import Point
from inspect_server.domain.hints import CodeKind

MAX_CODES: Final = 8
MAX_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class Code:
    """``corners``: fractions of the picture's width and height, clockwise from the code's own top left."""

    kind: CodeKind
    text: str
    corners: tuple[Point, ...]


# Codes that noise is taken for, or that nobody has on a site, are left out.
_AREAS: Final = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode, zxingcpp.BarcodeFormat.DataMatrix)
_BARS: Final = (
    zxingcpp.BarcodeFormat.EAN13,
    zxingcpp.BarcodeFormat.EAN8,
    zxingcpp.BarcodeFormat.UPCA,
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.Code39,
)


def read_codes(picture: npt.NDArray[np.uint8]) -> list[Code]:
    """What can be read in a picture (brightness, rows by columns), at most ``MAX_CODES``."""
    height, width = picture.shape
    # Made anew each time: one that lives to the end of the process is complained of there.
    formats = zxingcpp.BarcodeFormats([*_AREAS, *_BARS])
    return [
        Code(
            CodeKind.QR if found.format in _AREAS else CodeKind.BAR,
            found.text[:MAX_TEXT],
            tuple(
                Point(min(1.0, max(0.0, corner.x / width)), min(1.0, max(0.0, corner.y / height)))
                for corner in (
                    found.position.top_left,
                    found.position.top_right,
                    found.position.bottom_right,
                    found.position.bottom_left,
                )
            ),
        )
        for found in zxingcpp.read_barcodes(picture, formats=formats)[:MAX_CODES]
        if found.text
    ]

"""One look at one picture: a few numbers, from which a series of looks tells what is wrong. Blocks, 1 to 2 ms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from inspect_server.domain.hints import Hint

Grey = npt.NDArray[np.uint8]

WIDTH_PX: Final = 640
"""At this width sharpness means the same for every camera, and noise is small."""
FINGERPRINT_SIZE: Final = (32, 18)

DARK_BELOW: Final = 40.0
"""Mean brightness (0 to 255) at which plates cannot be read any more."""
COVERED_CONTRAST_BELOW: Final = 9.0
"""Standard deviation of brightness: a finger, a pocket or a wall right before the lens."""
DARK_CONTRAST_FROM: Final = 4.0
"""A dark room still has so much contrast; a pocket has less."""
SHARP_FROM: Final = 18.0
"""Variance of the Laplacian; a scene in focus has some hundreds, one that moves fast or is out of focus below this."""
FROZEN_BELOW: Final = 0.02
"""Mean difference of brightness between looks: noise of a living camera alone is several times more."""
UNCHANGED_BELOW: Final = 1.5
"""A phone that lies on a table; one in a hand moves more."""
MIN_APART: Final = timedelta(seconds=1)
"""Two looks nearer than this say nothing of change."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one picture tells. ``fingerprint``: its brightness, very small."""

    at: datetime
    brightness: float
    contrast: float
    sharpness: float
    fingerprint: npt.NDArray[np.float32]


def look_at(picture: Grey, at: datetime) -> Look:
    """Measure a picture. ``picture``: brightness, rows by columns, any size."""
    height, width = picture.shape
    small = cv2.resize(picture, (WIDTH_PX, max(1, round(height * WIDTH_PX / width))), interpolation=cv2.INTER_AREA)
    mean, deviation = cv2.meanStdDev(small)
    fingerprint = cv2.resize(small, FINGERPRINT_SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
    return Look(
        at=at,
        brightness=float(mean[0, 0]),
        contrast=float(deviation[0, 0]),
        sharpness=float(cv2.meanStdDev(cv2.Laplacian(small, cv2.CV_16S))[1][0, 0] ** 2),
        fingerprint=fingerprint,
    )


def hints_of(look: Look, before: Look | None) -> frozenset[Hint]:
    """What is wrong with a picture, also beside the one before; the most telling word only."""
    seen = set()
    if look.brightness < DARK_BELOW and look.contrast >= DARK_CONTRAST_FROM:
        seen.add(Hint.TOO_DARK)
    elif look.contrast < COVERED_CONTRAST_BELOW:
        seen.add(Hint.COVERED)
    elif look.sharpness < SHARP_FROM:
        seen.add(Hint.BLURRED)
    if before is not None and look.at - before.at >= MIN_APART and look.fingerprint.shape == before.fingerprint.shape:
        change = float(np.abs(look.fingerprint - before.fingerprint).mean())
        if change < FROZEN_BELOW:
            seen.add(Hint.FROZEN)
        elif change < UNCHANGED_BELOW:
            seen.add(Hint.UNCHANGED)
    return frozenset(seen)

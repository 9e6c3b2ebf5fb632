"""Files as people choose them on a phone."""

from __future__ import annotations

import hashlib
import io

import numpy as np
from PIL import Image
from playwright.async_api import FilePayload

from tests.media.darkroom.pictures import phone_jpeg
from tests.support.phone_clip import phone_clip

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(4000)


def photo(*, name: str = "photo.jpg", pixels: int = 640, at: tuple[float, float] | None = None) -> FilePayload:
    """A JPEG of noise, which nothing makes smaller: about one byte a pixel."""
    noise = np.random.default_rng(pixels).integers(0, 256, (pixels, pixels, 3), dtype=np.uint8)
    return FilePayload(name=name, mimeType="image/jpeg", buffer=phone_jpeg(Image.fromarray(noise), at=at))


def film(*, seconds: int) -> FilePayload:
    """A clip as a phone films it."""
    return FilePayload(name="clip.webm", mimeType="video/webm", buffer=phone_clip("webm", seconds=seconds))


def pdf() -> FilePayload:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(buffer, "PDF")
    return FilePayload(name="licence.pdf", mimeType="application/pdf", buffer=buffer.getvalue())


def sha256(file: FilePayload) -> str:
    return hashlib.sha256(file["buffer"]).hexdigest()

"""Pictures as phones take them, made here."""

import io
from pathlib import Path

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

RED, BLUE = (220, 20, 30), (20, 40, 220)


def halves(width: int = 640, height: int = 480) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def phone_jpeg(
    image: Image.Image | None = None, *, orientation: int = 1, at: tuple[float, float] | None = None, datum: str = ""
) -> bytes:
    """A JPEG with EXIF: ``orientation``, a time with its offset, and the position ``at`` (latitude, longitude)."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    details = exif.get_ifd(IFD.Exif)
    details[Base.DateTimeOriginal] = "2026:11:27 19:03:05"
    details[Base.OffsetTimeOriginal] = "+08:00"
    if at is not None:
        gps = exif.get_ifd(IFD.GPSInfo)
        for name, ref, value, letters in (
            (GPS.GPSLatitude, GPS.GPSLatitudeRef, at[0], "NS"),
            (GPS.GPSLongitude, GPS.GPSLongitudeRef, at[1], "EW"),
        ):
            minutes, seconds = divmod(abs(value) * 3600, 60)
            degrees, minutes = divmod(minutes, 60)
            gps[ref], gps[name] = letters[value < 0], (degrees, minutes, seconds)
        if datum:
            gps[GPS.GPSMapDatum] = datum
    buffer = io.BytesIO()
    (image or halves()).save(buffer, "JPEG", exif=exif, quality=95)
    return buffer.getvalue()


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    return isinstance(pixel, tuple) and all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def signature_png(width: int = 600, height: int = 200) -> bytes:
    """Dark strokes on nothing, as a page sends a signature."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.line([(40, 150), (140, 40), (260, 160), (380, 60), (560, 120)], fill=(16, 24, 38, 255), width=6)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()

"""A look into a file: what it really is, how large, and what it says of itself. Believes no name and no header."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

import av
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ExifTags import GPS, IFD, Base

from inspect_server.domain.errors import FileDamaged, FileTooLarge, FileTypeRefused
from inspect_server.domain.evidence import FileFacts, MediaType, Position, PositionSource

MAX_PIXELS: Final = 120_000_000
"""More than any phone takes; a small file may claim any size, and decoding it takes three bytes a pixel."""

_PICTURES: Final = {"JPEG": MediaType.JPEG, "MPO": MediaType.JPEG, "PNG": MediaType.PNG, "WEBP": MediaType.WEBP}
# Several pictures in one file (MPO, some phones) are read as the JPEG that the first of them is.
_READERS: Final = ("JPEG", "PNG", "WEBP")
_OTHER_PICTURES: Final = ((b"ftypheic", "HEIC"), (b"ftypmif1", "HEIF"), (b"ftypavif", "AVIF"), (b"GIF8", "GIF"))


def look_into(path: Path) -> FileFacts:
    """What the file at ``path`` is. Decodes pictures whole, so that a broken one is found now; blocks.

    Raises:
        FileTypeRefused: nothing that is taken here; ``params["found"]`` where that is known.
        FileTooLarge: the picture has more than ``MAX_PIXELS``; ``params["max_pixels"]``.
        FileDamaged: it breaks off or cannot be decoded.
    """
    with path.open("rb") as file:
        head = file.read(32)
    if head.startswith(b"%PDF-"):
        return _pdf(path)
    if head[4:8] == b"ftyp" and not any(mark in head for mark, _ in _OTHER_PICTURES):
        return _video(path, MediaType.QUICKTIME if head[8:10] == b"qt" else MediaType.MP4)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _video(path, MediaType.WEBM)
    for mark, name in _OTHER_PICTURES:
        if mark in head:
            raise FileTypeRefused("This kind of picture is not taken here.", found=name)
    return _picture(path)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """A picture, its size checked before anything is decoded.

    Raises:
        FileTypeRefused, FileTooLarge, FileDamaged: see ``look_into``.
    """
    try:
        with Image.open(path, formats=_READERS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise FileTooLarge(max_pixels=MAX_PIXELS)
            yield image
    except UnidentifiedImageError as error:
        raise FileTypeRefused("This is no picture.", found="") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        # What the library says of files that break off, or are made to break it.
        raise FileDamaged(str(error)[:200]) from error


def _picture(path: Path) -> FileFacts:
    with opened(path) as image:
        image.load()
        upright = ImageOps.exif_transpose(image)
        exif = image.getexif()
        return FileFacts(
            media_type=_PICTURES[image.format or ""],
            width=upright.width,
            height=upright.height,
            taken_at=_taken_at(exif),
            position=_position(exif),
        )


def _taken_at(exif: Image.Exif) -> datetime | None:
    """EXIF ``DateTimeOriginal`` with its ``OffsetTimeOriginal``; without the offset it is no moment (EXIF 2.32)."""
    details = exif.get_ifd(IFD.Exif)
    text, offset = details.get(Base.DateTimeOriginal), details.get(Base.OffsetTimeOriginal)
    try:
        local = datetime.strptime(str(text).strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - its zone follows
        sign = -1 if str(offset)[0] == "-" else 1
        hours, minutes = str(offset)[1:].split(":")
        zone = timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
        return local.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, IndexError, OverflowError):
        return None


def _position(exif: Image.Exif) -> Position | None:
    """EXIF GPS, degrees, minutes and seconds; WGS-84 unless the file says another datum, which is then not believed."""
    gps = exif.get_ifd(IFD.GPSInfo)
    datum = str(gps.get(GPS.GPSMapDatum, "WGS-84")).strip("\x00 ").upper().replace(" ", "-")
    if datum not in {"", "WGS-84", "WGS84"}:
        return None
    try:
        latitude = _degrees(gps[GPS.GPSLatitude], negative=str(gps[GPS.GPSLatitudeRef])[:1] == "S")
        longitude = _degrees(gps[GPS.GPSLongitude], negative=str(gps[GPS.GPSLongitudeRef])[:1] == "W")
        error = gps.get(GPS.GPSHPositioningError)
        accuracy_m = float(error) if error is not None else None
    except (KeyError, ValueError, TypeError, ZeroDivisionError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Position(latitude, longitude, accuracy_m, PositionSource.FILE)


def _degrees(parts: tuple[float, float, float], *, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value


def _pdf(path: Path) -> FileFacts:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2048))
        if b"%%EOF" not in file.read():
            raise FileDamaged("The PDF breaks off.")
    return FileFacts(MediaType.PDF, 0, 0, None, None)


def _video(path: Path, media_type: MediaType) -> FileFacts:
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise FileTypeRefused("This is no video.", found=media_type.value)
            context = container.streams.video[0].codec_context
            return FileFacts(media_type, context.width, context.height, None, None)
    except av.FFmpegError as error:
        raise FileDamaged(str(error)[:200]) from error

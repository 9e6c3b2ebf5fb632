"""Evidence (证据): files that somebody took or chose, and moments that somebody marked, sealed by their sha256.

The bytes of a file are kept as they came. What people look at (smaller, upright, with a stamp and a drawing) are copies
that can be made again from the original at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from inspect_server.domain.drawing import Drawing
from inspect_server.domain.errors import Conflict, FileTooLarge, FileTypeRefused, NotAllowed

HASH_ALGORITHM = "sha256"


class EvidenceKind(StrEnum):
    """What it is. ``moment`` marks a second of the footage and has no file."""

    STILL = "still"
    PHOTO = "photo"
    DOCUMENT = "document"
    CLIP = "clip"
    MOMENT = "moment"
    IDENTITY = "identity"
    AUTHORISATION = "authorisation"
    SIGNATURE = "signature"

    @property
    def is_taken_on_site(self) -> bool:
        """Shows the site at the time at which it was taken; what is handed over shows something older."""
        return self in {EvidenceKind.STILL, EvidenceKind.PHOTO, EvidenceKind.CLIP, EvidenceKind.MOMENT}

    @property
    def is_named_in_records(self) -> bool:
        """A record names it with its hash; not what has no file, nor files of a person that it need not repeat."""
        return self not in {EvidenceKind.MOMENT, EvidenceKind.SIGNATURE, EvidenceKind.IDENTITY}

    @property
    def is_private(self) -> bool:
        """Shown to the office and to who gave it, to nobody else in the call."""
        return self in {EvidenceKind.IDENTITY, EvidenceKind.AUTHORISATION, EvidenceKind.SIGNATURE}


class DoorplateStep(StrEnum):
    """What a photo of the doorplate route (门牌核对) shows: they tell where the phone is when there is no position."""

    STREET = "street"
    NUMBER = "number"
    LICENCE = "licence"


class MediaType(StrEnum):
    """What files may be, told by their content."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"
    MP4 = "video/mp4"
    QUICKTIME = "video/quicktime"
    WEBM = "video/webm"

    @property
    def is_picture(self) -> bool:
        return self.value.startswith("image/")

    @property
    def is_video(self) -> bool:
        return self.value.startswith("video/")

    @property
    def ending(self) -> str:
        """Of the object's key; decides the content type under which the object store hands it out."""
        return {
            MediaType.JPEG: "jpg",
            MediaType.PNG: "png",
            MediaType.WEBP: "webp",
            MediaType.PDF: "pdf",
            MediaType.MP4: "mp4",
            MediaType.QUICKTIME: "mov",
            MediaType.WEBM: "webm",
        }[self]


MEBIBYTE = 1024 * 1024
MAX_FILE_BYTES = 200 * MEBIBYTE
"""Of the largest kind of file; the edge reads no more than this."""

_MAX_BYTES = {EvidenceKind.CLIP: MAX_FILE_BYTES, EvidenceKind.SIGNATURE: MEBIBYTE}
_MAX_PICTURE_BYTES = 30 * MEBIBYTE


class PositionSource(StrEnum):
    """Who says where: the page that took it, the file itself (EXIF), or what the phone reported in the call."""

    BROWSER = "browser"
    FILE = "file"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Position:
    """WGS-84 degrees; ``accuracy_m``: radius of 95 % confidence as the source tells it, None if it tells none.

    ``at``: when it was measured, None if the source does not say.
    """

    latitude: float
    longitude: float
    accuracy_m: float | None
    source: PositionSource
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a look into a file tells. ``width`` and ``height`` in pixels as shown upright, 0 where that means nothing.

    ``taken_at`` and ``position`` are the file's own claim (EXIF), None without one.
    """

    media_type: MediaType
    width: int
    height: int
    taken_at: datetime | None
    position: Position | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sealed thing. All times aware UTC.

    ``taken_at``: what it shows, by the server's clock as the page knows it, or when an existing file was chosen;
    ``received_at``: when it was here whole; ``file_taken_at``: what the file says of itself (EXIF), None if nothing.
    ``participant_id``: whose camera or site it shows; ``author``: ``user:<id>`` or ``participant:<id>``, who took it.
    ``doorplate``: what of the doorplate it shows, None for everything else.
    ``object_key`` and the hash are empty for a moment. ``withdrawn_at``: its author took it back; it stays, but counts
    no more.
    """

    id: str
    inspection_id: str
    part_id: str | None
    checklist_item_id: str | None
    kind: EvidenceKind
    participant_id: str | None
    author: str
    taken_at: datetime
    received_at: datetime
    file_taken_at: datetime | None
    note: str
    doorplate: DoorplateStep | None
    device: str
    media_type: MediaType | None
    byte_length: int
    hash_alg: str
    sha256: str
    object_key: str
    width: int
    height: int
    position: Position | None
    drawing: Drawing
    withdrawn_at: datetime | None


def max_bytes(kind: EvidenceKind) -> int:
    """How large a file of this kind may be."""
    return _MAX_BYTES.get(kind, _MAX_PICTURE_BYTES)


def require_fitting(kind: EvidenceKind, facts: FileFacts, byte_length: int) -> None:
    """Whether a file is what it is said to be.

    Raises:
        FileTypeRefused: not a type for this kind; ``params["found"]``.
        FileTooLarge: ``params["max_bytes"]``.
    """
    fitting = {
        EvidenceKind.CLIP: facts.media_type.is_video,
        EvidenceKind.DOCUMENT: facts.media_type.is_picture or facts.media_type is MediaType.PDF,
        EvidenceKind.AUTHORISATION: facts.media_type.is_picture or facts.media_type is MediaType.PDF,
        EvidenceKind.MOMENT: False,
    }.get(kind, facts.media_type.is_picture)
    if not fitting:
        raise FileTypeRefused("This kind of file is not taken here.", found=facts.media_type.value)
    if byte_length > max_bytes(kind):
        raise FileTooLarge(max_bytes=max_bytes(kind))


def require_author(evidence: Evidence, actor: str) -> None:
    """Only who took it takes it back.

    Raises:
        NotAllowed: somebody else did.
    """
    if evidence.author != actor:
        raise NotAllowed(action="evidence.withdraw")


def require_same(stored: Evidence, sent: Evidence) -> None:
    """A repeated upload is the same thing again, or a mistake.

    Raises:
        Conflict: something else is stored under this id.
    """
    if (stored.inspection_id, stored.author, stored.kind, stored.sha256) != (
        sent.inspection_id,
        sent.author,
        sent.kind,
        sent.sha256,
    ):
        raise Conflict("Other evidence has this id.", evidence_id=stored.id)


def stamp_of(evidence: Evidence, *, case_number: str, address: str, zone: tzinfo) -> tuple[str, ...]:
    """What stands beneath the marked copy: time, case, place and device, in the language of the record.

    ``address`` is where the enterprise is registered; where the picture was taken is told by its position alone.

    The copy is kept once it is made, so that it says for good what was known then.
    """
    # A picture that was there before says nothing by the time at which it was handed over.
    name = "提交时间" if evidence.kind is EvidenceKind.DOCUMENT else "时间"
    lines = [f"{name} {_moment(evidence.taken_at, zone)}"]
    if evidence.kind is EvidenceKind.DOCUMENT and evidence.file_taken_at is not None:
        lines.append(f"文件自述拍摄时间 {_moment(evidence.file_taken_at, zone)}")
    lines.append(f"办件 {case_number}　登记地址 {address}" if address else f"办件 {case_number}")
    if evidence.position is not None:
        lines.append(f"定位 {_coordinates(evidence.position, zone)}")
    elif evidence.kind.is_taken_on_site:
        lines.append("定位 无")
    if evidence.device:
        lines.append(f"设备 {evidence.device}")
    return tuple(lines)


def _moment(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} (UTC{offset[:3]}:{offset[3:]})"


def _coordinates(position: Position, zone: tzinfo) -> str:
    accuracy = f" ±{position.accuracy_m:.0f} m" if position.accuracy_m is not None else ""
    origin = {
        PositionSource.BROWSER: "浏览器定位",
        PositionSource.FILE: "照片自带",
        PositionSource.REPORT: "手机在通话中报告",
    }[position.source]
    if position.at is not None:
        origin += f" {position.at.astimezone(zone):%H:%M:%S}"
    return f"{position.latitude:.6f}, {position.longitude:.6f}{accuracy} (WGS-84, {origin})"

"""VP9 over RTP (RFC 9628). Profile 0 only: the answer offers nothing else, and every player has it."""

from dataclasses import dataclass

from inspect_server.media.codecs.bits import BitReader
from inspect_server.media.codecs.depacketizer import (
    MAX_DIMENSION,
    MAX_FRAME_BYTES,
    Frame,
    MalformedPayload,
    VideoDepacketizer,
)

_PICTURE_ID, _INTER, _LAYERS, _FLEXIBLE, _START, _END, _SCALABILITY = 0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02
_MAX_REFERENCES = 3
_MAX_LAYER_FRAMES = 8
_FRAME_MARKER = 0b10
_SYNC_CODE = 0x498342
_COLOR_SPACE_RGB = 7


@dataclass(frozen=True, slots=True)
class Vp9Descriptor:
    """The payload descriptor of one packet (RFC 9628, 4.2), as far as it is used."""

    header_bytes: int
    starts_frame: bool
    ends_frame: bool
    spatial_layer: int
    size: tuple[int, int] | None
    """Width and height of the highest spatial layer, where the packet names them."""


def parse_descriptor(payload: bytes | memoryview) -> Vp9Descriptor:
    """Read the descriptor in front of a payload; raises :class:`MalformedPayload`."""
    try:
        return _parse_descriptor(payload)
    except IndexError:
        raise MalformedPayload("payload descriptor ends early") from None


def _parse_descriptor(payload: bytes | memoryview) -> Vp9Descriptor:
    flags = payload[0]
    position = 1
    if flags & _PICTURE_ID:
        position += 2 if payload[position] & 0x80 else 1
    layer = 0
    if flags & _LAYERS:
        layer = (payload[position] >> 1) & 0x07
        position += 1 if flags & _FLEXIBLE else 2  # without flexible mode TL0PICIDX follows
    if flags & _FLEXIBLE and flags & _INTER:
        for count in range(_MAX_REFERENCES + 1):
            if count == _MAX_REFERENCES:
                raise MalformedPayload("too many references")
            position += 1
            if not payload[position - 1] & 1:
                break
    size = None
    if flags & _SCALABILITY:
        size, position = _parse_scalability(payload, position)
    if position >= len(payload):
        raise MalformedPayload("payload descriptor without a payload")
    return Vp9Descriptor(position, bool(flags & _START), bool(flags & _END), layer, size)


def _parse_scalability(payload: bytes | memoryview, position: int) -> tuple[tuple[int, int] | None, int]:
    head = payload[position]
    position += 1
    layers = (head >> 5) + 1
    size = None
    if head & 0x10:
        position += 4 * layers
        width = int.from_bytes(payload[position - 4 : position - 2], "big")
        height = int.from_bytes(payload[position - 2 : position], "big")
        size = (width, height) if width and height else None
    if head & 0x08:
        pictures = payload[position]
        position += 1
        for _ in range(pictures):
            position += 1 + ((payload[position] >> 2) & 0x03)
    return size, position


def keyframe_size(frame: bytes) -> tuple[int, int] | None:
    """Width and height when this frame is a keyframe, else None; raises :class:`MalformedPayload`.

    Reads the uncompressed header (VP9 bitstream specification, 6.2).
    """
    reader = BitReader(frame[:16])
    if reader.bits(2) != _FRAME_MARKER:
        raise MalformedPayload("no VP9 frame marker")
    if reader.bits(2):
        raise MalformedPayload("not VP9 profile 0")
    if reader.flag():  # show_existing_frame
        return None
    if reader.flag():  # frame_type
        return None
    reader.bits(2)  # show_frame, error_resilient_mode
    if reader.bits(24) != _SYNC_CODE:
        raise MalformedPayload("no VP9 sync code")
    if reader.bits(3) == _COLOR_SPACE_RGB:
        raise MalformedPayload("RGB in VP9 profile 0")
    reader.flag()  # color_range
    width, height = reader.bits(16) + 1, reader.bits(16) + 1
    if max(width, height) > MAX_DIMENSION:
        raise MalformedPayload("VP9 with an impossible size")
    return width, height


def superframe(frames: list[bytes]) -> bytes:
    """Join the layer frames of one picture with an index behind them (VP9 bitstream specification, annex B)."""
    if len(frames) == 1:
        return frames[0]
    magnitude = max((max(map(len, frames)).bit_length() + 7) // 8, 1)
    marker = bytes((0b1100_0000 | (magnitude - 1) << 3 | (len(frames) - 1),))
    index = b"".join(len(frame).to_bytes(magnitude, "little") for frame in frames)
    return b"".join((*frames, marker, index, marker))


class Vp9Depacketizer(VideoDepacketizer):
    """Pictures as MP4 samples; the layer frames of one picture become a superframe."""

    def __init__(self) -> None:
        super().__init__()
        self._layers: list[bytes] = []
        self._frame: bytearray | None = None
        self._bytes = 0
        self._size = (0, 0)
        self._announced_size: tuple[int, int] | None = None

    def _starts_picture(self, payload: bytes | memoryview) -> bool:
        descriptor = parse_descriptor(payload)
        return descriptor.starts_frame and descriptor.spatial_layer == 0

    def _add(self, payload: bytes | memoryview) -> None:
        descriptor = parse_descriptor(payload)
        if descriptor.starts_frame != (self._frame is None):
            raise MalformedPayload("VP9 frame starts twice or not at all")
        if self._frame is None:
            self._frame = bytearray()
        self._frame += payload[descriptor.header_bytes :]
        self._bytes += len(payload)
        self._announced_size = descriptor.size or self._announced_size
        if self._bytes > MAX_FRAME_BYTES or len(self._layers) == _MAX_LAYER_FRAMES:
            raise MalformedPayload("picture too large")
        if descriptor.ends_frame:
            self._layers.append(bytes(self._frame))
            self._frame = None

    def _finish(self, rtp_time: int, follows_loss: bool) -> Frame | None:
        layers, unfinished, announced = self._layers, self._frame is not None, self._announced_size
        self._discard()
        if unfinished:
            raise MalformedPayload("VP9 frame has no end")
        if not layers:
            return None
        size = keyframe_size(layers[0])
        if size is not None:
            self._size = announced if announced is not None and len(layers) > 1 else size
        return Frame(rtp_time, superframe(layers), size is not None, *self._size, follows_loss=follows_loss)

    def _discard(self) -> None:
        self._layers = []
        self._frame = None
        self._bytes = 0
        self._announced_size = None

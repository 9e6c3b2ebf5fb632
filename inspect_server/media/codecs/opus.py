"""Opus over RTP (RFC 7587): one packet per payload. The packet's framing is checked (RFC 6716, 3)."""

from inspect_server.media.codecs.depacketizer import Frame, MalformedPayload

_MAX_PACKET_BYTES = 1275 * 3 + 7
_MAX_PACKET_SAMPLES = 5760  # 120 ms at 48 kHz
_MAX_FRAME_BYTES = 1275
_SILK_SAMPLES = (480, 960, 1920, 2880)
_HYBRID_SAMPLES = (480, 960)
_CELT_SAMPLES = (120, 240, 480, 960)


def packet_samples(packet: bytes | memoryview) -> int:
    """Duration of a packet in samples of 48 kHz; raises :class:`MalformedPayload` when its framing is wrong."""
    if not 1 <= len(packet) <= _MAX_PACKET_BYTES:
        raise MalformedPayload("Opus packet of impossible size")
    config, code = packet[0] >> 3, packet[0] & 0x03
    if config < 12:
        per_frame = _SILK_SAMPLES[config % 4]
    elif config < 16:
        per_frame = _HYBRID_SAMPLES[config % 2]
    else:
        per_frame = _CELT_SAMPLES[config % 4]
    try:
        frames = _count_frames(packet, code)
    except IndexError:
        raise MalformedPayload("Opus packet ends early") from None
    if frames * per_frame > _MAX_PACKET_SAMPLES:
        raise MalformedPayload("Opus packet longer than 120 ms")
    return frames * per_frame


def _count_frames(packet: bytes | memoryview, code: int) -> int:
    """Number of frames, after checking requirements R2 to R7 of RFC 6716, 3.4."""
    if code == 0:
        return _fits(1, len(packet) - 1)
    if code == 1:
        if not len(packet) % 2:
            raise MalformedPayload("Opus frames of unequal size")
        return _fits(2, (len(packet) - 1) // 2)
    if code == 2:
        size, position = _frame_length(packet, 1)
        _fits(2, size)
        return _fits(2, len(packet) - position - size)
    frames = packet[1] & 0x3F
    position = 2
    padding = 0
    if packet[1] & 0x40:
        while True:
            byte = packet[position]
            position += 1
            padding += 254 if byte == 255 else byte
            if byte != 255:
                break
    if not frames:
        raise MalformedPayload("Opus packet without frames")
    if packet[1] & 0x80:
        sizes = 0
        for _ in range(frames - 1):
            size, position = _frame_length(packet, position)
            sizes += size
        return _fits(frames, len(packet) - position - padding - sizes)
    left = len(packet) - position - padding
    if left % frames:
        raise MalformedPayload("Opus frames of unequal size")
    return _fits(frames, left // frames)


def _frame_length(packet: bytes | memoryview, position: int) -> tuple[int, int]:
    first = packet[position]
    if first < 252:
        return first, position + 1
    return first + 4 * packet[position + 1], position + 2


def _fits(frames: int, size: int) -> int:
    if not 0 <= size <= _MAX_FRAME_BYTES:
        raise MalformedPayload("Opus frame of impossible size")
    return frames


class OpusDepacketizer:
    """Every payload is a frame of its own; a loss only marks the next one."""

    def __init__(self) -> None:
        self.malformed = 0
        self._sequence: int | None = None
        self._follows_loss = False

    @property
    def awaiting_keyframe(self) -> bool:
        """Never: every packet can be played."""
        return False

    def lost(self) -> None:
        """See :class:`~inspect_server.media.codecs.depacketizer.Depacketizer`."""
        self._follows_loss = self._sequence is not None

    def push(self, sequence: int, rtp_time: int, marker: bool, payload: bytes | memoryview) -> list[Frame]:
        """See :class:`~inspect_server.media.codecs.depacketizer.Depacketizer`; the marker only tells of talk spurts."""
        if self._sequence is not None:
            if sequence <= self._sequence:
                return []
            if sequence != self._sequence + 1:
                self.lost()
        self._sequence = sequence
        if not len(payload):
            return []
        try:
            packet_samples(payload)
        except MalformedPayload:
            self.malformed += 1
            self.lost()
            return []
        follows_loss, self._follows_loss = self._follows_loss, False
        return [Frame(rtp_time, bytes(payload), keyframe=True, follows_loss=follows_loss)]

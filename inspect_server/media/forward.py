"""One RTP stream to one viewer: the publisher's packets under an identity of our own. Pure; ``send`` is handed in.

Runs on the worker's event loop; owned by its watch connection. Sequence and timestamp go on without a jump when the
publisher comes back on another connection. Packets go out as they come in, in the same order and with the same holes;
what was sent is kept for retransmission in a ring of bounded size, the oldest overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from inspect_server.media import rtcp, rtp
from inspect_server.media.access_unit import CLOCK_RATE_HZ, Codec, MediaKind
from inspect_server.media.codecs.keyframe_start import starts_keyframe

# 2 s of 3 Mbit/s video.
HISTORY_PACKETS: Final = 1024


class ForwardStream:
    """Rewrites SSRC, payload type, sequence and timestamp."""

    def __init__(
        self, kind: MediaKind, codec: Codec, *, ssrc: int, payload_type: int, send: Callable[[bytes], None]
    ) -> None:
        self.kind = kind
        self.codec = codec
        self.ssrc = ssrc
        self.payload_type = payload_type
        self._send = send
        self._rate = CLOCK_RATE_HZ[kind]
        self._first: int | None = None
        self._sequence_shift = 0
        self._timestamp_shift = 0
        self._last_sequence = 0
        self._last_timestamp = 0
        self._last_sent_at: float | None = None
        self._history: list[tuple[int, bytes] | None] = [None] * HISTORY_PACKETS
        self.packets = 0
        self.octets = 0
        self.retransmitted = 0

    def restart(self) -> None:
        """The next packet comes from another source: join it to what was sent. Video waits for a keyframe."""
        self._first = None

    def forward(self, packet: rtp.RtpPacket, now: float) -> None:
        """Send this packet on at once. ``now``: monotonic seconds."""
        first = self._first
        if first is None:
            if not self._may_begin_with(packet):
                return
            self._join(packet, now)
        elif packet.sequence < first:
            return
        sequence = packet.sequence + self._sequence_shift
        timestamp = packet.timestamp + self._timestamp_shift
        data = rtp.rewrite(
            packet, payload_type=self.payload_type, sequence=sequence, timestamp=timestamp, ssrc=self.ssrc
        )
        self._history[sequence % HISTORY_PACKETS] = (sequence & 0xFFFF, data)
        if sequence > self._last_sequence:
            self._last_sequence, self._last_timestamp, self._last_sent_at = sequence, timestamp, now
        self.packets += 1
        self.octets += len(data) - rtp.HEADER_LENGTH
        self._send(data)

    def _may_begin_with(self, packet: rtp.RtpPacket) -> bool:
        return self.kind is MediaKind.AUDIO or starts_keyframe(
            self.codec, packet.data, packet.payload_start, packet.payload_end
        )

    def _join(self, packet: rtp.RtpPacket, now: float) -> None:
        self._first = packet.sequence
        self._sequence_shift = self._last_sequence + 1 - packet.sequence
        pause_s = 0.0 if self._last_sent_at is None else max(now - self._last_sent_at, 0.0)
        self._timestamp_shift = self._last_timestamp + max(round(pause_s * self._rate), 1) - packet.timestamp

    def retransmit(self, sequences: Sequence[int]) -> None:
        """Send these (16-bit) sequence numbers again, if still known."""
        for wanted in sequences:
            # The ring's size divides 2^16, so the 16-bit number finds its place.
            entry = self._history[wanted % HISTORY_PACKETS]
            if entry is not None and entry[0] == wanted:
                self.retransmitted += 1
                self._send(entry[1])

    def sender_report(self, report: rtcp.SenderReport, rtp_time: int) -> bytes | None:
        """The publisher's report in this stream's identity (RFC 3550, 6.4.1): keeps lips in step. None before start."""
        if self._first is None:
            return None
        own = rtcp.SenderReport(
            ssrc=self.ssrc,
            ntp_us=report.ntp_us,
            rtp_time=rtp_time + self._timestamp_shift,
            packets=self.packets,
            octets=self.octets,
        )
        return rtcp.sender_report(own)

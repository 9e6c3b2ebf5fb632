"""One RTP stream to one viewer: the publisher's packets under an identity of our own. Pure; the way out is handed in.

Runs on the worker's event loop; owned by its watch connection. The first packets go out from here; once the picture has
begun, the publisher's fanout carries them, and they come here only to be remembered. Sequence and timestamp go on
without a jump when the publisher comes back on another connection. Packets go out in the order in which they came in,
with the same holes; what was sent is kept for retransmission in a ring of bounded size, the oldest overwritten.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, Protocol

from inspect_server.media import rtcp
from inspect_server.media.access_unit import CLOCK_RATE_HZ, Codec, MediaKind
from inspect_server.media.codecs.keyframe_start import starts_keyframe, starts_stream
from inspect_server.media.datapath import Fanout, Identity, RtpPacket
from inspect_server.media.viewer_pace import ViewerPace

# 2 s of 3 Mbit/s video. Divides 2^16, so that a 16-bit sequence number finds its place.
HISTORY_PACKETS: Final = 1024
# A picture's beginning may be lost at first and come late: numbers are left free for so many packets before its rest.
ROOM_FOR_A_BEGINNING: Final = 4


class Way(Protocol):
    """Where packets go out."""

    def send_rtp(self, packets: list[RtpPacket], identity: Identity) -> None:
        """Send these as the stream of this identity."""

    def carry(self, fanout: Fanout, identity: Identity) -> bool:
        """Let the fanout send packets the moment they are read; False if it cannot."""

    def drop(self, ssrc: int) -> None:
        """Let no fanout send as this SSRC any longer."""


class ForwardStream:
    """Rewrites SSRC, payload type, sequence and timestamp."""

    def __init__(self, kind: MediaKind, codec: Codec, *, ssrc: int, payload_type: int, way: Way) -> None:
        self.kind = kind
        self.codec = codec
        self._way = way
        self._rate = CLOCK_RATE_HZ[kind]
        self._identity = Identity(payload_type, ssrc, 0, 0)
        self._fanout: Fanout | None = None
        self._carried_since: float | None = None
        self._first: int | None = None
        self._last_sequence = 0
        self._last_timestamp = 0
        self._last_sent_at: float | None = None
        self._history: list[RtpPacket | None] = [None] * HISTORY_PACKETS
        self._pace = ViewerPace() if kind is MediaKind.VIDEO else None
        self._held_back = False
        self.packets = 0
        self.octets = 0
        self.retransmitted = 0

    @property
    def ssrc(self) -> int:
        """Of this stream, as the viewer knows it."""
        return self._identity.ssrc

    def speak(self, codec: Codec, payload_type: int) -> None:
        """The next source sends another codec; ``payload_type``: what the viewer calls it."""
        self.codec = codec
        self._identity = self._identity._replace(payload_type=payload_type)

    def restart(self, fanout: Fanout | None) -> None:
        """The next packet comes from another source, of whose stream this is the fanout (None: it sends none).

        It is joined to what was sent. Video waits for a keyframe.
        """
        self.stop()
        self._fanout = fanout

    def stop(self) -> None:
        """Nothing more comes from the present source."""
        self._way.drop(self.ssrc)
        self._carried_since = None
        self._fanout = None
        self._first = None
        self._held_back = False

    def forward(self, packets: list[RtpPacket], now: float) -> None:
        """Send on what has not been carried already, and remember all. ``now``: monotonic seconds."""
        before = self.octets
        self._forward(packets, now)
        if self._pace is not None:
            offered = sum(packet.payload_end - packet.payload_start for packet in packets)
            self._pace.passed(offered, self.octets - before, now)
            if self._pace.exhausted and self._first is not None:
                self._hold_back()

    def _forward(self, packets: list[RtpPacket], now: float) -> None:
        if self._first is None:
            begin = next((index for index, packet in enumerate(packets) if self._may_begin_with(packet)), None)
            if begin is None:
                return
            packets = packets[begin:]
            self._join(packets[0], now)
            self._held_back = False
            self._way.send_rtp(packets, self._identity)
            if self._fanout is not None and self._way.carry(self._fanout, self._identity):
                self._carried_since = time.monotonic()
        elif left := self._left_to_send(packets):
            self._way.send_rtp(left, self._identity)
        self._remember(packets, now)

    def _hold_back(self) -> None:
        """The viewer's network is full: nothing more until a keyframe fits through it."""
        self._way.drop(self.ssrc)
        self._carried_since = None
        self._first = None
        self._held_back = True

    def wants_keyframe(self, now: float) -> bool:
        """The picture was held back, and a keyframe would go through now."""
        return self._held_back and self._pace is not None and self._pace.wants_keyframe(now)

    def reported(self, block: rtcp.ReportBlock, now: float) -> None:
        """What the viewer says of this stream."""
        if self._pace is not None:
            self._pace.reported(block.fraction_lost / 256, now)

    def _left_to_send(self, packets: list[RtpPacket]) -> list[RtpPacket]:
        since, first = self._carried_since, self._first or 0
        return [
            packet
            for packet in packets
            if (since is None or not packet.carried or packet.arrived_at <= since) and packet.sequence >= first
        ]

    def _remember(self, packets: list[RtpPacket], now: float) -> None:
        shift = self._identity.sequence_shift
        newest: RtpPacket | None = None
        highest = self._last_sequence - shift
        for packet in packets:
            sequence = packet.sequence
            self._history[(sequence + shift) % HISTORY_PACKETS] = packet
            self.octets += packet.payload_end - packet.payload_start
            if sequence > highest:
                highest, newest = sequence, packet
        self.packets += len(packets)
        if newest is not None:
            self._last_sequence = highest + shift
            self._last_timestamp = newest.timestamp + self._identity.timestamp_shift
            self._last_sent_at = now

    def _may_begin_with(self, packet: RtpPacket) -> bool:
        if self._pace is not None and not self._pace.may_begin:
            return False
        return self.kind is MediaKind.AUDIO or starts_keyframe(
            self.codec, packet.data, packet.payload_start, packet.payload_end
        )

    def _join(self, packet: RtpPacket, now: float) -> None:
        """Let this packet be the next one of the stream. Those before are forgotten: they were another source's."""
        whole = self.kind is MediaKind.AUDIO or starts_stream(
            self.codec, packet.data, packet.payload_start, packet.payload_end
        )
        self._first = packet.sequence - (0 if whole else ROOM_FOR_A_BEGINNING)
        self._history = [None] * HISTORY_PACKETS
        pause_s = 0.0 if self._last_sent_at is None else max(now - self._last_sent_at, 0.0)
        timestamp = self._last_timestamp + max(round(pause_s * self._rate), 1)
        self._identity = self._identity._replace(
            sequence_shift=self._last_sequence + 1 - self._first, timestamp_shift=timestamp - packet.timestamp
        )

    def retransmit(self, sequences: Sequence[int]) -> None:
        """Send these (16-bit) sequence numbers again, if still known."""
        shift = self._identity.sequence_shift
        known = (self._history[wanted % HISTORY_PACKETS] for wanted in sequences)
        again = [
            packet
            for wanted, packet in zip(sequences, known, strict=True)
            if packet is not None and (packet.sequence + shift) & 0xFFFF == wanted
        ]
        if again:
            self.retransmitted += len(again)
            self._way.send_rtp(again, self._identity)

    def sender_report(self, report: rtcp.SenderReport, rtp_time: int) -> bytes | None:
        """The publisher's report in this stream's identity (RFC 3550, 6.4.1): keeps lips in step. None before start."""
        if self._first is None:
            return None
        own = rtcp.SenderReport(
            ssrc=self.ssrc,
            ntp_us=report.ntp_us,
            rtp_time=rtp_time + self._identity.timestamp_shift,
            packets=self.packets,
            octets=self.octets,
        )
        return rtcp.sender_report(own)

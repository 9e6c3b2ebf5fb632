"""One RTP stream to one viewer: the publisher's packets under an identity of our own. Pure; the way out is handed in.

Runs on the worker's event loop; owned by its watch connection. The first packets go out from here; once the picture has
begun, the publisher's fanout carries them, and they come here only to be remembered. Sequence and timestamp go on
without a jump when the publisher comes back on another connection. Packets go out in the order in which they came in,
with the same holes. What is asked for again comes from ``history``: on an SSRC of its own where the viewer agreed to
RTX (RFC 4588), else as it was.

For a viewer whose network is too narrow for the picture (``viewer_pace``) the packets go through a short queue at the
rate that it carries: a keyframe, and what follows for as long as the queue stays short, then nothing until the next
one. Others do not notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inspect_server.media import rtcp, rtp
from inspect_server.media.access_unit import CLOCK_RATE_HZ, Codec, MediaKind
from inspect_server.media.codecs.keyframe_start import starts_keyframe, starts_stream
from inspect_server.media.datapath import Fanout, Identity, RtpPacket
from inspect_server.media.history import SentHistory
from inspect_server.media.paced_queue import PacedQueue
from inspect_server.media.sdp.watch_offer import Agreement
from inspect_server.media.viewer_pace import ViewerPace
from inspect_server.media.way import Way

# A picture's beginning may be lost at first and come late: numbers are left free for so many packets before its rest.
ROOM_FOR_A_BEGINNING: Final = 4
# Of a picture that follows its keyframe. So much later than the keyframe itself it is shown at most.
LONGEST_WAIT_S: Final = 0.5
# What stands in front of the bottleneck when a network is found to be narrow goes away by itself.
LONGEST_DRAINING_S: Final = 2.5
# A keyframe goes to everybody.
KEYFRAME_EVERY_S: Final = 2.0


class ForwardStream:
    """Rewrites SSRC, payload type, sequence and timestamp. ``rtx_ssrc``: for retransmissions, if the viewer agrees."""

    def __init__(
        self, kind: MediaKind, codec: Codec, *, ssrc: int, payload_type: int, way: Way, rtx_ssrc: int | None = None
    ) -> None:
        self.kind = kind
        self.codec = codec
        self._way = way
        self._rate = CLOCK_RATE_HZ[kind]
        self.rtx_ssrc = rtx_ssrc
        self._identity = Identity(payload_type, ssrc, 0, 0)
        self._rtx_payload_type: int | None = None
        self._rtx_sequence = 0
        self._fanout: Fanout | None = None
        self._carried_since: float | None = None
        self._first: int | None = None
        self._last_sequence = 0
        self._last_timestamp = 0
        self._last_sent_at: float | None = None
        self._history = SentHistory()
        self._pace = ViewerPace() if kind is MediaKind.VIDEO else None
        self._held_back = False
        self._queue = PacedQueue()
        self._picture = 0
        self._begin_at = float("-inf")
        self._keyframe_asked_at = float("-inf")
        self._offered = 0
        self.packets = 0
        self.retransmitted = 0

    @property
    def ssrc(self) -> int:
        """Of this stream, as the viewer knows it."""
        return self._identity.ssrc

    @property
    def octets(self) -> int:
        """Of all payloads so far (RFC 3550, 6.4.1)."""
        return self._history.octets

    def agree(self, agreement: Agreement) -> None:
        """What the viewer takes besides plain packets."""
        self._rtx_payload_type = agreement.rtx_payload_type if self.rtx_ssrc is not None else None
        if agreement.send_time_id == self._identity.send_time_id:
            return
        self._identity = self._identity._replace(send_time_id=agreement.send_time_id)
        if self._carried_since is not None and self._fanout is not None:
            self._way.carry(self._fanout, self._identity)

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
        self._end_carrying()
        self._queue.clear()
        self._fanout = None
        self._first = None
        self._held_back = False

    def forward(self, packets: list[RtpPacket], now: float) -> None:
        """Send on what has not been carried already, and remember all. ``now``: monotonic seconds."""
        if self._pace is None or self._pace.limit_bps is None:
            self._forward(packets, now)
            return
        self._offered += sum(packet.payload_end - packet.payload_start for packet in packets)
        self._queue.put(self._taken(packets, self._pace.limit_bps, now))
        self.let_out(now)

    def _forward(self, packets: list[RtpPacket], now: float) -> None:
        if self._first is None:
            begin = next((index for index, packet in enumerate(packets) if self._is_beginning(packet)), None)
            if begin is None:
                return
            packets = packets[begin:]
            self._join(packets[0], now)
            self._way.send_rtp(packets, self._identity)
            self._let_carry()
        elif left := self._left_to_send(packets):
            self._way.send_rtp(left, self._identity)
        self._remember(packets, now)

    def _let_carry(self) -> None:
        if self._fanout is not None:
            self._carried_since = self._way.carry(self._fanout, self._identity)

    def _taken(self, packets: list[RtpPacket], limit_bps: float, now: float) -> list[RtpPacket]:
        """What the queue has room for: whole pictures, from a keyframe on, until one does not fit."""
        taken: list[RtpPacket] = []
        for packet in packets:
            if self._first is None:
                if not self._may_begin(now) or not self._is_beginning(packet):
                    continue
                self._join(packet, now)
                self._picture = packet.timestamp
            elif packet.timestamp > self._picture:
                if self._queue.wait_s(limit_bps) > LONGEST_WAIT_S:
                    self._first, self._held_back = None, True
                    break
                self._picture = packet.timestamp
            if packet.sequence >= (self._first or 0):
                taken.append(packet)
        return taken

    def _may_begin(self, now: float) -> bool:
        return now >= self._begin_at and not self._queue

    def let_out(self, now: float) -> None:
        """Send what has waited for the viewer's narrow network and may go now; to be called many times a second."""
        limit_bps = self._pace.limit_bps if self._pace is not None else None
        if limit_bps is not None and (due := self._queue.due(limit_bps, now)):
            self._send_from_queue(due, now)

    def _send_from_queue(self, packets: list[RtpPacket], now: float) -> None:
        self._way.send_rtp(packets, self._identity)
        self._history.let_out(packets, self._identity.sequence_shift, now)
        self._remember(packets, now)

    def keyframe_needed(self) -> bool:
        """The viewer cannot go on without one; True if the publisher should be asked at once.

        One whose network is narrow gets it when it goes through.
        """
        if not self.limited:
            return True
        if not self._queue:
            self._first, self._held_back = None, True
        return False

    def _end_carrying(self) -> None:
        """What goes out from now on is behind all that was carried, looked at here or not."""
        self._carried_since = None
        if (newest := self._way.drop(self.ssrc)) is None:
            return
        sequence, timestamp = newest
        ahead = (sequence - self._last_sequence + 0x8000) % 0x10000 - 0x8000
        if ahead > 0:
            self._last_sequence += ahead
            later = (timestamp - self._last_timestamp + 0x80000000) % 0x100000000 - 0x80000000
            self._last_timestamp += max(later, 0)

    def wants_keyframe(self, now: float) -> bool:
        """The picture was held back, and a keyframe would go through now; not often."""
        if not self._held_back or now - self._keyframe_asked_at < KEYFRAME_EVERY_S or not self._may_begin(now):
            return False
        self._keyframe_asked_at = now
        return True

    @property
    def limited(self) -> bool:
        """The viewer's network carries less than everything."""
        return self._pace is not None and self._pace.limit_bps is not None

    def reported(self, block: rtcp.ReportBlock, now: float) -> None:
        """What the viewer says of this stream."""
        pace, sends = self._pace, self._first is not None
        if pace is None:
            return
        progress = self._history.told(
            block, self._last_sequence, self._identity.sequence_shift, now, lost_before=self._way.lost_before
        )
        # Without anything on its way, silence says nothing.
        if progress is None or not (progress.packets or sends):
            return
        before = pace.limit_bps
        pace.reported(progress, now, offered=self._offered, busy_s=self._queue.busy_s)
        self._offered, self._queue.busy_s = 0, 0.0
        if before is None and pace.limit_bps is not None:
            self._end_carrying()
            self._first, self._held_back = None, True
        elif before is not None and pace.limit_bps is None:
            if waiting := self._queue.drain():
                self._send_from_queue(waiting, now)
            if self._first is not None:
                self._let_carry()
        if pace.draining and pace.limit_bps is not None:
            # A queue that loses so much is full, and has lost as much of what is not told of yet.
            queued = progress.under_way * (1 - progress.lost)
            self._begin_at = now + min(queued * 8 / pace.limit_bps, LONGEST_DRAINING_S)

    def _left_to_send(self, packets: list[RtpPacket]) -> list[RtpPacket]:
        since, first = self._carried_since, self._first or 0
        return [
            packet
            for packet in packets
            if (since is None or not packet.carried or packet.arrived_at <= since) and packet.sequence >= first
        ]

    def _remember(self, packets: list[RtpPacket], now: float) -> None:
        identity = self._identity
        newest = self._history.keep(packets, identity.sequence_shift)
        self.packets += len(packets)
        if newest.sequence + identity.sequence_shift > self._last_sequence:
            self._last_sequence = newest.sequence + identity.sequence_shift
            self._last_timestamp = newest.timestamp + identity.timestamp_shift
            self._last_sent_at = now

    def _is_beginning(self, packet: RtpPacket) -> bool:
        return self.kind is MediaKind.AUDIO or starts_keyframe(
            self.codec, packet.data, packet.payload_start, packet.payload_end
        )

    def _join(self, packet: RtpPacket, now: float) -> None:
        """Let this packet be the next one of the stream. Those before are forgotten: they were another source's."""
        whole = self.kind is MediaKind.AUDIO or starts_stream(
            self.codec, packet.data, packet.payload_start, packet.payload_end
        )
        self._first = packet.sequence - (0 if whole else ROOM_FOR_A_BEGINNING)
        self._held_back = False
        self._history.forget()
        if self._pace is not None:
            self._pace.began(now)
        pause_s = 0.0 if self._last_sent_at is None else max(now - self._last_sent_at, 0.0)
        timestamp = self._last_timestamp + max(round(pause_s * self._rate), 1)
        self._identity = self._identity._replace(
            sequence_shift=self._last_sequence + 1 - self._first, timestamp_shift=timestamp - packet.timestamp
        )

    def retransmit(self, sequences: Sequence[int], now: float) -> None:
        """Send these (16-bit) sequence numbers again, if still known and not asked for too much."""
        most_octets, limit_bps = float("inf"), None
        if self._pace is not None and (limit_bps := self._pace.limit_bps) is not None:
            # While the queue in its network goes away the viewer waits for a keyframe: nothing before it is of use.
            most_octets = 0.0 if self._pace.draining else self._queue.room_past_it(limit_bps)
        identity = self._identity
        again = self._history.again(sequences, identity.sequence_shift, now, most_octets=most_octets)
        if not again:
            return
        self.retransmitted += len(again)
        if limit_bps is not None:
            self._queue.spent(sum(packet.payload_end - packet.payload_start for packet in again))
        if self._rtx_payload_type is None or self.rtx_ssrc is None:
            self._way.send_rtp(again, identity)
            return
        self._history.beside += len(again)
        first, self._rtx_sequence = self._rtx_sequence, self._rtx_sequence + len(again)
        retransmissions = [
            rtp.retransmission_of(packet, packet.sequence + identity.sequence_shift, sequence=first + index)
            for index, packet in enumerate(again)
        ]
        as_rtx = identity._replace(payload_type=self._rtx_payload_type, ssrc=self.rtx_ssrc, sequence_shift=0)
        self._way.send_rtp(retransmissions, as_rtx)

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

"""What was sent to one viewer, for as long as it may ask for it again. Pure: ``now`` is monotonic seconds.

A ring of bounded size, the oldest overwritten. Who asks gets a packet once in a while, not as often as it asks, and
all retransmissions together cost no more than the stream itself: a viewer whose network loses more than half is not
helped by more of the same, and one that only asks makes no work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inspect_server.media import rtcp
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.viewer_pace import Progress

# 2 s of 3 Mbit/s video. Divides 2^16, so that a 16-bit sequence number finds its place.
HISTORY_PACKETS: Final = 1024
# Less than a round trip of nearly every network: whoever asks again sooner has not yet seen the answer.
AGAIN_AFTER_S: Final = 0.02
# As much as the ring holds of full packets, so that what a short outage swallowed can be repaired at once.
MAX_CREDIT_OCTETS: Final = 1_200 * HISTORY_PACKETS


class SentHistory:
    """``octets``: of all payloads that were ever kept. ``beside``: packets sent again as RTX since the last report."""

    def __init__(self) -> None:
        self.octets = 0
        self.beside = 0
        self._packets: list[RtpPacket | None] = [None] * HISTORY_PACKETS
        self._let_out_at = [float("-inf")] * HISTORY_PACKETS
        self._sent_again: dict[int, float] = {}  # by place in the ring
        self._told_highest = 0
        self._credit = 0
        self._credited_octets = 0

    def forget(self) -> None:
        """What was sent belongs to another source."""
        self._packets = [None] * HISTORY_PACKETS
        self._sent_again.clear()

    def keep(self, packets: Sequence[RtpPacket], shift: int) -> RtpPacket:
        """Remember these, at least one; returns that with the highest number.

        ``shift``: from their numbers to the viewer's.
        """
        ring, newest, octets = self._packets, packets[0], 0
        for packet in packets:
            ring[(packet.sequence + shift) % HISTORY_PACKETS] = packet
            octets += packet.payload_end - packet.payload_start
            if packet.sequence > newest.sequence:
                newest = packet
        self.octets += octets
        return newest

    def let_out(self, packets: Sequence[RtpPacket], shift: int, now: float) -> None:
        """These are sent now, not when they arrived."""
        for packet in packets:
            self._let_out_at[(packet.sequence + shift) % HISTORY_PACKETS] = now

    def told(
        self, block: rtcp.ReportBlock, last: int, shift: int, now: float, *, lost_before: float = float("-inf")
    ) -> Progress | None:
        """What the viewer's report says of what was sent; None: it is of nothing that is known.

        ``last``: the viewer's (not wrapped) number of what is remembered last. More may have been carried since, and
        that it has arrived says as much. Of what was sent until ``lost_before`` nothing is waited for.
        """
        before = self._told_highest
        behind = (last - block.highest_sequence + 0x8000) % 0x10000 - 0x8000
        highest = last - max(behind, 0)
        sent_at = self._sent_at(highest, shift)
        if sent_at is None or highest < before:
            return None
        self._told_highest = highest
        beside, self.beside = self.beside, 0
        next_sent_at = self._sent_at(highest + 1, shift)
        return Progress(
            trip_s=now - sent_at,
            waits_s=now - next_sent_at if next_sent_at is not None and next_sent_at > lost_before else 0.0,
            packets=highest - before,
            octets=self._octets_of(range(before + 1, highest + 1), shift),
            lost=block.fraction_lost / 256,
            again=beside,
            under_way=self._octets_of(range(highest + 1, last + 1), shift),
        )

    def _sent_at(self, number: int, shift: int) -> float | None:
        packet = self._packets[number % HISTORY_PACKETS]
        if packet is None or packet.sequence + shift != number:
            return None
        return max(packet.arrived_at, self._let_out_at[number % HISTORY_PACKETS])

    def _octets_of(self, numbers: range, shift: int) -> int:
        known = ((number, self._packets[number % HISTORY_PACKETS]) for number in numbers[-HISTORY_PACKETS:])
        return sum(p.payload_end - p.payload_start for n, p in known if p is not None and p.sequence + shift == n)

    def again(
        self, sequences: Sequence[int], shift: int, now: float, *, most_octets: float = float("inf")
    ) -> list[RtpPacket]:
        """Those of the 16-bit numbers that are known, and that may be sent again now, up to so many octets."""
        self._credit = min(self._credit + self.octets - self._credited_octets, MAX_CREDIT_OCTETS)
        self._credited_octets = self.octets
        found: list[RtpPacket] = []
        for wanted in sequences:
            place = wanted % HISTORY_PACKETS
            packet = self._packets[place]
            if packet is None or (packet.sequence + shift) & 0xFFFF != wanted:
                continue
            if now - self._sent_again.get(place, float("-inf")) < AGAIN_AFTER_S or self._credit <= 0:
                continue
            most_octets -= packet.payload_end - packet.payload_start
            if most_octets < 0:
                break
            self._sent_again[place] = now
            self._credit -= packet.payload_end - packet.payload_start
            found.append(packet)
        return found

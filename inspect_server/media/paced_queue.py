"""Packets on their way to a viewer whose network is narrow: let out no faster than it carries. Pure.

Owned by a forward stream. There is no timer: whoever has packets of the same camera, picture or sound, lets out what is
due. A picture goes in whole or not at all; whoever fills the queue asks ``wait_s`` before, so that it stays short.
``now`` is monotonic seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from inspect_server.media.datapath import RtpPacket

# What may go out at once after a pause.
BURST_S: Final = 0.04
MIN_BURST_OCTETS: Final = 1500
# What is sent again goes first, for a picture that lacks it is worth nothing; but it must not fill the network either.
LARGEST_DEBT_S: Final = 0.25


class PacedQueue:
    """See the module's text. ``busy_s``: for how long there was something to let out."""

    def __init__(self) -> None:
        self.busy_s = 0.0
        self._waiting: deque[RtpPacket] = deque()
        self._octets = 0
        self._allowance = 0.0
        self._refilled_at: float | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, packets: Sequence[RtpPacket]) -> None:
        """Behind all others."""
        self._waiting.extend(packets)
        self._octets += sum(packet.payload_end - packet.payload_start for packet in packets)

    def clear(self) -> None:
        """Nobody wants what waits here."""
        self._waiting.clear()
        self._octets = 0

    def wait_s(self, limit_bps: float) -> float:
        """How long what is put in now would wait."""
        return max(self._octets - self._allowance, 0.0) * 8 / limit_bps

    def room_past_it(self, limit_bps: float) -> float:
        """How many octets may go past the queue now."""
        return max(self._allowance + LARGEST_DEBT_S * limit_bps / 8, 0.0)

    def spent(self, octets: int) -> None:
        """So much went past the queue; the network carries that, too."""
        self._allowance -= octets

    def due(self, limit_bps: float, now: float) -> list[RtpPacket]:
        """Take out what may go now, in order."""
        elapsed = 0.0 if self._refilled_at is None else max(now - self._refilled_at, 0.0)
        self._refilled_at = now
        most = max(limit_bps * BURST_S / 8, MIN_BURST_OCTETS)
        self._allowance = min(self._allowance + elapsed * limit_bps / 8, most)
        if self._waiting:
            self.busy_s += elapsed
        taken: list[RtpPacket] = []
        while self._waiting and self._allowance > 0:
            taken.append(self._waiting.popleft())
            size = taken[-1].payload_end - taken[-1].payload_start
            self._allowance -= size
            self._octets -= size
        return taken

    def drain(self) -> list[RtpPacket]:
        """Take out everything."""
        taken = list(self._waiting)
        self.clear()
        return taken

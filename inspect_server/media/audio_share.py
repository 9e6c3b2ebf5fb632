"""How much of a publisher's bandwidth its sound takes: the picture gets only what sound leaves. Pure.

Speech comes and goes, and Opus with it; so the share falls slowly, and a sentence finds its place kept.
"""

from __future__ import annotations

from typing import Final

# RTP with two header extensions, the tag of SRTP, UDP and IPv4.
HEADER_OCTETS: Final = 66
# A queue that is emptied hands over in half a second what was sent in more.
MEASURED_OVER_S: Final = 0.9
HALVED_AFTER_S: Final = 10.0


class AudioShare:
    """``bps`` is on the wire, with every header."""

    def __init__(self) -> None:
        self.bps = 0.0
        self._from: tuple[float, int, int] | None = None

    def update(self, packets: int, octets: int, now: float) -> float:
        """Packets and payload octets since the beginning; ``now`` in monotonic seconds."""
        if self._from is None:
            self._from = (now, packets, octets)
        since, packets_then, octets_then = self._from
        elapsed = now - since
        if elapsed >= MEASURED_OVER_S:
            bits = (octets - octets_then + HEADER_OCTETS * (packets - packets_then)) * 8
            self.bps = max(bits / elapsed, self.bps * 0.5 ** (elapsed / HALVED_AFTER_S))
            self._from = (now, packets, octets)
        return self.bps

"""How much of a picture one viewer's network carries, told by the losses that the viewer reports. Pure.

A viewer whose network is too narrow must not fill it with packets that are lost and asked for again: it gets the
picture from a keyframe on for as long as its budget lasts, then nothing until the budget has grown back and the next
keyframe comes. Nobody else notices. ``now`` is monotonic seconds.
"""

from __future__ import annotations

from typing import Final

# Retransmission repairs less than this without much ado.
TOO_MUCH_LOSS: Final = 0.15
LITTLE_LOSS: Final = 0.02
# A single report may be of a bad moment.
BAD_REPORTS: Final = 2
# Of what got through; the rest is for sound and for retransmissions.
SHARE: Final = 0.8
GROWTH_PER_REPORT: Final = 1.25
FLOOR_BPS: Final = 50_000
BUDGET_S: Final = 1.0
KEYFRAME_EVERY_S: Final = 2.0


class ViewerPace:
    """Of one video stream to one viewer. ``limit_bps`` is None while the viewer follows."""

    def __init__(self) -> None:
        self.limit_bps: float | None = None
        self._bad_reports = 0
        self._offered = 0
        self._sent = 0
        self._reported_at: float | None = None
        self._budget_bits = 0.0
        self._refilled_at = 0.0
        self._keyframe_asked_at = float("-inf")

    def passed(self, offered: int, sent: int, now: float) -> None:
        """So many octets came from the publisher, and so many of them went to the viewer."""
        self._offered += offered
        self._sent += sent
        if self.limit_bps is not None:
            self._refill(self.limit_bps, now)
            self._budget_bits -= sent * 8

    def reported(self, lost: float, now: float) -> None:
        """The viewer says which share of the packets since its last report did not come (RFC 3550, 6.4.1)."""
        since, self._reported_at = self._reported_at, now
        offered, sent, self._offered, self._sent = self._offered, self._sent, 0, 0
        if since is None or now <= since:
            return
        offered_bps, sent_bps = (octets * 8 / (now - since) for octets in (offered, sent))
        self._bad_reports = self._bad_reports + 1 if lost > TOO_MUCH_LOSS else 0
        if self._bad_reports >= BAD_REPORTS:
            through_bps = min(sent_bps * (1 - lost), self.limit_bps or sent_bps)
            self._limit(max(SHARE * through_bps, FLOOR_BPS), now)
        elif self.limit_bps is not None and lost < LITTLE_LOSS:
            grown_bps = self.limit_bps * GROWTH_PER_REPORT
            self.limit_bps = None if grown_bps > offered_bps > 0 else grown_bps

    def _limit(self, limit_bps: float, now: float) -> None:
        if self.limit_bps is None:
            self._budget_bits, self._refilled_at = 0.0, now
        self.limit_bps = limit_bps

    def _refill(self, limit_bps: float, now: float) -> None:
        grown = self._budget_bits + (now - self._refilled_at) * limit_bps
        self._budget_bits = min(grown, limit_bps * BUDGET_S)
        self._refilled_at = now

    @property
    def exhausted(self) -> bool:
        """Nothing more may be sent for now."""
        return self.limit_bps is not None and self._budget_bits < 0

    @property
    def may_begin(self) -> bool:
        """A keyframe may be sent now: there is budget for more than its first packets."""
        return self.limit_bps is None or self._budget_bits >= self.limit_bps * BUDGET_S / 2

    def wants_keyframe(self, now: float) -> bool:
        """Whether to ask the publisher, who sends it to everybody: rarely."""
        if not self.may_begin or now - self._keyframe_asked_at < KEYFRAME_EVERY_S:
            return False
        self._keyframe_asked_at = now
        return True

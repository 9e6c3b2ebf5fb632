"""How much of a picture one viewer's network carries, told by what the viewer reports to have got. Pure.

A report names the newest packet that had arrived. How long the one after it is under way tells of a queue that stands
in front of a bottleneck, long before a deep one loses anything; what arrived between two reports while it stood is what
the network carries. Losses that are not repaired tell the same of a network without a queue. ``now`` is monotonic
seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Two reports that say so, or one that says much: anything less may be a bad moment of a radio link.
QUEUE_S: Final = 0.2
LONG_QUEUE_S: Final = 0.6
# While sending is paced.
PACED_QUEUE_S: Final = 0.15
NO_QUEUE_S: Final = 0.06
# Retransmission repairs less than this without much ado.
TOO_MUCH_LOSS: Final = 0.15
LOSS_WINDOW_S: Final = 0.5
BAD_WINDOWS: Final = 2
# Shorter than this a few packets more or less are too much of what is measured.
MEASURED_OVER_S: Final = 0.1
# Of what got through; the rest is for retransmissions and for what the measurement is off by.
SHARE: Final = 0.9
MOST_DOWN: Final = 0.6
# A queue takes so long to go away at a rate that is just low enough.
LOWER_EVERY_S: Final = 1.0
# For each second that the limit was made use of.
GROWTH_PER_S: Final = 1.2
LONGEST_GROWTH_S: Final = 1.5
# Where the network has long carried more than it did when it was found to be full, it has become another one.
WELL_ABOVE: Final = 1.8
FAST_GROWTH_PER_S: Final = 2.5
OFFER_OVER_S: Final = 0.9
WIDE_ENOUGH: Final = 1.1
FLOOR_BPS: Final = 50_000
# A way there and back that takes longer than this is a queue, until a shorter one was seen.
LONGEST_TRIP_S: Final = 0.6
TRIP_REMEMBERED_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Progress:
    """What a report says of the packets that were sent.

    Args:
        trip_s: since the newest one that had arrived was sent.
        waits_s: since the next one was sent, 0 if there is none.
        packets: from the report before to this one; ``octets``: of them all.
        lost: which share of them did not come in the first place.
        again: packets that were sent again since the report before, if the viewer does not count these as received.
        under_way: octets that are not told of yet.
    """

    trip_s: float
    waits_s: float
    packets: int
    octets: int
    lost: float
    again: int
    under_way: int


class ViewerPace:
    """Of one video stream to one viewer. ``limit_bps`` is None while the viewer follows."""

    def __init__(self) -> None:
        self.limit_bps: float | None = None
        self._trip = _ShortestTrip()
        self._measured_from: float | None = None
        self._arrived = 0.0
        self._suspected_at: float | None = None
        self._draining_bps: float | None = None
        self._carried_bps = 0.0
        self._lower_again_at = float("-inf")
        self._losses = _Losses()
        self._busy_s = 0.0
        self._offer = _Offer()

    @property
    def draining(self) -> bool:
        """Found to be narrow, and nothing sent since."""
        return self._draining_bps is not None

    def began(self, now: float) -> None:
        """Something is sent after a pause, which says nothing of the network."""
        self._measured_from, self._arrived = now + self._trip.seconds, 0.0
        self._busy_s = 0.0
        self._draining_bps = None
        self._losses = _Losses()

    def reported(self, progress: Progress, now: float, *, offered: int, busy_s: float) -> None:
        """Take in a report.

        Args:
            progress: what it says.
            now: see the module's text.
            offered: octets of the whole picture since the report before; counted only while there is a limit.
            busy_s: for so long there was something to let out since the report before.
        """
        self._offer.grew(offered, now)
        self._busy_s += busy_s
        self._trip.seen(progress.trip_s, now)
        queue_s = progress.waits_s - self._trip.seconds
        self._arrived += progress.octets * (1 - progress.lost)
        since = self._measured_from
        if since is None:
            self._measured_from, self._arrived = now, 0.0
            return
        if now - since < MEASURED_OVER_S:
            return
        arrived_bps = self._arrived * 8 / (now - since)
        self._measured_from, self._arrived = now, 0.0
        busy_s, self._busy_s = self._busy_s, 0.0
        lossy = self._losses.are_bad(progress, now)
        if self.limit_bps is None:
            if self._stands(queue_s, now) or lossy:
                self._draining_bps = 0.0
                self._found(arrived_bps, least_bps=FLOOR_BPS)
        elif self._draining_bps is not None:
            # The end of the queue may have been lost, and what is measured then is too little.
            self._draining_bps = max(self._draining_bps, arrived_bps)
            self._found(self._draining_bps, least_bps=MOST_DOWN * self.limit_bps if arrived_bps else self.limit_bps)
        elif (queue_s > PACED_QUEUE_S and now >= self._lower_again_at) or lossy:
            self._lower_again_at = now + LOWER_EVERY_S
            self._found(min(arrived_bps, self.limit_bps), least_bps=MOST_DOWN * self.limit_bps)
        elif queue_s < NO_QUEUE_S:
            growth = GROWTH_PER_S if self.limit_bps < WELL_ABOVE * self._carried_bps else FAST_GROWTH_PER_S
            grown_bps = self.limit_bps * growth ** min(busy_s, LONGEST_GROWTH_S)
            self.limit_bps = None if grown_bps > WIDE_ENOUGH * self._offer.bps > 0 else grown_bps

    def _found(self, carried_bps: float, *, least_bps: float) -> None:
        self.limit_bps = self._carried_bps = max(SHARE * carried_bps, least_bps, FLOOR_BPS)

    def _stands(self, queue_s: float, now: float) -> bool:
        if queue_s < QUEUE_S:
            self._suspected_at = None
            return False
        since, self._suspected_at = self._suspected_at, self._suspected_at or now
        stands = queue_s > LONG_QUEUE_S or (since is not None and now - since >= MEASURED_OVER_S)
        if stands:
            self._suspected_at = None
        return stands


class _Offer:
    """What the whole picture takes, over about a second: ``bps``, 0 while it is not known."""

    def __init__(self) -> None:
        self.bps = 0.0
        self._octets = 0
        self._since: float | None = None

    def grew(self, octets: int, now: float) -> None:
        if self._since is None or not octets:
            self._since, self._octets = now, 0
            return
        self._octets += octets
        if now - self._since >= OFFER_OVER_S:
            self.bps = self._octets * 8 / (now - self._since)
            self._since, self._octets = now, 0


class _Losses:
    """Whether more is lost for good than a picture bears, for longer than a moment."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._packets = self._lost = self._again = 0.0
        self._bad_windows = 0

    def are_bad(self, progress: Progress, now: float) -> bool:
        """Take in a report; true at the end of a window that was bad, as the one before was."""
        self._packets += progress.packets
        self._lost += progress.packets * progress.lost
        self._again += progress.again
        self._since = now if self._since is None else self._since
        if now - self._since < LOSS_WINDOW_S:
            return False
        packets, lost, again = max(self._packets, 1), self._lost, self._again
        self._since, self._packets, self._lost, self._again = now, 0.0, 0.0, 0.0
        # As much of what was sent again was lost again.
        for_good = lost - again * (1 - lost / packets)
        self._bad_windows = self._bad_windows + 1 if for_good > TOO_MUCH_LOSS * packets else 0
        return self._bad_windows >= BAD_WINDOWS


class _ShortestTrip:
    """There and back when nothing stands in the way: the shortest of the last half minute or more."""

    def __init__(self) -> None:
        self.seconds = LONGEST_TRIP_S
        self._present = LONGEST_TRIP_S
        self._present_from: float | None = None

    def seen(self, trip_s: float, now: float) -> None:
        if self._present_from is None:
            self._present_from = now
        elif now - self._present_from > TRIP_REMEMBERED_S:
            self._present_from, self.seconds, self._present = now, self._present, LONGEST_TRIP_S
        self._present = min(self._present, trip_s)
        self.seconds = min(self.seconds, self._present)

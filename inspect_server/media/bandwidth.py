"""How much a publisher may send: an estimate that starts high and follows delay and throughput. Pure.

Loss is repaired by retransmission and does not count, unless half of everything is lost. The signal is the queue in
front of the bottleneck (``standing_queue``). While one stands the bottleneck is busy, so what arrives is what it
carries: that is measured, less is allowed until the queue is gone, and then a little less than was measured.

    growing ──a queue stands──▶ draining ──the queue is gone──▶ growing
      slowly up to what was measured last, then fast

A queue that does not shrink although less and less is sent is not made by us (another route): it becomes the new zero.

All rates are on the wire, with every header from IP upwards. ``now`` is monotonic seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from inspect_server.media.standing_queue import Sample, StandingQueue

START_BPS: Final = 3_000_000
CEILING_BPS: Final = 3_000_000
FLOOR_BPS: Final = 40_000
OVERHEAD_OCTETS: Final = 38
"""IPv4, UDP and the tag of SRTP, which a decrypted packet no longer has."""

OVERUSE_QUEUE_S: Final = 0.1
CLEAR_QUEUE_S: Final = 0.05
# After a collapse the picture stands still until then.
COLLAPSED_CLEAR_QUEUE_S: Final = 0.08
# Random loss can be repaired up to a third; a policer or a full queue drops what is sent too much.
OVERUSE_LOSS: Final = 0.5
LOSS_WINDOW_PACKETS: Final = 30

DRAINING_SHARE: Final = 0.8
# Not less: an encoder that was starved makes no picture for seconds after its next keyframe.
COLLAPSED_DRAINING_SHARE: Final = 0.6
SUSTAINED_SHARE: Final = 0.9
COLLAPSED_SHARE: Final = 0.5
# Besides a round trip: until what the sender does about it can be seen.
HOLD_AFTER_DECREASE_S: Final = 0.3
CARRIED_WINDOW_S: Final = 1.0
RECENT_S: Final = 0.25
ABRUPT_S: Final = 0.15

# A sender that obeys may be this much over what it was told.
OBEYED_SHARE: Final = 1.15
UNMOVED_QUEUE_S: Final = 0.02
UNMOVED_ROUNDS: Final = 4
# Below this too few packets come to tell who made a queue.
TELLING_BPS: Final = 250_000
ACCEPT_QUEUE_AFTER_S: Final = 20.0

GROWTH_NEAR_CAPACITY_PER_S: Final = 1.06
GROWTH_PER_S: Final = 1.4
BEYOND_CAPACITY: Final = 1.15
MAX_ELAPSED_S: Final = 1.0
MIN_ELAPSED_S: Final = 0.02


class BandwidthEstimate:
    """Fed with every packet's size and, when ``sample_at`` has come, its send time.

    ``update`` at least once per report interval, and at once when ``urgent``. ``sustained_bps`` is what the network
    carries for longer, on which the picture is built; ``update`` tells less while a queue is being emptied.
    """

    def __init__(self) -> None:
        self.sustained_bps = START_BPS
        self.urgent = False
        self._told_bps = START_BPS
        self._queue = StandingQueue()
        self._octets = 0
        self._packets = 0
        self._loss_from = (0, 0)
        self._capacity_bps: float | None = None
        self._draining_since: float | None = None
        self._before_draining_bps = START_BPS
        self._collapsed = False
        self._queue_at_decrease_s = 0.0
        self._unmoved = 0
        self._obedience = 0.0
        self._hold_until = self._slower_since = float("-inf")
        self._updated_at: float | None = None

    @property
    def sample_at(self) -> float:
        """From when on the next packet's send time is wanted."""
        return self._queue.sample_at

    @property
    def queue_s(self) -> float:
        """How long the queue in front of the bottleneck stands."""
        return self._queue.standing_s

    @property
    def congested(self) -> bool:
        """A queue is being emptied: whatever can wait should."""
        return self._draining_since is not None

    @property
    def collapsed(self) -> bool:
        """As ``congested``, and far more was sent than the network still carries."""
        return self.congested and self._collapsed

    def draining_s(self, now: float) -> float:
        """For how long a queue has been emptied by now; 0.0 if none is."""
        return 0.0 if self._draining_since is None else now - self._draining_since

    @property
    def _queue_is_gone(self) -> bool:
        return self.queue_s < (COLLAPSED_CLEAR_QUEUE_S if self._collapsed else CLEAR_QUEUE_S)

    def received(self, octets: int, packets: int) -> None:
        """So many packets arrived, of this size in all."""
        self._octets += octets + packets * OVERHEAD_OCTETS
        self._packets += packets

    def sent_at(self, abs_send_time: bytes, now: float) -> None:
        """The abs-send-time extension (24 bits, 6.18 fixed point seconds) of a packet that arrived now."""
        self._queue.sample(abs_send_time, self._octets, now)
        if self.queue_s > OVERUSE_QUEUE_S:
            self.urgent = now >= self._hold_until
        elif self.congested and self._queue_is_gone:
            self.urgent = True

    def update(self, now: float, *, missed: int, rtt_s: float) -> int:
        """What the sender should be told now, in bit/s. ``missed``: packets not there at first, since the beginning."""
        elapsed = 0.0 if self._updated_at is None else min(now - self._updated_at, MAX_ELAPSED_S)
        self._updated_at = now
        self.urgent = False
        overused = self.queue_s > OVERUSE_QUEUE_S or self._half_is_lost(missed, now)
        if overused:
            if now >= self._hold_until:
                self._hold_until = now + HOLD_AFTER_DECREASE_S + rtt_s
                self._overused(now)
                self._slower_since = now + rtt_s
        elif self.congested:
            if self._queue_is_gone:
                self._draining_since = None
                self._told_bps = self.sustained_bps
        elif self.queue_s < CLEAR_QUEUE_S:
            self._grow(elapsed)
        return self._told_bps

    def _half_is_lost(self, missed: int, now: float) -> bool:
        """An outage is no such loss: there nothing comes at all."""
        if not self._queue.known:
            return False
        packets_before, missed_before = self._loss_from
        packets, lost = self._packets - packets_before, missed - missed_before
        if packets < LOSS_WINDOW_PACKETS:
            return False
        self._loss_from = (self._packets, missed)
        return lost > OVERUSE_LOSS * (packets + lost) and not self._queue.interrupted(now)

    def _overused(self, now: float) -> None:
        if self._is_not_ours(now):
            self._accept_queue()
            return
        if self._draining_since is None:
            self._draining_since = now
            self._before_draining_bps = self.sustained_bps
        elif self._queue_at_decrease_s - self.queue_s > UNMOVED_QUEUE_S:
            # It is being emptied: less than the bottleneck carries comes now, and measures nothing.
            self._queue_at_decrease_s = self.queue_s
            return
        carried_bps = self._carried_bps(now)
        self._collapsed = carried_bps < COLLAPSED_SHARE * self._before_draining_bps
        self._capacity_bps = carried_bps
        self._queue_at_decrease_s = self.queue_s
        self.sustained_bps = min(self._before_draining_bps, _bounded(carried_bps * SUSTAINED_SHARE))
        self._told_bps = _bounded(carried_bps * (COLLAPSED_DRAINING_SHARE if self._collapsed else DRAINING_SHARE))

    def _carried_bps(self, now: float) -> float:
        """What arrived since the queue began to stand, or since the sender last slowed down; at most in a second."""
        since = newest = self._queue.newest
        for sample in self._since(max(now - CARRIED_WINDOW_S, self._slower_since)):
            if sample.delay_s - self._queue.least_s < OVERUSE_QUEUE_S and newest.at - sample.at >= RECENT_S:
                break
            since = sample
        carried_bps = self._rate_bps(since, now)
        *_, since = newest, *self._since(now - ABRUPT_S)
        at_last_bps = self._rate_bps(since, now)
        return at_last_bps if at_last_bps < COLLAPSED_SHARE * carried_bps else carried_bps

    def _rate_bps(self, since: Sample, now: float) -> float:
        newest = self._queue.newest
        # If nothing came for longer than usual, that counts, too.
        elapsed = max(newest.at - since.at, now - since.at - ABRUPT_S, MIN_ELAPSED_S)
        return (newest.octets - since.octets) * 8 / elapsed

    def _since(self, then: float) -> Iterator[Sample]:
        """From the newest on back."""
        return takewhile(lambda sample: sample.at >= then, self._queue.newest_first())

    def _is_not_ours(self, now: float) -> bool:
        """Whether the queue stays as it is although the sender does what it was told, again and again."""
        if self._draining_since is None or abs(self.queue_s - self._queue_at_decrease_s) >= UNMOVED_QUEUE_S:
            self._unmoved, self._obedience = 0, 0.0
        if self._draining_since is None:
            return False
        *_, since = self._queue.newest, *self._since(now - RECENT_S)
        self._unmoved += 1
        self._obedience += self._rate_bps(since, now) / self._told_bps
        return now - self._draining_since > ACCEPT_QUEUE_AFTER_S or self._unmoved_by_obedience

    @property
    def _unmoved_by_obedience(self) -> bool:
        return (
            self._unmoved >= UNMOVED_ROUNDS
            and self._obedience <= OBEYED_SHARE * self._unmoved
            and self._before_draining_bps > TELLING_BPS
        )

    def _accept_queue(self) -> None:
        self._queue.accept()
        self._draining_since = None
        self._capacity_bps = None
        if self._unmoved_by_obedience:
            self.sustained_bps = _bounded(self._before_draining_bps * DRAINING_SHARE)
        self._told_bps = self.sustained_bps

    def _grow(self, elapsed_s: float) -> None:
        near = self._capacity_bps is not None and self.sustained_bps < BEYOND_CAPACITY * self._capacity_bps
        if not near:
            self._capacity_bps = None
        growth = GROWTH_NEAR_CAPACITY_PER_S if near else GROWTH_PER_S
        self.sustained_bps = self._told_bps = _bounded(self.sustained_bps * growth**elapsed_s)


def _bounded(bitrate_bps: float) -> int:
    return round(min(max(bitrate_bps, FLOOR_BPS), CEILING_BPS))

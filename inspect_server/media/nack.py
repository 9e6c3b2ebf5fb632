"""Which lost packets to ask for again, and when to give up (RFC 4585, 6.2.1). Pure: ``now`` is monotonic seconds."""

from __future__ import annotations

from itertools import islice
from typing import Final

# A packet that overtook another by less than this is reordering, not loss.
FIRST_REQUEST_AFTER_S: Final = 0.01
# Retries are a bit over one round trip apart, so that an answer under way is not asked for twice.
RETRY_FACTOR: Final = 1.25
MIN_RETRY_S: Final = 0.03
# The archive can wait longer than a viewer: a packet is worth asking for as long as the sender may still have it.
GIVE_UP_AFTER_S: Final = 2.0
# A jump by more than this is a new beginning (or an outage), not so many single losses.
MAX_MISSING: Final = 1000
NEWEST_PACKETS: Final = 24


class _Missing:
    __slots__ = ("next_request_at", "since", "tries")

    def __init__(self, now: float) -> None:
        self.since = now
        self.next_request_at = now + FIRST_REQUEST_AFTER_S
        self.tries = 0


class NackSchedule:
    """Sequence numbers are unwrapped. Holds at most ``MAX_MISSING`` entries; older ones are abandoned first."""

    def __init__(self) -> None:
        self._newest: int | None = None
        self._missing: dict[int, _Missing] = {}
        self._abandoned: list[int] = []

    @property
    def idle(self) -> bool:
        """Nothing is missing, so no timer is needed."""
        return not self._missing and not self._abandoned

    @property
    def mostly_missing(self) -> bool:
        """More than half of the newest packets are missing: no random loss, but a link that carries far less."""
        if self._newest is None or len(self._missing) <= NEWEST_PACKETS // 2:
            return False
        newest = islice(reversed(self._missing), NEWEST_PACKETS)
        return sum(sequence > self._newest - NEWEST_PACKETS for sequence in newest) > NEWEST_PACKETS // 2

    def received(self, sequence: int, now: float) -> bool:
        """Note an arrival; False if this packet was seen or given up before (a duplicate: drop it)."""
        newest = self._newest
        if newest is None:
            self._newest = sequence
            return True
        if sequence == newest + 1:
            self._newest = sequence
            return True
        if sequence <= newest:
            return self._missing.pop(sequence, None) is not None
        self._newest = sequence
        first = newest + 1
        if sequence - first > MAX_MISSING:
            self._abandoned.extend(self._missing)
            self._missing.clear()
            # The whole jump is one loss; its last packet stands for it.
            self._abandoned.append(sequence - 1)
            return True
        for lost in range(first, sequence):
            self._missing[lost] = _Missing(now)
        while len(self._missing) > MAX_MISSING:
            oldest = next(iter(self._missing))
            del self._missing[oldest]
            self._abandoned.append(oldest)
        return True

    def due(self, now: float, rtt_s: float) -> list[int]:
        """Ask for these now. ``rtt_s``: the present round trip to the sender."""
        retry_s = max(rtt_s * RETRY_FACTOR, MIN_RETRY_S)
        asked = []
        for sequence, entry in self._missing.items():
            if entry.next_request_at <= now:
                entry.tries += 1
                entry.next_request_at = now + retry_s
                asked.append(sequence)
        return asked

    def abandon_all(self) -> None:
        """Ask for nothing that is missing now; ``abandoned`` tells it next."""
        self._abandoned.extend(self._missing)
        self._missing.clear()

    def abandoned(self, now: float) -> list[int]:
        """Given up since the last call, ascending: declare them lost, ask for a keyframe."""
        for sequence, entry in list(self._missing.items()):
            if entry.since + GIVE_UP_AFTER_S > now:
                break
            del self._missing[sequence]
            self._abandoned.append(sequence)
        abandoned, self._abandoned = self._abandoned, []
        return abandoned

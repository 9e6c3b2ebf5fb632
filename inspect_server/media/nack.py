"""Which lost packets to ask for again, and when to give up (RFC 4585, 6.2.1). Pure: ``now`` is monotonic seconds.

A sender keeps what it sent for a second or three round trips at least, and up to three times as long while it is not
too much (Chromium: 600 packets). So single losses are asked for until ``GIVE_UP_AFTER_S``, and what an outage swallowed
only if it was short; a longer one is given up at once as a whole, for its beginning is gone and nothing after that can
be decoded.
"""

from __future__ import annotations

from itertools import islice, takewhile
from typing import Final

# A packet that overtook another by less than this is reordering, not loss.
FIRST_REQUEST_AFTER_S: Final = 0.01
# Retries are a bit over one round trip apart: a sender ignores what it has answered less than one ago.
RETRY_FACTOR: Final = 1.1
MIN_RETRY_S: Final = 0.03
# Each request is sent twice, a moment apart: requests are lost, too, and the first of two may have come too early.
ECHO_AFTER_S: Final = 0.01
# The archive can wait longer than a viewer: a packet is worth asking for as long as the sender may still have it.
GIVE_UP_AFTER_S: Final = 2.0
GIVE_UP_ROUND_TRIPS: Final = 3
# Whoever watches should not wait so long: a keyframe lets them go on while the archive still waits for the packet.
VIEWERS_WAIT_S: Final = 1.0
# Beyond these a hole is an outage that cannot be repaired.
LONGEST_REPAIRABLE_PAUSE_S: Final = 2.0
MAX_JUMP: Final = 500
MAX_MISSING: Final = 1000
# A third of all packets lost and a short outage come to less; what loses more each second only makes work.
MAX_NEWLY_MISSING_PER_S: Final = 1500
NEWEST_PACKETS: Final = 24
# At a usual rate so many have come by then; where they have not, the link is too narrow to carry what is missing, too.
MOSTLY_MISSING_S: Final = 0.4
# Packets before the first one may never have been.
EARLIER_GIVE_UP_AFTER_S: Final = 0.5


class _Missing:
    __slots__ = ("give_up_after", "next_request_at", "since", "tries", "viewers_told")

    def __init__(self, now: float, give_up_after: float) -> None:
        self.since = now
        self.next_request_at = now + FIRST_REQUEST_AFTER_S
        self.give_up_after = give_up_after
        self.tries = 0
        self.viewers_told = False


class NackSchedule:
    """Sequence numbers are unwrapped. Holds at most ``MAX_MISSING`` entries; older ones are abandoned first."""

    def __init__(self) -> None:
        self._newest: int | None = None
        self._newest_at = 0.0
        self._missing: dict[int, _Missing] = {}
        self._abandoned: list[int] = []
        self._viewers_stand_still = False
        self._mostly_missing_since: float | None = None
        self._second = 0.0
        self._newly_missing = 0
        self._next_apart_at = 0.0
        self.repaired_in_s = 0.0

    @property
    def idle(self) -> bool:
        """Nothing is missing, so no timer is needed."""
        return not self._missing and not self._abandoned and not self._viewers_stand_still

    def mostly_missing(self, now: float) -> bool:
        """More than half of the newest packets are missing: no random loss, but a link that carries far less.

        Where that lasts, all of it is given up.
        """
        if not self._most_of_the_newest_is_missing():
            self._mostly_missing_since = None
            return False
        if self._mostly_missing_since is None:
            self._mostly_missing_since = now
        elif now - self._mostly_missing_since > MOSTLY_MISSING_S:
            self._mostly_missing_since = None
            self.abandon_all()
        return True

    def _most_of_the_newest_is_missing(self) -> bool:
        if self._newest is None or len(self._missing) <= NEWEST_PACKETS // 2:
            return False
        newest = islice(reversed(self._missing), NEWEST_PACKETS)
        return sum(sequence > self._newest - NEWEST_PACKETS for sequence in newest) > NEWEST_PACKETS // 2

    def expect(self, sequence: int, now: float, *, earlier: int) -> None:
        """The first packet comes with this number; ``earlier``: so many before it may have been lost."""
        self._newest, self._newest_at = sequence - 1, now
        for before in range(sequence - earlier, sequence):
            self._missing[before] = _Missing(now, EARLIER_GIVE_UP_AFTER_S)

    def restart(self, sequence: int, now: float) -> None:
        """The next packet comes with this number; of those before none will, the last of them never was."""
        self.abandon_all()
        self._abandoned.append(sequence - 1)
        self._newest, self._newest_at = sequence - 1, now

    def received(self, sequence: int, now: float) -> bool:
        """Note an arrival; False if this packet was seen or given up before (a duplicate: drop it)."""
        newest = self._newest
        if newest is None or sequence == newest + 1:
            self._newest, self._newest_at = sequence, now
            return True
        if sequence <= newest:
            entry = self._missing.pop(sequence, None)
            if entry is None:
                return False
            self.repaired_in_s = now - entry.since
            return True
        self._note_hole(newest + 1, sequence, pause_s=now - self._newest_at, now=now)
        self._newest, self._newest_at = sequence, now
        return True

    def _note_hole(self, first: int, end: int, *, pause_s: float, now: float) -> None:
        if end - first > MAX_JUMP or pause_s > LONGEST_REPAIRABLE_PAUSE_S or not self._worthwhile(end - first, now):
            self.abandon_all()
            # The whole hole is one loss; its last packet stands for it.
            self._abandoned.append(end - 1)
            return
        for lost in range(first, end):
            self._missing[lost] = _Missing(now, GIVE_UP_AFTER_S)
        if pause_s > VIEWERS_WAIT_S:
            self._viewers_stand_still = True
        while len(self._missing) > MAX_MISSING:
            oldest = next(iter(self._missing))
            del self._missing[oldest]
            self._abandoned.append(oldest)

    def _worthwhile(self, count: int, now: float) -> bool:
        """Whether so many more in this second may still be asked for."""
        if now - self._second >= 1:
            self._second, self._newly_missing = now, 0
        self._newly_missing += count
        return self._newly_missing <= MAX_NEWLY_MISSING_PER_S

    def due(self, now: float, rtt_s: float, *, apart_s: float = 0.0) -> list[int]:
        """Ask for these now.

        Args:
            now: see the module's text.
            rtt_s: the present round trip to the sender.
            apart_s: so far apart are packets asked for, and each only once in a round trip: on a link that new packets
                fill nearly, what comes again would push these out, and be asked for in turn. 0: all that are due.
        """
        retry_s = max(rtt_s * RETRY_FACTOR, MIN_RETRY_S)
        due = [sequence for sequence, entry in self._missing.items() if entry.next_request_at <= now]
        if apart_s and due:
            if now < self._next_apart_at:
                return []
            self._next_apart_at = now + apart_s
            due = [min(due, key=lambda sequence: self._missing[sequence].tries)]
        for sequence in due:
            entry = self._missing[sequence]
            entry.tries += 1
            has_echo = entry.tries % 2 == 1 and not apart_s
            entry.next_request_at = now + (ECHO_AFTER_S if has_echo else retry_s - ECHO_AFTER_S)
        return due

    def viewers_stand_still(self, now: float, *, since: int) -> bool:
        """Whether something has been missing for so long that viewers need a keyframe; true once for each loss.

        ``since``: where the newest keyframe begins; viewers do not miss what was before it.
        """
        waited, self._viewers_stand_still = self._viewers_stand_still, False
        for sequence, entry in self._missing.items():
            if entry.since + VIEWERS_WAIT_S > now:
                break
            if not entry.viewers_told and entry.give_up_after > VIEWERS_WAIT_S:
                entry.viewers_told = True
                waited |= sequence > since
        return waited

    def abandon_all(self) -> None:
        """Ask for nothing that is missing now; ``abandoned`` tells it next."""
        self._abandoned.extend(self._missing)
        self._missing.clear()

    def abandon_before(self, sequence: int) -> None:
        """As ``abandon_all``, for what is before this packet."""
        # Packets are missed in their order, so those before it come first.
        for old in list(takewhile(lambda missing: missing < sequence, self._missing)):
            del self._missing[old]
            self._abandoned.append(old)

    def abandoned(self, now: float, rtt_s: float) -> list[int]:
        """Given up since the last call, ascending: declare them lost, ask for a keyframe."""
        for sequence, entry in list(self._missing.items()):
            if entry.since + max(entry.give_up_after, GIVE_UP_ROUND_TRIPS * rtt_s) > now:
                break
            del self._missing[sequence]
            self._abandoned.append(sequence)
        abandoned, self._abandoned = self._abandoned, []
        return abandoned

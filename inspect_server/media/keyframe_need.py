"""When to ask a publisher for a keyframe, and when to ask again. Pure: ``now`` is monotonic seconds.

A request may be lost on the way, and so may be its answer. So it stands until a keyframe begins behind what it was made
for, and is repeated meanwhile; a camera that is switched off sends none, so there is an end to that.
"""

from __future__ import annotations

from typing import Final

INTERVAL_S: Final = 0.5
# A keyframe into a full queue is late and drives sound out of it; but a picture that stands still cannot wait for long.
WAITS_FOR_QUEUE_S: Final = 1.0
# Until the answer to a request can be here.
ANSWER_ROUND_TRIPS: Final = 2
MAX_TRIES: Final = 8


class KeyframeNeed:
    """All wishes are joined into one; sequence numbers are unwrapped."""

    def __init__(self) -> None:
        self._after: int | None = None
        self._wanted_at = 0.0
        self._asked_at = float("-inf")
        self._tries = 0

    @property
    def stands(self) -> bool:
        """``is_due`` may have to say something."""
        return self._after is not None

    def want(self, after: int, now: float) -> None:
        """Somebody needs a keyframe that begins after this packet."""
        if self._after is None:
            self._after, self._wanted_at = after, now
        self._after = max(self._after, after)
        self._tries = 0

    def comes_by_itself(self, now: float) -> None:
        """The sender was told something that makes it send one: give it the time for that."""
        self._asked_at = now

    def is_due(self, now: float, *, newest_keyframe: int, congested: bool, rtt_s: float) -> bool:
        """Whether to ask now, as the caller then does. ``newest_keyframe``: where the last one began, -1 for none."""
        if self._after is None:
            return False
        if newest_keyframe > self._after or self._tries >= MAX_TRIES:
            self._after = None
            return False
        if now - self._asked_at < max(INTERVAL_S, ANSWER_ROUND_TRIPS * rtt_s):
            return False
        if congested and now - self._wanted_at < WAITS_FOR_QUEUE_S:
            return False
        self._asked_at = self._wanted_at = now
        self._tries += 1
        return True

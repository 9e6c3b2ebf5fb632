"""How often a publisher may make the disk work out of turn: new init segments, notes of why a medium is missing.

A sender that changes its format with every picture, or a page that mutes and unmutes without end, must not fill the
disk or hold up the recording of others.
"""

BURST = 8
REFILL_US = 1_000_000


class Budget:
    """A token bucket on the time of capture: eight at once, then one a second. Pure."""

    def __init__(self) -> None:
        self._tokens = float(BURST)
        self._at_us: int | None = None

    def take(self, at_us: int) -> bool:
        """True when it may be done now."""
        if self._at_us is not None and at_us > self._at_us:
            self._tokens = min(BURST, self._tokens + (at_us - self._at_us) / REFILL_US)
        self._at_us = at_us if self._at_us is None else max(at_us, self._at_us)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

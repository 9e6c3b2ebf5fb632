"""Which media of an epoch were not written for so long that somebody must be told. Pure; times in monotonic seconds.

A medium that the publisher announced must be in the files all the time, unless its page says why not.
"""

from collections.abc import Iterable

from inspect_server.media.access_unit import MediaKind

UNWRITTEN_S = 5.0


class UnwrittenWatch:
    """See the module's text. ``media``: what the publisher announced; counts from ``now`` on."""

    def __init__(self, media: Iterable[MediaKind], now: float) -> None:
        self._since = dict.fromkeys(media, now)
        self._never = set(media)
        self._excused: set[MediaKind] = set()
        self._apart_s = dict.fromkeys(MediaKind, 0.0)

    def written(self, kind: MediaKind, now: float) -> None:
        """Some of it is in the files."""
        self._since[kind] = now
        self._never.discard(kind)

    def excuse(self, kind: MediaKind, now: float, *, missing_on_purpose: bool) -> None:
        """The page says that it is missing on purpose, or that it runs again: then it counts from ``now`` on."""
        if missing_on_purpose:
            self._excused.add(kind)
        elif kind in self._excused:
            self._excused.remove(kind)
            self._since[kind] = now

    def come_apart(self, kind: MediaKind, seconds: float) -> None:
        """Units of it come this far apart on purpose from now on; 0 for as they are taken."""
        self._apart_s[kind] = seconds

    def count_anew(self, now: float) -> None:
        """Nothing could be written until now."""
        self._since = dict.fromkeys(self._since, now)

    def unwritten(self, now: float) -> frozenset[MediaKind]:
        """Those of which nothing was written for :data:`UNWRITTEN_S` longer than was meant."""
        late = {kind for kind, since in self._since.items() if now - since >= UNWRITTEN_S + self._apart_s[kind]}
        return frozenset(late - self._excused)

    @property
    def never(self) -> frozenset[MediaKind]:
        """Those of which nothing was ever written."""
        return frozenset(self._never)

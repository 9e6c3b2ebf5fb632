"""What lies in the spool on its way to the object store and the server: the book that delivery keeps. Pure.

    closed ──put──▶ uploaded ──fact──▶ told ──acknowledged──▶ (removed)

Facts of one epoch are told in the order of their sequence, so that a playlist only ever grows at its end.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from inspect_server.media.footage.facts import GapDeclared, SegmentStored
from inspect_server.media.footage.label import EpochIdentity


class ParcelState(Enum):
    """Where a parcel is on its way."""

    CLOSED = "closed"
    UPLOADED = "uploaded"
    TOLD = "told"
    STUCK = "stuck"  # the store will never take it; the file stays in the spool


@dataclass(slots=True)
class Parcel:
    """One segment or gap in the spool."""

    fact: SegmentStored | GapDeclared
    path: Path
    state: ParcelState
    added_at: float  # monotonic seconds, as told_at
    told_at: float = 0.0

    @property
    def byte_length(self) -> int:
        """Bytes in the spool."""
        return self.fact.byte_length if isinstance(self.fact, SegmentStored) else 0


@dataclass(slots=True)
class _Epoch:
    identity: EpochIdentity
    folder: Path
    segments: deque[Parcel] = field(default_factory=deque)  # not yet told, in order of sequence
    pending: int = 0  # not yet removed
    ended: bool = False


class ParcelBook:
    """All parcels by fact, by epoch, and in the order of upload."""

    def __init__(self) -> None:
        self._by_fact: dict[str, Parcel] = {}
        self._told: dict[str, Parcel] = {}  # the oldest first
        self._epochs: dict[tuple[str, int], _Epoch] = {}
        self._to_upload: deque[Parcel] = deque()
        self._not_uploaded: dict[str, Parcel] = {}  # those under way included; the oldest first
        self._stuck = 0
        self._spooled: dict[str, tuple[int, int]] = {}  # track: segments, bytes

    def add(self, fact: SegmentStored | GapDeclared, path: Path, now: float) -> Parcel | None:
        """Enter a parcel, None if it is known already. Gaps need no upload."""
        if fact.fact_id in self._by_fact:
            return None
        epoch = self._epoch(EpochIdentity.of(fact), path.parent)
        epoch.pending += 1
        if isinstance(fact, GapDeclared):
            parcel = Parcel(fact, path, ParcelState.UPLOADED, now)
        else:
            parcel = Parcel(fact, path, ParcelState.CLOSED, now)
            epoch.segments.append(parcel)
            self._to_upload.append(parcel)
            self._not_uploaded[fact.fact_id] = parcel
            self._count(parcel, 1)
        self._by_fact[fact.fact_id] = parcel
        return parcel

    def end_epoch(self, identity: EpochIdentity, folder: Path) -> Path | None:
        """No more parcels come; the folder, if it can go already."""
        epoch = self._epoch(identity, folder)
        epoch.ended = True
        return self._leave(epoch)

    def next_upload(self) -> Parcel | None:
        """The oldest parcel that nobody uploads yet."""
        return self._to_upload.popleft() if self._to_upload else None

    def uploaded(self, parcel: Parcel) -> list[Parcel]:
        """The store has it; returns what can be told now, in order."""
        parcel.state = ParcelState.UPLOADED
        del self._not_uploaded[parcel.fact.fact_id]
        return self._tellable(parcel)

    def stuck(self, parcel: Parcel) -> list[Parcel]:
        """The store will never take it: nobody waits for it any more. Returns what it held up."""
        parcel.state = ParcelState.STUCK
        self._stuck += 1
        self._count(parcel, -1)
        del self._not_uploaded[parcel.fact.fact_id]
        return self._tellable(parcel)

    @property
    def stuck_parcels(self) -> int:
        """How many the store will never take."""
        return self._stuck

    def retry(self, parcel: Parcel) -> None:
        """The upload failed; the others come first, should it be the parcel's own fault."""
        self._to_upload.append(parcel)

    def waiting_s(self, now: float) -> float:
        """For how long the oldest parcel has waited for its upload."""
        oldest = next(iter(self._not_uploaded.values()), None)
        return 0.0 if oldest is None else now - oldest.added_at

    def acknowledged(self, fact_id: str) -> tuple[Parcel, Path | None] | None:
        """The server has the fact: the parcel whose files can be removed, and its folder if it was the last."""
        parcel = self._told.pop(fact_id, None)
        if parcel is None:
            return None
        del self._by_fact[fact_id]
        self._count(parcel, -1)
        epoch = self._epochs[parcel.fact.track_id, parcel.fact.epoch]
        epoch.pending -= 1
        return parcel, self._leave(epoch)

    def tell(self, parcel: Parcel, now: float) -> None:
        """The server is being told, for the first time or again."""
        parcel.state = ParcelState.TOLD
        parcel.told_at = now
        self._told.pop(parcel.fact.fact_id, None)
        self._told[parcel.fact.fact_id] = parcel

    def told_before(self, instant: float) -> list[Parcel]:
        """Facts that were told last before then and are not acknowledged, in the order of telling."""
        return [parcel for parcel in self._told.values() if parcel.told_at <= instant]

    @property
    def told(self) -> int:
        """Facts told and not acknowledged."""
        return len(self._told)

    def knows_track(self, track_id: str) -> bool:
        """Whether anything of this track may still come or go."""
        return any(known == track_id for known, _ in self._epochs)

    def spooled(self, track_id: str) -> tuple[int, int]:
        """Segments and bytes of a track in the spool."""
        return self._spooled.get(track_id, (0, 0))

    def _tellable(self, parcel: Parcel) -> list[Parcel]:
        segments = self._epochs[parcel.fact.track_id, parcel.fact.epoch].segments
        ready = []
        while segments and segments[0].state in (ParcelState.UPLOADED, ParcelState.STUCK):
            head = segments.popleft()
            if head.state is ParcelState.UPLOADED:
                ready.append(head)
        return ready

    def _count(self, parcel: Parcel, step: int) -> None:
        if not isinstance(parcel.fact, SegmentStored):
            return
        segments, size = self.spooled(parcel.fact.track_id)
        if segments + step:
            self._spooled[parcel.fact.track_id] = (segments + step, size + step * parcel.byte_length)
        else:
            del self._spooled[parcel.fact.track_id]

    def _epoch(self, identity: EpochIdentity, folder: Path) -> _Epoch:
        return self._epochs.setdefault((identity.track_id, identity.epoch), _Epoch(identity, folder))

    def _leave(self, epoch: _Epoch) -> Path | None:
        if not epoch.ended or epoch.pending:
            return None
        del self._epochs[epoch.identity.track_id, epoch.identity.epoch]
        return epoch.folder

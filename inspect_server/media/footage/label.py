"""Who a segment is: the JSON inside each file, and the fact about it that goes to the server."""

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from inspect_server.domain.footage import SegmentKind
from inspect_server.media.footage.facts import Fact, SegmentStored

_EPOCH_OF_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def utc(micros: int) -> datetime:
    """UTC from microseconds since 1970, exactly."""
    return _EPOCH_OF_UNIX + timedelta(microseconds=micros)


class EpochIdentity(BaseModel):
    """Whose footage it is: the part of a fact that all of an epoch share; kept in the epoch's folder too."""

    model_config = ConfigDict(frozen=True)

    inspection_id: str
    participant_id: str
    track_id: str
    epoch: int

    @classmethod
    def of(cls, fact: Fact) -> "EpochIdentity":
        """That of a fact."""
        return cls(
            inspection_id=fact.inspection_id,
            participant_id=fact.participant_id,
            track_id=fact.track_id,
            epoch=fact.epoch,
        )


class SegmentLabel(EpochIdentity):
    """All of a segment's facts that are known when it begins; ``init`` is the sequence of its init segment.

    What it holds and when it starts is what its beginning lets expect. A medium may stay out, or begin before the one
    that came first: the facts of a closed segment, and a scan of it, tell what came.
    """

    version: int = 1
    sequence: int
    init: int
    kind: SegmentKind
    started_at_us: int
    previous_sha256: str
    codecs: str
    width: int
    height: int
    has_video: bool
    has_audio: bool
    starts_with_keyframe: bool

    def stored(self, *, duration_ms: float, byte_length: int, sha256: str, recovered: bool) -> SegmentStored:
        """The fact, complete."""
        facts = self.model_dump(exclude={"version", "init", "started_at_us"})
        return SegmentStored(
            **facts,
            started_at=utc(self.started_at_us),
            duration_ms=duration_ms,
            byte_length=byte_length,
            object_key=object_key(self, self.sequence),
            sha256=sha256,
            recovered=recovered,
        )


def object_key(identity: EpochIdentity, sequence: int) -> str:
    """Where a segment lies in the object store."""
    return f"footage/{identity.inspection_id}/{identity.track_id}/{identity.epoch:06d}/{sequence:06d}.mp4"

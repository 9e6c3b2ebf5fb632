"""What a dead worker left in the spool, made ready for the object store. Blocking: runs in a worker thread at start.

For each epoch folder: open segments are cut behind their last whole fragment and closed as *recovered*; lost facts are
computed again from the file, which carries its own label; gaps that were open end with the footage. What cannot be
understood moves to the quarantine and raises an alarm; nothing of it is deleted.
"""

import hashlib
import logging
import os
import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from pydantic import ValidationError

from inspect_server.media.footage.epoch_files import GapRecord
from inspect_server.media.footage.facts import GapDeclared, SegmentStored
from inspect_server.media.footage.files import sync_folder, write_durably
from inspect_server.media.footage.label import EpochIdentity
from inspect_server.media.footage.scan import Scan, Tail, scan
from inspect_server.media.footage.spool import LOCK, MANIFEST, PROBE, QUARANTINE, FolderLock, Spool

logger = logging.getLogger(__name__)

_SEGMENT_NAME = re.compile(r"\d{6,}\.(open|mp4)")
_GAP_NAME = re.compile(r"gap-\d{6,}\.json")
_HASH_PIECE_BYTES = 1024 * 1024


@dataclass(slots=True)
class RecoveredEpoch:
    """An epoch of a dead worker: to be delivered, in order of sequence, and then removed."""

    folder: Path
    identity: EpochIdentity | None = None
    segments: list[tuple[SegmentStored, Path]] = field(default_factory=list)
    gaps: list[tuple[GapDeclared, Path]] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    """What was moved to the quarantine, or has other bytes than its facts say."""


def adopt_abandoned(spool: Spool) -> list[Path]:
    """Move the epochs of dead workers into this worker's folder; returns where they are now.

    Several workers may do this at the same time: each folder goes to whoever locks it first. What cannot be moved now
    stays where it is, for the next call.
    """
    adopted: list[Path] = []
    for other in sorted(spool.root.iterdir()):
        if other == spool.folder or other.name == QUARANTINE:
            continue
        try:
            lock = FolderLock.take(other) if (other / LOCK).is_file() else None
        except OSError as error:
            logger.warning("%s: cannot be taken over: %s", other, error)  # or another worker has just emptied it
            continue
        if lock is None:
            continue
        try:
            _move_epochs(spool, other, adopted)
        except OSError as error:
            logger.warning("%s: not wholly taken over: %s", other, error)
        finally:
            lock.release()
    return adopted


def _move_epochs(spool: Spool, other: Path, adopted: list[Path]) -> None:
    for epoch in sorted(path for path in other.iterdir() if path.is_dir()):
        target = spool.folder / epoch.name
        if target.exists():
            quarantine(spool, epoch)
            continue
        epoch.rename(target)
        adopted.append(target)
    sync_folder(spool.folder)
    (other / PROBE).unlink(missing_ok=True)
    (other / LOCK).unlink()
    other.rmdir()


def recover_epoch(spool: Spool, folder: Path) -> RecoveredEpoch:
    """Bring one epoch folder into order. Raises OSError when the disk does not let it; then try it again."""
    epoch = RecoveredEpoch(folder)
    for path in sorted(folder.iterdir()):
        if _SEGMENT_NAME.fullmatch(path.name):
            _recover_segment(spool, epoch, path)
    epoch.segments.sort(key=lambda item: item[0].sequence)
    epoch.identity = _identity_of(epoch) or _read_manifest(folder)
    if epoch.identity is None:
        _put_aside(spool, epoch, folder)
        return epoch
    for path in sorted(folder.iterdir()):
        if _GAP_NAME.fullmatch(path.name):
            _recover_gap(spool, epoch, epoch.identity, path)
        elif path.suffix == ".tmp" or _tells_of_a_removed_segment(path):
            path.unlink()  # a write that never took effect, a removal that was not finished
        elif path.name != MANIFEST and path not in _belonging(epoch):
            _put_aside(spool, epoch, path)
    if not epoch.segments and not epoch.gaps:
        (folder / MANIFEST).unlink(missing_ok=True)
        folder.rmdir()
    return epoch


def quarantine(spool: Spool, path: Path) -> Path:
    """Move a file or folder out of the way, for a person to look at."""
    place = spool.root / QUARANTINE
    place.mkdir(exist_ok=True)
    name = path.name if path.parent == spool.folder else f"{path.parent.name}.{path.name}"
    target = next(
        candidate for number in count() if not (candidate := place / (f"{name}.{number}" if number else name)).exists()
    )
    path.rename(target)
    logger.error("cannot be understood, moved to the quarantine: %s", target)
    return target


def _recover_segment(spool: Spool, epoch: RecoveredEpoch, path: Path) -> None:
    facts = path.with_suffix(".json")
    known = _read_facts(facts)
    byte_length, sha256 = _hash(path)
    if known is not None and (known.byte_length, known.sha256) == (byte_length, sha256):
        epoch.segments.append((known, _finish(path)))
        return
    data = path.read_bytes()
    found = scan(data)
    if found.label is None or not found.sound_bytes:
        if found.tail is Tail.STRANGE or path.suffix == ".mp4":
            _put_aside(spool, epoch, path)
        else:
            path.unlink()  # not one whole fragment: nothing in it was ever acknowledged
            facts.unlink(missing_ok=True)
        return
    if path.suffix == ".open":
        data = _cut_tail(spool, epoch, path, data, found)
    elif known is not None or found.tail is not Tail.NONE:
        epoch.damaged.append(path.name)  # was closed with other bytes than these; all there is goes to the store
    fact = found.label.stored(
        duration_ms=found.duration_ms,
        byte_length=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        recovered=True,
    )
    write_durably(facts, fact.model_dump_json().encode())
    epoch.segments.append((fact, _finish(path)))


def _cut_tail(spool: Spool, epoch: RecoveredEpoch, path: Path, data: bytes, found: Scan) -> bytes:
    """Shorten an open segment to its whole fragments."""
    if found.tail is Tail.STRANGE:
        epoch.damaged.append(path.name)
        rest = path.with_suffix(".rest")
        write_durably(rest, data[found.sound_bytes :])
        quarantine(spool, rest)
    if found.tail is not Tail.NONE:
        os.truncate(path, found.sound_bytes)
    return data[: found.sound_bytes]


def _finish(path: Path) -> Path:
    final = path.with_suffix(".mp4")
    if path != final:
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.rename(final)
        sync_folder(path.parent)
    return final


def _recover_gap(spool: Spool, epoch: RecoveredEpoch, identity: EpochIdentity, path: Path) -> None:
    try:
        record = GapRecord.model_validate_json(path.read_bytes())
    except ValidationError:
        _put_aside(spool, epoch, path)
        return
    ended_us = record.ended_us if record.ended_us is not None else _last_us(epoch)
    if ended_us is None or ended_us <= record.started_us:
        path.unlink()  # what follows the last sample is the gap between this epoch and the next
        return
    epoch.gaps.append((record.declared(identity, ended_us), path))


def _last_us(epoch: RecoveredEpoch) -> int | None:
    ends = [round(fact.started_at.timestamp() * 1_000_000 + fact.duration_ms * 1000) for fact, _ in epoch.segments]
    return max(ends, default=None)


def _read_facts(path: Path) -> SegmentStored | None:
    try:
        return SegmentStored.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _read_manifest(folder: Path) -> EpochIdentity | None:
    try:
        return EpochIdentity.model_validate_json((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _identity_of(epoch: RecoveredEpoch) -> EpochIdentity | None:
    for fact, _ in epoch.segments:
        return EpochIdentity.of(fact)
    return None


def _belonging(epoch: RecoveredEpoch) -> set[Path]:
    return {path.with_suffix(suffix) for _, path in epoch.segments for suffix in (".mp4", ".json")}


def _tells_of_a_removed_segment(path: Path) -> bool:
    """Facts are written before the segment gets its final name, and removed after it, once the server has them."""
    if path.suffix != ".json" or path.name == MANIFEST or _GAP_NAME.fullmatch(path.name):
        return False
    gone = not path.with_suffix(".mp4").exists() and not path.with_suffix(".open").exists()
    return gone and _read_facts(path) is not None


def _put_aside(spool: Spool, epoch: RecoveredEpoch, path: Path) -> None:
    epoch.damaged.append(path.name)
    quarantine(spool, path)


def _hash(path: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    length = 0
    with path.open("rb") as file:
        while piece := file.read(_HASH_PIECE_BYTES):
            digest.update(piece)
            length += len(piece)
    return length, digest.hexdigest()

"""The spool: a folder on a local disk where footage is safe before it is in the object store.

    spool_dir/<worker>/lock                         flock: this worker lives
    spool_dir/<worker>/<track>.<epoch>/manifest.json    whose footage; written first
                                       NNNNNN.open      the segment under way
                                       NNNNNN.mp4       a closed segment
                                       NNNNNN.json      its facts (can be computed again from the .mp4)
                                       gap-NNNNNN.json  a declared gap
    spool_dir/quarantine/                           what could not be understood; never deleted by this program

A worker writes only below its own folder. A folder without a living worker is taken over by a living one: each looks
around when it starts and every few seconds.
"""

import errno
import fcntl
import os
import re
import time
from pathlib import Path

from inspect_server.domain.errors import SpoolNotWritable
from inspect_server.media.footage.files import sync_folder, write_durably
from inspect_server.media.footage.label import EpochIdentity

QUARANTINE = "quarantine"
MANIFEST = "manifest.json"
LOCK = "lock"
PROBE = "probe.tmp"
LOCK_ATTEMPTS = 5
LOCK_PAUSE_S = 0.05
_SAFE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


class FolderLock:
    """An exclusive flock on a worker's folder, held until :meth:`release` or the process's end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> "FolderLock | None":
        """Lock a folder, None if a living process has it. Raises OSError when the folder cannot be used."""
        path = folder / LOCK
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_ino == path.stat().st_ino:
                return cls(descriptor)
        except (BlockingIOError, FileNotFoundError):
            pass  # taken, or removed by the one who emptied the folder just now
        os.close(descriptor)
        return None

    def release(self) -> None:
        """Let others have the folder."""
        os.close(self._descriptor)


class Spool:
    """One worker's part of the spool, locked. Blocking calls: not for the event loop."""

    def __init__(self, root: Path, folder: Path, lock: FolderLock) -> None:
        self.root = root
        self.folder = folder
        self._lock = lock

    @classmethod
    def open(cls, root: Path, worker: str) -> "Spool":
        """Create and lock the worker's folder.

        Raises:
            SpoolNotWritable: it cannot be created or written, or a living worker of this name owns it.
        """
        folder = root / _safe(worker)
        try:
            lock = _lock_new(folder)
            if lock is not None:
                sync_folder(root)
                write_durably(folder / PROBE, b"\0")
                (folder / PROBE).unlink()
        except OSError as error:
            raise SpoolNotWritable(f"{folder}: {error.strerror}", folder=str(folder)) from error
        if lock is None:
            raise SpoolNotWritable(f"{folder}: another server owns it", folder=str(folder))
        return cls(root, folder, lock)

    def close(self) -> None:
        """Remove the folder if it is empty, and release the lock; others take over what is left."""
        try:
            if not self.epoch_folders():
                (self.folder / LOCK).unlink()
                self.folder.rmdir()
        except OSError:
            pass  # something is left after all
        finally:
            self._lock.release()

    def create_epoch(self, identity: EpochIdentity) -> Path:
        """Make the folder of an epoch with its manifest; one that an error left half made is taken up again.

        Raises:
            OSError: no space, or the epoch is there already (FileExistsError).
        """
        folder = self.epoch_folder(identity)
        folder.mkdir(exist_ok=True)
        if any(not path.name.startswith(MANIFEST) for path in folder.iterdir()):
            raise FileExistsError(errno.EEXIST, "the epoch is recorded already", str(folder))
        write_durably(folder / MANIFEST, identity.model_dump_json().encode())
        sync_folder(self.folder)
        return folder

    def epoch_folder(self, identity: EpochIdentity) -> Path:
        """Where an epoch lies."""
        return self.folder / f"{_safe(identity.track_id)}.{identity.epoch:06d}"

    def epoch_folders(self) -> list[Path]:
        """What is here now."""
        return sorted(path for path in self.folder.iterdir() if path.is_dir())

    def quarantined(self) -> int:
        """How many files and folders wait in the quarantine of all workers for a person to look at."""
        try:
            return sum(1 for _ in (self.root / QUARANTINE).iterdir())
        except OSError:
            return 0

    def free_bytes(self) -> int:
        """Space left for this program on the spool's disk."""
        state = os.statvfs(self.folder)
        return state.f_bavail * state.f_frsize

    def takes(self, needed_bytes: int) -> bool:
        """Whether the disk has room for this much more and really writes: tried, not computed (quotas, limits)."""
        path = self.folder / PROBE
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, needed_bytes)
                os.pwrite(descriptor, b"\1" * 4096, 0)
                os.fdatasync(descriptor)
            finally:
                os.close(descriptor)
                path.unlink()
        except OSError:
            return False
        return True


def _lock_new(folder: Path) -> FolderLock | None:
    """Make the folder and lock it; another worker that starts just now may take it for abandoned and clear it away."""
    for _ in range(LOCK_ATTEMPTS):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if (lock := FolderLock.take(folder)) is not None:
                return lock
        except FileNotFoundError:
            pass  # cleared away between the two
        time.sleep(LOCK_PAUSE_S)
    return None


def _safe(name: str) -> str:
    if not _SAFE_NAME.fullmatch(name):
        raise ValueError(f"not usable as a folder's name: {name!r}")
    return name

"""The object store in a folder: one file per object, its key as path.

A file appears under its name whole and synced, or not at all: it is written under ``.incoming``, synced, and linked to
its place, which fails if the place is taken.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inspect_server.domain.errors import InspectError
from storage.object_probe import try_out
from storage.object_threads import ObjectThreads
from storage.objects import (
    BucketMissing,
    Finding,
    ObjectConflict,
    ObjectDamaged,
    ObjectNotFound,
    ObjectStat,
    ObjectStoreUnavailable,
    require_key,
    require_range,
)

CHUNK_BYTES = 1024 * 1024
INCOMING = ".incoming"
# What a crash left in .incoming; nothing takes nearly as long to write.
STALE_AFTER_S = 3600.0


class FolderObjectStore:
    """Objects under ``root``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._threads = ObjectThreads()

    async def put(self, key: str, path: Path, *, sha256: str) -> None:
        await self._threads.run(self._put, require_key(key), path, sha256)

    async def get_range(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        require_range(offset, length)
        return await self._threads.run(self._get_range, require_key(key), offset, length)

    async def stat(self, key: str) -> ObjectStat:
        return await self._threads.run(self._stat, require_key(key))

    async def download_url(self, key: str, *, expires_s: int) -> str | None:
        require_key(key)
        return None

    async def require_ready(self) -> None:
        await self._threads.run(self._require_ready)

    async def create(self, *, browser_origins: Sequence[str] = ()) -> None:
        await self._threads.run(self._create)

    async def probe(self, *, browser_origins: Sequence[str] = ()) -> list[Finding]:
        async def delete(key: str) -> None:
            await self._threads.run(self._delete, key)

        return await try_out(self, delete=delete)

    async def close(self) -> None:
        await self._threads.close()

    def _put(self, key: str, source: Path, sha256: str) -> None:
        self._require_root()
        with source.open("rb") as reader:
            self._store(key, reader, sha256)

    def _store(self, key: str, reader: BinaryIO, sha256: str) -> None:
        target = self._root / key
        try:
            with self._incoming() as incoming:
                if _copy(reader, incoming) != sha256:
                    raise ObjectDamaged("the file has another sha256 than told", key=key)
                _make_folders(target.parent, within=self._root)
                try:
                    os.link(incoming, target)
                except FileExistsError:
                    if _sha256_of(target) != sha256:
                        raise ObjectConflict("other bytes are stored under this key", key=key) from None
                _sync_folder(target.parent)
        except OSError as error:
            raise ObjectStoreUnavailable(f"the object cannot be stored: {error.strerror}", key=key) from error

    @contextmanager
    def _incoming(self) -> Iterator[Path]:
        """A name for a new file, which is gone afterwards."""
        path = self._root / INCOMING / f"{uuid.uuid4().hex}.part"
        path.parent.mkdir(exist_ok=True)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _get_range(self, key: str, offset: int, length: int | None) -> bytes:
        try:
            with (self._root / key).open("rb") as file:
                file.seek(offset)
                found = file.read() if length is None else file.read(length)
        except OSError as error:
            raise _typed(error, key) from error
        is_short = len(found) < length if length is not None else offset > 0 and not found
        if is_short:
            raise ObjectDamaged("the object is shorter than the range that was asked for", key=key)
        return found

    def _stat(self, key: str) -> ObjectStat:
        path = self._root / key
        try:
            byte_length = path.stat().st_size
            is_object = path.is_file()
        except OSError as error:
            raise _typed(error, key) from error
        if not is_object:
            raise ObjectNotFound("no such object", key=key)
        return ObjectStat(key, byte_length)

    def _require_root(self) -> None:
        if not self._root.is_dir():
            raise BucketMissing(
                f"the folder {self._root} does not exist; run: inspect-server migrate", bucket=str(self._root)
            )

    def _require_ready(self) -> None:
        self._require_root()
        too_old = time.time() - STALE_AFTER_S
        for left_behind in (self._root / INCOMING).glob("*.part"):
            if left_behind.stat().st_mtime < too_old:
                left_behind.unlink(missing_ok=True)

    def _create(self) -> None:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ObjectStoreUnavailable(f"the folder {self._root} cannot be made: {error.strerror}") from error

    def _delete(self, key: str) -> None:
        path = self._root / key
        try:
            path.unlink()
            while (path := path.parent) != self._root and not any(path.iterdir()):
                path.rmdir()
        except OSError as error:
            raise _typed(error, key) from error


def _copy(reader: BinaryIO, target: Path) -> str:
    """Copy and sync; returns the sha256 of what was copied."""
    digest = hashlib.sha256()
    with target.open("xb") as writer:
        while chunk := reader.read(CHUNK_BYTES):
            digest.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make_folders(folder: Path, *, within: Path) -> None:
    """Make ``folder``, and sync each new name into the folder above, so that a power cut cannot take it back."""
    missing = []
    while folder != within and not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        _sync_folder(each.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _typed(error: OSError, key: str) -> InspectError:
    if isinstance(error, (FileNotFoundError, NotADirectoryError, IsADirectoryError)):
        return ObjectNotFound("no such object", key=key)
    return ObjectStoreUnavailable(f"the object cannot be read: {error.strerror}", key=key)

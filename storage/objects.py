"""The object store as everybody sees it: a folder on this machine, or a bucket of an S3 service.

An object is written once: putting the same bytes again is fine, putting others under its key is refused. So a repeated
upload needs no thought, and footage that was stored cannot be replaced by accident.

No database here: the media worker uses this module, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol

from inspect_server.domain.errors import (
    BadRequest,
    ConfigurationError,
    Conflict,
    InspectError,
    NotFound,
    StorageUnavailable,
)

MAX_KEY_LENGTH = 500
# A name begins with no dot: neither ".." nor the store's own hidden folders can be meant.
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class ObjectNotFound(NotFound):
    """No object has this key; ``params["key"]``."""

    code: ClassVar[str] = "object_not_found"


class ObjectConflict(Conflict):
    """Other bytes are stored under this key; nothing was changed. ``params["key"]``."""

    code: ClassVar[str] = "object_conflict"


class ObjectDamaged(InspectError):
    """The bytes are not those that were hashed, or fewer than the index says; ``params["key"]``."""

    code: ClassVar[str] = "object_damaged"


class ObjectKeyInvalid(BadRequest):
    """No key of ours looks like this."""

    code: ClassVar[str] = "object_key_invalid"


class ObjectStoreUnavailable(StorageUnavailable):
    """The store does not answer, is full, or is busy; the same call may work later."""

    code: ClassVar[str] = "object_store_unavailable"


class ObjectStoreRefused(ConfigurationError):
    """The store does not admit us: wrong keys, or rights are missing; ``detail`` says what to do."""

    code: ClassVar[str] = "object_store_refused"


class BucketMissing(ConfigurationError):
    """The bucket (or folder) does not exist; ``inspect-server migrate`` makes it. ``params["bucket"]``."""

    code: ClassVar[str] = "bucket_missing"


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """What the store knows of an object without reading it."""

    key: str
    byte_length: int


class Check(StrEnum):
    """What ``probe`` tries, in this order."""

    EXISTS = "exists"
    WRITE = "write"
    READ = "read"
    REFUSE_DAMAGED = "refuse_damaged"
    KEEP_FIRST = "keep_first"
    BROWSERS_MAY_READ = "browsers_may_read"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check. ``problem``: None if it passed, else the error with what to do in its ``detail``."""

    check: Check
    problem: InspectError | None = None

    @property
    def passed(self) -> bool:
        return self.problem is None


class ObjectStore(Protocol):
    """Both stores. Safe to share between tasks; no call blocks the event loop.

    A cancelled call may still take effect: its thread goes on. Every method may raise ``ObjectStoreUnavailable``, and
    those of S3 ``ObjectStoreRefused`` and ``BucketMissing``.
    """

    async def put(self, key: str, path: Path, *, sha256: str) -> None:
        """Store the file at ``path``; durable when this returns.

        Args:
            key: where; its ending decides the content type.
            path: the file; must not change meanwhile.
            sha256: of its bytes (hex); checked where the bytes arrive. Damage on the way is ``ObjectStoreUnavailable``.

        Raises:
            ObjectDamaged: the file itself has another hash; nothing is stored.
            ObjectConflict: other bytes are stored under this key.
            ObjectKeyInvalid: not a key.
            FileNotFoundError: there is no file at ``path``.
        """
        ...

    async def get_range(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """``length`` bytes from ``offset`` on (None: to the end). The caller keeps ``length`` to what memory bears.

        Raises:
            ObjectNotFound: no such object.
            ObjectDamaged: the object is shorter than that.
        """
        ...

    async def stat(self, key: str) -> ObjectStat:
        """What is known of the object.

        Raises:
            ObjectNotFound: no such object.
        """
        ...

    async def download_url(self, key: str, *, expires_s: int) -> str | None:
        """A URL that lets a browser read this one object for ``expires_s`` seconds.

        None: this store has no such URLs, the server passes the bytes on itself.
        """
        ...

    async def require_ready(self) -> None:
        """Look whether the store is there and admits us; for the start of the server. Writes nothing.

        Raises:
            BucketMissing: it is not there.
        """
        ...

    async def create(self, *, browser_origins: Sequence[str] = ()) -> None:
        """Make the bucket or folder where it is missing, and let pages of ``browser_origins`` read it."""
        ...

    async def probe(self, *, browser_origins: Sequence[str] = ()) -> list[Finding]:
        """Try everything for real, leaving nothing behind; what fails is a finding, not an exception.

        A store that is not there or cannot be written to ends the trial early.

        Args:
            browser_origins: origins of the pages that must be able to follow ``download_url``; unused by a folder.
        """
        ...

    async def close(self) -> None:
        """Wait for calls under way and give up threads and connections."""
        ...


def open_object_store(
    location: str,
    *,
    endpoint_url: str = "",
    region: str = "",
    access_key_id: str = "",
    secret_access_key: str = "",
    browser_links: bool = True,
) -> ObjectStore:
    """The store at ``location``: ``s3://bucket/prefix``, or the path of a folder. Does not look yet whether it exists.

    Args:
        location: where.
        endpoint_url: of an S3 service other than Amazon's.
        region: of the bucket.
        access_key_id: empty: boto3 searches by itself (variables, files, role of the machine).
        secret_access_key: belongs to the access key.
        browser_links: whether browsers reach the service; if not, ``download_url`` gives none.

    Raises:
        ConfigurationError: ``location`` names no bucket.
    """
    if location.startswith("s3://"):
        # boto3 takes half a second to load; a server on a folder starts without it.
        from storage.objects_s3 import S3Access, S3ObjectStore

        bucket, _, prefix = location.removeprefix("s3://").partition("/")
        if not bucket:
            raise ConfigurationError("object_store: s3:// needs a bucket, as in s3://bucket/prefix")
        access = S3Access(endpoint_url, region, access_key_id, secret_access_key)
        return S3ObjectStore(bucket, prefix.strip("/"), access, browser_links=browser_links)
    from storage.objects_folder import FolderObjectStore

    return FolderObjectStore(Path(location))


def require_key(key: str) -> str:
    """``key`` itself, if it is one.

    Raises:
        ObjectKeyInvalid: it is empty, too long, or has other characters or parts than keys have.
    """
    if len(key) > MAX_KEY_LENGTH or not _KEY.fullmatch(key):
        raise ObjectKeyInvalid("not an object key", key=key[:MAX_KEY_LENGTH])
    return key


def require_range(offset: int, length: int | None) -> None:
    """Refuse what is no range of bytes.

    Raises:
        ValueError: ``offset`` is negative, or ``length`` below 1.
    """
    if offset < 0 or (length is not None and length < 1):
        raise ValueError(f"no range of bytes: {length} from {offset}")

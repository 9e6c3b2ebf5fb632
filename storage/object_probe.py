"""Trying an object store out, for ``inspect-server check``: with real bytes, and gone afterwards."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import urllib.error
import urllib.request
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from inspect_server.domain.errors import InspectError
from storage.objects import (
    Check,
    Finding,
    ObjectConflict,
    ObjectDamaged,
    ObjectStore,
    ObjectStoreRefused,
    ObjectStoreUnavailable,
)

BYTES = b"Written by inspect-server to try this object store out; may be deleted.\n"
OTHER_BYTES = BYTES.upper()
ANSWER_S = 10.0

KeyAction = Callable[[str], Awaitable[None]]


async def try_out(store: ObjectStore, *, delete: KeyAction, browse: KeyAction | None = None) -> list[Finding]:
    """Every check on ``store``; those after a failed EXISTS or WRITE would only fail for the same reason.

    Args:
        store: what is tried.
        delete: removes an object; not part of the store's face, since footage is never deleted through it.
        browse: whether a browser can read an object; None if browsers never read from this store.
    """
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="probe-"))
    trial = _Trial(store, folder, f"probe/{uuid.uuid4().hex}")
    findings = [await _found(Check.EXISTS, store.require_ready())]
    if findings[-1].passed:
        findings.append(await _found(Check.WRITE, trial.write()))
    if findings[-1].passed:
        findings.append(await _found(Check.READ, trial.read()))
        findings.append(await _found(Check.REFUSE_DAMAGED, trial.refuse_damaged(delete)))
        findings.append(await _found(Check.KEEP_FIRST, trial.keep_first()))
        if browse is not None:
            findings.append(await _found(Check.BROWSERS_MAY_READ, browse(trial.key)))
        findings.append(await _found(Check.DELETE, delete(trial.key)))
    await asyncio.to_thread(trial.remove_files)
    return findings


def require_readable_by(origin: str, url: str) -> None:
    """Read ``url`` as a page of ``origin`` would. Blocks.

    Raises:
        ObjectStoreRefused: the answer does not let such a page see the bytes (Fetch standard, CORS check).
        ObjectStoreUnavailable: no answer.
    """
    request = urllib.request.Request(url, headers={"Origin": origin})  # noqa: S310 - made by our own client
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310 - as above
            allowed = answer.headers.get("Access-Control-Allow-Origin", "")
    except urllib.error.HTTPError as error:
        raise ObjectStoreRefused(f"a download link was answered with {error.code}", origin=origin) from error
    except OSError as error:
        raise ObjectStoreUnavailable(f"a download link was not answered: {error}") from error
    if allowed not in {"*", origin}:
        raise ObjectStoreRefused(
            f"the bucket's CORS rules do not let pages of {origin} read it; allow GET and HEAD for this origin, "
            "or let inspect-server migrate do so",
            origin=origin,
        )


class _Trial:
    """The steps, on objects whose keys begin with ``prefix``."""

    def __init__(self, store: ObjectStore, folder: Path, prefix: str) -> None:
        self.key = f"{prefix}/object.txt"
        self._damaged_key = f"{prefix}/damaged.txt"
        self._store = store
        self._folder = folder
        self._file = folder / "object.txt"
        self._other_file = folder / "other.txt"

    async def write(self) -> None:
        await asyncio.to_thread(self._file.write_bytes, BYTES)
        await asyncio.to_thread(self._other_file.write_bytes, OTHER_BYTES)
        await self._store.put(self.key, self._file, sha256=_sha256(BYTES))

    async def read(self) -> None:
        whole = await self._store.get_range(self.key)
        part = await self._store.get_range(self.key, 8, 16)
        if whole != BYTES or part != BYTES[8:24]:
            raise ObjectDamaged("the store gives other bytes than it was given", key=self.key)

    async def refuse_damaged(self, delete: KeyAction) -> None:
        with suppress(ObjectDamaged):
            await self._store.put(self._damaged_key, self._other_file, sha256=_sha256(BYTES))
            await delete(self._damaged_key)
            raise ObjectStoreRefused("the store accepts bytes that do not fit their sha256; use another service")

    async def keep_first(self) -> None:
        with suppress(ObjectConflict):
            await self._store.put(self.key, self._other_file, sha256=_sha256(OTHER_BYTES))
            raise ObjectStoreRefused("the store lets objects be overwritten (If-None-Match has no effect)")

    def remove_files(self) -> None:
        for file in self._folder.iterdir():
            file.unlink()
        self._folder.rmdir()


async def _found(check: Check, step: Awaitable[None]) -> Finding:
    try:
        await step
    except InspectError as error:
        return Finding(check, error)
    return Finding(check)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""Carries closed segments to the object store and their facts to the server, and only then empties the spool.

Runs on the worker's event loop as the tasks of :meth:`Delivery.run`; owns the book of parcels. Oldest first,
:data:`UPLOADS_AT_ONCE` at a time. While the store fails only one upload at a time is tried, with a pause that grows to
:data:`LONGEST_PAUSE_S`; when it works all begin again. So an outage of the store only fills the spool. Facts are
repeated every :data:`REPEAT_S` until acknowledged, at most :data:`MAX_TOLD` at a time. When this dies, the next worker
finds the files and begins again; both the store and the server take a repetition.
"""

import asyncio
import hashlib
import logging
import random
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from inspect_server.domain.errors import ConfigurationError, InspectError, NotFound, StorageUnavailable
from inspect_server.media.footage.facts import Alarm, FootageProgress, GapDeclared, SegmentStored
from inspect_server.media.footage.label import EpochIdentity, utc
from inspect_server.media.footage.parcels import Parcel, ParcelBook, ParcelState
from inspect_server.media.footage.spool import MANIFEST

logger = logging.getLogger(__name__)

UPLOADS_AT_ONCE = 4
UPLOAD_TIMEOUT_S = 120.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
DELAYED_AFTER_S = 10.0
DELAY_CHECK_S = 0.5
REPEAT_S = 2.0
MAX_TOLD = 256

Event = SegmentStored | GapDeclared | FootageProgress | Alarm


class ObjectStore(Protocol):
    """What delivery needs of an object store."""

    async def put(self, key: str, path: Path, *, sha256: str) -> None:
        """Store a file durably and verified; the same bytes again are fine."""


class Delivery:
    """See the module's text. All methods belong to the event loop; ``emit`` must not block."""

    def __init__(
        self,
        store: ObjectStore,
        emit: Callable[[Event], None],
        *,
        first_pause_s: float = FIRST_PAUSE_S,
        longest_pause_s: float = LONGEST_PAUSE_S,
        delayed_after_s: float = DELAYED_AFTER_S,
        repeat_s: float = REPEAT_S,
    ) -> None:
        self._store = store
        self._emit = emit
        self._first_pause_s = first_pause_s
        self._longest_pause_s = longest_pause_s
        self._delayed_after_s = delayed_after_s
        self._repeat_s = repeat_s
        self._book = ParcelBook()
        self._work = asyncio.Event()
        self._ready: deque[Parcel] = deque()  # uploaded, to be told
        self._removals: asyncio.Queue[tuple[Parcel | None, Path | None]] = asyncio.Queue()  # bounded by MAX_TOLD
        self._failures = 0
        self._trial = asyncio.Lock()
        self._delayed = False
        self._safe_until_us: dict[str, int] = {}
        self._identities: dict[str, EpochIdentity] = {}

    # -- what happens elsewhere --------------------------------------------------------------------------------------

    def add(self, fact: SegmentStored | GapDeclared, path: Path) -> None:
        """A segment is closed, or a gap has ended."""
        self._identities[fact.track_id] = EpochIdentity.of(fact)
        parcel = self._book.add(fact, path, asyncio.get_running_loop().time())
        if parcel is None:
            return
        if parcel.state is ParcelState.UPLOADED:
            self._tell([parcel])
        else:
            self._work.set()
            self._progress(fact.track_id)

    def end_epoch(self, identity: EpochIdentity, folder: Path) -> None:
        """No more files come into this folder."""
        emptied = self._book.end_epoch(identity, folder)
        if emptied is not None:
            self._removals.put_nowait((None, emptied))
        self._forget_if_done(identity.track_id)

    def safe(self, identity: EpochIdentity, until_us: int) -> None:
        """Everything of the track before then (UTC) is synced to the spool."""
        self._identities[identity.track_id] = identity
        self._safe_until_us[identity.track_id] = max(until_us, self._safe_until_us.get(identity.track_id, 0))
        self._progress(identity.track_id)

    def acknowledge(self, fact_id: str) -> None:
        """The server has stored this fact; unknown ones are fine."""
        found = self._book.acknowledged(fact_id)
        if found is None:
            return
        parcel, emptied = found
        self._removals.put_nowait((parcel, emptied))
        self._tell([])
        self._progress(parcel.fact.track_id)
        self._forget_if_done(parcel.fact.track_id)

    @property
    def stuck_parcels(self) -> int:
        """How many the store will never take; they stay in the spool."""
        return self._book.stuck_parcels

    # -- tasks -------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(UPLOADS_AT_ONCE):
                tasks.create_task(self._upload_forever())
            tasks.create_task(self._watch_delay())
            tasks.create_task(self._repeat_forever())
            tasks.create_task(self._remove_forever())

    async def _upload_forever(self) -> None:
        while True:
            if not self._failures:
                await self._upload_next()
                continue
            async with self._trial:
                if self._failures:
                    await self._upload_next()

    async def _upload_next(self) -> None:
        while (parcel := self._book.next_upload()) is None:
            self._work.clear()
            await self._work.wait()
        fact = parcel.fact
        if not isinstance(fact, SegmentStored):
            return
        try:
            async with asyncio.timeout(UPLOAD_TIMEOUT_S):
                await self._store.put(fact.object_key, parcel.path, sha256=fact.sha256)
        except Exception as error:  # noqa: BLE001 - whatever a store raises, the footage stays and is tried again
            flaw = str(error) if _is_final(error) else await asyncio.to_thread(_flaw_of, parcel.path, fact.sha256)
            if flaw:
                self._give_up(parcel, flaw)
            else:
                await self._pause(parcel, error)
            return
        self._failures = 0
        self._tell(self._book.uploaded(parcel))

    async def _pause(self, parcel: Parcel, error: Exception) -> None:
        self._failures += 1
        pause = min(self._longest_pause_s, self._first_pause_s * 2 ** min(self._failures - 1, 10))
        logger.warning("upload of %s failed, again in about %.1f s: %r", parcel.path.name, pause, error)
        self._book.retry(parcel)
        self._work.set()
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, hides nothing

    async def _watch_delay(self) -> None:
        """The alarm stands while the oldest segment waits for too long, whatever the cause: no answer, errors, a slow
        way; after an outage until the rest has caught up.
        """
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(DELAY_CHECK_S, self._delayed_after_s))
            waiting_s = self._book.waiting_s(loop.time())
            if (waiting_s > self._delayed_after_s) != self._delayed:
                self._delayed = not self._delayed
                self._emit(Alarm(code="upload_delayed", active=self._delayed, detail=f"for {waiting_s:.0f} s"))

    def _give_up(self, parcel: Parcel, flaw: str) -> None:
        logger.error("the object store will never take %s: %s", parcel.path, flaw)
        where = f"{parcel.path.parent.name}/{parcel.path.name}"
        self._emit(Alarm(code="spool_damaged", active=True, detail=f"{where}: {flaw}"))
        self._tell(self._book.stuck(parcel))
        self._progress(parcel.fact.track_id)

    async def _repeat_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._repeat_s)
            for parcel in self._book.told_before(loop.time() - self._repeat_s):
                self._book.tell(parcel, loop.time())
                self._emit(parcel.fact)
            for track_id in list(self._identities):
                self._progress(track_id)

    async def _remove_forever(self) -> None:
        while True:
            parcel, folder = await self._removals.get()
            try:
                await asyncio.to_thread(_remove, parcel, folder)
            except OSError as error:
                # Left for the next start, which delivers it again.
                logger.warning("not removed from the spool: %s", error)

    # -- telling -----------------------------------------------------------------------------------------------------

    def _tell(self, parcels: list[Parcel]) -> None:
        self._ready.extend(parcels)
        while self._ready and self._book.told < MAX_TOLD:
            parcel = self._ready.popleft()
            self._book.tell(parcel, asyncio.get_running_loop().time())
            self._emit(parcel.fact)

    def _forget_if_done(self, track_id: str) -> None:
        if not self._book.knows_track(track_id):
            self._identities.pop(track_id, None)
            self._safe_until_us.pop(track_id, None)

    def _progress(self, track_id: str) -> None:
        identity = self._identities.get(track_id)
        if identity is None:
            return  # the last of it was acknowledged and told already
        segments, size = self._book.spooled(track_id)
        safe_us = self._safe_until_us.get(track_id)
        self._emit(
            FootageProgress(
                inspection_id=identity.inspection_id,
                participant_id=identity.participant_id,
                track_id=track_id,
                safe_until=utc(safe_us) if safe_us is not None else None,
                pending_segments=segments,
                spooled_bytes=size,
            )
        )


def _is_final(error: Exception) -> bool:
    """The store answered, and would answer the same again. A missing place is none: a proxy says so, too."""
    if isinstance(error, FileNotFoundError):
        return True
    return isinstance(error, InspectError) and not isinstance(error, StorageUnavailable | ConfigurationError | NotFound)


def _flaw_of(path: Path, sha256: str) -> str:
    """Why no store could ever take the file; empty if it is readable and whole. Blocking."""
    try:
        with path.open("rb") as file:
            return "" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else "the file has another sha256"
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"


def _remove(parcel: Parcel | None, folder: Path | None) -> None:
    if parcel is not None:
        parcel.path.unlink(missing_ok=True)
        if parcel.path.suffix == ".mp4":
            parcel.path.with_suffix(".json").unlink(missing_ok=True)  # recovery knows what facts without a file mean
    if folder is not None and folder.exists():
        (folder / MANIFEST).unlink(missing_ok=True)
        folder.rmdir()

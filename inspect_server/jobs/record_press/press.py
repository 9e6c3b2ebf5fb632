"""Prints sealed records.

Runs on the server's event loop as two tasks (``run``). One prints records one after the other; each print is given up
after ``PRINT_TIME_OUT_S``, and the typesetting is a process that is ended after ``TIME_OUT_S``. The other looks for
more at its start and every minute, beside what is told when a record is sealed: what a dying server left unprinted, or
the object store did not take, is made up for. A record that could not be printed is tried again behind all others.
Nothing waits for a print, and printing twice is harmless: the first one counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from inspect_server.domain.errors import FileDamaged, FileTooLarge, FileTypeRefused, InspectError, NotFound
from inspect_server.domain.evidence import Evidence
from inspect_server.jobs.record_press.paper import MAX_PICTURES, paper
from inspect_server.media.darkroom.darkroom import Copy, Darkroom, Negative
from inspect_server.services import printing
from inspect_server.services.context import ServiceContext
from inspect_server.services.printing import PrintJob

logger = logging.getLogger(__name__)

TIME_OUT_S: Final = 60.0
"""A record with forty pictures takes about one second on one core."""
PRINT_TIME_OUT_S: Final = 180.0
"""The pictures come from the object store and are developed before it is typeset."""
LOOK_AGAIN_S: Final = 60.0
MAX_TRIED_AGAIN: Final = 20
MAX_WAITING: Final = 200
"""Beyond that a record waits until the press looks for more."""

FILE_FAULTS: Final = (FileDamaged, FileTooLarge, FileTypeRefused, NotFound)


class PrintFailed(Exception):
    """The typesetting ended with an error, or not at all; the text says which."""


class RecordPress:
    """See the module's text."""

    def __init__(self, context: ServiceContext, darkroom: Darkroom) -> None:
        self._context = context
        self._darkroom = darkroom
        self._waiting: dict[str, None] = {}
        self._failed: dict[str, None] = {}
        self._came = asyncio.Event()

    def take(self, record_id: str) -> None:
        """Note that a record is to be printed; never blocks."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting[record_id] = None
            self._came.set()

    async def run(self) -> None:
        """Print what comes, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_again_and_again(), name="record-press-looking")
            tasks.create_task(self._print_what_comes(), name="record-press-printing")

    async def _print_what_comes(self) -> None:
        while True:
            await self._came.wait()
            self._came.clear()
            while self._waiting:
                record_id = next(iter(self._waiting))
                # Taken off the list only afterwards: it is not taken anew while it is being printed.
                await self._print_or_log(record_id)
                del self._waiting[record_id]

    async def _look_again_and_again(self) -> None:
        while True:
            try:
                await self._look_for_more()
            except InspectError as error:
                logger.warning("unprinted records are looked for later: %s", error)
            except Exception:
                # The root of one look: the prints go on, and so does the next look.
                logger.exception("unprinted records cannot be looked for")
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _look_for_more(self) -> None:
        """What was never tried comes before what failed, and of that the longest ago first."""
        for record_id in await printing.unprinted(self._context, passing_over=self._failed):
            self.take(record_id)
        for record_id in list(self._failed)[:MAX_TRIED_AGAIN]:
            self.take(record_id)

    async def _print_or_log(self, record_id: str) -> None:
        self._failed.pop(record_id, None)
        try:
            async with asyncio.timeout(PRINT_TIME_OUT_S):
                await self.print(record_id)
        except TimeoutError:
            logger.warning("record %s is not printed yet: it took too long", record_id)
        except (InspectError, PrintFailed) as error:
            logger.warning("record %s is not printed yet: %s", record_id, error)
        except Exception:
            # The root of one print: the others go on.
            logger.exception("record %s cannot be printed", record_id)
        else:
            return
        self._failed[record_id] = None

    async def print(self, record_id: str) -> None:
        """Print one record and keep it; one that is printed already is left alone.

        Raises:
            NotFound: there is none.
            PrintFailed, TimeoutError: it could not be set.
            StorageUnavailable: database or object store do not answer.
        """
        job = await printing.print_job(self._context, record_id)
        if job is None:
            return
        async with _folder() as folder:
            pictures, signatures = await self._develop(job, folder)
            told = paper(job, self._context.options.time_zone, pictures, signatures)
            text = json.dumps(told, ensure_ascii=False)
            await asyncio.to_thread((folder / "record.json").write_text, text, encoding="utf-8")
            settled_at = job.record.settled_at or job.record.made_at
            await _typeset(folder, int(settled_at.timestamp()))
            data = await asyncio.to_thread((folder / "record.pdf").read_bytes)
            await printing.keep_document(self._context, job.record, folder / "record.pdf", data)

    async def _develop(self, job: PrintJob, folder: Path) -> tuple[dict[str, str], dict[str, str]]:
        """Put the pictures into the folder: their names by evidence id, and those of signatures by answer id."""
        pictures, signatures = {}, {}
        for number, (piece, stamp) in enumerate(job.pictures[:MAX_PICTURES]):
            negative = Negative(piece.object_key, piece.drawing, stamp)
            if await self._put(negative, Copy.PRINTED, folder / f"picture-{number}.jpg"):
                pictures[piece.id] = f"picture-{number}.jpg"
        for number, (answer_id, piece) in enumerate(job.signatures.items()):
            if await self._put(_plain(piece), Copy.DISPLAY, folder / f"signature-{number}.jpg"):
                signatures[answer_id] = f"signature-{number}.jpg"
        return pictures, signatures

    async def _put(self, negative: Negative, copy: Copy, path: Path) -> bool:
        """False for a picture that is damaged: the record is printed without it, its hash stands there all the same."""
        try:
            data = await self._darkroom.print(negative, copy)
        except FILE_FAULTS as error:
            logger.warning("%s is missing in a printed record: %s", negative.object_key, error)
            return False
        await asyncio.to_thread(path.write_bytes, data)
        return True


def _plain(piece: Evidence) -> Negative:
    return Negative(piece.object_key, (), ())


@contextlib.asynccontextmanager
async def _folder() -> AsyncIterator[Path]:
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="record-")
    try:
        yield Path(folder.name)
    finally:
        await asyncio.to_thread(folder.cleanup)


async def _typeset(folder: Path, made_at: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "inspect_server.jobs.record_press.typesetting",
        str(folder),
        str(made_at),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(TIME_OUT_S):
            _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise PrintFailed(errors.decode(errors="replace")[-2000:])

"""Makes copies of evidence when somebody wants to see them, and keeps them beside the original.

Owned by ``app``. Works on threads of its own, at most ``WORKERS`` pictures at a time; further ones wait for their turn,
whoever waits no longer (cancelled, or after ``TIME_OUT_S``) is forgotten. A copy can always be made again, so that
nothing is lost with one.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, TypeVar

from inspect_server.domain.drawing import Drawing
from inspect_server.domain.errors import Conflict, NotFound
from inspect_server.domain.evidence import FileFacts
from inspect_server.media.darkroom.looking import look_into
from inspect_server.media.darkroom.printing import (
    DISPLAY_SIDE,
    PRINTED_SIDE,
    THUMBNAIL_SIDE,
    marked,
    smaller,
)

Result = TypeVar("Result")

WORKERS: Final = 2
TIME_OUT_S: Final = 30.0


class PictureStore(Protocol):
    """What is used here of the object store."""

    async def put(self, key: str, path: Path, *, sha256: str) -> None:
        """Store the file at ``path`` for good; ``Conflict`` if other bytes are there."""
        ...

    async def get_range(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """The bytes, or ``NotFound``."""
        ...


class Copy(StrEnum):
    """Which copy: small in a list, as large as a page, or with drawing and stamp, in full size or to be printed."""

    THUMBNAIL = "thumbnail"
    DISPLAY = "display"
    MARKED = "marked"
    PRINTED = "printed"


@dataclass(frozen=True, slots=True)
class Negative:
    """A picture in the object store, and what belongs onto its marked copy. Both never change."""

    object_key: str
    drawing: Drawing
    stamp: Sequence[str]


class Darkroom:
    """See the module's text."""

    def __init__(self, objects: PictureStore) -> None:
        self._objects = objects
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="darkroom")

    async def look_into(self, path: Path) -> FileFacts:
        """What a file is; see ``looking.look_into`` for errors."""
        return await self._work(lambda: look_into(path))

    async def print(self, negative: Negative, copy: Copy) -> bytes:
        """A JPEG.

        Raises:
            NotFound: the original is not there.
            StorageUnavailable: the object store does not answer.
            FileTypeRefused, FileTooLarge, FileDamaged: the original is no picture that can be shown.
        """
        key = f"{negative.object_key.rpartition('/')[0]}/{copy.value}.jpg"
        try:
            return await self._objects.get_range(key)
        except NotFound:
            data = await self._objects.get_range(negative.object_key)
        printed = await self._work(lambda: _print(data, negative, copy))
        await self._keep(key, printed)
        return printed

    def close(self) -> None:
        """End the threads; what they are at is finished first."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _keep(self, key: str, printed: bytes) -> None:
        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            path = Path(file.name)
            await asyncio.to_thread(path.write_bytes, printed)
            try:
                await self._objects.put(key, path, sha256=hashlib.sha256(printed).hexdigest())
            except Conflict:
                # Another release of the libraries made the same copy a moment ago, a few bytes different.
                return

    async def _work(self, work: Callable[[], Result]) -> Result:
        async with asyncio.timeout(TIME_OUT_S):
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _print(data: bytes, negative: Negative, copy: Copy) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        path = Path(file.name)
        match copy:
            case Copy.THUMBNAIL:
                return smaller(path, THUMBNAIL_SIDE)
            case Copy.DISPLAY:
                return smaller(path, DISPLAY_SIDE)
            case Copy.MARKED:
                return marked(path, drawing=negative.drawing, lines=negative.stamp)
            case Copy.PRINTED:
                return marked(path, drawing=negative.drawing, lines=negative.stamp, longer_side=PRINTED_SIDE)

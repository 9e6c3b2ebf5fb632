"""Files on their way in: multipart/form-data (RFC 7578) with the parts ``about`` (JSON) and ``file``, in this order.

A file goes straight to the disk, never whole into memory, and its sha256 is taken on the way. It is gone when the
request is answered. At most ``MAX_AT_ONCE`` come at the same time, ``MAX_OF_ONE`` of them from one sender; further ones
are refused. One that brings nothing for ``SILENCE_S``, or comes slower than ``SLOWEST_BPS`` altogether, is given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from aiohttp import BodyPartReader, MultipartReader, web
from pydantic import BaseModel, ValidationError

from inspect_server.api.problems import bad_input
from inspect_server.domain.errors import BadRequest, FileTooLarge, TooManyUploads, UploadBroken
from inspect_server.domain.evidence import MAX_FILE_BYTES

MAX_ABOUT_BYTES: Final = 256 * 1024
MAX_AT_ONCE: Final = 32
MAX_OF_ONE: Final = 6
"""Pages send one after the other; what a lost network left behind may hold a few places for ``SILENCE_S``."""
SILENCE_S: Final = 30.0
SLOWEST_BPS: Final = 32_000
"""A third of what a photo needs to come through a very weak network, 100 kbit/s."""
GRACE_S: Final = 60.0
"""So much longer than at ``SLOWEST_BPS`` may any upload take."""
CHUNK_BYTES: Final = 64 * 1024
RETRY_AFTER_S: Final = 2


class UploadDesk:
    """How many files are on their way, and the folder where they arrive. One per application."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._arriving: Counter[str] = Counter()

    @contextlib.contextmanager
    def place(self, sender: str) -> Iterator[IO[bytes]]:
        """A new file of ``sender``'s, deleted at the end.

        Raises:
            TooManyUploads: all places are taken, or all that are theirs.
        """
        if self._arriving.total() >= MAX_AT_ONCE or self._arriving[sender] >= MAX_OF_ONE:
            raise TooManyUploads(retry_after_s=RETRY_AFTER_S)
        self._arriving[sender] += 1
        try:
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix="upload-") as file:
                yield file
        finally:
            self._arriving -= Counter([sender])


DESK: Final = web.AppKey("upload_desk", UploadDesk)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that is here whole. ``sha256`` in hex."""

    path: Path
    byte_length: int
    sha256: str


@contextlib.asynccontextmanager
async def received(request: web.Request, about: type[BaseModel], *, sender: str) -> AsyncIterator[dict[str, object]]:
    """The arguments ``body`` and ``file`` of a handler; ``file`` is None if none was sent.

    ``sender``: who was found to have the right to send any, see ``callers.Sender``.

    Raises:
        BadRequest: not the two parts, or ``about`` does not fit.
        FileTooLarge: more than ``MAX_FILE_BYTES``.
        UploadBroken: the connection ended, was silent for too long, or too slow.
        TooManyUploads: all places are taken, or all that are this sender's.
    """
    if request.content_type != "multipart/form-data":
        raise BadRequest("The body must be multipart/form-data.", where="body", field="Content-Type")
    with request.app[DESK].place(sender) as place:
        try:
            async with asyncio.timeout(GRACE_S) as limit:
                reader = await request.multipart()
                body = await _about(reader, about)
                second = await _part(reader, "file")
                file = await _save(second, place, limit) if second is not None else None
        except (ValueError, web.RequestPayloadError, ConnectionError, TimeoutError) as error:
            raise UploadBroken(str(error)[:200]) from error
        yield {"body": body, "file": file}


async def _part(reader: MultipartReader, name: str) -> BodyPartReader | None:
    async with asyncio.timeout(SILENCE_S):
        part = await reader.next()
    if part is None:
        return None
    if not isinstance(part, BodyPartReader) or part.name != name:
        raise BadRequest(f"The part {name} is expected here.", where="body", field=name)
    return part


async def _about(reader: MultipartReader, model: type[BaseModel]) -> BaseModel:
    part = await _part(reader, "about")
    if part is None:
        raise BadRequest("The part about is missing.", where="body", field="about")
    try:
        return model.model_validate_json(await _text(part))
    except ValidationError as error:
        raise bad_input(error, "body") from error


async def _text(part: BodyPartReader) -> bytes:
    text = bytearray()
    while chunk := await _chunk(part):
        text += chunk
        if len(text) > MAX_ABOUT_BYTES:
            raise BadRequest("The part about is too large.", where="body", field="about")
    return bytes(text)


async def _save(part: BodyPartReader, place: IO[bytes], limit: asyncio.Timeout) -> ReceivedFile:
    digest, byte_length = hashlib.sha256(), 0
    while chunk := await _chunk(part):
        byte_length += len(chunk)
        if byte_length > MAX_FILE_BYTES:
            raise FileTooLarge(max_bytes=MAX_FILE_BYTES)
        digest.update(chunk)
        # What came buys the time that it would take at the slowest pace.
        limit.reschedule((limit.when() or 0.0) + 8 * len(chunk) / SLOWEST_BPS)
        await asyncio.to_thread(place.write, chunk)
    await asyncio.to_thread(place.flush)
    return ReceivedFile(Path(place.name), byte_length, digest.hexdigest())


async def _chunk(part: BodyPartReader) -> bytes:
    async with asyncio.timeout(SILENCE_S):
        return await part.read_chunk(CHUNK_BYTES)

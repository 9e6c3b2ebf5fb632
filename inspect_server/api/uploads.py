"""Files on their way in: multipart/form-data (RFC 7578) with the parts ``about`` (JSON) and ``file``, in this order.

A file goes straight to the disk, never whole into memory, and its sha256 is taken on the way. It is gone when the
request is answered. At most ``MAX_AT_ONCE`` come at the same time, further ones are refused; one that brings nothing
for ``SILENCE_S`` is given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import tempfile
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
SILENCE_S: Final = 30.0
CHUNK_BYTES: Final = 64 * 1024
RETRY_AFTER_S: Final = 2


class UploadDesk:
    """How many files are on their way, and the folder where they arrive. One per application."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._arriving = 0

    @contextlib.contextmanager
    def place(self) -> Iterator[IO[bytes]]:
        """A new file, deleted at the end.

        Raises:
            TooManyUploads: all places are taken.
        """
        if self._arriving >= MAX_AT_ONCE:
            raise TooManyUploads(retry_after_s=RETRY_AFTER_S)
        self._arriving += 1
        try:
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix="upload-") as file:
                yield file
        finally:
            self._arriving -= 1


DESK: Final = web.AppKey("upload_desk", UploadDesk)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that is here whole. ``sha256`` in hex."""

    path: Path
    byte_length: int
    sha256: str


@contextlib.asynccontextmanager
async def received(request: web.Request, about: type[BaseModel]) -> AsyncIterator[dict[str, object]]:
    """The arguments ``body`` and ``file`` of a handler; ``file`` is None if none was sent.

    Raises:
        BadRequest: not the two parts, or ``about`` does not fit.
        FileTooLarge: more than ``MAX_FILE_BYTES``.
        UploadBroken: the connection ended, or was silent for too long.
        TooManyUploads: all places are taken.
    """
    if request.content_type != "multipart/form-data":
        raise BadRequest("The body must be multipart/form-data.", where="body", field="Content-Type")
    with request.app[DESK].place() as place:
        try:
            reader = await request.multipart()
            first = await _part(reader, "about")
            if first is None:
                raise BadRequest("The part about is missing.", where="body", field="about")
            try:
                body = about.model_validate_json(await _text(first))
            except ValidationError as error:
                raise bad_input(error, "body") from error
            second = await _part(reader, "file")
            file = await _save(second, place) if second is not None else None
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


async def _text(part: BodyPartReader) -> bytes:
    text = bytearray()
    while chunk := await _chunk(part):
        text += chunk
        if len(text) > MAX_ABOUT_BYTES:
            raise BadRequest("The part about is too large.", where="body", field="about")
    return bytes(text)


async def _save(part: BodyPartReader, place: IO[bytes]) -> ReceivedFile:
    digest, byte_length = hashlib.sha256(), 0
    while chunk := await _chunk(part):
        byte_length += len(chunk)
        if byte_length > MAX_FILE_BYTES:
            raise FileTooLarge(max_bytes=MAX_FILE_BYTES)
        digest.update(chunk)
        await asyncio.to_thread(place.write, chunk)
    await asyncio.to_thread(place.flush)
    return ReceivedFile(Path(place.name), byte_length, digest.hexdigest())


async def _chunk(part: BodyPartReader) -> bytes:
    async with asyncio.timeout(SILENCE_S):
        return await part.read_chunk(CHUNK_BYTES)

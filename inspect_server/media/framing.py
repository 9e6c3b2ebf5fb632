"""Messages on a byte stream: four bytes of length, then one JSON object in UTF-8. For both sides of the media seam."""

from __future__ import annotations

import asyncio
import struct
from typing import Final

from pydantic import BaseModel

MAX_MESSAGE_BYTES: Final = 1 << 20
_LENGTH: Final = struct.Struct("!L")


def encode(message: BaseModel) -> bytes:
    """One framed message."""
    body = message.model_dump_json().encode()
    return _LENGTH.pack(len(body)) + body


async def read(reader: asyncio.StreamReader) -> bytes | None:
    """The body of the next message, None at the end of the stream.

    Raises:
        ValueError: the length is beyond ``MAX_MESSAGE_BYTES``; the stream is of no further use.
    """
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > MAX_MESSAGE_BYTES:
            raise ValueError(f"a message of {length} bytes")
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None

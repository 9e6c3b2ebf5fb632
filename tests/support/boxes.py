"""The outermost structure of MP4 files (ISO/IEC 14496-12, 4.2): just enough to cut them."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The whole top-level boxes; a torn last one is left out."""
    position = 0
    while position + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, position)
        if size < 8 or position + size > len(data):
            return
        yield kind.decode("latin-1"), data[position : position + size]
        position += size


def whole_fragments(data: bytes) -> bytes:
    """The beginning of a file up to its last whole fragment (its last ``mdat`` or ``moov``)."""
    end = position = 0
    for kind, box in boxes(data):
        position += len(box)
        if kind in {"mdat", "moov"}:
            end = position
    return data[:end]

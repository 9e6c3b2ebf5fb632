"""A coded keyframe to a picture of its brightness. Blocks, 4 to 8 ms at 720p."""

from __future__ import annotations

from typing import Final, cast

import av
import numpy as np
import numpy.typing as npt

from inspect_server.media.access_unit import AccessUnit, Codec

_START_CODE: Final = b"\x00\x00\x00\x01"
_LENGTH_BYTES: Final = 4
_DECODERS: Final = {Codec.H264: "h264", Codec.VP9: "vp9"}


def brightness_of(keyframe: AccessUnit) -> npt.NDArray[np.uint8] | None:
    """Rows by columns, 16 (black) to 235 (white) as it is coded; None if it cannot be decoded alone.

    Each call has a decoder of its own: keyframes stand alone, and what came before must not be seen in them.
    """
    decoder = cast("av.VideoCodecContext", av.CodecContext.create(_DECODERS[keyframe.codec], "r"))
    decoder.thread_count = 1
    try:
        frames = [*decoder.decode(av.Packet(_as_stream(keyframe))), *decoder.decode(None)]
    except av.FFmpegError:
        return None
    if not frames or not isinstance(frames[0], av.VideoFrame):
        return None
    plane = frames[0].planes[0]
    rows: npt.NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width].copy()


def _as_stream(keyframe: AccessUnit) -> bytes:
    """H264 with start codes and its parameter sets in front (ISO/IEC 14496-10, Annex B); VP9 as it is."""
    if keyframe.codec is not Codec.H264:
        return keyframe.data
    units, data, position = list(keyframe.parameter_sets), keyframe.data, 0
    while position + _LENGTH_BYTES <= len(data):
        length = int.from_bytes(data[position : position + _LENGTH_BYTES], "big")
        position += _LENGTH_BYTES
        units.append(data[position : position + length])
        position += length
    return b"".join(_START_CODE + unit for unit in units)

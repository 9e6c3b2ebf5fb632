"""Short films as phones take them, in each kind of file that is taken in."""

from __future__ import annotations

import io

import av
import numpy as np

CODECS = {"mp4": "libx264", "mov": "libx264", "webm": "libvpx-vp9"}
"""By the file's ending."""

FRAMES_PER_SECOND = 5


def phone_clip(ending: str = "mp4", *, seconds: int = 1) -> bytes:
    """A small film that grows brighter."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=ending) as container:
        stream = container.add_stream(CODECS[ending], rate=FRAMES_PER_SECOND)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        count = seconds * FRAMES_PER_SECOND
        for number in range(count):
            picture = np.full((240, 320, 3), 40 + 160 * number // count, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return buffer.getvalue()

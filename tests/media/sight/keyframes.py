"""Pictures coded as a phone codes them."""

from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt

from inspect_server.media.access_unit import AccessUnit, Codec, MediaKind

START_US = 1_795_000_000_000_000


def keyframe(
    picture: npt.NDArray[np.uint8], codec: Codec = Codec.H264, *, at_us: int = 1_795_000_000_000_000
) -> AccessUnit:
    """One picture (brightness, full range) as a keyframe in the form in which the depacketizer hands it on."""
    height, width = picture.shape
    encoder = av.CodecContext.create({"h264": "libx264", "vp9": "libvpx-vp9"}[codec.value], "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "yuv420p", Fraction(1, 30)
    encoder.options = {"crf": "20"}
    frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")
    data = b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
    parameter_sets: tuple[bytes, ...] = ()
    if codec is Codec.H264:
        units = [unit.lstrip(b"\x00") for unit in data.split(b"\x00\x00\x01")[1:]]
        units = [unit.rstrip(b"\x00") if unit[0] & 31 in {7, 8} else unit for unit in units]
        parameter_sets = tuple(unit for unit in units if unit[0] & 31 in {7, 8})
        data = b"".join(len(unit).to_bytes(4, "big") + unit for unit in units if unit[0] & 31 == 5)
    return AccessUnit(
        MediaKind.VIDEO, codec, data, 0, at_us, keyframe=True, width=width, height=height, parameter_sets=parameter_sets
    )

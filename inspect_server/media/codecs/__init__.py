"""RTP payloads to coded frames, one pure machine per codec: no I/O, no clock, nothing decoded."""

from inspect_server.media.access_unit import Codec
from inspect_server.media.codecs.depacketizer import Depacketizer, Frame
from inspect_server.media.codecs.h264 import H264Depacketizer
from inspect_server.media.codecs.opus import OpusDepacketizer
from inspect_server.media.codecs.vp9 import Vp9Depacketizer

__all__ = ["Depacketizer", "Frame", "H264Depacketizer", "OpusDepacketizer", "Vp9Depacketizer", "depacketizer_for"]


def depacketizer_for(codec: Codec) -> Depacketizer:
    """A fresh machine for one RTP stream of this codec."""
    match codec:
        case Codec.H264:
            return H264Depacketizer()
        case Codec.VP9:
            return Vp9Depacketizer()
        case Codec.OPUS:
            return OpusDepacketizer()

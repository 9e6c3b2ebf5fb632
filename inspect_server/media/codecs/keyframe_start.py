"""Does this packet begin a keyframe? Looked at for every video packet, so without copies and objects. Pure.

The depacketizers judge whole pictures; this only looks at the first bytes, for those who pass packets on: a viewer's
picture may begin here. A wrong yes costs a short wait of the viewer, no evidence.
"""

from inspect_server.media.access_unit import Codec

_H264_STAP_A = 24
_H264_FU_A = 28
_H264_IDR = 5
_H264_SPS = 7


def starts_keyframe(codec: Codec, data: bytes, start: int, end: int) -> bool:
    """``data[start:end]`` is one RTP payload. H264: SPS or the start of an IDR slice. VP9: B and not P (RFC 9628)."""
    match codec:
        case Codec.H264:
            return _h264(data, start, end)
        case Codec.VP9:
            return end > start and data[start] & 0x48 == 0x08
        case Codec.OPUS:
            return False


def starts_stream(codec: Codec, data: bytes, start: int, end: int) -> bool:
    """As ``starts_keyframe``, and nothing that a decoder needs comes before it: H264's IDR slices need an SPS."""
    if codec is Codec.H264:
        return _h264_kind(data, start, end) == _H264_SPS
    return starts_keyframe(codec, data, start, end)


def _h264(data: bytes, start: int, end: int) -> bool:
    return _h264_kind(data, start, end) in (_H264_SPS, _H264_IDR)


def _h264_kind(data: bytes, start: int, end: int) -> int:
    """Type of the NAL unit that begins here, the first one of an aggregate; 0 if none begins."""
    if end - start < 2:
        return 0
    kind = data[start] & 0x1F
    if kind == _H264_STAP_A and end - start > 3:
        return data[start + 3] & 0x1F
    if kind == _H264_FU_A:
        return data[start + 1] & 0x1F if data[start + 1] & 0x80 else 0
    return kind

"""What must be read inside H264 NAL units (ITU-T H.264, 7.3 and annex B): sizes, profile, ids; nothing is decoded."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from inspect_server.media.codecs.bits import BitReader
from inspect_server.media.codecs.depacketizer import MAX_DIMENSION, MalformedPayload

HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""Profiles whose SPS names chroma format and bit depths."""
_MAX_REF_FRAMES_IN_POC_CYCLE = 255
_START_CODE = re.compile(rb"\x00\x00\x01")


class NalType(IntEnum):
    """The NAL unit types this server treats on their own."""

    SLICE = 1
    IDR = 5
    SEI = 6
    SPS = 7
    PPS = 8
    DELIMITER = 9
    FILLER = 12


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """The part of an SPS that a container needs."""

    sps_id: int
    profile_idc: int
    constraints: int
    level_idc: int
    width: int
    height: int
    chroma_format_idc: int
    bit_depth_luma: int
    bit_depth_chroma: int

    @property
    def codec_string(self) -> str:
        """RFC 6381 name, for example ``avc1.42E01F``."""
        return f"avc1.{self.profile_idc:02X}{self.constraints:02X}{self.level_idc:02X}"


def nal_type(nal: bytes | memoryview) -> int:
    """The type of a NAL unit that is not empty."""
    return nal[0] & 0x1F


def split_annex_b(stream: bytes) -> list[bytes]:
    """The NAL units between start codes of three or four bytes; empty ones are left out."""
    starts = [match.start() for match in _START_CODE.finditer(stream)]
    ends = [*starts[1:], len(stream)]
    units = (stream[start + 3 : end].rstrip(b"\x00") for start, end in zip(starts, ends, strict=True))
    return [unit for unit in units if unit]


def to_avcc(nals: Iterable[bytes]) -> bytes:
    """NAL units as an MP4 sample: each behind its length in four bytes."""
    parts: list[bytes] = []
    for nal in nals:
        parts.append(len(nal).to_bytes(4, "big"))
        parts.append(nal)
    return b"".join(parts)


def parse_sps(nal: bytes) -> SequenceParameters:
    """Read an SPS (7.3.2.1.1) as far as the cropping; raises :class:`MalformedPayload`."""
    if len(nal) < 4 or nal_type(nal) != NalType.SPS:
        raise MalformedPayload("not an SPS")
    reader = BitReader(_unescape(nal[1:]))
    profile_idc, constraints, level_idc = reader.bits(8), reader.bits(8), reader.bits(8)
    sps_id = reader.ue()
    chroma_format_idc, separate_planes, luma, chroma = 1, False, 8, 8
    if profile_idc in HIGH_PROFILES:
        chroma_format_idc = reader.ue()
        separate_planes = chroma_format_idc == 3 and reader.flag()
        luma, chroma = 8 + reader.ue(), 8 + reader.ue()
        reader.flag()  # qpprime_y_zero_transform_bypass_flag
        if reader.flag():
            _skip_scaling_matrix(reader, 12 if chroma_format_idc == 3 else 8)
    reader.ue()  # log2_max_frame_num_minus4
    _skip_picture_order_count(reader)
    reader.ue()  # max_num_ref_frames
    reader.flag()  # gaps_in_frame_num_value_allowed_flag
    width = 16 * (reader.ue() + 1)
    map_units = reader.ue() + 1
    frames_only = reader.flag()
    height = 16 * map_units * (1 if frames_only else 2)
    if not frames_only:
        reader.flag()  # mb_adaptive_frame_field_flag
    reader.flag()  # direct_8x8_inference_flag
    if reader.flag():
        left, right, top, bottom = reader.ue(), reader.ue(), reader.ue(), reader.ue()
        colour_planes_apart = chroma_format_idc == 0 or separate_planes
        unit_x = 1 if colour_planes_apart or chroma_format_idc == 3 else 2
        unit_y = (2 if chroma_format_idc == 1 and not colour_planes_apart else 1) * (1 if frames_only else 2)
        width -= unit_x * (left + right)
        height -= unit_y * (top + bottom)
    if sps_id > 31 or chroma_format_idc > 3 or max(luma, chroma) > 14:
        raise MalformedPayload("SPS out of range")
    if not (0 < width <= MAX_DIMENSION and 0 < height <= MAX_DIMENSION):
        raise MalformedPayload("SPS with an impossible size")
    return SequenceParameters(
        sps_id, profile_idc, constraints, level_idc, width, height, chroma_format_idc, luma, chroma
    )


def parse_pps_ids(nal: bytes) -> tuple[int, int]:
    """The id of a PPS and that of its SPS (7.3.2.2)."""
    reader = BitReader(_unescape(nal[1:16]))
    pps_id, sps_id = reader.ue(), reader.ue()
    if pps_id > 255 or sps_id > 31:
        raise MalformedPayload("PPS out of range")
    return pps_id, sps_id


def slice_pps_id(nal: bytes) -> int:
    """The PPS that a slice refers to (7.3.3)."""
    reader = BitReader(_unescape(nal[1:32]))
    reader.ue()  # first_mb_in_slice
    reader.ue()  # slice_type
    return reader.ue()


def _unescape(rbsp: bytes) -> bytes:
    return rbsp.replace(b"\x00\x00\x03", b"\x00\x00")


def _skip_scaling_matrix(reader: BitReader, lists: int) -> None:
    for index in range(lists):
        if not reader.flag():
            continue
        last = scale = 8
        for _ in range(16 if index < 6 else 64):
            if scale:
                scale = (last + reader.se()) % 256
            last = scale or last


def _skip_picture_order_count(reader: BitReader) -> None:
    order_count_type = reader.ue()
    if order_count_type == 0:
        reader.ue()  # log2_max_pic_order_cnt_lsb_minus4
    elif order_count_type == 1:
        reader.flag()  # delta_pic_order_always_zero_flag
        reader.se()  # offset_for_non_ref_pic
        reader.se()  # offset_for_top_to_bottom_field
        cycle = reader.ue()
        if cycle > _MAX_REF_FRAMES_IN_POC_CYCLE:
            raise MalformedPayload("SPS out of range")
        for _ in range(cycle):
            reader.se()

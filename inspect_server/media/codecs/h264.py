"""H264 over RTP (RFC 6184, packetization-mode 1: single NAL unit, STAP-A, FU-A)."""

from inspect_server.media.codecs.depacketizer import MAX_FRAME_BYTES, Frame, MalformedPayload, VideoDepacketizer
from inspect_server.media.codecs.h264_syntax import (
    NalType,
    SequenceParameters,
    nal_type,
    parse_pps_ids,
    parse_sps,
    slice_pps_id,
    to_avcc,
)

MAX_NALS_PER_PICTURE = 1024
MAX_PARAMETER_SET_BYTES = 1024
MAX_PARAMETER_SETS = 32
"""Of one picture. Encoders have two or three, and a file has one byte for their number."""

_STAP_A = 24
_FU_A = 28
_FU_START = 0x80
_FU_END = 0x40
_LEFT_OUT = frozenset({NalType.DELIMITER, NalType.FILLER})
_STARTS_PICTURE = frozenset({NalType.DELIMITER, NalType.SPS})


class H264Depacketizer(VideoDepacketizer):
    """Access units as MP4 samples, with the parameter sets that are in force beside them.

    A keyframe is an IDR picture whose SPS and PPS are known. Its parameter sets move into the frame's
    ``parameter_sets``; sets that change between IDR pictures (nothing forbids it) stay inside the sample.
    """

    def __init__(self) -> None:
        super().__init__()
        self._nals: list[bytes] = []
        self._bytes = 0
        self._fragments: bytearray | None = None
        self._sps: dict[int, bytes] = {}
        self._pps: dict[int, tuple[int, bytes]] = {}  # id: (id of its SPS, NAL unit)
        self._in_force: tuple[bytes, ...] = ()
        self._parameters: SequenceParameters | None = None

    def _starts_picture(self, payload: bytes | memoryview) -> bool:
        kind = nal_type(payload)
        if kind == _STAP_A and len(payload) > 3:
            kind = nal_type(payload[3:])
        elif kind == _FU_A and len(payload) > 1 and payload[1] & _FU_START:
            kind = nal_type(payload[1:])
        return kind in _STARTS_PICTURE

    def _add(self, payload: bytes | memoryview) -> None:
        if payload[0] & 0x80:
            raise MalformedPayload("forbidden_zero_bit is set")
        kind = nal_type(payload)
        if kind == _FU_A:
            self._add_fragment(payload)
            return
        if self._fragments is not None:
            raise MalformedPayload("a fragmented NAL unit has no end")
        if kind == _STAP_A:
            self._add_aggregate(payload)
        else:
            self._add_nal(bytes(payload))

    def _add_aggregate(self, payload: bytes | memoryview) -> None:
        position = 1
        while position < len(payload):
            size = int.from_bytes(payload[position : position + 2], "big")
            position += 2
            if not size or position + size > len(payload):
                raise MalformedPayload("STAP-A with a wrong length")
            self._add_nal(bytes(payload[position : position + size]))
            position += size

    def _add_fragment(self, payload: bytes | memoryview) -> None:
        if len(payload) < 2:
            raise MalformedPayload("FU-A without a header")
        header = payload[1]
        if header & _FU_START:
            if self._fragments is not None:
                raise MalformedPayload("FU-A starts twice")
            self._fragments = bytearray(((payload[0] & 0xE0) | (header & 0x1F),))
        if self._fragments is None:
            raise MalformedPayload("FU-A without a start")
        self._fragments += payload[2:]
        if self._bytes + len(self._fragments) > MAX_FRAME_BYTES:
            raise MalformedPayload("picture too large")
        if header & _FU_END:
            nal, self._fragments = bytes(self._fragments), None
            self._add_nal(nal)

    def _add_nal(self, nal: bytes) -> None:
        if not 1 <= nal_type(nal) <= 23:
            raise MalformedPayload("not a single NAL unit")
        self._bytes += len(nal)
        if self._bytes > MAX_FRAME_BYTES or len(self._nals) >= MAX_NALS_PER_PICTURE:
            raise MalformedPayload("picture too large")
        self._nals.append(nal)

    def _finish(self, rtp_time: int, follows_loss: bool) -> Frame | None:
        if self._fragments is not None:
            raise MalformedPayload("a fragmented NAL unit has no end")
        nals = [nal for nal in self._nals if nal_type(nal) not in _LEFT_OUT]
        self._discard()
        idr = next((nal for nal in nals if nal_type(nal) == NalType.IDR), None)
        slices: list[bytes] = []
        pictures = 0
        for nal in nals:
            kind = nal_type(nal)
            if kind in (NalType.SPS, NalType.PPS):
                self._learn(nal)
                if idr is not None or nal in self._in_force:
                    continue
            pictures += NalType.SLICE <= kind <= NalType.IDR
            slices.append(nal)
        if not pictures:
            return None
        if idr is not None:
            self._activate(idr)
        if self._parameters is None:
            return None
        return Frame(
            rtp_time=rtp_time,
            data=to_avcc(slices),
            keyframe=idr is not None,
            width=self._parameters.width,
            height=self._parameters.height,
            parameter_sets=self._in_force,
            follows_loss=follows_loss,
        )

    def _discard(self) -> None:
        self._nals = []
        self._bytes = 0
        self._fragments = None

    def _learn(self, nal: bytes) -> None:
        if len(nal) > MAX_PARAMETER_SET_BYTES:
            raise MalformedPayload("parameter set too large")
        if nal_type(nal) == NalType.SPS:
            self._sps[parse_sps(nal).sps_id] = nal
        else:
            pps_id, sps_id = parse_pps_ids(nal)
            self._pps[pps_id] = (sps_id, nal)

    def _activate(self, idr: bytes) -> None:
        """The SPS this IDR picture refers to, and every PPS on it, are in force from here on."""
        pps_id = slice_pps_id(idr)
        if pps_id not in self._pps or self._pps[pps_id][0] not in self._sps:
            raise MalformedPayload("IDR picture without its parameter sets")
        sps_id = self._pps[pps_id][0]
        sps = self._sps[sps_id]
        in_force = (sps, *(nal for _, (owner, nal) in sorted(self._pps.items()) if owner == sps_id))
        if len(in_force) > MAX_PARAMETER_SETS:
            raise MalformedPayload("too many parameter sets")
        if in_force != self._in_force:
            self._in_force = in_force
            self._parameters = parse_sps(sps)

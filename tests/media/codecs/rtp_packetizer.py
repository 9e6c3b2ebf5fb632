"""A small RTP packetizer for tests: real coded frames in, payloads out, split in any way the RFCs allow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Chooser = Callable[[int], int]
"""Given n, chooses 0 … n-1; lets a property test decide every split."""


@dataclass(frozen=True, slots=True)
class Packet:
    sequence: int
    rtp_time: int
    marker: bool
    payload: bytes


@dataclass
class Packetizer:
    """Numbers the payloads of one stream."""

    sequence: int = 1000
    packets: list[Packet] = field(default_factory=list)

    def send(self, rtp_time: int, payloads: Sequence[bytes], *, marker: bool = True) -> list[Packet]:
        sent = []
        for index, payload in enumerate(payloads):
            last = index == len(payloads) - 1
            sent.append(Packet(self.sequence, rtp_time, marker and last, payload))
            self.sequence += 1
        self.packets += sent
        return sent


def h264_payloads(nals: Sequence[bytes], *, mtu: int = 1200, aggregate: bool = True) -> list[bytes]:
    """As a browser does it: small NAL units side by side in a STAP-A, large ones in FU-A of ``mtu``."""
    payloads: list[bytes] = []
    small: list[bytes] = []

    def flush() -> None:
        if len(small) == 1:
            payloads.append(small[0])
        elif small:
            payloads.append(stap_a(small))
        small.clear()

    for nal in nals:
        if aggregate and len(nal) + sum(map(len, small)) < mtu // 2:
            small.append(nal)
            continue
        flush()
        payloads += [nal] if len(nal) <= mtu else fu_a(nal, range(mtu, len(nal), mtu))
    flush()
    return payloads


def stap_a(nals: Sequence[bytes]) -> bytes:
    return bytes((24 | max(nal[0] & 0x60 for nal in nals),)) + b"".join(
        len(nal).to_bytes(2, "big") + nal for nal in nals
    )


def fu_a(nal: bytes, cuts: Sequence[int]) -> list[bytes]:
    """Fragments of one NAL unit, cut before these bytes (1 < cut < len)."""
    edges = [1, *sorted({cut for cut in cuts if 1 < cut < len(nal)}), len(nal)]
    if len(edges) == 2:
        return [nal]
    fragments = []
    for index, (start, end) in enumerate(pairwise(edges)):
        flags = (0x80 if index == 0 else 0) | (0x40 if index == len(edges) - 2 else 0)
        fragments.append(bytes((28 | nal[0] & 0x60, flags | nal[0] & 0x1F)) + nal[start:end])
    return fragments


def h264_payloads_any(nals: Sequence[bytes], choose: Chooser) -> list[bytes]:
    """Any legal split: single NAL units, aggregates of neighbours, fragments cut anywhere."""
    payloads: list[bytes] = []
    rest = list(nals)
    while rest:
        way = choose(3)
        if way == 0 and len(rest[0]) > 3:
            nal = rest.pop(0)
            payloads += fu_a(nal, [2 + choose(len(nal) - 2) for _ in range(1 + choose(4))])
        elif way == 1 and all(len(nal) < 65_000 for nal in rest):
            count = 1 + choose(len(rest))
            payloads.append(stap_a(rest[:count]))
            del rest[:count]
        else:
            payloads.append(rest.pop(0))
    return payloads


def vp9_payloads(frame: bytes, *, keyframe: bool, picture_id: int, mtu: int = 1200) -> list[bytes]:
    """Non-flexible mode without layers, 15-bit picture ids: what a browser sends."""
    payloads = []
    for start in range(0, len(frame), mtu):
        flags = 0x80 | (0 if keyframe else 0x40)
        flags |= (0x08 if start == 0 else 0) | (0x04 if start + mtu >= len(frame) else 0)
        head = bytes((flags,)) + (0x8000 | picture_id & 0x7FFF).to_bytes(2, "big")
        payloads.append(head + frame[start : start + mtu])
    return payloads

"""RTCP (RFC 3550, RFC 4585, RFC 3611, REMB): read what browsers send us, write what we send them. Pure.

Unknown packet types are passed over; a compound packet is read until something does not fit.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

SENDER_REPORT: Final = 200
RECEIVER_REPORT: Final = 201
SOURCE_DESCRIPTION: Final = 202
TRANSPORT_FEEDBACK: Final = 205
PAYLOAD_FEEDBACK: Final = 206
EXTENDED_REPORT: Final = 207

NACK_FORMAT: Final = 1
PLI_FORMAT: Final = 1
FIR_FORMAT: Final = 4
AFB_FORMAT: Final = 15

NTP_UNIX_OFFSET_S: Final = 2_208_988_800
MAX_NACKS_PER_PACKET: Final = 256


@dataclass(frozen=True, slots=True)
class SenderReport:
    """RFC 3550, 6.4.1. ``ntp_us``: the sender's wall clock, microseconds since 1970; ``rtp_time`` as on the wire."""

    ssrc: int
    ntp_us: int
    rtp_time: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """RFC 3550, 6.4.1: what a receiver says of the stream ``ssrc``. ``delay`` in units of 1/65536 s."""

    ssrc: int
    fraction_lost: int
    total_lost: int
    highest_sequence: int
    jitter: int
    last_report: int
    delay: int


@dataclass(frozen=True, slots=True)
class Nack:
    """RFC 4585, 6.2.1: 16-bit sequence numbers asked for again."""

    media_ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """PLI (RFC 4585, 6.3.1) or FIR (RFC 5104, 4.3.1)."""

    media_ssrc: int


@dataclass(frozen=True, slots=True)
class Remb:
    """Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03)."""

    bitrate_bps: int


@dataclass(frozen=True, slots=True)
class RoundTripBlock:
    """DLRR (RFC 3611, 4.5): the answer to our receiver reference time. ``delay`` in units of 1/65536 s."""

    last_reference: int
    delay: int


Feedback = SenderReport | ReportBlock | Nack | KeyframeRequest | Remb | RoundTripBlock


def parse(data: bytes) -> list[Feedback]:
    """Everything of interest in a compound packet; an unreadable rest is left out, never an error."""
    found: list[Feedback] = []
    position, length = 0, len(data)
    while position + 4 <= length:
        first, packet_type, words = struct.unpack_from("!BBH", data, position)
        end = position + 4 + 4 * words
        if first >> 6 != 2 or end > length:
            break
        body = data[position + 4 : end]
        try:
            found.extend(_read(first & 0x1F, packet_type, body))
        except struct.error:
            break
        position = end
    return found


def _read(count: int, packet_type: int, body: bytes) -> Iterable[Feedback]:
    if packet_type == SENDER_REPORT:
        ssrc, seconds, fraction, rtp_time, packets, octets = struct.unpack_from("!LLLLLL", body)
        yield SenderReport(ssrc, ntp_to_unix_us(seconds, fraction), rtp_time, packets, octets)
        yield from _report_blocks(body[24:], count)
    elif packet_type == RECEIVER_REPORT:
        yield from _report_blocks(body[4:], count)
    elif packet_type == TRANSPORT_FEEDBACK and count == NACK_FORMAT:
        (media_ssrc,) = struct.unpack_from("!L", body, 4)
        yield Nack(media_ssrc, _nacked(body[8:]))
    elif packet_type == PAYLOAD_FEEDBACK:
        yield from _payload_feedback(count, body)
    elif packet_type == EXTENDED_REPORT:
        yield from _extended_blocks(body[4:])


def _report_blocks(body: bytes, count: int) -> Iterable[ReportBlock]:
    for index in range(min(count, len(body) // 24)):
        ssrc, lost, highest, jitter, last_report, delay = struct.unpack_from("!LLLLLL", body, 24 * index)
        total = lost & 0xFFFFFF
        total = total - 0x1000000 if total & 0x800000 else total
        yield ReportBlock(ssrc, lost >> 24, total, highest, jitter, last_report, delay)


def _nacked(body: bytes) -> tuple[int, ...]:
    sequences: list[int] = []
    for index in range(min(len(body) // 4, MAX_NACKS_PER_PACKET)):
        first, mask = struct.unpack_from("!HH", body, 4 * index)
        sequences.append(first)
        sequences.extend((first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1)
    return tuple(sequences)


def _payload_feedback(count: int, body: bytes) -> Iterable[Feedback]:
    (media_ssrc,) = struct.unpack_from("!L", body, 4)
    if count == PLI_FORMAT:
        yield KeyframeRequest(media_ssrc)
    elif count == FIR_FORMAT:
        for index in range((len(body) - 8) // 8):
            (target,) = struct.unpack_from("!L", body, 8 + 8 * index)
            yield KeyframeRequest(target)
    elif count == AFB_FORMAT and body[8:12] == b"REMB":
        _, high, low = struct.unpack_from("!BBH", body, 12)
        yield Remb(((high & 0x03) << 16 | low) << (high >> 2))


def _extended_blocks(body: bytes) -> Iterable[RoundTripBlock]:
    position = 0
    while position + 4 <= len(body):
        block_type, _, words = struct.unpack_from("!BBH", body, position)
        if block_type == 5:
            for index in range(words // 3):
                _, last_reference, delay = struct.unpack_from("!LLL", body, position + 4 + 12 * index)
                yield RoundTripBlock(last_reference, delay)
        position += 4 + 4 * words


def ntp_to_unix_us(seconds: int, fraction: int) -> int:
    """NTP (RFC 5905, era 0 or 1: valid until 2104) to microseconds since 1970."""
    if seconds < NTP_UNIX_OFFSET_S:
        seconds += 1 << 32
    return (seconds - NTP_UNIX_OFFSET_S) * 1_000_000 + (fraction * 1_000_000 >> 32)


def unix_us_to_ntp(unix_us: int) -> tuple[int, int]:
    """Microseconds since 1970 to NTP seconds (32 bits) and fraction."""
    seconds, micros = divmod(unix_us, 1_000_000)
    return (seconds + NTP_UNIX_OFFSET_S) & 0xFFFFFFFF, (micros << 32) // 1_000_000


def middle_32(seconds: int, fraction: int) -> int:
    """The middle 32 bits of an NTP time, as report blocks carry it."""
    return (seconds & 0xFFFF) << 16 | fraction >> 16


def _packet(count: int, packet_type: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, packet_type, len(body) // 4) + body


def receiver_report(own_ssrc: int, blocks: Sequence[ReportBlock]) -> bytes:
    """RFC 3550, 6.4.2."""
    body = struct.pack("!L", own_ssrc)
    for b in blocks:
        lost = (b.fraction_lost & 0xFF) << 24 | (b.total_lost & 0xFFFFFF)
        body += struct.pack(
            "!LLLLLL", b.ssrc, lost, b.highest_sequence & 0xFFFFFFFF, b.jitter & 0xFFFFFFFF, b.last_report, b.delay
        )
    return _packet(len(blocks), RECEIVER_REPORT, body)


def sender_report(report: SenderReport) -> bytes:
    """RFC 3550, 6.4.1, without report blocks."""
    seconds, fraction = unix_us_to_ntp(report.ntp_us)
    body = struct.pack(
        "!LLLLLL",
        report.ssrc,
        seconds,
        fraction,
        report.rtp_time & 0xFFFFFFFF,
        report.packets & 0xFFFFFFFF,
        report.octets & 0xFFFFFFFF,
    )
    return _packet(0, SENDER_REPORT, body)


def source_description(ssrc: int, cname: str) -> bytes:
    """RFC 3550, 6.5: the CNAME that makes audio and video one source for lip sync."""
    name = cname.encode()[:255]
    item = struct.pack("!LBB", ssrc, 1, len(name)) + name
    return _packet(1, SOURCE_DESCRIPTION, item + b"\0" * (4 - len(item) % 4))


def nack(own_ssrc: int, media_ssrc: int, sequences: Sequence[int]) -> bytes:
    """RFC 4585, 6.2.1. ``sequences``: unwrapped or 16 bits, ascending; at most 256 entries go into one packet."""
    entries: list[tuple[int, int]] = []
    for sequence in sequences:
        if entries:
            first, mask = entries[-1]
            distance = (sequence - first) & 0xFFFF
            if 1 <= distance <= 16:
                entries[-1] = (first, mask | 1 << (distance - 1))
                continue
        if len(entries) == MAX_NACKS_PER_PACKET:
            break
        entries.append((sequence & 0xFFFF, 0))
    body = struct.pack("!LL", own_ssrc, media_ssrc) + b"".join(struct.pack("!HH", *entry) for entry in entries)
    return _packet(NACK_FORMAT, TRANSPORT_FEEDBACK, body)


def pli(own_ssrc: int, media_ssrc: int) -> bytes:
    """RFC 4585, 6.3.1."""
    return _packet(PLI_FORMAT, PAYLOAD_FEEDBACK, struct.pack("!LL", own_ssrc, media_ssrc))


def remb(own_ssrc: int, bitrate_bps: int, ssrcs: Sequence[int]) -> bytes:
    """draft-alvestrand-rmcat-remb-03, section 2.2."""
    mantissa, exponent = max(bitrate_bps, 0), 0
    while mantissa > 0x3FFFF:
        mantissa >>= 1
        exponent += 1
    body = struct.pack("!LL", own_ssrc, 0) + b"REMB"
    body += struct.pack("!BBH", len(ssrcs), exponent << 2 | mantissa >> 16, mantissa & 0xFFFF)
    body += b"".join(struct.pack("!L", ssrc) for ssrc in ssrcs)
    return _packet(AFB_FORMAT, PAYLOAD_FEEDBACK, body)


def receiver_reference_time(own_ssrc: int, now_us: int) -> bytes:
    """RFC 3611, 4.4: lets a sender answer with DLRR, from which a pure receiver learns the round trip."""
    seconds, fraction = unix_us_to_ntp(now_us)
    return _packet(0, EXTENDED_REPORT, struct.pack("!LBBHLL", own_ssrc, 4, 0, 2, seconds, fraction))

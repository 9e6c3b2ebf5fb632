"""RTP headers and wrapping numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media import rtp
from inspect_server.media.datapath import RtpPacket, portable


def one_byte_extension(extension_id: int, value: bytes) -> bytes:
    """RFC 8285, 4.2."""
    body = bytes([extension_id << 4 | (len(value) - 1)]) + value
    body += b"\0" * (-len(body) % 4)
    return b"\xbe\xde" + (len(body) // 4).to_bytes(2) + body


def packet(*, first: int = 0x80, extension: bytes = b"", payload: bytes = b"payload", sequence: int = 7) -> bytes:
    header = bytes([first, 0x80 | 102]) + sequence.to_bytes(2) + (1000).to_bytes(4) + (42).to_bytes(4)
    return header + extension + payload


def parsed_from(data: bytes) -> RtpPacket:
    parsed = portable.parse(data)
    assert parsed is not None
    return parsed


def test_the_fields_of_a_plain_packet_are_read() -> None:
    parsed = parsed_from(packet())
    assert (parsed.payload_type, parsed.marker, parsed.sequence, parsed.timestamp, parsed.ssrc) == (
        102,
        True,
        7,
        1000,
        42,
    )
    assert parsed.payload == b"payload"


def test_extension_and_padding_are_not_payload() -> None:
    block = one_byte_extension(3, b"\x01\x02\x03")
    data = packet(first=0xB0, extension=block, payload=b"payload\0\0\x03")
    parsed = parsed_from(data)
    assert parsed.payload == b"payload"
    assert rtp.extension(data, 3) == b"\x01\x02\x03"
    assert rtp.extension(data, 4) is None


@given(st.binary(max_size=200), st.integers(1, 14))
def test_extensions_of_random_bytes_are_found_or_not_but_never_crash(data: bytes, wanted: int) -> None:
    if portable.parse(data) is None:
        return
    value = rtp.extension(data, wanted)
    assert value is None or 1 <= len(value) <= 16


def test_a_retransmission_gives_back_the_original_packet() -> None:
    rtx = parsed_from(packet(payload=(4711).to_bytes(2) + b"payload", sequence=9))
    (original,) = rtp.originals_of_retransmissions([rtx], payload_type=104, ssrc=5)
    assert (original.sequence, original.ssrc, original.payload_type) == (4711, 5, 104)
    assert (original.timestamp, original.marker, original.payload) == (rtx.timestamp, rtx.marker, b"payload")


@pytest.mark.parametrize("payload", [b"", b"\0"])
def test_padding_on_the_retransmission_stream_is_no_packet(payload: bytes) -> None:
    padding = parsed_from(packet(payload=payload))
    assert list(rtp.originals_of_retransmissions([padding], payload_type=104, ssrc=5)) == []


@given(
    bits=st.sampled_from([16, 32]),
    start=st.integers(0, 2**32 - 1),
    steps=st.lists(st.integers(-(2**15) + 1, 2**15 - 1), max_size=50),
)
def test_unwrapping_gives_back_the_true_number_through_wraps_and_reordering(
    bits: int, start: int, steps: list[int]
) -> None:
    size = 1 << bits
    unwrapper = rtp.Unwrapper(bits)
    newest = true = start % size
    assert unwrapper.unwrap(true) == true
    for step in steps:
        true = max(newest + step, 0)
        assert unwrapper.unwrap(true % size) == true
        newest = max(newest, true)

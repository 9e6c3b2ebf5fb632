"""RTP headers and wrapping numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media import rtp


def one_byte_extension(extension_id: int, value: bytes) -> bytes:
    """RFC 8285, 4.2."""
    body = bytes([extension_id << 4 | (len(value) - 1)]) + value
    body += b"\0" * (-len(body) % 4)
    return b"\xbe\xde" + (len(body) // 4).to_bytes(2) + body


def packet(*, first: int = 0x80, extension: bytes = b"", payload: bytes = b"payload", sequence: int = 7) -> bytes:
    header = bytes([first, 0x80 | 102]) + sequence.to_bytes(2) + (1000).to_bytes(4) + (42).to_bytes(4)
    return header + extension + payload


def test_the_fields_of_a_plain_packet_are_read() -> None:
    parsed = rtp.parse(packet())
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
    parsed = rtp.parse(data)
    assert parsed.payload == b"payload"
    assert rtp.extension(data, 3) == b"\x01\x02\x03"
    assert rtp.extension(data, 4) is None


@pytest.mark.parametrize(
    "data",
    [b"", packet()[:11], packet(first=0x40), packet(first=0x90)[:14], packet(first=0xA0, payload=b"\0"),
     packet(first=0xA0, payload=b"\xff"), packet(first=0x8F, payload=b"")],
    ids=["empty", "short", "version", "extension-cut", "padding-0", "padding-too-long", "csrc-outside"],
)  # fmt: skip
def test_a_malformed_packet_is_refused(data: bytes) -> None:
    with pytest.raises(rtp.MalformedPacket):
        rtp.parse(data)


@given(st.binary(max_size=200), st.integers(1, 14))
def test_random_bytes_are_refused_or_read_but_never_crash(data: bytes, wanted: int) -> None:
    try:
        parsed = rtp.parse(data)
    except rtp.MalformedPacket:
        return
    assert len(parsed.payload) <= len(data)
    value = rtp.extension(data, wanted)
    assert value is None or 1 <= len(value) <= 16


@given(st.binary(min_size=1, max_size=100), st.integers(0, 2**20), st.integers(0, 2**40), st.booleans())
def test_a_rewritten_packet_has_the_payload_and_the_new_identity(
    payload: bytes, sequence: int, timestamp: int, marker: bool
) -> None:
    original = rtp.parse(packet(first=0x90, extension=one_byte_extension(1, b"0"), payload=payload))
    original.marker = marker
    again = rtp.parse(rtp.rewrite(original, payload_type=98, sequence=sequence, timestamp=timestamp, ssrc=77))
    assert again.payload == payload
    assert (again.payload_type, again.marker, again.ssrc) == (98, marker, 77)
    assert (again.sequence, again.timestamp) == (sequence % 2**16, timestamp % 2**32)


def test_a_retransmission_gives_back_the_original_packet() -> None:
    rtx = rtp.parse(packet(payload=(4711).to_bytes(2) + b"payload", sequence=9))
    original = rtp.original_of_retransmission(rtx, payload_type=104, ssrc=5)
    assert original is not None
    assert (original.sequence, original.ssrc, original.payload_type) == (4711, 5, 104)
    assert (original.timestamp, original.marker, original.payload) == (rtx.timestamp, rtx.marker, b"payload")


@pytest.mark.parametrize("payload", [b"", b"\0"])
def test_padding_on_the_retransmission_stream_is_no_packet(payload: bytes) -> None:
    assert rtp.original_of_retransmission(rtp.parse(packet(payload=payload)), payload_type=104, ssrc=5) is None


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

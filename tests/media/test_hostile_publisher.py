"""A publisher that sends whatever it likes: nothing breaks, and each packet costs little, so that others get theirs."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from inspect_server.media.access_unit import MediaKind
from inspect_server.media.datapath import RtpPacket
from tests.media.plain_publisher import REPAIR_S, PlainPublisher

PACKETS = 2000
CALLS_PER_PACKET = 100
REPAIR_EVERY = 5
PACKET_S = REPAIR_S / REPAIR_EVERY

Sequences = Callable[[int, random.Random], int]


@pytest.fixture
async def target(monkeypatch: pytest.MonkeyPatch) -> PlainPublisher:
    return await PlainPublisher.opened(monkeypatch)


def _packet(payload_type: int, sequence: int, chance: random.Random, *, ssrc: int = 7) -> RtpPacket:
    payload = chance.choice([b"", b"\x67\x42\xe0\x1f", b"\x7c\x85abc", b"\x41abc", chance.randbytes(20)])
    data = bytes(12) + payload
    marker, timestamp = chance.random() < 0.3, chance.getrandbits(32)
    return RtpPacket(data, payload_type, marker, sequence & 0xFFFF, timestamp, ssrc, 12, len(data))


@pytest.mark.parametrize(
    "sequence",
    [
        pytest.param(lambda index, chance: chance.getrandbits(16), id="random"),
        pytest.param(lambda index, chance: index * 400, id="jumps"),
        pytest.param(lambda index, chance: index * 2, id="every-other"),
        pytest.param(lambda index, chance: -index, id="backwards"),
        pytest.param(lambda index, chance: index // 50 * 3001 + index % 50, id="begins-anew"),
        pytest.param(lambda index, chance: index if index % 700 else index + 30_000, id="outliers"),
    ],
)
@pytest.mark.parametrize("ssrcs", [1, 3])
async def test_whatever_a_publisher_sends_costs_little(target: PlainPublisher, sequence: Sequences, ssrcs: int) -> None:
    chance = random.Random(ssrcs)
    types = target.payload_types
    packets = [
        _packet(chance.choice(types), sequence(index, chance), chance, ssrc=chance.randrange(ssrcs))
        for index in range(PACKETS)
    ]
    calls = 0

    def count(frame: FrameType, event: str, arg: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        for index, packet in enumerate(packets):
            target.receive(packet, index * PACKET_S)
            if index % REPAIR_EVERY == 0:
                target.repair(index * PACKET_S)
    finally:
        sys.setprofile(None)
    assert calls / PACKETS < CALLS_PER_PACKET
    # Requests for packets and keyframes: at most one of a kind at each turn of the timer, and few keyframes.
    assert len(target.sent) <= len(MediaKind) * PACKETS / REPAIR_EVERY + PACKETS * PACKET_S


@pytest.mark.parametrize("seed", range(20))
async def test_no_bytes_break_the_control_path(target: PlainPublisher, seed: int) -> None:
    chance = random.Random(seed)
    video = target.payload_type(MediaKind.VIDEO)
    target.receive(_packet(video, 1, chance), 0.0)
    for index in range(200):
        now = index * PACKET_S
        kind = chance.choice([200, 201, 202, 203, 204, 205, 206, 207, chance.randrange(192, 224)])
        words = chance.randrange(12)
        body = (7).to_bytes(4, "big") + chance.randbytes(4 * words)
        header = bytes([0x80 | chance.randrange(32), kind, 0, chance.choice([words + 1, words, chance.randrange(256)])])
        target.control(header + body, now)
        target.receive(_packet(video, chance.randrange(1, 400), chance), now)
        target.repair(now)
    target.connection.quality()

"""A publisher that sends whatever it likes: nothing breaks, and each packet costs little, so that others get theirs."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from types import FrameType

import pytest
from aiortc import RTCCertificate

from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.publish import PublishConnection, PublishEvents
from inspect_server.media.recording import RecordingSubscriber
from tests.support.rtc_peer import PublishingPeer, use_loopback

PACKETS = 2000
CALLS_PER_PACKET = 100
REPAIR_EVERY = 5
TICK_S = 0.01

Sequences = Callable[[int, random.Random], int]


class Target:
    """A publish connection that is recorded; its packets come from the test, as if they had been decrypted."""

    def __init__(self, connection: PublishConnection) -> None:
        self.connection = connection
        self.now = 1000.0
        self.units = 0
        self.sent: list[bytes] = []
        connection.subscribe(RecordingSubscriber(connection.streams, self, connection.request_keyframe))

    def write(self, unit: AccessUnit) -> None:
        self.units += 1

    def receive(self, packet: RtpPacket) -> None:
        self.now += TICK_S / REPAIR_EVERY
        self.connection._on_rtp([packet], self.now)

    def repair(self) -> None:
        for stream in self.connection.streams.values():
            self.connection._repair_stream(stream, self.now)


@pytest.fixture
async def target(monkeypatch: pytest.MonkeyPatch) -> Target:
    use_loopback(monkeypatch)
    peer = PublishingPeer()
    events = PublishEvents(connected=_nothing, failed=lambda _: None, first_keyframe=_nothing)
    connection = PublishConnection("p1", RTCCertificate.generateCertificate(), events)
    await connection.open(await peer.offer(), IceAddresses(["127.0.0.1"]))
    await connection.close()
    await peer.close()
    made = Target(connection)
    monkeypatch.setattr(connection._transport, "send_rtcp", made.sent.append)
    return made


def _nothing() -> None:
    """No news is wanted."""


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
async def test_whatever_a_publisher_sends_costs_little(target: Target, sequence: Sequences, ssrcs: int) -> None:
    chance = random.Random(ssrcs)
    types = [*target.connection._by_payload_type, *target.connection._retransmits]
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
            target.receive(packet)
            if index % REPAIR_EVERY == 0:
                target.repair()
    finally:
        sys.setprofile(None)
    assert calls / PACKETS < CALLS_PER_PACKET
    # Requests for packets and keyframes: at most one of a kind at each turn of the timer, and few keyframes.
    assert len(target.sent) <= len(MediaKind) * PACKETS / REPAIR_EVERY + PACKETS * TICK_S


@pytest.mark.parametrize("seed", range(20))
async def test_no_bytes_break_the_control_path(target: Target, seed: int) -> None:
    chance = random.Random(seed)
    (video, *_) = [t for t, stream in target.connection._by_payload_type.items() if stream.kind is MediaKind.VIDEO]
    target.receive(_packet(video, 1, chance))
    for _ in range(200):
        kind = chance.choice([200, 201, 202, 203, 204, 205, 206, 207, chance.randrange(192, 224)])
        words = chance.randrange(12)
        body = (7).to_bytes(4, "big") + chance.randbytes(4 * words)
        header = bytes([0x80 | chance.randrange(32), kind, 0, chance.choice([words + 1, words, chance.randrange(256)])])
        target.connection._on_rtcp(header + body, target.now)
        target.receive(_packet(video, chance.randrange(1, 400), chance))
    target.repair()
    target.connection.quality()

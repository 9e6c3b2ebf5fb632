"""Anybody can send to a media port, and a guest whatever they like: it is nothing to the others."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aioice import stun
from aiortc import RTCIceGatherer, RTCIceTransport
from aiortc.rtcicetransport import RTCIceParameters
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_server.domain.errors import BadSdp, Conflict
from inspect_server.domain.footage import GapReason
from inspect_server.media import aiortc_hooks, messages, watch
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.transport import Transport, TransportEvents
from inspect_server.media.udp import UdpSockets, UdpTransport
from tests.media.live_room import World
from tests.support.rtc_peer import PublishingPeer, use_loopback

TIMEOUT_S = 30

CUT_SHORT = bytes.fromhex("000100042112a442") + bytes(12) + bytes.fromhex("00030000")
"""A STUN request whose CHANGE-REQUEST has no value."""
HANDSHAKE = b"\x16\xfe\xfd" + bytes(60)


@dataclass
class Reached:
    """One end that waits for its peer, and what went wrong on the event loop meanwhile."""

    ice: RTCIceTransport
    gatherer: RTCIceGatherer
    transport: UdpTransport

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.transport.socket.getsockname()
        return str(host), int(port)

    @property
    def waiting(self) -> int:
        """Datagrams that DTLS has not read."""
        return int(self.ice._connection._queue.qsize())

    def known_addresses(self) -> int:
        return len(self.ice._connection._remote_candidates)


@dataclass
class Port:
    """Somebody's UDP port."""

    socket: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))

    def close(self) -> None:
        self.socket.close()

    def send(self, datagram: bytes, to: Reached) -> None:
        self.socket.sendto(datagram, to.address)


@pytest.fixture
def faults() -> Iterator[list[dict[str, Any]]]:
    """What nobody caught on the event loop; empty at the end."""
    found: list[dict[str, Any]] = []
    yield found
    assert found == []


@pytest.fixture
async def two(faults: list[dict[str, Any]]) -> AsyncIterator[tuple[Reached, Reached]]:
    """Of two calls, with sockets that one worker reads."""
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    sockets = UdpSockets(IceAddresses(["127.0.0.1"]))
    ends = []
    for _ in range(2):
        gatherer = RTCIceGatherer(iceServers=[])
        ice = RTCIceTransport(gatherer)
        (transport,) = aiortc_hooks.gather(gatherer, sockets)
        ends.append(Reached(ice, gatherer, transport))
    yield ends[0], ends[1]
    for end in ends:
        await end.ice.stop()
    sockets.close()


async def until_waiting(end: Reached, count: int) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        while end.waiting < count:  # noqa: ASYNC110 - the queue of aioice tells nobody
            await asyncio.sleep(0.001)


async def test_a_malformed_message_to_one_call_is_nothing_to_the_other(
    two: tuple[Reached, Reached], faults: list[dict[str, Any]]
) -> None:
    attacked, other = two
    with closing(Port()) as port:
        for count in range(1, 30):
            port.send(CUT_SHORT, attacked)
            port.send(HANDSHAKE, other)
            await until_waiting(other, count)
    assert faults == []


async def test_what_waits_for_a_handshake_is_bounded_and_the_end_still_gets_through(
    two: tuple[Reached, Reached],
) -> None:
    attacked, other = two
    with closing(Port()) as port:
        for _ in range(4 * aiortc_hooks.MAX_UNREAD_DATAGRAMS):
            port.send(HANDSHAKE, attacked)
        port.send(b"\x00" + bytes(30), attacked)  # looks like STUN, and is none
        port.send(HANDSHAKE, other)
        await until_waiting(other, 1)
        await until_waiting(attacked, aiortc_hooks.MAX_UNREAD_DATAGRAMS)
        port.send(HANDSHAKE, attacked)
        port.send(HANDSHAKE, other)
        await until_waiting(other, 2)
    assert attacked.waiting == aiortc_hooks.MAX_UNREAD_DATAGRAMS


def asks(end: Reached) -> bytes:
    """A connectivity check as the peer makes it, who knows the password."""
    parameters = end.gatherer.getLocalParameters()
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = f"{parameters.usernameFragment}:peer"
    request.attributes["PRIORITY"] = 1
    request.attributes["ICE-CONTROLLED"] = 1
    request.add_message_integrity((parameters.password or "").encode())
    return bytes(request)


async def test_a_peer_that_asks_from_everywhere_makes_no_work_without_end(two: tuple[Reached, Reached]) -> None:
    attacked, other = two
    connecting = asyncio.create_task(attacked.ice.start(RTCIceParameters(usernameFragment="peer", password="p" * 22)))
    ports = [Port() for _ in range(2 * aiortc_hooks.MAX_PEER_ADDRESSES)]
    try:
        for port in ports:
            port.send(asks(attacked), attacked)
        ports[0].send(HANDSHAKE, other)
        await until_waiting(other, 1)
        async with asyncio.timeout(TIMEOUT_S):
            while attacked.known_addresses() < aiortc_hooks.MAX_PEER_ADDRESSES:
                ports[0].send(asks(attacked), attacked)
                await asyncio.sleep(0.001)
        for port in ports:
            port.send(asks(attacked), attacked)
        ports[0].send(HANDSHAKE, other)
        await until_waiting(other, 2)
    finally:
        for port in ports:
            port.close()
        connecting.cancel()
        await asyncio.wait([connecting])
    assert attacked.known_addresses() == aiortc_hooks.MAX_PEER_ADDRESSES


candidates = st.one_of(
    st.text(max_size=200),
    st.builds(
        "candidate:{} {} {} {} {} {} typ {}".format,
        st.text(max_size=8),
        st.integers(-5, 300),
        st.sampled_from(["udp", "UDP", "tcp", "x"]),
        st.integers(-1, 2**40),
        st.sampled_from(["127.0.0.1", "::1", "192.0.2.1", "a.local", "", "999.1.1.1", "example.invalid"]),
        st.integers(-1, 100_000),
        st.sampled_from(["host", "srflx", "prflx", "relay", ""]),
    ),
)


CERTIFICATE = aiortc_hooks.Certificate.generateCertificate()


@settings(max_examples=200, deadline=None)
@given(st.lists(candidates, max_size=40))
async def test_any_candidate_is_taken_or_refused_with_a_typed_error(lines: list[str]) -> None:
    transport = Transport(
        CERTIFICATE,
        TransportEvents(rtp=lambda _: None, rtcp=lambda *_: None, connected=lambda: None, failed=lambda _: None),
        controlling=False,
    )
    for line in lines:
        with suppress(BadSdp):
            await transport.add_candidate(line)
    await transport.close()


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_loopback(monkeypatch)
    world = World()
    yield world
    await world.room.close(GapReason.LEFT)
    for peer in world.peers:
        await peer.connection.close()


def closed(world: World) -> list[str]:
    return [e.connection_id for e in world.events if isinstance(e, messages.ConnectionChanged) and e.state == "closed"]


async def test_who_watches_and_never_answers_gives_the_sockets_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "ANSWER_TIMEOUT_S", 0.05)
    names = [f"w{number}" for number in range(20)]
    for name in names:
        await world.room.watch(
            messages.Watch(request_id="1", room_id="room", participant_id="guest", connection_id=name)
        )
    await world.until(lambda: len(closed(world)) == len(names))
    assert sorted(closed(world)) == sorted(names)
    assert world.room.connection_ids == []


async def test_a_second_connection_of_the_same_name_is_refused_and_the_first_goes_on(world: World) -> None:
    await world.camera("phone", luma=60)
    await world.live("phone/camera")
    peer = PublishingPeer()
    world.peers.append(peer)
    again = messages.Publish(
        request_id="2",
        room_id="room",
        participant_id="phone",
        connection_id="phone/camera",
        track_id="phone/camera",
        epoch=1,
        offer_sdp=await peer.offer(),
    )
    with pytest.raises(Conflict):
        await world.room.publish(again)
    with pytest.raises(Conflict):
        await world.room.watch(
            messages.Watch(request_id="3", room_id="room", participant_id="phone", connection_id="phone/camera")
        )
    wall = await world.wall()
    await wall.brightness(60)
    assert closed(world) == []


async def test_a_call_beside_one_that_is_flooded_goes_on(world: World, faults: list[dict[str, Any]]) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    await world.camera("quiet", luma=60)
    await world.camera("flooded", luma=180, prominence=1)
    await world.live("quiet/camera")
    await world.live("flooded/camera")
    wall = await world.wall("quiet")
    await wall.brightness(60)
    flooded = next(
        transport
        for publication in world.room._publications.values()
        if publication.participant_id == "flooded"
        for transport in publication.connection._transport._udp
    )
    address = flooded.socket.getsockname()
    with closing(Port()) as port:
        for junk in itertools.islice(itertools.cycle([CUT_SHORT, HANDSHAKE, b"\x80" + bytes(40), b"\xff"]), 4000):
            port.socket.sendto(junk, address)
            await asyncio.sleep(0)
        await wall.brightness(60)
    assert faults == []
    assert closed(world) == []

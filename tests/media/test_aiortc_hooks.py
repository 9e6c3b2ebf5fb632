"""Contracts with the private parts of aiortc and aioice: one test per hook, on real sockets of this machine."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceGatherer, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsParameters

from inspect_server.media import aiortc_hooks

TIMEOUT_S = 10


@dataclass
class Peer:
    ice: RTCIceTransport
    dtls: RTCDtlsTransport
    gatherer: RTCIceGatherer
    media: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(100))

    def fingerprints(self) -> RTCDtlsParameters:
        return self.dtls.getLocalParameters()


def make_peer(*, controlling: bool) -> Peer:
    gatherer = RTCIceGatherer(iceServers=[])
    ice = RTCIceTransport(gatherer)
    aiortc_hooks.set_controlling(ice, controlling=controlling)
    return Peer(ice, RTCDtlsTransport(ice, [RTCCertificate.generateCertificate()]), gatherer)


@pytest.fixture
async def peers() -> AsyncIterator[tuple[Peer, Peer]]:
    """Two connected peers; the second one is the DTLS server against its ICE role."""
    client, server = make_peer(controlling=False), make_peer(controlling=True)
    aiortc_hooks.set_dtls_server(server.dtls)
    client.dtls._set_role("client")
    for peer in (client, server):
        await aiortc_hooks.gather(peer.gatherer, ["127.0.0.1"])
        aiortc_hooks.take_datagrams(peer.ice, peer.media.put_nowait)
    for peer, other in ((client, server), (server, client)):
        for candidate in other.gatherer.getLocalCandidates():
            await peer.ice.addRemoteCandidate(candidate)
    async with asyncio.timeout(TIMEOUT_S):
        await asyncio.gather(
            client.ice.start(server.gatherer.getLocalParameters()),
            server.ice.start(client.gatherer.getLocalParameters()),
        )
        await asyncio.gather(client.dtls.start(server.fingerprints()), server.dtls.start(client.fingerprints()))
    yield client, server
    for peer in (client, server):
        await peer.dtls.stop()
        await peer.ice.stop()


def test_loopback_is_offered_only_if_asked_for() -> None:
    assert "127.0.0.1" in aiortc_hooks.local_addresses(loopback=True)
    assert "127.0.0.1" not in aiortc_hooks.local_addresses(loopback=False)


async def test_candidates_are_gathered_on_the_given_addresses_only() -> None:
    gatherer = RTCIceGatherer(iceServers=[])
    await aiortc_hooks.gather(gatherer, ["127.0.0.1"])
    assert [c.ip for c in gatherer.getLocalCandidates()] == ["127.0.0.1"]
    transport = RTCIceTransport(gatherer)
    assert len(aiortc_hooks.sockets_of(transport)) == 1
    await transport.stop()


async def test_a_connection_comes_up_with_the_roles_that_were_set(peers: tuple[Peer, Peer]) -> None:
    client, server = peers
    assert (client.ice.role, server.ice.role) == ("controlled", "controlling")
    assert (client.dtls.state, server.dtls.state) == ("connected", "connected")


async def test_rtp_bytes_arrive_in_the_callback_authenticated_and_plain(peers: tuple[Peer, Peer]) -> None:
    client, server = peers
    _, protect = aiortc_hooks.srtp_contexts(client.dtls)
    unprotect, _ = aiortc_hooks.srtp_contexts(server.dtls)
    packet = bytes([0x80, 102, 0, 1]) + bytes(8) + b"payload"
    aiortc_hooks.send_datagram(client.ice, protect.protect(packet))
    async with asyncio.timeout(TIMEOUT_S):
        assert unprotect.unprotect(await server.media.get()) == packet


async def test_rtcp_goes_the_same_way(peers: tuple[Peer, Peer]) -> None:
    client, server = peers
    unprotect, _ = aiortc_hooks.srtp_contexts(client.dtls)
    _, protect = aiortc_hooks.srtp_contexts(server.dtls)
    packet = bytes([0x81, 206, 0, 2]) + bytes(8)
    aiortc_hooks.send_datagram(server.ice, protect.protect_rtcp(packet))
    async with asyncio.timeout(TIMEOUT_S):
        assert unprotect.unprotect_rtcp(await client.media.get()) == packet


async def test_what_is_neither_stun_nor_dtls_nor_media_is_dropped(peers: tuple[Peer, Peer]) -> None:
    client, server = peers
    for junk in (b"", b"\x10junk", b"\xff" * 20, b"GET / HTTP/1.1"):
        aiortc_hooks.send_datagram(client.ice, junk)
    aiortc_hooks.send_datagram(client.ice, b"\x80media")
    async with asyncio.timeout(TIMEOUT_S):
        assert await server.media.get() == b"\x80media"
    assert server.ice._connection._queue.empty()


async def test_before_a_pair_is_nominated_sending_is_silent() -> None:
    peer = make_peer(controlling=True)
    await aiortc_hooks.gather(peer.gatherer, ["127.0.0.1"])
    aiortc_hooks.send_datagram(peer.ice, b"\x80nobody hears this")
    assert peer.ice._connection._nominated == {}
    await peer.ice.stop()

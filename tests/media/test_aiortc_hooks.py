"""Contracts with the private parts of aiortc and aioice: one test per hook, on real sockets of this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceGatherer, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsParameters
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from inspect_server.media import aiortc_hooks
from inspect_server.media.datapath import Burst, Srtp
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.udp import UdpSockets, UdpTransport

TIMEOUT_S = 10


@dataclass
class Peer:
    ice: RTCIceTransport
    dtls: RTCDtlsTransport
    gatherer: RTCIceGatherer
    bound: UdpTransport | None = None
    media: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(100))

    def take(self, burst: Burst) -> None:
        for data in [*(packet.data for packet in burst.rtp), *(packet for packet, _ in burst.rtcp)]:
            self.media.put_nowait(data)

    def authenticate_by(self, srtp: Srtp) -> None:
        assert self.bound is not None
        self.bound.endpoint.authenticate_by(srtp)

    def send(self, datagram: bytes) -> None:
        way = aiortc_hooks.nominated(self.ice)
        assert way is not None
        way[0].sendto(datagram, way[1])

    def fingerprints(self) -> RTCDtlsParameters:
        return self.dtls.getLocalParameters()


def make_peer(*, controlling: bool, certificate: RTCCertificate | None = None) -> Peer:
    gatherer = RTCIceGatherer(iceServers=[])
    ice = RTCIceTransport(gatherer)
    aiortc_hooks.set_controlling(ice, controlling=controlling)
    return Peer(ice, RTCDtlsTransport(ice, [certificate or aiortc_hooks.Certificate.generateCertificate()]), gatherer)


@pytest.fixture
async def peers() -> AsyncIterator[tuple[Peer, Peer]]:
    """Two connected peers; the second one is the DTLS server against its ICE role."""
    client, server = make_peer(controlling=False), make_peer(controlling=True)
    aiortc_hooks.set_dtls_server(server.dtls)
    aiortc_hooks.set_dtls_client(client.dtls)
    await connect(client, server)
    yield client, server
    for peer in (client, server):
        await peer.dtls.stop()
        await peer.ice.stop()


async def connect(client: Peer, server: Peer) -> None:
    for peer in (client, server):
        (peer.bound,) = aiortc_hooks.gather(peer.gatherer, UdpSockets(IceAddresses(["127.0.0.1"])))
        peer.bound.media_to(peer.take)
    for peer, other in ((client, server), (server, client)):
        for candidate in other.gatherer.getLocalCandidates():
            await peer.ice.addRemoteCandidate(candidate)
    async with asyncio.timeout(TIMEOUT_S):
        await asyncio.gather(
            client.ice.start(server.gatherer.getLocalParameters()),
            server.ice.start(client.gatherer.getLocalParameters()),
        )
        await asyncio.gather(client.dtls.start(server.fingerprints()), server.dtls.start(client.fingerprints()))


def test_loopback_is_offered_only_if_asked_for() -> None:
    assert "127.0.0.1" in aiortc_hooks.local_addresses(loopback=True)
    assert "127.0.0.1" not in aiortc_hooks.local_addresses(loopback=False)


async def test_candidates_are_gathered_on_the_given_addresses_only() -> None:
    gatherer = RTCIceGatherer(iceServers=[])
    (bound,) = aiortc_hooks.gather(gatherer, UdpSockets(IceAddresses(["127.0.0.1", "203.0.113.1"])))
    (candidate,) = gatherer.getLocalCandidates()
    assert (candidate.ip, candidate.port, candidate.type) == (*bound.socket.getsockname(), "host")
    await RTCIceTransport(gatherer).stop()
    assert bound.is_closing()


async def test_a_public_address_is_offered_with_the_port_that_a_nat_passes_on() -> None:
    gatherer = RTCIceGatherer(iceServers=[])
    addresses = IceAddresses(["127.0.0.1", "::1"], public=["203.0.113.7", "2001:db8::7"])
    bound = aiortc_hooks.gather(gatherer, UdpSockets(addresses))
    (port,) = {transport.socket.getsockname()[1] for transport in bound}
    *_, fourth, sixth = gatherer.getLocalCandidates()
    assert (fourth.ip, fourth.port, fourth.type, fourth.relatedAddress) == ("203.0.113.7", port, "srflx", "127.0.0.1")
    assert (sixth.ip, sixth.port, sixth.type, sixth.relatedAddress) == ("2001:db8::7", port, "srflx", "::1")
    assert fourth.priority < gatherer.getLocalCandidates()[0].priority
    await RTCIceTransport(gatherer).stop()


async def test_an_own_address_is_offered_once() -> None:
    gatherer = RTCIceGatherer(iceServers=[])
    aiortc_hooks.gather(gatherer, UdpSockets(IceAddresses(["127.0.0.1"], public=["127.0.0.1"])))
    assert len(gatherer.getLocalCandidates()) == 1
    await RTCIceTransport(gatherer).stop()


async def test_a_connection_comes_up_with_the_roles_that_were_set(peers: tuple[Peer, Peer]) -> None:
    client, server = peers
    assert (client.ice.role, server.ice.role) == ("controlled", "controlling")
    assert (client.dtls.state, server.dtls.state) == ("connected", "connected")


async def test_a_camera_with_an_rsa_certificate_that_waits_is_called() -> None:
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "camera")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(rsa_key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    signed = builder.not_valid_after(now + timedelta(days=1)).sign(rsa_key, hashes.SHA256())
    ours = make_peer(controlling=False)
    camera = make_peer(controlling=True, certificate=aiortc_hooks.Certificate(cast(Any, rsa_key), signed))
    aiortc_hooks.set_dtls_client(ours.dtls)
    aiortc_hooks.set_dtls_server(camera.dtls)
    await connect(ours, camera)
    assert (ours.dtls.state, camera.dtls.state) == ("connected", "connected")
    for peer in (ours, camera):
        await peer.dtls.stop()
        await peer.ice.stop()


async def test_the_keys_of_both_sides_fit_and_packets_arrive_plain(peers: tuple[Peer, Peer]) -> None:
    client, server = peers
    server.authenticate_by(aiortc_hooks.srtp_contexts(server.dtls)[0])
    _, sending = aiortc_hooks.srtp_contexts(client.dtls)
    packet = bytes([0x80, 102, 0, 1]) + bytes(8) + b"payload"
    report = bytes([0x81, 206, 0, 2]) + bytes(8)
    async with asyncio.timeout(TIMEOUT_S):
        client.send(sending.session.protect(packet))
        assert await server.media.get() == packet
        client.send(sending.session.protect_rtcp(report))
        assert await server.media.get() == report


async def test_the_same_packet_may_be_sent_twice(peers: tuple[Peer, Peer]) -> None:
    _, sending = aiortc_hooks.srtp_contexts(peers[0].dtls)
    packet = bytes([0x80, 102, 0, 1]) + bytes(8) + b"payload"
    assert sending.session.protect(packet) == sending.session.protect(packet)


async def test_what_is_neither_stun_nor_dtls_nor_media_is_dropped(peers: tuple[Peer, Peer]) -> None:
    client, server = peers
    server.authenticate_by(aiortc_hooks.srtp_contexts(server.dtls)[0])
    _, sending = aiortc_hooks.srtp_contexts(client.dtls)
    for junk in (b"", b"\x10junk", b"\xff" * 20, b"GET / HTTP/1.1", b"\x80media"):
        client.send(junk)
    client.send(sending.session.protect(bytes([0x80, 102, 0, 1]) + bytes(8) + b"payload"))
    async with asyncio.timeout(TIMEOUT_S):
        assert (await server.media.get()).endswith(b"payload")
    assert server.ice._connection._queue.empty()


async def test_before_a_pair_is_nominated_there_is_no_way() -> None:
    peer = make_peer(controlling=True)
    aiortc_hooks.gather(peer.gatherer, UdpSockets(IceAddresses(["127.0.0.1"])))
    assert aiortc_hooks.nominated(peer.ice) is None
    await peer.ice.stop()


async def test_the_way_moves_to_where_the_peer_answers_and_nowhere_else(
    peers: tuple[Peer, Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aiortc_hooks, "MOVE_RETRANSMISSIONS", 0)
    client, server = peers
    assert client.bound is not None
    assert server.bound is not None
    before = aiortc_hooks.nominated(server.ice)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        assert not await aiortc_hooks.moves_to(server.ice, server.bound, silent.getsockname())
    assert aiortc_hooks.nominated(server.ice) == before
    assert await aiortc_hooks.moves_to(server.ice, server.bound, client.bound.socket.getsockname())
    assert aiortc_hooks.nominated(server.ice) == (server.bound, client.bound.socket.getsockname())
    await server.ice.stop()
    assert not await aiortc_hooks.moves_to(server.ice, server.bound, client.bound.socket.getsockname())

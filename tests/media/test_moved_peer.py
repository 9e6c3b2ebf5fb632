"""A peer whose NAT forgets it is met where its media comes from; whoever merely repeats its media is not."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aioice import Candidate
from aioice.stun import Method, parse_message

from inspect_server.media import aiortc_hooks, sdp
from inspect_server.media.aiortc_hooks import Certificate
from inspect_server.media.datapath import Burst
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.transport import Transport, TransportEvents
from inspect_server.media.udp import UdpSockets
from tests.support.relay import Relay

TIMEOUT_S = 10
PACE_S = 0.01
REPORT = bytes([0x81, 206, 0, 2]) + bytes(8)


@dataclass
class Side:
    transport: Transport
    sockets: UdpSockets
    got: asyncio.Queue[bytes]
    connected: asyncio.Event
    local: sdp.LocalTransport = field(init=False)

    @classmethod
    def made(cls, *, controlling: bool) -> Side:
        got, connected = asyncio.Queue[bytes](), asyncio.Event()
        events = TransportEvents(
            rtp=lambda _: None,
            rtcp=lambda packet, _: got.put_nowait(packet),
            connected=connected.set,
            failed=pytest.fail,
        )
        certificate = Certificate.generateCertificate()
        side = cls(
            Transport(certificate, events, controlling=controlling),
            UdpSockets(IceAddresses(["127.0.0.1"])),
            got,
            connected,
        )
        side.local = side.transport.gather(side.sockets)
        return side

    def description(self, candidates: list[str], *, setup: str) -> sdp.Description:
        return sdp.Description(
            ice_ufrag=self.local.ice_ufrag,
            ice_pwd=self.local.ice_pwd,
            setup=setup,
            fingerprints=[("sha-256", self.local.fingerprint_sha256)],
            candidates=candidates,
        )

    async def close(self) -> None:
        await self.transport.close()
        self.sockets.close()


@dataclass
class Call:
    server: Side
    phone: Side
    relay: Relay
    server_address: tuple[str, int]

    async def arrives_at_phone(self) -> None:
        """The phone goes on sending until something of the server's reaches it, which sends all the time, too."""
        while not self.phone.got.empty():
            self.phone.got.get_nowait()
        async with asyncio.timeout(TIMEOUT_S):
            while self.phone.got.empty():
                self.phone.transport.send_rtcp(REPORT)
                self.server.transport.send_rtcp(REPORT)
                await asyncio.sleep(PACE_S)


@pytest.fixture(params=[True, False], ids=["we control", "the peer controls"])
async def call(request: pytest.FixtureRequest) -> AsyncIterator[Call]:
    server, phone = Side.made(controlling=request.param), Side.made(controlling=not request.param)
    relay = Relay()
    (line,) = server.local.candidates
    candidate = Candidate.from_sdp(line.removeprefix("candidate:"))
    server_address = candidate.host, candidate.port
    candidate.port = await relay.open(*server_address)
    server.transport.connect(phone.description([], setup="active"))
    phone.transport.connect(server.description([candidate.to_sdp()], setup="passive"))
    async with asyncio.timeout(TIMEOUT_S):
        await asyncio.gather(server.connected.wait(), phone.connected.wait())
    yield Call(server, phone, relay, server_address)
    for side in (server, phone):
        await side.close()
    relay.close()


@pytest.fixture(autouse=True)
def nobody_checks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """ICE's own checks of whether the peer is still there would find it, too, some seconds later."""
    monkeypatch.setattr("aioice.ice.CONSENT_INTERVAL", 3600)


async def test_a_peer_that_comes_from_elsewhere_is_met_there_as_soon_as_it_sends(call: Call) -> None:
    await call.arrives_at_phone()
    await call.relay.rebind()
    await call.arrives_at_phone()
    await call.relay.rebind()
    await call.arrives_at_phone()


async def test_media_that_somebody_sends_on_from_elsewhere_turns_nothing_away(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aiortc_hooks, "MOVE_RETRANSMISSIONS", 0)
    await call.arrives_at_phone()
    _, keys = aiortc_hooks.srtp_contexts(call.phone.transport._dtls)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
        elsewhere.bind(("127.0.0.1", 0))
        elsewhere.settimeout(TIMEOUT_S)
        elsewhere.sendto(keys.session.protect_rtcp(REPORT), call.server_address)
        question = await asyncio.to_thread(elsewhere.recv, 2048)
        assert parse_message(question).message_method is Method.BINDING
        (question_asked,) = [task for task in asyncio.all_tasks() if task.get_name() == "transport-ask"]
        async with asyncio.timeout(TIMEOUT_S):
            await asyncio.wait([question_asked])
        await call.arrives_at_phone()
        elsewhere.settimeout(0)
        with pytest.raises(BlockingIOError):
            elsewhere.recv(2048)


@pytest.mark.parametrize("brings_media", [False, True])
async def test_only_a_socket_that_brings_media_tells_of_another_way(call: Call, brings_media: bool) -> None:
    """Where media once came by stays known there, and checks of ICE come by all sockets."""
    await call.arrives_at_phone()
    other: Any = SimpleNamespace(endpoint=SimpleNamespace(source=("127.0.0.1", 9)))
    call.server.transport._take(other, Burst([], [(REPORT, 0.0)] if brings_media else [], [], 0))
    assert any(task.get_name() == "transport-ask" for task in asyncio.all_tasks()) is brings_media

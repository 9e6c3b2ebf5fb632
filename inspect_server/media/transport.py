"""One ICE and DTLS-SRTP connection whose other side is RTP bytes.

Runs on the worker's event loop. Owns its sockets, its aiortc transports, the task that connects them and the one that
asks a peer whether it has moved; ``close`` ends all of it and is safe to call at any time, more than once. Packets are
handed over when the worker looks at what has arrived (``udp.py``). When the peer vanishes, nothing happens here:
liveness is judged above, by ``last_heard_at``.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from aioice import Candidate
from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceCandidate, RTCIceGatherer, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcicetransport import RTCIceParameters

from inspect_server.domain.errors import BadSdp
from inspect_server.media import aiortc_hooks, datapath, sdp
from inspect_server.media.datapath import Burst, Destination, Fanout, Identity, RtpPacket, Srtp
from inspect_server.media.datapath.burst import SEND_TIME_UNITS_PER_S
from inspect_server.media.udp import UdpSockets, UdpTransport

logger = logging.getLogger(__name__)

# ICE and DTLS together; a phone on a weak network needs some seconds, a dead one must not hold sockets for long.
CONNECT_TIMEOUT_S = 20.0
CLOSE_TIMEOUT_S = 2.0
MAX_REMOTE_CANDIDATES = 32
RTP_COMPONENT = 1
SOCKET_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class TransportEvents:
    """Whom to tell; all are called on the event loop and must not block.

    ``rtp`` gets what arrived since the last time, in that order; ``rtcp`` gets one compound packet and the monotonic
    time of its arrival in seconds. Both are authenticated and plain.
    """

    rtp: Callable[[list[RtpPacket]], None]
    rtcp: Callable[[bytes, float], None]
    connected: Callable[[], None]
    failed: Callable[[str], None]


class Transport:
    """See the module's text. One per peer connection."""

    def __init__(self, certificate: RTCCertificate, events: TransportEvents, *, controlling: bool) -> None:
        self._gatherer = RTCIceGatherer(iceServers=[])
        self._ice = RTCIceTransport(self._gatherer)
        self._dtls = RTCDtlsTransport(self._ice, [certificate])
        aiortc_hooks.set_controlling(self._ice, controlling=controlling)
        aiortc_hooks.set_dtls_server(self._dtls)
        self._certificate = certificate
        self._events = events
        self._send: Srtp | None = None
        self.fanouts: dict[int, Fanout] = {}
        """Of the streams that are received here, by payload type."""
        self._udp: list[UdpTransport] = []
        self._peer: tuple[str, int] | None = None
        self._destination: Destination | None = None
        self._carried: dict[int, tuple[Fanout, Identity]] = {}
        self._task: asyncio.Task[None] | None = None
        self._heard_by: tuple[UdpTransport, tuple[str, int] | None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._moved_at = float("-inf")
        self._remote_candidates = 0
        self._closed = False
        self.last_heard_at = time.monotonic()
        self.unauthenticated = 0

    def gather(self, sockets: UdpSockets) -> sdp.LocalTransport:
        """Bind sockets of our own among these and say how to reach them. Fanouts are known by then."""
        self._udp = aiortc_hooks.gather(self._gatherer, sockets)
        for transport in self._udp:
            transport.media_to(partial(self._take, transport))
            for payload_type, fanout in self.fanouts.items():
                transport.endpoint.fan_out(payload_type, fanout)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                transport.socket.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER_BYTES)
        parameters = self._gatherer.getLocalParameters()
        digest = next(f.value for f in self._certificate.getFingerprints() if f.algorithm == "sha-256")
        return sdp.LocalTransport(
            ice_ufrag=parameters.usernameFragment or "",
            ice_pwd=parameters.password or "",
            fingerprint_sha256=digest,
            candidates=[_candidate_line(c) for c in self._gatherer.getLocalCandidates()],
        )

    def connect(self, remote: sdp.Description) -> None:
        """Start connecting in the background; ``connected`` or ``failed`` will be called."""
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._connect(remote), name="transport-connect")

    async def _connect(self, remote: sdp.Description) -> None:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                for line in remote.candidates:
                    await self.add_candidate(line)
                self._take_roles(remote)
                await self._ice.start(_ice_parameters(remote))
                if self._ice.state == "completed":
                    fingerprints = [RTCDtlsFingerprint(algorithm=a, value=v) for a, v in remote.fingerprints]
                    await self._dtls.start(RTCDtlsParameters(fingerprints=fingerprints))
        except TimeoutError:
            self._events.failed("no connection within the time limit")
        except Exception as error:
            # The root of this task. aiortc meets malformed parameters with all kinds of errors.
            logger.info("a connection could not be made", exc_info=error)
            self._events.failed(f"ICE or DTLS: {error}")
        else:
            if self._dtls.state == "connected":
                self._dtls.on("statechange", self._on_dtls_state)
                receive, self._send = aiortc_hooks.srtp_contexts(self._dtls)
                for transport in self._udp:
                    transport.endpoint.authenticate_by(receive)
                self.last_heard_at = time.monotonic()
                self._events.connected()
                # Media may have overtaken the end of the handshake.
                self.hand_over()
            else:
                self._events.failed(f"ICE is {self._ice.state}, DTLS is {self._dtls.state}")

    def _take_roles(self, remote: sdp.Description) -> None:
        """As agreed: a peer that only waits for DTLS is called by us, and one that is ICE-lite never controls."""
        if remote.setup == "passive":
            aiortc_hooks.set_dtls_client(self._dtls)
        if remote.ice_lite:
            aiortc_hooks.set_controlling(self._ice, controlling=True)

    def _on_dtls_state(self) -> None:
        """The peer closed DTLS, or ICE consent expired (RFC 7675)."""
        if self._dtls.state in ("closed", "failed") and not self._closed:
            self._events.failed("the peer closed the connection, or does not answer any more")

    async def add_candidate(self, line: str) -> None:
        """Add a remote candidate (``candidate:…``); an empty line ends them.

        Names of mDNS are passed over: the browser's own checks reach us, and its address is learnt from them. So are
        TCP candidates, and those of RTCP, which has no port of its own here (RFC 5761).

        Raises:
            BadSdp: the line is no candidate.
        """
        if not line:
            return
        self._remote_candidates += 1
        if self._remote_candidates > MAX_REMOTE_CANDIDATES:
            return
        try:
            parsed = Candidate.from_sdp(line.removeprefix("candidate:"))
        except (ValueError, IndexError, AssertionError) as error:
            raise BadSdp("a candidate cannot be read") from error
        if parsed.transport.lower() != "udp" or parsed.host.endswith(".local") or parsed.component != RTP_COMPONENT:
            return
        await self._ice.addRemoteCandidate(
            RTCIceCandidate(
                component=parsed.component,
                foundation=parsed.foundation,
                ip=parsed.host,
                port=parsed.port,
                priority=parsed.priority,
                protocol=parsed.transport,
                type=parsed.type,
            )
        )

    def _take(self, transport: UdpTransport, burst: Burst) -> None:
        self.unauthenticated += burst.refused
        if (burst.rtp or burst.rtcp) and (transport, transport.endpoint.source) != self._heard_by:
            self._heard_elsewhere(transport)
        if burst.rtp:
            self.last_heard_at = max(self.last_heard_at, burst.rtp[-1].arrived_at)
            self._events.rtp(burst.rtp)
        for packet, arrived_at in burst.rtcp:
            self.last_heard_at = max(self.last_heard_at, arrived_at)
            self._events.rtcp(packet, arrived_at)
        if self._carried:
            self._present_destination()

    def hand_over(self) -> None:
        """Let nothing that was received wait any longer."""
        for transport in self._udp:
            transport.look()

    def send_rtp(self, packets: list[RtpPacket], identity: Identity) -> None:
        """Send packets on as another stream's; dropped before ``connected``."""
        if (destination := self._present_destination()) is not None:
            send_time = int(time.monotonic() * SEND_TIME_UNITS_PER_S) & 0xFFFFFF
            datapath.send(destination, packets, identity, send_time)

    def carry(self, fanout: Fanout, identity: Identity) -> float | None:
        """From now on let this fanout send what it reads here, too, as this identity: ``Fanout.carry_to``."""
        destination = self._present_destination()
        if destination is None or (since := fanout.carry_to(destination, identity)) is None:
            return None
        self._carried[identity.ssrc] = (fanout, identity)
        return since

    def drop(self, ssrc: int) -> tuple[int, int] | None:
        """Let no fanout send here as this SSRC any longer: ``Fanout.drop_from``."""
        carried = self._carried.pop(ssrc, None)
        if carried is None or self._destination is None:
            return None
        return carried[0].drop_from(self._destination, ssrc)

    def _heard_elsewhere(self, transport: UdpTransport) -> None:
        """The peer's media comes by another way than before: it has moved there, if it says so itself.

        It is not followed unasked: whoever sends its packets on from elsewhere could turn our media away.
        """
        source = transport.endpoint.source
        self._heard_by = transport, source
        if self._closed or source is None or (destination := self._present_destination()) is None:
            return
        if source == self._peer and transport.endpoint is destination.endpoint:
            return
        if self._asking is not None:
            self._asking.cancel()
        self._asking = asyncio.create_task(self._ask_there(transport, source), name="transport-ask")

    async def _ask_there(self, transport: UdpTransport, source: tuple[str, int]) -> None:
        if await aiortc_hooks.moves_to(self._ice, transport, source):
            self._present_destination()

    @property
    def lost_before(self) -> float:
        """What was sent before this monotonic time went where the peer is no longer; inf: it still goes there."""
        return float("inf") if self._asking is not None and not self._asking.done() else self._moved_at

    def _present_destination(self) -> Destination | None:
        if self._send is None or (way := aiortc_hooks.nominated(self._ice)) is None:
            return None
        transport, peer = way
        before = self._destination
        if before is None or peer != self._peer or transport.endpoint is not before.endpoint:
            self._peer = peer
            address = datapath.socket_address(peer, transport.socket.family)
            self._destination = Destination(transport.endpoint, address, self._send)
            if before is not None:
                self._moved_at = time.monotonic()
                self._move_carries(before, self._destination)
        return self._destination

    def _move_carries(self, before: Destination, present: Destination) -> None:
        """The peer's address changed (RFC 8445, 7.3.1.5)."""
        for ssrc, (fanout, identity) in self._carried.items():
            fanout.carry_to(present, identity)
            if present.endpoint is not before.endpoint:
                fanout.drop_from(before, ssrc)

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send one (compound) RTCP packet; dropped before ``connected``."""
        if (destination := self._present_destination()) is not None:
            datapath.send_rtcp(destination, packet)

    async def close(self) -> None:
        """End everything that belongs to this connection."""
        if self._closed:
            return
        self._closed = True
        self.hand_over()
        for ssrc in list(self._carried):
            self.drop(ssrc)
        self._send = None
        for transport in self._udp:
            transport.endpoint.authenticate_by(None)
        tasks = [task for task in (self._task, self._asking) if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT_S)
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._dtls.stop()
                await self._ice.stop()
        except TimeoutError:
            logger.warning("a connection did not close within %s s", CLOSE_TIMEOUT_S)


def _ice_parameters(remote: sdp.Description) -> RTCIceParameters:
    return RTCIceParameters(usernameFragment=remote.ice_ufrag, password=remote.ice_pwd, iceLite=remote.ice_lite)


def _candidate_line(candidate: RTCIceCandidate) -> str:
    line = (
        f"candidate:{candidate.foundation} {candidate.component} {candidate.protocol} {candidate.priority} "
        f"{candidate.ip} {candidate.port} typ {candidate.type}"
    )
    if candidate.relatedAddress is not None:
        line += f" raddr {candidate.relatedAddress} rport {candidate.relatedPort}"
    return line

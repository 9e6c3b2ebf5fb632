"""One ICE and DTLS-SRTP connection whose other side is RTP bytes.

Runs on the worker's event loop. Owns its sockets, its aiortc transports and the one task that connects them; ``close``
ends all of it and is safe to call at any time, more than once. Packets arrive by callback in the datagram callback
itself; there is no queue here. When the peer vanishes, nothing happens here: liveness is judged above, by
``last_heard_at``.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pylibsrtp
from aioice import Candidate
from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceCandidate, RTCIceGatherer, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcicetransport import RTCIceParameters

from inspect_server.domain.errors import BadSdp
from inspect_server.media import aiortc_hooks, sdp

logger = logging.getLogger(__name__)

# ICE and DTLS together; a phone on a weak network needs some seconds, a dead one must not hold sockets for long.
CONNECT_TIMEOUT_S = 20.0
CLOSE_TIMEOUT_S = 2.0
MAX_REMOTE_CANDIDATES = 32
SOCKET_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class TransportEvents:
    """Whom to tell; all are called on the event loop and must not block.

    ``rtp`` and ``rtcp`` get authenticated plain packets and the monotonic time of arrival in seconds.
    """

    rtp: Callable[[bytes, float], None]
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
        self._receive: aiortc_hooks.SrtpContext | None = None
        self._send: aiortc_hooks.SrtpContext | None = None
        self._task: asyncio.Task[None] | None = None
        self._remote_candidates = 0
        self._closed = False
        self.last_heard_at = time.monotonic()
        self.unauthenticated = 0

    async def gather(self, addresses: Sequence[str]) -> sdp.LocalTransport:
        """Bind sockets on these addresses and say how to reach them."""
        await aiortc_hooks.gather(self._gatherer, addresses)
        aiortc_hooks.take_datagrams(self._ice, self._on_media)
        for bound in aiortc_hooks.sockets_of(self._ice):
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                bound.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER_BYTES)
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
                self._receive, self._send = aiortc_hooks.srtp_contexts(self._dtls)
                self.last_heard_at = time.monotonic()
                self._events.connected()
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
        TCP candidates.

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
        if parsed.transport.lower() != "udp" or parsed.host.endswith(".local"):
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

    def _on_media(self, data: bytes) -> None:
        receive = self._receive
        if receive is None or len(data) < 8:
            return
        now = time.monotonic()
        # RFC 5761, section 4: packet types 192 to 223 are RTCP.
        is_rtcp = 191 < data[1] < 224
        try:
            plain = receive.unprotect_rtcp(data) if is_rtcp else receive.unprotect(data)
        except pylibsrtp.Error:
            self.unauthenticated += 1
            return
        self.last_heard_at = now
        (self._events.rtcp if is_rtcp else self._events.rtp)(plain, now)

    def send_rtp(self, packet: bytes) -> None:
        """Protect and send one RTP packet; dropped before ``connected``."""
        if self._send is not None:
            aiortc_hooks.send_datagram(self._ice, self._send.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send one (compound) RTCP packet; dropped before ``connected``."""
        if self._send is not None:
            aiortc_hooks.send_datagram(self._ice, self._send.protect_rtcp(packet))

    async def close(self) -> None:
        """End everything that belongs to this connection."""
        if self._closed:
            return
        self._closed = True
        self._receive = self._send = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=CLOSE_TIMEOUT_S)
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

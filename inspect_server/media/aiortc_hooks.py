"""Every private attribute of aiortc, aioice and pylibsrtp that this product touches. Nothing else may.

aiortc's public RTCIceGatherer, RTCIceTransport and RTCDtlsTransport give ICE (RFC 8445) and DTLS-SRTP (RFC 5764), but
no way to RTP bytes: they hand packets to RTCRtpReceiver objects, one coroutine and several objects per packet. Each
function here is one hook past that, with a contract test of its own in ``tests/media/test_aiortc_hooks.py``, so that
an upgrade of aiortc fails there and nowhere else. Pinned: aiortc 1.16, aioice 0.13, pylibsrtp 1.0.
"""

# ruff: noqa: SLF001 - private members are what this module is for

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from typing import Any, cast

import pylibsrtp
from aioice import Candidate, ice, stun
from aioice.candidate import candidate_foundation, candidate_priority
from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceGatherer, RTCIceTransport
from OpenSSL import SSL
from pylibsrtp import _binding

from inspect_server.media.datapath import Srtp
from inspect_server.media.ice_addresses import bind_sockets
from inspect_server.media.udp import UdpSockets, UdpTransport

logger = logging.getLogger(__name__)

# aiortc's choice, and the same for peers with an RSA certificate that wait for our ClientHello.
CIPHERS = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:"
    b"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA"
)

MAX_UNREAD_DATAGRAMS = 64
"""That wait for DTLS; a handshake has a dozen, and repeats what is lost."""
MAX_PEER_ADDRESSES = 64
"""From which one peer may ask by STUN; a phone that changes its network has a few."""

MOVE_RETRANSMISSIONS = 2
"""Of the question whether the peer has moved, after 0.5 and 1.5 s; given up after 3.5 s."""


def local_addresses(*, loopback: bool) -> list[str]:
    """This machine's IPv4 and IPv6 addresses that ICE may offer, loopback (127.0.0.1) only if asked for."""
    addresses = ice.get_host_addresses(use_ipv4=True, use_ipv6=True)
    return ["127.0.0.1", *addresses] if loopback else addresses


def gather(gatherer: RTCIceGatherer, sockets: UdpSockets) -> list[UdpTransport]:
    """Bind a socket on each local address and offer it as a host candidate (RFC 8445, 5.1.1.1), and public ones, too.

    aioice leaves loopback out, has no say in addresses and ports, and reads packet by packet. The sockets belong to
    the ICE connection, which closes them.

    Raises:
        MediaUnavailable: every port is taken.
    """
    connection = gatherer._connection
    connection._queue = _BoundedQueue()
    connection._local_candidates_start = True
    bound = [_join(connection, made, sockets) for made in bind_sockets(sockets.addresses)]
    connection._local_candidates += _public_candidates(sockets.addresses.public, connection._local_candidates)
    connection._local_candidates_end = True
    return bound


def _join(connection: ice.Connection, bound: socket.socket, sockets: UdpSockets) -> UdpTransport:
    host, port = bound.getsockname()[:2]
    protocol = _StunProtocol(connection)
    transport = sockets.open(bound, protocol)
    protocol.local_candidate = Candidate(
        foundation=candidate_foundation("host", "udp", host),
        component=1,
        transport="udp",
        priority=candidate_priority(1, "host"),
        host=host,
        port=port,
        type="host",
    )
    connection._protocols.append(protocol)
    connection._local_candidates.append(protocol.local_candidate)
    return transport


class _BoundedQueue(asyncio.Queue[Any]):
    """What waits to be read by DTLS: anybody can send it, so what finds it full is dropped, but for the end (None)."""

    def put_nowait(self, item: Any) -> None:
        if item is None or self.qsize() < MAX_UNREAD_DATAGRAMS:
            super().put_nowait(item)


class _StunProtocol(ice.StunProtocol):
    """aioice's, for sockets that anybody can send to: no datagram raises, and none makes work without end."""

    def datagram_received(self, data: bytes | str, addr: tuple[Any, ...]) -> None:
        if self._has_too_many_addresses(addr):
            return
        try:
            super().datagram_received(data, addr)
        except Exception as error:
            # aioice meets attributes that are missing or cut short with all kinds of errors.
            logger.debug("a STUN message from %s cannot be read", addr[0], exc_info=error)

    def _has_too_many_addresses(self, addr: tuple[Any, ...]) -> bool:
        """Each new one would be a candidate to be checked for good."""
        known = self.receiver._remote_candidates
        return len(known) >= MAX_PEER_ADDRESSES and all((one.host, one.port) != addr[:2] for one in known)


def _public_candidates(addresses: Sequence[str], local: Sequence[Candidate]) -> list[Candidate]:
    """What a STUN server would have told (server-reflexive, RFC 8445, 5.1.1.2), known beforehand.

    Only the peer uses them: its checks to them arrive at the sockets of the host candidates.
    """
    bases = {(":" in base.host): base for base in reversed(local)}  # the first one of each IP version
    return [
        Candidate(
            foundation=candidate_foundation("srflx", "udp", address),
            component=1,
            transport="udp",
            priority=candidate_priority(1, "srflx"),
            host=address,
            port=base.port,
            type="srflx",
            related_address=base.host,
            related_port=base.port,
        )
        for address in addresses
        if (base := bases.get(":" in address)) is not None and address not in {one.host for one in local}
    ]


def nominated(ice_transport: RTCIceTransport) -> tuple[UdpTransport, tuple[str, int]] | None:
    """The socket and the remote address of the pair in use, None while there is none."""
    pair = ice_transport._connection._nominated.get(1)
    return None if pair is None else (cast(UdpTransport, pair.protocol.transport), pair.remote_addr)


async def moves_to(ice_transport: RTCIceTransport, transport: UdpTransport, peer: tuple[str, int]) -> bool:
    """Ask by STUN whether the peer is reached there, by this socket. If it answers, that pair is the one in use.

    For media that authenticates but comes from elsewhere than the pair in use: a NAT on the way has forgotten its
    binding, and whoever controls ICE finds out with its next check only (Chromium: after up to 2.5 s).
    """
    connection = ice_transport._connection
    protocol = next((one for one in connection._protocols if one.transport is transport), None)
    if protocol is None or connection.remote_password is None:
        return False
    foundation, priority = candidate_foundation("prflx", "udp", peer[0]), candidate_priority(1, "prflx")
    pair = ice.CandidatePair(protocol, Candidate(foundation, 1, "udp", priority, *peer, "prflx"))
    request = connection.build_request(pair, nominate=connection.ice_controlling and not connection.remote_is_lite)
    try:
        _, answered_from = await protocol.request(
            request,
            peer,
            integrity_key=connection.remote_password.encode(),
            retransmissions=MOVE_RETRANSMISSIONS,
        )
    except stun.TransactionError:
        return False
    if answered_from != peer or not connection._nominated:
        return False
    connection._nominated[1] = pair
    return True


def set_controlling(ice_transport: RTCIceTransport, *, controlling: bool) -> None:
    """ICE role: the offerer controls (RFC 8445, 6.1.1)."""
    ice_transport._connection.ice_controlling = controlling


def set_dtls_server(dtls: RTCDtlsTransport) -> None:
    """Wait for the browser's ClientHello instead of deriving the role from ICE (our descriptions say so)."""
    dtls._set_role("server")


def set_dtls_client(dtls: RTCDtlsTransport) -> None:
    """Send the ClientHello: the peer waits for it (``a=setup:passive``)."""
    dtls._set_role("client")


class Certificate(RTCCertificate):
    """Our certificate, for DTLS with all kinds of peers: browsers have ECDSA certificates, some cameras RSA."""

    def _create_ssl_context(self, *args: Any, **kwargs: Any) -> SSL.Context:
        context = super()._create_ssl_context(*args, **kwargs)
        context.set_cipher_list(CIPHERS)
        return context


def srtp_contexts(dtls: RTCDtlsTransport) -> tuple[Srtp, Srtp]:
    """(receive, send) of a connected DTLS transport."""
    return _srtp(dtls._rx_srtp), _srtp(dtls._tx_srtp)


def _srtp(session: pylibsrtp.Session) -> Srtp:
    """With the addresses of libsrtp's functions, which pylibsrtp carries and cffi tells."""
    return Srtp(
        session=session,
        context=_address(session._srtp[0]),
        protect=_address(_binding.ffi.addressof(_binding.lib, "srtp_protect")),
        protect_rtcp=_address(_binding.ffi.addressof(_binding.lib, "srtp_protect_rtcp")),
        unprotect=_address(_binding.ffi.addressof(_binding.lib, "srtp_unprotect")),
        unprotect_rtcp=_address(_binding.ffi.addressof(_binding.lib, "srtp_unprotect_rtcp")),
    )


def _address(pointer: object) -> int:
    return int(_binding.ffi.cast("uintptr_t", pointer))

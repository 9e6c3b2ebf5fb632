"""Every private attribute of aiortc and aioice that this product touches. Nothing else may.

aiortc's public RTCIceGatherer, RTCIceTransport and RTCDtlsTransport give ICE (RFC 8445) and DTLS-SRTP (RFC 5764), but
no way to RTP bytes: they hand packets to RTCRtpReceiver objects, one coroutine and several objects per packet. Each
function here is one hook past that, with a contract test of its own in ``tests/media/test_aiortc_hooks.py``, so that
an upgrade of aiortc fails there and nowhere else. Pinned: aiortc 1.16, aioice 0.13.
"""

# ruff: noqa: SLF001 - private members are what this module is for

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

from aioice import ice
from aiortc import RTCDtlsTransport, RTCIceGatherer, RTCIceTransport

Datagram = bytes
IsOurs = Callable[[Datagram], bool]


class SrtpContext(Protocol):
    """The part of ``pylibsrtp.Session`` that is used; raises ``pylibsrtp.Error`` for what does not authenticate."""

    def protect(self, packet: bytes) -> bytes: ...
    def protect_rtcp(self, packet: bytes) -> bytes: ...
    def unprotect(self, packet: bytes) -> bytes: ...
    def unprotect_rtcp(self, packet: bytes) -> bytes: ...


def local_addresses(*, loopback: bool) -> list[str]:
    """This machine's IPv4 and IPv6 addresses that ICE may offer, loopback (127.0.0.1) only if asked for."""
    addresses = ice.get_host_addresses(use_ipv4=True, use_ipv6=True)
    return ["127.0.0.1", *addresses] if loopback else addresses


async def gather(gatherer: RTCIceGatherer, addresses: Sequence[str]) -> None:
    """Gather candidates on these addresses (aioice leaves loopback out and has no say in the choice)."""
    connection = gatherer._connection
    connection._local_candidates_start = True
    connection._local_candidates += await connection.get_component_candidates(component=1, addresses=list(addresses))
    connection._local_candidates_end = True


def take_datagrams(ice_transport: RTCIceTransport, on_media: Callable[[Datagram], None]) -> None:
    """Send RTP and RTCP datagrams (RFC 7983: first byte 128 to 191) to ``on_media`` in the datagram callback itself.

    STUN and DTLS go on to aioice. Anything else is dropped, so that no queue of aioice can be filled from outside.
    Call it after gathering; it covers all sockets of the connection, relayed ones included.
    """
    for protocol in ice_transport._connection._protocols:
        demultiplexed = _demultiplexer(protocol.datagram_received, on_media)
        # asyncio looks the callback up at each datagram, so the instance's own attribute is found first.
        setattr(protocol, "datagram_received", demultiplexed)  # noqa: B010 - a plain assignment is refused by types


def _demultiplexer(
    to_aioice: Callable[[bytes, tuple[Any, ...]], None], on_media: Callable[[Datagram], None]
) -> Callable[[bytes, tuple[Any, ...]], None]:
    def datagram_received(data: bytes, addr: tuple[Any, ...]) -> None:
        if not data:
            return
        first = data[0]
        if 127 < first < 192:
            on_media(data)
        elif first < 4 or 19 < first < 64:
            to_aioice(data, addr)

    return datagram_received


def send_datagram(ice_transport: RTCIceTransport, data: bytes) -> None:
    """Send on the nominated pair without a coroutine; dropped while there is none (as UDP would)."""
    pair = ice_transport._connection._nominated.get(1)
    if pair is not None:
        pair.protocol.transport.sendto(data, pair.remote_addr)


def sockets_of(ice_transport: RTCIceTransport) -> list[Any]:
    """The bound UDP sockets, to size their kernel buffers."""
    found = (p.transport.get_extra_info("socket") for p in ice_transport._connection._protocols)
    return [s for s in found if s is not None]


def set_controlling(ice_transport: RTCIceTransport, *, controlling: bool) -> None:
    """ICE role: the offerer controls (RFC 8445, 6.1.1)."""
    ice_transport._connection.ice_controlling = controlling


def set_dtls_server(dtls: RTCDtlsTransport) -> None:
    """Wait for the browser's ClientHello instead of deriving the role from ICE (our descriptions say so)."""
    dtls._set_role("server")


def set_dtls_client(dtls: RTCDtlsTransport) -> None:
    """Send the ClientHello: the peer waits for it (``a=setup:passive``)."""
    dtls._set_role("client")


def srtp_contexts(dtls: RTCDtlsTransport) -> tuple[SrtpContext, SrtpContext]:
    """(receive, send) of a connected DTLS transport."""
    return cast(SrtpContext, dtls._rx_srtp), cast(SrtpContext, dtls._tx_srtp)

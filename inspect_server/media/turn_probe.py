"""Trying a TURN server out: one real allocation (RFC 8656), given back at once.

Runs in the process of ``inspect-server check``, not in a media worker; owns one socket for the time of the trial, which
is bounded by ``ANSWER_S``.
"""

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass
from typing import Final

from aioice import stun, turn

ANSWER_S: Final = 10.0
GIVE_BACK_S: Final = 2.0
_URL = re.compile(
    r"(?P<scheme>turns?):(?P<host>\[[0-9a-fA-F:]+\]|[^:?\[\]]+)(:(?P<port>\d{1,5}))?(\?transport=(?P<transport>udp|tcp))?"
)


class TurnProbeError(Exception):
    """The server cannot be used; the text says why. ``refused``: it answered, but does not accept the credential."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.refused = refused


@dataclass(frozen=True)
class TurnUrl:
    """A TURN URI (RFC 7065)."""

    host: str
    port: int
    transport: str
    tls: bool

    @classmethod
    def parse(cls, url: str) -> "TurnUrl":
        """Read ``turn:host:port?transport=udp``.

        Raises:
            TurnProbeError: not a TURN URI.
        """
        found = _URL.fullmatch(url)
        if found is None:
            raise TurnProbeError(f"{url} is no TURN address like turn:host:3478?transport=udp")
        tls = found["scheme"] == "turns"
        port = int(found["port"] or (5349 if tls else 3478))
        return cls(found["host"].strip("[]"), port, found["transport"] or ("tcp" if tls else "udp"), tls)


async def allocate_once(url: str, username: str, password: str) -> str:
    """Allocate a relay address with this credential, give it back, and return it as ``ip:port``.

    Raises:
        TurnProbeError: no answer, no such host, or the credential is refused.
    """
    server = TurnUrl.parse(url)
    if server.tls and server.transport == "udp":
        raise TurnProbeError(f"{url}: TURN over DTLS is not supported; use transport=tcp")
    try:
        async with asyncio.timeout(ANSWER_S):
            address = await _resolve(server)
            transport, relay = await turn.create_turn_endpoint(
                _Relay,
                server_addr=address,
                username=username,
                password=password,
                ssl=ssl.create_default_context() if server.tls else None,
                transport=server.transport,
            )
    except stun.TransactionFailed as failed:
        code = failed.response.error_code
        raise TurnProbeError(f"the server answered {code}", refused=code in {401, 441}) from None
    except (TimeoutError, stun.TransactionTimeout):
        raise TurnProbeError("the server does not answer") from None
    except stun.TransactionError as error:
        # An answer that our password does not verify: the server made it with another one.
        raise TurnProbeError(f"the answer cannot be trusted: {error}", refused=True) from None
    except OSError as error:
        raise TurnProbeError(error.strerror or str(error)) from None
    relayed = transport.get_extra_info("sockname")
    transport.close()
    with contextlib.suppress(TimeoutError):
        # Otherwise the server keeps it for ten minutes; it does no more harm than that.
        await asyncio.wait_for(relay.given_back.wait(), GIVE_BACK_S)
    return f"{relayed[0]}:{relayed[1]}"


class _Relay(asyncio.DatagramProtocol):
    """Relays nothing; tells when the allocation is gone."""

    def __init__(self) -> None:
        self.given_back = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        self.given_back.set()


async def _resolve(server: TurnUrl) -> tuple[str, int]:
    """The first address of the host, as datagrams need it; TLS needs the name, which the certificate is for."""
    if server.tls:
        return server.host, server.port
    found = await asyncio.get_running_loop().getaddrinfo(server.host, server.port)
    address = found[0][4]
    return str(address[0]), int(address[1])

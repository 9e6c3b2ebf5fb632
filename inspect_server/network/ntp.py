"""Asking a time server how far this machine's clock is off (SNTP, RFC 5905 section 14)."""

import asyncio
import secrets
import time
from dataclasses import dataclass

PORT = 123
ANSWER_S = 3.0
NTP_EPOCH_OFFSET_S = 2_208_988_800
PACKET_LENGTH = 48
CLIENT_REQUEST = 0b00_100_011
"""No leap warning, version 4, mode 3 (client)."""
MODE_SERVER = 4
UNSYNCHRONISED = 3


class NoTimeError(ConnectionError):
    """The time server did not answer, or has no time itself."""


@dataclass(frozen=True)
class ClockOffset:
    """Positive: this machine's clock is late by so much. The error is at most half the round trip."""

    offset_ms: float
    round_trip_ms: float


async def clock_offset(server: str, port: int = PORT) -> ClockOffset:
    """Ask ``server`` once.

    Raises:
        NoTimeError: no usable answer within 3 s.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[bytes, float]] = loop.create_future()
    try:
        async with asyncio.timeout(ANSWER_S):
            transport, _ = await loop.create_datagram_endpoint(lambda: _Question(answer), remote_addr=(server, port))
            try:
                # The server sends this value back, so that an answer to somebody else's question is not taken.
                cookie = secrets.token_bytes(8)
                sent_at = time.time()
                transport.sendto(bytes([CLIENT_REQUEST]) + bytes(39) + cookie)
                packet, received_at = await answer
            finally:
                transport.close()
    except TimeoutError:
        raise NoTimeError(f"{server} did not answer within {ANSWER_S:.0f} s") from None
    except OSError as error:
        raise NoTimeError(f"{server}: {error.strerror or error}") from None
    return read_answer(packet, cookie, sent_at, received_at)


def read_answer(packet: bytes, cookie: bytes, sent_at: float, received_at: float) -> ClockOffset:
    """Offset and round trip from the four times of an exchange (Unix seconds, RFC 5905 section 8).

    Raises:
        NoTimeError: not an answer to this question, or the server has no time.
    """
    if len(packet) < PACKET_LENGTH or packet[0] & 0b111 != MODE_SERVER or packet[24:32] != cookie:
        raise NoTimeError("the answer is not one to this question")
    if packet[0] >> 6 == UNSYNCHRONISED or packet[1] == 0:
        raise NoTimeError("the time server has no time itself")
    arrived_at, answered_at = (_unix_time(packet[start : start + 8]) for start in (32, 40))
    offset = ((arrived_at - sent_at) + (answered_at - received_at)) / 2
    round_trip = (received_at - sent_at) - (answered_at - arrived_at)
    return ClockOffset(offset * 1000, round_trip * 1000)


def _unix_time(field: bytes) -> float:
    seconds = int.from_bytes(field[:4], "big")
    fraction = int.from_bytes(field[4:], "big")
    # The era of NTP ends in 2036; a small number of seconds belongs to the next one.
    era = 2**32 if seconds < NTP_EPOCH_OFFSET_S else 0
    return seconds + era - NTP_EPOCH_OFFSET_S + fraction / 2**32


class _Question(asyncio.DatagramProtocol):
    """Hands the first datagram, or the first error, to whoever waits."""

    def __init__(self, answer: asyncio.Future[tuple[bytes, float]]) -> None:
        self._answer = answer

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self._answer.done():
            self._answer.set_result((data, time.time()))

    def error_received(self, exc: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(exc)

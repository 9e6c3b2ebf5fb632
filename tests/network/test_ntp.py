"""The clock's offset from the four times of an exchange with a time server."""

import asyncio
import struct
import time
from typing import cast

import pytest

from inspect_server.network.ntp import NTP_EPOCH_OFFSET_S, ClockOffset, NoTimeError, clock_offset, read_answer
from tests.support.processes import free_port

COOKIE = b"question"
SERVER_MODE = 0b00_100_100


def ntp_time(unix_time: float) -> bytes:
    whole = int(unix_time)
    return struct.pack("!II", (whole + NTP_EPOCH_OFFSET_S) % 2**32, int((unix_time - whole) * 2**32))


def answer(
    arrived_at: float, answered_at: float, *, cookie: bytes = COOKIE, first: int = SERVER_MODE, stratum: int = 2
) -> bytes:
    return bytes([first, stratum]) + bytes(22) + cookie + ntp_time(arrived_at) + ntp_time(answered_at)


@pytest.mark.parametrize("start", [1_795_000_000.0, 2_085_978_496.0 - 1, 2_085_978_496.0 + 500])
def test_offset_and_round_trip_come_from_all_four_times_also_beyond_2036(start: float) -> None:
    # Our clock is 250 ms late; 40 ms there, 10 ms in the server, 40 ms back.
    packet = answer(start + 0.290, start + 0.300)
    found = read_answer(packet, COOKIE, sent_at=start, received_at=start + 0.090)
    assert found.offset_ms == pytest.approx(250, abs=0.01)
    assert found.round_trip_ms == pytest.approx(80, abs=0.01)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        answer(1.0, 1.0)[:47],
        answer(1.0, 1.0, cookie=b"another!"),
        answer(1.0, 1.0, first=0b00_100_011),
        answer(1.0, 1.0, first=0b11_100_100),
        answer(1.0, 1.0, stratum=0),
    ],
    ids=["empty", "short", "somebody else's", "a question", "not synchronised", "kiss of death"],
)
def test_what_is_no_usable_answer_is_refused(packet: bytes) -> None:
    with pytest.raises(NoTimeError):
        read_answer(packet, COOKIE, sent_at=1.0, received_at=1.0)


class TimeServer(asyncio.DatagramProtocol):
    """Answers with a clock that is an hour ahead."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        ahead = time.time() + 3600
        self.transport.sendto(answer(ahead, ahead, cookie=data[40:48]), addr)


async def test_a_server_is_asked_over_the_wire() -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(TimeServer, local_addr=("127.0.0.1", 0))
    found = await clock_offset("127.0.0.1", transport.get_extra_info("sockname")[1])
    transport.close()
    assert isinstance(found, ClockOffset)
    assert found.offset_ms == pytest.approx(3_600_000, abs=found.round_trip_ms + 1)


async def test_nobody_there_is_told() -> None:
    with pytest.raises(NoTimeError):
        await clock_offset("127.0.0.1", free_port())

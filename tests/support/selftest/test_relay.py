"""The relay's link does to packets what its conditions say, and its wire carries them both ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise

import pytest
import pytest_asyncio

from tests.support.relay import CLEAN, Conditions, Link, Relay

PACKETS = 20_000


def outcome(conditions: Conditions, *, seed: int = 7, every_s: float = 0.01) -> list[list[float]]:
    link = Link(conditions, seed)
    return [link.send(1000, number * every_s) for number in range(PACKETS)]


def test_a_clean_link_passes_everything_at_once() -> None:
    assert outcome(CLEAN) == [[number * 0.01] for number in range(PACKETS)]


def test_chance_is_seeded() -> None:
    assert outcome(Conditions(loss=0.1)) == outcome(Conditions(loss=0.1))
    assert outcome(Conditions(loss=0.1)) != outcome(Conditions(loss=0.1), seed=8)


@pytest.mark.parametrize("burst_packets", [1, 5])
def test_loss_is_the_share_asked_for(burst_packets: float) -> None:
    lost = [not arrivals for arrivals in outcome(Conditions(loss=0.1, burst_packets=burst_packets))]
    assert sum(lost) / PACKETS == pytest.approx(0.1, rel=0.15)
    runs = sum(now and not before for before, now in zip([False, *lost], lost, strict=False))
    assert sum(lost) / runs == pytest.approx(max(burst_packets, 1.1), rel=0.1)


def test_delay_and_jitter_keep_the_order() -> None:
    arrivals = [times[0] for times in outcome(Conditions(delay_ms=50, jitter_ms=30), every_s=0.002)]
    delays = [arrival - number * 0.002 for number, arrival in enumerate(arrivals)]
    assert min(delays) >= 0.05
    assert max(delays) <= 0.08 + 1e-9
    assert arrivals == sorted(arrivals)


def test_reordering_lets_packets_overtake() -> None:
    arrivals = [times[0] for times in outcome(Conditions(reorder=0.05, reorder_ms=25))]
    late = sum(now < before for before, now in pairwise(arrivals))
    assert late / PACKETS == pytest.approx(0.05, rel=0.15)


def test_duplicates_come_twice() -> None:
    assert sum(len(times) == 2 for times in outcome(Conditions(duplicate=0.02))) / PACKETS == pytest.approx(
        0.02, rel=0.2
    )


def test_a_rate_limit_delays_up_to_its_queue_and_then_drops() -> None:
    # 1028 bytes every 10 ms are 822 kbit/s; 411 kbit/s pass.
    times = outcome(Conditions(rate_bps=411_200, queue_ms=200))
    delays = [t[0] - number * 0.01 for number, t in enumerate(times) if t]
    assert 0.2 < max(delays) < 0.23
    assert sum(bool(t) for t in times) / PACKETS == pytest.approx(0.5, rel=0.01)


def test_nothing_passes_a_link_that_is_down() -> None:
    link = Link(replace(CLEAN, down=True), 1)
    assert link.send(100, 0.0) == []
    link.conditions = CLEAN
    assert link.send(100, 1.0) == [1.0]
    assert (link.carried, link.dropped) == (1, 1)


class Peer(asyncio.DatagramProtocol):
    """A UDP socket that keeps what it got; a server's ``echo`` answers with a prefix."""

    transport: asyncio.DatagramTransport

    def __init__(self, *, echo: bool = False) -> None:
        self.echo = echo
        self.got: asyncio.Queue[bytes] = asyncio.Queue()
        self.senders: list[tuple[str, int]] = []

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        self.got.put_nowait(data)
        self.senders.append((str(addr[0]), addr[1]))
        if self.echo:
            self.transport.sendto(b"re:" + data, addr)

    @property
    def port(self) -> int:
        port: int = self.transport.get_extra_info("sockname")[1]
        return port

    async def next(self) -> bytes:
        return await asyncio.wait_for(self.got.get(), 5)


async def peer(*, echo: bool = False) -> Peer:
    loop = asyncio.get_running_loop()
    transport, made = await loop.create_datagram_endpoint(lambda: Peer(echo=echo), local_addr=("127.0.0.1", 0))
    made.transport = transport
    return made


@pytest_asyncio.fixture
async def relay() -> AsyncIterator[Relay]:
    made = Relay()
    yield made
    made.close()


async def test_packets_go_both_ways_and_each_browser_socket_has_its_own_face(relay: Relay) -> None:
    server, first, second = await peer(echo=True), await peer(), await peer()
    port = await relay.open("127.0.0.1", server.port)
    assert await relay.open("127.0.0.1", server.port) == port

    first.transport.sendto(b"one", ("127.0.0.1", port))
    assert await first.next() == b"re:one"
    second.transport.sendto(b"two", ("127.0.0.1", port))
    assert await second.next() == b"re:two"

    assert len(set(server.senders)) == 2
    assert first.port not in {sender[1] for sender in server.senders}


async def test_an_outage_swallows_packets_and_ends(relay: Relay) -> None:
    server, browser = await peer(echo=True), await peer()
    port = await relay.open("127.0.0.1", server.port)
    browser.transport.sendto(b"before", ("127.0.0.1", port))
    assert await browser.next() == b"re:before"

    relay.set_down(True)
    browser.transport.sendto(b"during", ("127.0.0.1", port))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(browser.got.get(), 0.3)
    assert relay.up.dropped == 1
    relay.set_down(False)
    browser.transport.sendto(b"after", ("127.0.0.1", port))

    assert await browser.next() == b"re:after"
    assert [server.got.get_nowait() for _ in range(2)] == [b"before", b"after"]


async def test_a_rebound_flow_comes_from_another_port_and_the_old_one_is_dead(relay: Relay) -> None:
    server, browser = await peer(echo=True), await peer()
    port = await relay.open("127.0.0.1", server.port)
    browser.transport.sendto(b"one", ("127.0.0.1", port))
    assert await browser.next() == b"re:one"

    await relay.rebind()
    server.transport.sendto(b"to the old one", server.senders[0])
    browser.transport.sendto(b"two", ("127.0.0.1", port))

    assert await browser.next() == b"re:two"
    assert server.senders[1] != server.senders[0]


async def test_abandoned_flows_are_dead_and_new_ones_work(relay: Relay) -> None:
    server, before, after = await peer(echo=True), await peer(), await peer()
    port = await relay.open("127.0.0.1", server.port)
    before.transport.sendto(b"one", ("127.0.0.1", port))
    assert await before.next() == b"re:one"

    await relay.abandon_flows()
    server.transport.sendto(b"to the old one", server.senders[0])
    before.transport.sendto(b"two", ("127.0.0.1", port))
    after.transport.sendto(b"three", ("127.0.0.1", port))

    assert await after.next() == b"re:three"
    assert before.got.empty()
    assert [server.got.get_nowait() for _ in range(2)] == [b"one", b"three"]

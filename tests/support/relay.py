"""A bad network for one browser: every UDP packet between it and the server goes through here, and some do not arrive.

``Link`` decides, without I/O and with seeded chance, when a packet comes out at the other end; ``Relay`` is the wire.
``init_script`` makes a page use the relay: it swaps each UDP candidate of the server for a port of the relay and hides
the page's own candidates, so that nothing finds a way around.

A NAT on the way may forget its bindings (``rebind``): the same browser then comes from another port. When the phone
changes its network (``abandon_flows``), its old sockets lead nowhere for good, and only new ones work.

All runs on the test's event loop. A relay owns its sockets; the test closes it. A packet that finds the queue of a
rate-limited link full is dropped, as in a router.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

from playwright.async_api import BrowserContext

Address: TypeAlias = tuple[str, int]

BINDING = "__relayPort"
SCRIPTS = Path(__file__).parent / "init_scripts"
HEADER_BYTES = 28
"""IPv4 and UDP headers count for a rate limit."""


@dataclass(frozen=True)
class Conditions:
    """What a link does to packets. Loss is a share of 1; ``rate_bps`` 0 means no limit.

    ``loss`` hits single packets; with ``burst_packets`` over 1 the same share is lost in runs of about that length.
    ``reorder``: this share of packets is held back by ``reorder_ms``. ``down``: nothing passes.
    """

    delay_ms: float = 0
    jitter_ms: float = 0
    loss: float = 0
    burst_packets: float = 1
    duplicate: float = 0
    reorder: float = 0
    reorder_ms: float = 20
    rate_bps: int = 0
    queue_ms: float = 300
    down: bool = False


CLEAN = Conditions()


class Link:
    """One direction. Pure: ``now`` is in seconds of any monotonic clock; the outcome comes back."""

    def __init__(self, conditions: Conditions, seed: int) -> None:
        self.conditions = conditions
        self.carried = 0
        self.dropped = 0
        self._random = random.Random(seed)
        self._in_burst = False
        self._free_at = 0.0
        self._last_out = 0.0

    def send(self, size: int, now: float) -> list[float]:
        """When the packet comes out: no time if it is lost, two if it is doubled."""
        if self.conditions.down or self._lost():
            self.dropped += 1
            return []
        leaves_at = self._through_queue(size, now)
        if leaves_at is None:
            self.dropped += 1
            return []
        arrives_at = leaves_at + (self.conditions.delay_ms + self._random.uniform(0, self.conditions.jitter_ms)) / 1000
        # Jitter alone keeps the order, as a queue does; only ``reorder`` breaks it.
        if self._random.random() < self.conditions.reorder:
            arrivals = [arrives_at + self.conditions.reorder_ms / 1000]
        else:
            arrivals = [max(arrives_at, self._last_out)]
            self._last_out = arrivals[0]
        if self._random.random() < self.conditions.duplicate:
            arrivals.append(arrivals[0])
        self.carried += 1
        return arrivals

    def _lost(self) -> bool:
        """Two-state loss (Gilbert): runs of ``burst_packets`` on average, ``loss`` overall."""
        loss, burst = self.conditions.loss, max(1.0, self.conditions.burst_packets)
        if loss <= 0:
            return False
        if burst == 1:
            return self._random.random() < loss
        if self._in_burst:
            self._in_burst = self._random.random() >= 1 / burst
        else:
            self._in_burst = self._random.random() < loss / (burst * (1 - loss))
        return self._in_burst

    def _through_queue(self, size: int, now: float) -> float | None:
        if not self.conditions.rate_bps:
            return now
        starts_at = max(now, self._free_at)
        if (starts_at - now) * 1000 > self.conditions.queue_ms:
            return None
        self._free_at = starts_at + (size + HEADER_BYTES) * 8 / self.conditions.rate_bps
        return self._free_at


def _ignore(data: bytes, sender: Address) -> None:
    """What a socket does with its packets until somebody asks for them."""


class _Socket(asyncio.DatagramProtocol):
    """One UDP socket that hands its packets to whoever asked for them."""

    transport: asyncio.DatagramTransport

    def __init__(self) -> None:
        self.on_packet: Callable[[bytes, Address], None] = _ignore

    @classmethod
    async def bound(cls) -> _Socket:
        loop = asyncio.get_running_loop()
        transport, socket = await loop.create_datagram_endpoint(cls, local_addr=("127.0.0.1", 0))
        socket.transport = transport
        return socket

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        self.on_packet(data, (str(addr[0]), addr[1]))

    def send(self, data: bytes, to: Address) -> None:
        if not self.transport.is_closing():
            self.transport.sendto(data, to)

    @property
    def port(self) -> int:
        port: int = self.transport.get_extra_info("sockname")[1]
        return port


class _Flow(NamedTuple):
    """One socket of the browser that talks to one of the server."""

    server: Address
    browser: Address


class Relay:
    """Ports that each stand for one address of the server. ``up`` leads to the server, ``down`` back to the browser."""

    def __init__(self, up: Conditions = CLEAN, down: Conditions = CLEAN, *, seed: int = 1) -> None:
        self.up = Link(up, seed)
        self.down = Link(down, seed + 1)
        self._loop = asyncio.get_running_loop()
        self._ports: dict[Address, _Socket] = {}
        self._opening = asyncio.Lock()
        self._backs: dict[_Flow, asyncio.Future[_Socket]] = {}
        self._abandoned: set[_Flow] = set()
        self._forgotten: list[_Socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int) -> int:
        """The relay's port that stands for this address of the server."""
        async with self._opening:
            server = (host, port)
            if server not in self._ports:
                front = await _Socket.bound()
                front.on_packet = lambda data, browser: self._from_browser(_Flow(server, browser), data)
                self._ports[server] = front
            return self._ports[server].port

    def set_conditions(self, *, up: Conditions | None = None, down: Conditions | None = None) -> None:
        self.up.conditions = up or self.up.conditions
        self.down.conditions = down or self.down.conditions

    def set_down(self, down: bool) -> None:
        """Start or end an outage in both directions."""
        for link in (self.up, self.down):
            link.conditions = replace(link.conditions, down=down)

    async def outage(self, seconds: float) -> None:
        """Let nothing pass for this long."""
        self.set_down(True)
        await asyncio.sleep(seconds)
        self.set_down(False)

    async def rebind(self) -> None:
        """The NAT forgets: from now on the server sees every flow come from another port, and nobody at the old one."""
        for flow in list(self._backs):
            old = await self._backs[flow]
            old.on_packet = _ignore
            self._forgotten.append(old)
            del self._backs[flow]
            await self._back(flow)

    async def abandon_flows(self) -> None:
        """The phone is on another network: nothing passes on its present sockets any more, in either direction."""
        for flow, back in self._backs.items():
            (await back).on_packet = _ignore
            self._abandoned.add(flow)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        backs = [back.result() for back in self._backs.values() if back.done() and not back.cancelled()]
        for socket in [*self._ports.values(), *backs, *self._forgotten]:
            socket.transport.close()

    async def attach(self, context: BrowserContext) -> None:
        """Make every page of the context talk to the server through this relay."""
        await context.expose_function(BINDING, self.open)
        await context.add_init_script(init_script())

    def _from_browser(self, flow: _Flow, data: bytes) -> None:
        if flow in self._abandoned:
            return
        arrivals = self.up.send(len(data), self._loop.time())
        if not arrivals:
            return
        back = self._backs.get(flow)
        if back is not None and back.done():
            self._deliver(back.result(), flow.server, data, arrivals)
            return
        task = self._loop.create_task(self._deliver_first(flow, data, arrivals))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_first(self, flow: _Flow, data: bytes, arrivals: list[float]) -> None:
        self._deliver(await self._back(flow), flow.server, data, arrivals)

    def _deliver(self, sender: _Socket, to: Address, data: bytes, arrivals: list[float]) -> None:
        for arrival in arrivals:
            self._loop.call_at(arrival, sender.send, data, to)

    async def _back(self, flow: _Flow) -> _Socket:
        """The socket that the server sees in place of this browser's."""
        if flow not in self._backs:
            self._backs[flow] = self._loop.create_future()
            back = await _Socket.bound()
            back.on_packet = lambda data, _: self._from_server(flow, data)
            self._backs[flow].set_result(back)
        return await self._backs[flow]

    def _from_server(self, flow: _Flow, data: bytes) -> None:
        front = self._ports[flow.server]
        self._deliver(front, flow.browser, data, self.down.send(len(data), self._loop.time()))


def init_script() -> str:
    """The page's part: candidates of the server become ports of the relay."""
    return (SCRIPTS / "through_relay.js").read_text().replace("BINDING", BINDING)

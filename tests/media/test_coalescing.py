"""When the worker's event loop looks for packets."""

from __future__ import annotations

import asyncio
import selectors
import socket
from collections.abc import Iterator

import pytest

from inspect_server.media import coalescing
from inspect_server.media.coalescing import INTERVAL_S, CoalescingSelector


class Clock:
    """Time that only passes where somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []
        self.timeouts: list[float | None] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def select(self, selector: object, timeout: float | None = None) -> list[object]:
        self.timeouts.append(timeout)
        return []


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(coalescing, "time", clock)
    monkeypatch.setattr(selectors.EpollSelector, "select", lambda *args: clock.select(*args))  # noqa: PLW0108 - a method
    return clock


@pytest.fixture
def selector(clock: Clock) -> Iterator[CoalescingSelector]:
    with CoalescingSelector() as selector:
        yield selector


def test_between_two_looks_there_is_an_interval(clock: Clock, selector: CoalescingSelector) -> None:
    selector.select(None)
    clock.now += INTERVAL_S / 4
    selector.select(None)
    assert clock.slept == [pytest.approx(INTERVAL_S * 3 / 4)]
    assert clock.timeouts == [None, None]


def test_after_an_interval_there_is_no_waiting(clock: Clock, selector: CoalescingSelector) -> None:
    selector.select(1.0)
    clock.now += INTERVAL_S
    selector.select(1.0)
    assert clock.slept == []


def test_what_the_loop_has_to_do_at_once_is_not_delayed(clock: Clock, selector: CoalescingSelector) -> None:
    selector.select(0)
    selector.select(0)
    assert clock.slept == []
    assert clock.timeouts == [0, 0]


def test_a_timer_is_not_delayed(clock: Clock, selector: CoalescingSelector) -> None:
    selector.select(None)
    selector.select(INTERVAL_S / 8)
    assert clock.slept == [pytest.approx(INTERVAL_S / 8)]
    assert clock.timeouts[-1] == pytest.approx(0)


def test_a_loop_runs_on_it() -> None:
    async def echo() -> bytes:
        loop = asyncio.get_running_loop()
        near, far = socket.socketpair()
        with near, far:
            for end in (near, far):
                end.settimeout(0)
            await loop.sock_sendall(near, b"there")
            return await loop.sock_recv(far, 10)

    with asyncio.Runner(loop_factory=coalescing.new_event_loop) as runner:
        assert runner.run(echo()) == b"there"

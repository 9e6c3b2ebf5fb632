"""Binding the sockets of one connection on real addresses of this machine."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from inspect_server.domain.errors import MediaUnavailable
from inspect_server.media.ice_addresses import IceAddresses, bind_sockets

BOTH = ["127.0.0.1", "::1"]


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def ports_of(sockets: list[socket.socket]) -> set[int]:
    return {bound.getsockname()[1] for bound in sockets}


def a_free_range(length: int) -> range:
    """Ports in a row that nobody uses; others may take them in the next moment, but hardly so many."""
    for first in range(42_000, 60_000, length):
        try:
            with ExitStack() as probes:
                for port in range(first, first + length):
                    probes.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)).bind(("127.0.0.1", port))
        except OSError:
            continue
        return range(first, first + length)
    raise RuntimeError("no free ports")


def bind(opened: ExitStack, addresses: IceAddresses) -> list[socket.socket]:
    sockets = bind_sockets(addresses)
    for bound in sockets:
        opened.enter_context(bound)
    return sockets


def test_one_port_serves_all_addresses_of_a_connection(opened: ExitStack) -> None:
    first, second = bind(opened, IceAddresses(BOTH)), bind(opened, IceAddresses(BOTH))
    assert [len(first), len(ports_of(first))] == [2, 1]
    assert ports_of(first) != ports_of(second)


def test_connections_share_the_range_until_it_is_used_up(opened: ExitStack) -> None:
    ports = a_free_range(4)
    used = [bind(opened, IceAddresses(BOTH, ports=ports)) for _ in ports]
    assert set().union(*map(ports_of, used)) == set(ports)
    with pytest.raises(MediaUnavailable, match=f"{ports.start} to {ports[-1]}"):
        bind_sockets(IceAddresses(BOTH, ports=ports))
    for bound in used[2]:
        bound.close()
    assert ports_of(bind(opened, IceAddresses(BOTH, ports=ports))) <= set(ports)


def test_a_port_that_is_taken_on_one_address_is_used_on_none(opened: ExitStack) -> None:
    ports = a_free_range(2)
    taken = opened.enter_context(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
    taken.bind(("::1", ports[0]))
    assert ports_of(bind(opened, IceAddresses(BOTH, ports=ports))) == {ports[1]}


def test_an_address_that_is_gone_is_passed_over(opened: ExitStack) -> None:
    (bound,) = bind(opened, IceAddresses(["203.0.113.1", "127.0.0.1"]))
    assert bound.getsockname()[0] == "127.0.0.1"

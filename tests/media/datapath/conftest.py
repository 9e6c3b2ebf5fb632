"""Both data paths, the portable and the compiled one, for every test here that takes ``path``."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from types import ModuleType

import pylibsrtp
import pytest

from inspect_server.media.datapath import Srtp
from tests.media.datapath.stage import Carried, Inbox, bound, implementations, srtp


@pytest.fixture(params=implementations(), ids=lambda module: module.__name__.rpartition(".")[2])
def path(request: pytest.FixtureRequest) -> ModuleType:
    module: ModuleType = request.param
    return module


@pytest.fixture
def inbound() -> Srtp:
    return srtp(pylibsrtp.Policy.SSRC_ANY_INBOUND)


@pytest.fixture
def outbound() -> Srtp:
    return srtp(pylibsrtp.Policy.SSRC_ANY_OUTBOUND)


@pytest.fixture(params=[socket.AF_INET, socket.AF_INET6], ids=["IPv4", "IPv6"])
def inbox(request: pytest.FixtureRequest, path: ModuleType, inbound: Srtp) -> Iterator[Inbox]:
    with closing(Inbox(path, request.param)) as inbox:
        inbox.endpoint.authenticate_by(inbound)
        yield inbox


@pytest.fixture
def sender(inbox: Inbox) -> Iterator[socket.socket]:
    with bound(inbox.socket.family) as sender:
        yield sender


@pytest.fixture
def stream(path: ModuleType) -> Iterator[Carried]:
    with closing(Carried(path)) as stream:
        yield stream

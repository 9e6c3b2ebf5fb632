"""Sockets are bound before anything else starts, and a refusal says which setting to change."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inspect_server.domain.errors import CannotListen, CertificateUnusable, PortTaken
from inspect_server.network.certificate import ensure_certificate
from inspect_server.network.listeners import Endpoint, listen, open_listeners, tls_context

HTTP = Endpoint("127.0.0.1", 0, "INSPECT_HTTP_PORT")


def test_a_taken_port_is_told_with_its_setting() -> None:
    with listen(HTTP) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            listen(Endpoint("127.0.0.1", port, "INSPECT_HTTP_PORT"))
    assert caught.value.params == {"host": "127.0.0.1", "port": port, "setting": "INSPECT_HTTP_PORT"}


def test_an_address_of_another_machine_is_refused() -> None:
    # 203.0.113.0/24 is for documentation (RFC 5737): no machine has it.
    with pytest.raises(CannotListen) as caught:
        listen(Endpoint("203.0.113.7", 0, "INSPECT_HTTPS_PORT"))
    assert caught.value.params["setting"] == "INSPECT_HTTPS_PORT"


def test_a_refused_second_socket_closes_the_first() -> None:
    with listen(HTTP) as taken, listen(HTTP) as soon_free:
        wanted = Endpoint("127.0.0.1", soon_free.getsockname()[1], "INSPECT_HTTP_PORT")
        soon_free.close()
        with pytest.raises(PortTaken):
            open_listeners(wanted, Endpoint("127.0.0.1", taken.getsockname()[1], "INSPECT_HTTPS_PORT"), None)
        listen(wanted).close()


@pytest.mark.parametrize("missing", ["server.crt", "server.key"])
def test_a_missing_certificate_file_is_named(tmp_path: Path, missing: str) -> None:
    files = ensure_certificate(tmp_path, ["localhost"], ["127.0.0.1"], now=datetime.now(UTC))
    (tmp_path / missing).unlink()
    with pytest.raises(CertificateUnusable) as caught:
        tls_context(files.certificate, files.key)
    assert caught.value.params["file"] == str(tmp_path / missing)


def test_a_key_that_does_not_belong_to_the_certificate_is_refused(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    mine = ensure_certificate(tmp_path / "mine", ["localhost"], [], now=now)
    other = ensure_certificate(tmp_path / "other", ["localhost"], [], now=now)
    with pytest.raises(CertificateUnusable):
        tls_context(mine.certificate, other.key)


async def test_a_browser_that_trusts_the_made_certificate_connects_by_address_and_by_name(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path, ["localhost"], ["127.0.0.1"], now=datetime.now(UTC))
    listeners = open_listeners(HTTP, HTTP, tls_context(files.certificate, files.key))
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), sock=listeners.https, ssl=listeners.tls)
    trusting = ssl.create_default_context(cafile=files.certificate)
    async with server:
        for name in ("127.0.0.1", "localhost"):
            _, writer = await asyncio.open_connection(
                "127.0.0.1", listeners.https_port, ssl=trusting, server_hostname=name, family=socket.AF_INET
            )
            assert writer.get_extra_info("ssl_object").version() in {"TLSv1.2", "TLSv1.3"}
            writer.close()
    listeners.close()

"""The TURN probe against a real coturn: it must tell a good secret from a wrong one and from silence."""

from datetime import UTC, datetime, timedelta

import pytest

from inspect_server.domain.turn import turn_credential
from inspect_server.media import turn_probe
from inspect_server.media.turn_probe import TurnProbeError, TurnUrl, allocate_once
from tests.support.coturn import CoturnServer
from tests.support.processes import free_port


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_time_limited_credential_gets_a_relay_address(coturn_server: CoturnServer, transport: str) -> None:
    url = f"turn:127.0.0.1:{coturn_server.port}?transport={transport}"
    credential = turn_credential(coturn_server.secret, "check", now=datetime.now(UTC), ttl_s=300)
    relayed = await allocate_once(url, credential.username, credential.password)
    host, _, port = relayed.rpartition(":")
    assert host == "127.0.0.1"
    assert int(port) >= 49152


async def test_over_tls_the_certificate_must_be_trusted(
    coturn_server: CoturnServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = turn_credential(coturn_server.secret, "check", now=datetime.now(UTC), ttl_s=300)
    with pytest.raises(TurnProbeError, match="certificate") as caught:
        await allocate_once(coturn_server.tls_url, credential.username, credential.password)
    assert not caught.value.refused
    monkeypatch.setenv("SSL_CERT_FILE", str(coturn_server.certificate))
    relayed = await allocate_once(coturn_server.tls_url, credential.username, credential.password)
    assert relayed.startswith("127.0.0.1:")


async def test_a_wrong_secret_is_refused(coturn_server: CoturnServer) -> None:
    credential = turn_credential("another secret", "check", now=datetime.now(UTC), ttl_s=300)
    with pytest.raises(TurnProbeError) as caught:
        await allocate_once(coturn_server.url, credential.username, credential.password)
    assert caught.value.refused


async def test_a_credential_whose_time_is_over_is_refused(coturn_server: CoturnServer) -> None:
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    credential = turn_credential(coturn_server.secret, "check", now=an_hour_ago, ttl_s=300)
    with pytest.raises(TurnProbeError) as caught:
        await allocate_once(coturn_server.url, credential.username, credential.password)
    assert caught.value.refused


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_silent_port_is_told_from_a_refusal(monkeypatch: pytest.MonkeyPatch, transport: str) -> None:
    monkeypatch.setattr(turn_probe, "ANSWER_S", 1.0)
    with pytest.raises(TurnProbeError) as caught:
        await allocate_once(f"turn:127.0.0.1:{free_port()}?transport={transport}", "name", "password")
    assert not caught.value.refused


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("turn:relay.example", TurnUrl("relay.example", 3478, "udp", tls=False)),
        ("turn:relay.example:80?transport=tcp", TurnUrl("relay.example", 80, "tcp", tls=False)),
        ("turns:relay.example?transport=tcp", TurnUrl("relay.example", 5349, "tcp", tls=True)),
        ("turn:[2001:db8::1]:3478", TurnUrl("2001:db8::1", 3478, "udp", tls=False)),
    ],
)
def test_turn_addresses_are_read_as_rfc_7065_says(url: str, expected: TurnUrl) -> None:
    assert TurnUrl.parse(url) == expected


@pytest.mark.parametrize("url", ["stun:relay.example", "turn:", "turn:a:port", "turn:a?transport=sctp", "https://a"])
def test_what_is_no_turn_address_is_refused(url: str) -> None:
    with pytest.raises(TurnProbeError):
        TurnUrl.parse(url)

"""Which addresses the links, the banner and the bucket's CORS rules name."""

from pathlib import Path

import pytest

from inspect_server.cli import reach
from inspect_server.network.addresses import is_reachable, web_address
from inspect_server.settings import Settings, load_settings


def settings(**values: object) -> Settings:
    return load_settings(None, values)


@pytest.fixture(autouse=True)
def _two_networks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reach, "lan_addresses", lambda: ["192.168.1.5", "10.0.0.7"])
    monkeypatch.chdir(tmp_path)


def test_links_begin_with_the_best_address_of_the_local_network() -> None:
    assert reach.link_base(settings(), 8080, 8443) == "https://192.168.1.5:8443"


def test_links_begin_with_the_public_address_where_there_is_one() -> None:
    assert reach.link_base(settings(public_url="https://inspect.example/"), 8080, 8443) == "https://inspect.example"


def test_links_stay_on_this_machine_without_https() -> None:
    assert reach.link_base(settings(https=False), 18080, None) == "http://localhost:18080"


def test_a_server_bound_to_one_address_names_no_other() -> None:
    assert reach.network_addresses(settings(https_host="10.0.0.7"), 443) == ["https://10.0.0.7"]


def test_pages_of_every_printed_address_may_read_the_bucket() -> None:
    assert reach.page_origins(settings()) == [
        "http://localhost:8080",
        "https://192.168.1.5:8443",
        "https://10.0.0.7:8443",
        "https://localhost:8443",
    ]
    assert reach.page_origins(settings(public_url="https://inspect.example/sub")) == [
        "http://localhost:8080",
        "https://inspect.example",
    ]


@pytest.mark.parametrize(
    ("scheme", "host", "port", "shown"),
    [
        ("https", "192.168.1.5", 443, "https://192.168.1.5"),
        ("http", "localhost", 8080, "http://localhost:8080"),
        ("https", "2001:db8::1", 8443, "https://[2001:db8::1]:8443"),
    ],
)
def test_addresses_are_written_as_browsers_write_them(scheme: str, host: str, port: int, shown: str) -> None:
    assert web_address(scheme, host, port) == shown


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.10.1", "0.0.0.0"])  # noqa: S104 - only looked at
def test_addresses_that_phones_cannot_reach_are_left_out(address: str) -> None:
    assert not is_reachable(address)

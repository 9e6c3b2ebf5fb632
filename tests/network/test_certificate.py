"""The certificate that the server makes: covers its addresses, is kept, and is made anew when it must."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from inspect_server.domain.errors import CertificateUnusable
from inspect_server.network.certificate import LIFETIME, RENEW_BEFORE_END, ensure_certificate
from inspect_server.network.listeners import tls_context

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = ["localhost", "laptop"]


def test_it_covers_every_name_and_address_and_a_browser_can_use_it(tmp_path: Path) -> None:
    made = ensure_certificate(tmp_path, NAMES, ["127.0.0.1", "192.168.1.5"], now=datetime.now(UTC))
    assert made.renewed
    names = (
        x509.load_pem_x509_certificate(made.certificate.read_bytes())
        .extensions.get_extension_for_class(x509.SubjectAlternativeName)
        .value
    )
    assert names.get_values_for_type(x509.DNSName) == NAMES
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "192.168.1.5"]
    assert isinstance(tls_context(made.certificate, made.key), ssl.SSLContext)
    assert made.key.stat().st_mode & 0o077 == 0


def test_it_is_kept_while_it_fits(tmp_path: Path) -> None:
    first = ensure_certificate(tmp_path, NAMES, ["192.168.1.5"], now=NOW)
    before = first.certificate.read_bytes()
    again = ensure_certificate(tmp_path, NAMES, [], now=NOW + timedelta(days=100))
    assert not again.renewed
    assert again.certificate.read_bytes() == before


@pytest.mark.parametrize(
    ("addresses", "later"),
    [(["10.0.0.9"], timedelta(0)), ([], LIFETIME - RENEW_BEFORE_END)],
    ids=["another network", "nearly over"],
)
def test_it_is_made_anew_when_it_must(tmp_path: Path, addresses: list[str], later: timedelta) -> None:
    ensure_certificate(tmp_path, NAMES, ["192.168.1.5"], now=NOW)
    assert ensure_certificate(tmp_path, NAMES, addresses, now=NOW + later).renewed


def test_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    made = ensure_certificate(tmp_path, NAMES, [], now=NOW)
    made.certificate.write_text("rubbish")
    assert ensure_certificate(tmp_path, NAMES, [], now=NOW).renewed


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.pem"
    with pytest.raises(CertificateUnusable, match=r"own\.pem"):
        tls_context(file, file)
    file.write_text("rubbish")
    with pytest.raises(CertificateUnusable, match=r"own\.pem"):
        tls_context(file, file)

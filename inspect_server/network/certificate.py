"""A certificate that the server makes for its own addresses, and keeps.

Browsers give camera and microphone to secure origins only, so a phone on the local network needs HTTPS before anybody
has bought a certificate. People accept it once by hand; therefore it is kept until it has to change.
"""

import contextlib
import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Apple's limit for certificates that a person trusts by hand is 825 days; browsers' limit for others 398.
LIFETIME = timedelta(days=397)
RENEW_BEFORE_END = timedelta(days=30)
# Clocks of phones run late.
VALID_BEFORE_NOW = timedelta(days=1)


@dataclass(frozen=True)
class CertificateFiles:
    """Certificate and private key (PEM). ``renewed``: it was made just now."""

    certificate: Path
    key: Path
    renewed: bool


def own_names() -> list[str]:
    """The names of this machine that a certificate covers beside its addresses."""
    names = ["localhost", socket.gethostname()]
    return [name for name in dict.fromkeys(names) if name and len(name) <= 64 and name.isascii()]


def ensure_certificate(
    folder: Path, names: Sequence[str], addresses: Sequence[str], *, now: datetime
) -> CertificateFiles:
    """The kept certificate where it still fits, else a new one. Blocks.

    It is renewed when an address or name is missing in it, or 30 days before its end.

    Raises:
        OSError: ``folder`` cannot be written.
    """
    files = CertificateFiles(folder / "server.crt", folder / "server.key", renewed=False)
    if is_usable(files, names, addresses, now):
        return files
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = make_certificate(key, names, addresses, now)
    key_bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    replace_file(files.key, key_bytes)
    replace_file(files.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    return CertificateFiles(files.certificate, files.key, renewed=True)


def is_usable(files: CertificateFiles, names: Sequence[str], addresses: Sequence[str], now: datetime) -> bool:
    """Whether the kept pair can be read, belongs together, covers everything, and lasts long enough."""
    try:
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        key = serialization.load_pem_private_key(files.key.read_bytes(), password=None)
        covered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    addresses_covered = {str(address) for address in covered.get_values_for_type(x509.IPAddress)}
    return (
        key.public_key() == certificate.public_key()
        and set(names) <= set(covered.get_values_for_type(x509.DNSName))
        and set(addresses) <= addresses_covered
        and certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEW_BEFORE_END
    )


def read_certificate(path: Path) -> x509.Certificate:
    """The first certificate of a chain (PEM).

    Raises:
        OSError: the file cannot be read.
        ValueError: there is no certificate in it.
    """
    return x509.load_pem_x509_certificate(path.read_bytes())


def covers(certificate: x509.Certificate, host: str) -> bool:
    """Whether a browser takes it for the certificate of this host name or address (RFC 9525)."""
    try:
        covered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    names = {name.lower() for name in covered.get_values_for_type(x509.DNSName)}
    addresses = {str(address) for address in covered.get_values_for_type(x509.IPAddress)}
    wildcard = "*." + host.partition(".")[2]
    return host.lower() in names or wildcard.lower() in names or host in addresses


def make_certificate(
    key: ec.EllipticCurvePrivateKey, names: Sequence[str], addresses: Sequence[str], now: datetime
) -> x509.Certificate:
    """A self-signed server certificate (RFC 5280) for all ``names`` and ``addresses``."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0] if names else "inspect-server")])
    covered = [
        *(x509.DNSName(name) for name in names),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses),
    ]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - VALID_BEFORE_NOW)
        .not_valid_after(now - VALID_BEFORE_NOW + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(covered), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def replace_file(path: Path, content: bytes) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    partial = path.with_suffix(path.suffix + ".new")
    with contextlib.suppress(FileNotFoundError):
        partial.unlink()
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    partial.replace(path)

"""The sockets that the server listens on: bound before anything else starts, so that a taken port is told at once."""

import errno
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from inspect_server.domain.errors import CannotListen, CertificateUnusable, PortTaken

BACKLOG = 256


@dataclass(frozen=True)
class Endpoint:
    """Where to listen. ``setting`` is the name of the port's setting, for messages."""

    host: str
    port: int
    setting: str


@dataclass(frozen=True)
class Listeners:
    """Listening sockets; plain HTTP, and HTTPS with its TLS context where it is wanted."""

    http: socket.socket
    https: socket.socket | None
    tls: ssl.SSLContext | None

    @property
    def http_port(self) -> int:
        return port_of(self.http)

    @property
    def https_port(self) -> int | None:
        return None if self.https is None else port_of(self.https)

    def close(self) -> None:
        """Close both sockets; harmless when a server has closed them already."""
        for listener in (self.http, self.https):
            if listener is not None:
                listener.close()


def open_listeners(http: Endpoint, https: Endpoint | None, tls: ssl.SSLContext | None) -> Listeners:
    """Bind and listen.

    Raises:
        PortTaken: another program listens there.
        CannotListen: the address is not this machine's, or the port needs more rights.
    """
    plain = listen(http)
    try:
        return Listeners(plain, None if https is None else listen(https), tls)
    except (PortTaken, CannotListen):
        plain.close()
        raise


def listen(endpoint: Endpoint) -> socket.socket:
    """One listening socket.

    Raises:
        PortTaken: another program listens there.
        CannotListen: the address is not this machine's, or the port needs more rights.
    """
    where: dict[str, str | int] = {"host": endpoint.host, "port": endpoint.port, "setting": endpoint.setting}
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    try:
        return socket.create_server((endpoint.host, endpoint.port), family=family, backlog=BACKLOG)
    except OSError as error:
        at = f"{endpoint.host}:{endpoint.port}"
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"another program listens on {at}; stop it or set {endpoint.setting}", **where) from None
        reason = error.strerror or str(error)
        raise CannotListen(f"cannot listen on {at}: {reason}; see {endpoint.setting}", reason=reason, **where) from None


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer with this certificate chain.

    Raises:
        CertificateUnusable: a file is missing or unreadable, or the two do not belong together.
    """
    for file in (certificate, key):
        try:
            file.read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise CertificateUnusable(f"{file}: {reason}", file=str(file), reason=reason) from None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without a password here OpenSSL would ask the terminal for the one of an encrypted key.
        context.load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, ValueError):
        reason = "no PEM certificate with the private key that belongs to it, without a password"
        raise CertificateUnusable(f"{certificate}, {key}: {reason}", file=str(certificate), reason=reason) from None
    return context


def port_of(listener: socket.socket) -> int:
    """The port that a socket is bound to."""
    port: int = listener.getsockname()[1]
    return port

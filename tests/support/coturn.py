"""A real TURN server for the tests: coturn on 127.0.0.1 with a shared secret for time-limited credentials."""

import secrets
import shutil
import socket
import struct
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from inspect_server.network.certificate import ensure_certificate
from tests.support.processes import Program, free_port

START_TIMEOUT_S = 15.0
REALM = "inspect.test"
STUN_MAGIC_COOKIE = 0x2112A442
STUN_BINDING_REQUEST = 0x0001


class CoturnServer:
    """A running coturn; ``secret`` is its static-auth-secret, ``certificate`` one that nobody else vouches for."""

    def __init__(
        self, folder: Path, port: int, tls_port: int, certificate: Path, secret: str, program: Program
    ) -> None:
        self.folder = folder
        self.port = port
        self.tls_port = tls_port
        self.certificate = certificate
        self.secret = secret
        self._program = program

    @classmethod
    def start(cls) -> Self:
        found = shutil.which("turnserver")
        if found is None:
            raise FileNotFoundError("coturn is missing; install it: apt-get install coturn")
        folder = Path(tempfile.mkdtemp(prefix="turn-"))
        port, tls_port, secret = free_port(), free_port(), secrets.token_urlsafe(24)
        tls = ensure_certificate(folder / "tls", ["localhost"], ["127.0.0.1"], now=datetime.now(UTC))
        lines = [
            "listening-ip=127.0.0.1",
            "relay-ip=127.0.0.1",
            f"listening-port={port}",
            f"tls-listening-port={tls_port}",
            f"cert={tls.certificate}",
            f"pkey={tls.key}",
            "no-dtls",
            "no-cli",
            # Peers are on loopback here, which coturn refuses unless told otherwise.
            "allow-loopback-peers",
            # As the README advises: relay to the media server only.
            "denied-peer-ip=0.0.0.0-255.255.255.255",
            "allowed-peer-ip=127.0.0.1",
            f"realm={REALM}",
            "use-auth-secret",
            f"static-auth-secret={secret}",
            "fingerprint",
            f"pidfile={folder / 'pid'}",
            f"userdb={folder / 'users.sqlite'}",
            "log-file=stdout",
            "simple-log",
        ]
        # In a file, not on the command line: a command line is readable by every user of the machine.
        configuration = folder / "turnserver.conf"
        configuration.write_text("\n".join(lines) + "\n")
        configuration.chmod(0o600)
        program = Program([found, "-c", configuration], folder / "coturn.log")
        server = cls(folder, port, tls_port, tls.certificate, secret, program)
        program.wait_until(server._answers_binding, within_s=START_TIMEOUT_S)
        return server

    @property
    def url(self) -> str:
        return f"turn:127.0.0.1:{self.port}?transport=udp"

    @property
    def urls(self) -> list[str]:
        """Every way that it can be reached: UDP, TCP, TLS."""
        return [self.url, f"turn:127.0.0.1:{self.port}?transport=tcp", self.tls_url]

    @property
    def tls_url(self) -> str:
        return f"turns:127.0.0.1:{self.tls_port}?transport=tcp"

    def close(self) -> None:
        self._program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers_binding(self) -> bool:
        """Whether a STUN binding request (RFC 8489, section 5) gets an answer."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.2)
            client.connect(("127.0.0.1", self.port))
            try:
                client.send(struct.pack("!HHI", STUN_BINDING_REQUEST, 0, STUN_MAGIC_COOKIE) + secrets.token_bytes(12))
                return len(client.recv(2048)) >= 20
            except OSError:
                return False

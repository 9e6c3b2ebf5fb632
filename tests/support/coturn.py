"""A real TURN server for the tests: coturn on 127.0.0.1 with a shared secret for time-limited credentials."""

import secrets
import shutil
import socket
import struct
import tempfile
from pathlib import Path
from typing import Self

from tests.support.processes import Program, free_port

START_TIMEOUT_S = 15.0
REALM = "inspect.test"
STUN_MAGIC_COOKIE = 0x2112A442
STUN_BINDING_REQUEST = 0x0001


class CoturnServer:
    """A running coturn; ``secret`` is its static-auth-secret."""

    def __init__(self, folder: Path, port: int, secret: str, program: Program) -> None:
        self.folder = folder
        self.port = port
        self.secret = secret
        self._program = program

    @classmethod
    def start(cls) -> Self:
        found = shutil.which("turnserver")
        if found is None:
            raise FileNotFoundError("coturn is missing; install it: apt-get install coturn")
        folder = Path(tempfile.mkdtemp(prefix="turn-"))
        port, secret = free_port(), secrets.token_urlsafe(24)
        lines = [
            "listening-ip=127.0.0.1",
            "relay-ip=127.0.0.1",
            f"listening-port={port}",
            "no-tls",
            "no-dtls",
            "no-cli",
            # Peers are on loopback here, which coturn refuses unless told otherwise.
            "allow-loopback-peers",
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
        server = cls(folder, port, secret, program)
        program.wait_until(server._answers_binding, within_s=START_TIMEOUT_S)
        return server

    @property
    def url(self) -> str:
        return f"turn:127.0.0.1:{self.port}?transport=udp"

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

"""The product as its users start it: ``python -m inspect_server serve`` in a process group of its own.

Everything here blocks, by seconds at most; an async test calls ``start`` and ``stop`` through ``asyncio.to_thread``.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.processes import free_port

START_S = 40
STOP_S = 20
POLL_S = 0.1
REPOSITORY = Path(__file__).parents[2]


@dataclass
class Product:
    """One installation: its folder, port and settings stay the same over restarts."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "serve.log"

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("INSPECT_")}
        own = {
            "INSPECT_DATA_DIR": str(self.data),
            "INSPECT_HTTP_PORT": str(self.port),
            "INSPECT_HTTPS": "false",
            "INSPECT_PUBLIC_URL": self.url,
            "INSPECT_ICE_ANNOUNCE_LOOPBACK": "true",
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUNBUFFERED": "1",
        }
        return {**inherited, **own, **self.settings}

    def start(self) -> None:
        """Start the server with demo data and wait until it is healthy, its media workers included.

        Raises:
            RuntimeError: it ended or was not healthy in time; carries the end of its log.
        """
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "inspect_server", "serve", "--demo"],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S
        while not self._healthy():
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.output()}")
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the server was not healthy within {START_S} s:\n{self.output()}")
            time.sleep(POLL_S)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/api/health", timeout=2) as answer:  # noqa: S310 - own server
                return bool(json.load(answer)["status"] == "ok")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def kill(self) -> None:
        """Kill the server and everything it started at once (kill -9 of the process group)."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> int:
        """Stop it gently; returns the exit code.

        Raises:
            RuntimeError: it did not end in time and was killed.
        """
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"the server did not stop within {STOP_S} s:\n{self.output()}") from None
        finally:
            self.kill()
        return code

    def output(self, last_lines: int = 60) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-last_lines:])

    def cpu_seconds(self) -> float:
        """CPU time of all processes of the group, as the scheduler accounts it (/proc/PID/schedstat)."""
        if self.process is None:
            return 0.0
        total_ns = 0
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                if os.getpgid(int(entry.name)) == self.process.pid:
                    threads = (thread / "schedstat" for thread in (entry / "task").iterdir())
                    total_ns += sum(int(thread.read_text().split()[0]) for thread in threads)
        return total_ns / 1e9

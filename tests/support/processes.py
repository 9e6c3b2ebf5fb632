"""Start a real server program for the tests, wait until it answers, and be sure that it ends with the test run."""

import ctypes
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
POLL_INTERVAL_S = 0.05
STOP_GRACE_S = 8.0


class ProgramFailedError(RuntimeError):
    """A program ended or did not answer in time; carries the end of its output."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def end_with_parent() -> None:
    """Ask Linux to kill this (child) process when the test run dies, however it dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """One running program with its output in a file."""

    def __init__(self, command: Sequence[str | Path], log: Path, *, user: str | None = None) -> None:
        self.name = Path(command[0]).name
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=log.parent,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                # Runs one libc call between fork and exec; the tests start programs from the main thread.
                preexec_fn=end_with_parent,  # noqa: PLW1509 - as above
            )

    def wait_until(self, answers: Callable[[], bool], *, within_s: float) -> None:
        """Poll ``answers`` until it is true.

        Raises:
            ProgramFailedError: the program ended, or did not answer in time.
        """
        deadline = time.monotonic() + within_s
        while not answers():
            if self.process.poll() is not None:
                raise ProgramFailedError(f"{self.name} ended with {self.process.returncode}\n{self.output()}")
            if time.monotonic() > deadline:
                self.kill()
                raise ProgramFailedError(f"{self.name} did not answer within {within_s} s\n{self.output()}")
            time.sleep(POLL_INTERVAL_S)

    def output(self, last_lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-last_lines:])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the program gently, and by force when that takes too long."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(STOP_GRACE_S)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

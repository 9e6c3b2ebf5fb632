"""A throw-away PostgreSQL cluster: one for the test run, with a fresh database for whoever asks.

It listens on a unix socket in a temporary folder only. When the tests run as root, the server runs as the user
``postgres``, since PostgreSQL refuses root.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from pathlib import Path
from typing import Self

from tests.support.processes import Program

START_TIMEOUT_S = 30.0
# Speed instead of durability: the cluster dies with the test run.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "timezone": "UTC",
}


def program_folder() -> Path:
    """Where initdb and postgres are: Debian keeps them off the PATH, newest version last."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    if debian:
        return debian[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise FileNotFoundError("PostgreSQL is missing; install it: apt-get install postgresql")


class PostgresCluster:
    """A running cluster; ``close`` ends it and removes its folder."""

    def __init__(self, folder: Path, program: Program, programs: Path) -> None:
        self.folder = folder
        self._program = program
        self._programs = programs

    @classmethod
    def start(cls) -> Self:
        programs = program_folder()
        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        user = "postgres" if os.geteuid() == 0 else None
        if user is not None:
            account = pwd.getpwnam(user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = folder / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True,
            capture_output=True,
            cwd=folder,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        options = [f"-c{name}={value}" for name, value in OPTIONS.items()]
        command: list[str | Path] = [programs / "postgres", "-D", data, "-k", folder, *options]
        program = Program(command, folder / "postgres.log", user=user)
        cluster = cls(folder, program, programs)
        program.wait_until(cluster._is_ready, within_s=START_TIMEOUT_S)
        return cluster

    def create_database(self, *, template: str | None = None) -> str:
        """Create a database, empty or as a copy of ``template``, and return its name."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"')
        return name

    def drop_database(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database of this cluster."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    def execute(self, sql: str, *, database: str = "postgres") -> str:
        """Run one statement with psql; returns what it prints."""
        command: list[str | Path] = [self._programs / "psql", "-h", self.folder, "-U", "postgres", "-d", database]
        done = subprocess.run(
            [*command, "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def close(self) -> None:
        # "Immediate" shutdown: nothing here is worth a checkpoint.
        self._program.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_ready(self) -> bool:
        command: list[str | Path] = [self._programs / "pg_isready", "-q", "-h", self.folder, "-U", "postgres"]
        return subprocess.run(command, check=False).returncode == 0

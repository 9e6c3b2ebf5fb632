"""The connection to the database: one ``Database`` per process, short transactions on it.

SQLite: one connection writes (so that writers queue in this process and never meet ``SQLITE_BUSY`` here), some others
read beside it (WAL). ``synchronous=FULL``: a footage fact is acknowledged after its commit and then forgotten by the
media worker, so a commit has to survive a power cut; NORMAL would lose the last ones.
PostgreSQL: one pool for both; ``reading`` opens its transactions READ ONLY.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import URL, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from inspect_server.domain.errors import ConfigurationError, DatabaseFolderMissing, StorageUnavailable
from storage.failures import raise_typed

Transaction: TypeAlias = AsyncConnection
"""What the query functions take. Rows read ``for_update`` stay locked until its end."""

POOL_SIZE = 8
POOL_WAIT_S = 10.0
CONNECT_S = 5.0
STATEMENT_S = 10.0
# Dead networks give no answer at all; the server's own statement time-out comes first otherwise.
ANSWER_S = STATEMENT_S + 5.0
SQLITE_BUSY_S = 10.0


class Database:
    """Owns the connections. Close it at the end of the process."""

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine) -> None:
        self._reader = reader
        self._writer = writer

    @property
    def display_url(self) -> str:
        """The address without its password, for logs and for people."""
        return self._writer.url.render_as_string(hide_password=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Reads and writes; commits at the end, rolls back on any exception.

        Raises:
            StorageUnavailable: the database does not answer in time, is full or broken.
        """
        async with begun(self._writer) as transaction:
            yield transaction

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """Reads only; a write in here is refused by the database.

        Raises:
            StorageUnavailable: the database does not answer in time or is broken.
        """
        async with begun(self._reader) as transaction:
            yield transaction

    async def ping(self) -> None:
        """Ask for one row, through both ways in.

        Raises:
            StorageUnavailable: the database does not answer.
        """
        for way_in in (self.reading, self.transaction):
            async with way_in() as tx:
                await tx.execute(text("SELECT 1"))

    async def server_time(self) -> datetime | None:
        """The database server's clock (aware UTC); None for SQLite, whose clock is this machine's.

        Raises:
            StorageUnavailable: the database does not answer.
        """
        if self._reader.dialect.name == "sqlite":
            return None
        async with self.reading() as tx:
            now: datetime = (await tx.execute(text("SELECT clock_timestamp()"))).scalar_one()
        return now.astimezone(UTC)

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()


def connect(url: str) -> Database:
    """The database at ``url``: ``sqlite:///path/to/file`` or ``postgresql://user:password@host/name``.

    Nothing is opened before the first transaction.

    Raises:
        ConfigurationError: the URL is malformed, or of another kind of database.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        reader = sqlite_engine(parsed, pool_size=POOL_SIZE, pragmas=("query_only = ON",))
        writer = sqlite_engine(parsed, pool_size=1, begin="BEGIN IMMEDIATE")
        return Database(reader, writer)
    engine = postgresql_engine(parsed)
    return Database(engine.execution_options(postgresql_readonly=True), engine)


def parse_url(url: str) -> URL:
    """``url`` with the asynchronous driver filled in.

    Raises:
        ConfigurationError: as ``connect``.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError("database_url is no URL like sqlite:///file or postgresql://user@host/name") from error
    match parsed.get_backend_name():
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise ConfigurationError("database_url: SQLite needs a file, as in sqlite:///data/inspect.sqlite3")
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql":
            return parsed.set(drivername="postgresql+asyncpg")
        case other:
            raise ConfigurationError(f"database_url: {other} is not supported; use sqlite or postgresql")


def sqlite_engine(url: URL, *, pool_size: int, begin: str = "BEGIN", pragmas: tuple[str, ...] = ()) -> AsyncEngine:
    """Connections to a SQLite file whose transactions begin with ``begin``."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        connect_args={"timeout": SQLITE_BUSY_S},
    )

    @event.listens_for(engine.sync_engine, "do_connect")
    def require_folder(*_: object) -> None:
        folder = Path(url.database or "").parent
        if not folder.is_dir():
            raise DatabaseFolderMissing(
                f"the folder {folder} of the database does not exist; run: inspect-server migrate", folder=str(folder)
            )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # Transactions are begun below: the driver's own beginning leaves DDL and reads outside of them.
        connection.isolation_level = None
        cursor = connection.cursor()
        try:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", *pragmas):
                cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            # The pool never sees this connection, and its thread would live on.
            connection.close()
            raise
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_now(connection: object) -> None:
        connection.exec_driver_sql(begin)  # type: ignore[attr-defined] # SQLAlchemy gives the event no type

    event.listen(engine.sync_engine, "handle_error", raise_typed)
    return engine


def postgresql_engine(url: URL, *, statement_s: float = STATEMENT_S) -> AsyncEngine:
    """Connections to PostgreSQL with time-outs on both sides."""
    engine = create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=POOL_WAIT_S,
        pool_pre_ping=True,
        connect_args={
            "timeout": CONNECT_S,
            "command_timeout": max(ANSWER_S, statement_s),
            "server_settings": {
                "application_name": "inspect-server",
                "TimeZone": "UTC",
                "statement_timeout": f"{statement_s * 1000:.0f}",
                "idle_in_transaction_session_timeout": "60000",
            },
        },
    )
    event.listen(engine.sync_engine, "handle_error", raise_typed)
    return engine


@asynccontextmanager
async def begun(engine: AsyncEngine) -> AsyncIterator[Transaction]:
    """A transaction on ``engine``; for ``Database`` and ``migrate``.

    Raises:
        StorageUnavailable: no connection, or it broke on the way.
    """
    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(engine.connect())
            await stack.enter_async_context(connection.begin())
        except (OSError, SQLAlchemyError) as error:
            # TimeoutError is an OSError; drivers raise both bare when there is no connection yet.
            raise StorageUnavailable(f"no connection to the database: {type(error).__name__}") from error
        yield connection

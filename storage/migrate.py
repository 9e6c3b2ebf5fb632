"""Migrations: bring a database to this release's schema, or say that it is not there.

The scripts are in ``storage/migrations/versions`` and travel inside the package.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from inspect_server.domain.errors import ConfigurationError, DatabaseNotMigrated
from storage.engine import Database, begun, parse_url, postgresql_engine, sqlite_engine

# A migration may rewrite a large table; nobody waits for it in a request.
MIGRATION_S = 3600.0
# Any fixed number: two servers that start together migrate one after the other.
POSTGRESQL_MIGRATION_LOCK = 0x1F5BEC7


async def upgrade(url: str) -> str:
    """Bring the database at ``url`` to the head revision, in one transaction, and return that revision.

    A missing SQLite file is made, with its folder.

    Raises:
        ConfigurationError: the URL is malformed, or a newer release has migrated this database.
        StorageUnavailable: the database does not answer.
    """
    engine = _migrating_engine(url)
    try:
        async with begun(engine) as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRESQL_MIGRATION_LOCK})
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()
    return head_revision()


async def current_revision(database: Database) -> str | None:
    """The revision of the database; None if it was never migrated.

    Raises:
        StorageUnavailable: the database does not answer.
    """
    async with database.reading() as tx:
        return await tx.run_sync(_revision)


def head_revision() -> str:
    """The revision that this release needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("the package has no migrations")
    return head


async def require_current(database: Database) -> None:
    """Refuse to work with another schema than this release's.

    Raises:
        DatabaseNotMigrated: the database has another revision than the head.
        StorageUnavailable: the database does not answer.
    """
    current = await current_revision(database)
    head = head_revision()
    if current == head:
        return
    if current is not None and not _is_known(current):
        raise DatabaseNotMigrated("the database belongs to a newer release; start that one", current=current, head=head)
    raise DatabaseNotMigrated(
        "the database lacks migrations; run: inspect-server migrate", current=current or "", head=head
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    return config


def _is_known(revision: str) -> bool:
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _migrating_engine(url: str) -> AsyncEngine:
    parsed = parse_url(url)
    if parsed.get_backend_name() == "postgresql":
        return postgresql_engine(parsed, statement_s=MIGRATION_S)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # Changing a table on SQLite means copying it, which other tables' references must survive.
    return sqlite_engine(parsed, pool_size=1, begin="BEGIN IMMEDIATE", pragmas=("foreign_keys = OFF",))


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection) -> None:
    current = _revision(connection)
    if current is not None and not _is_known(current):
        raise ConfigurationError("a newer release has migrated this database; start that one", current=current)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite" and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
        raise ConfigurationError(f"after the migration {len(broken)} rows refer to nothing; it was taken back")

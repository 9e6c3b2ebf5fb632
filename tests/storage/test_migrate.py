"""Migrations: from nothing to the tables of this release, on both databases, and a clear word when they are missing."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from inspect_server.domain.errors import ConfigurationError, DatabaseNotMigrated
from storage import migrate
from storage.engine import Database, connect
from storage.tables import metadata


def differences(connection: Connection) -> object:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


async def test_migrations_make_the_tables_that_the_queries_use(database: Database) -> None:
    async with database.reading() as tx:
        assert await tx.run_sync(differences) == []


async def test_an_empty_database_is_brought_to_the_head(empty_url: str) -> None:
    assert await migrate.upgrade(empty_url) == migrate.head_revision()
    database = connect(empty_url)
    assert await migrate.current_revision(database) == migrate.head_revision()
    await migrate.require_current(database)
    await database.close()


async def test_migrating_again_changes_nothing(own_url: str) -> None:
    await migrate.upgrade(own_url)
    database = connect(own_url)
    await migrate.require_current(database)
    await database.close()


async def test_two_servers_that_start_together_migrate_one_after_the_other(empty_url: str) -> None:
    await asyncio.gather(migrate.upgrade(empty_url), migrate.upgrade(empty_url))
    database = connect(empty_url)
    await migrate.require_current(database)
    await database.close()


async def test_a_database_without_migrations_is_refused(empty_url: str) -> None:
    database = connect(empty_url)
    assert await migrate.current_revision(database) is None
    with pytest.raises(DatabaseNotMigrated, match="inspect-server migrate"):
        await migrate.require_current(database)
    await database.close()


async def test_a_database_of_a_newer_release_is_refused_and_left_alone(own_url: str) -> None:
    database = connect(own_url)
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    with pytest.raises(DatabaseNotMigrated, match="newer release"):
        await migrate.require_current(database)
    with pytest.raises(ConfigurationError, match="newer release"):
        await migrate.upgrade(own_url)
    assert await migrate.current_revision(database) == "from_the_future"
    await database.close()


async def test_a_new_file_is_made_with_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "inspect.db"
    await migrate.upgrade(f"sqlite:///{file}")
    assert file.is_file()

"""Transactions: all or nothing, readers cannot write, and what does not work is said in the domain's terms."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from inspect_server.domain.errors import ConfigurationError, StorageUnavailable
from storage import engine, people
from storage.engine import Database, Transaction, connect
from tests.storage.records import an_organisation
from tests.support.postgres import PostgresCluster
from tests.support.processes import free_port


class Unexpected(Exception):
    """Something went wrong in the middle."""


async def test_a_transaction_is_kept_when_it_ends(database: Database) -> None:
    office = an_organisation()
    async with database.transaction() as tx:
        await people.add_organisation(tx, office)
    async with database.reading() as tx:
        assert await people.organisation(tx, office.id) == office


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    office = an_organisation()

    async def go_wrong() -> None:
        async with database.transaction() as tx:
            await people.add_organisation(tx, office)
            raise Unexpected

    with pytest.raises(Unexpected):
        await go_wrong()
    async with database.reading() as tx:
        assert await people.organisation(tx, office.id) is None


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with database.reading() as tx:
            await people.add_organisation(tx, an_organisation())


async def test_a_reader_is_not_stopped_by_a_writer_and_sees_the_state_before(database: Database) -> None:
    office = an_organisation()
    async with database.transaction() as writing:
        await people.add_organisation(writing, office)
        async with database.reading() as reading:
            assert await people.organisation(reading, office.id) is None


async def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    offices = [an_organisation(f"局 {number}") for number in range(30)]

    async def add(number: int) -> None:
        async with database.transaction() as tx:
            await people.add_organisation(tx, offices[number])

    await asyncio.gather(*(add(number) for number in range(len(offices))))
    async with database.reading() as tx:
        assert len(await people.organisations_within(tx, "/")) == len(offices)


async def test_a_cancelled_transaction_gives_its_connection_back(database: Database) -> None:
    entered = asyncio.Event()

    async def hold() -> None:
        async with database.transaction() as tx:
            await people.add_organisation(tx, an_organisation())
            entered.set()
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold())
    await entered.wait()
    holder.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holder
    async with database.transaction() as tx:
        assert await people.organisations_within(tx, "/") == []


async def test_ping_asks_both_ways_in(database: Database) -> None:
    await database.ping()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "inspect.db"
    file.write_bytes(b"this is no database at all" * 100)
    database = connect(f"sqlite:///{file}")
    with pytest.raises(StorageUnavailable):
        await database.ping()
    await database.close()


async def test_a_missing_folder_is_unavailable_and_told(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'missing' / 'inspect.db'}")
    with pytest.raises(StorageUnavailable, match="inspect-server migrate"):
        await database.ping()
    await database.close()


async def test_a_file_that_another_program_keeps_locked_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SQLITE_BUSY_S", 0.05)
    file = tmp_path / "inspect.db"
    database = connect(f"sqlite:///{file}")
    await database.ping()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable):
        await database.ping()
    other.close()
    await database.ping()
    await database.close()


async def test_who_waits_too_long_for_the_only_writer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "POOL_WAIT_S", 0.05)
    database = connect(f"sqlite:///{tmp_path / 'inspect.db'}")
    async with database.transaction():
        with pytest.raises(StorageUnavailable):
            async with database.transaction():
                pytest.fail("two writers at once")
    await database.ping()
    await database.close()


async def test_sqlite_commits_survive_a_power_cut_and_references_hold(migrated_file: Path) -> None:
    database = connect(f"sqlite:///{migrated_file}")
    async with database.transaction() as tx:
        pragmas = {
            name: (await tx.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    await database.close()
    # 2 is FULL (SQLite, "PRAGMA synchronous").
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = connect(f"postgresql://somebody:secret@127.0.0.1:{free_port()}/inspect")
    with pytest.raises(StorageUnavailable) as refused:
        await database.ping()
    assert "secret" not in str(refused.value)
    await database.close()


@pytest.mark.parametrize("way_in", [Database.transaction, Database.reading])
async def test_a_server_that_goes_away_is_unavailable_and_comes_back(
    postgres_cluster: PostgresCluster,
    postgres_url: str,
    way_in: Callable[[Database], AbstractAsyncContextManager[Transaction]],
) -> None:
    database = connect(postgres_url)

    async def lose_the_connection() -> None:
        async with way_in(database) as tx:
            own = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            postgres_cluster.execute(f"SELECT pg_terminate_backend({own}, 5000)")
            await tx.execute(text("SELECT 1"))

    with pytest.raises(StorageUnavailable):
        await lose_the_connection()
    await database.ping()
    await database.close()


async def test_a_statement_that_takes_too_long_is_unavailable(postgres_url: str) -> None:
    opened = engine.postgresql_engine(engine.parse_url(postgres_url), statement_s=0.05)
    with pytest.raises(StorageUnavailable):
        async with engine.begun(opened) as tx:
            await tx.execute(text("SELECT pg_sleep(60)"))
    await opened.dispose()


@pytest.mark.parametrize("url", ["", "inspect.db", "sqlite://", "sqlite:///:memory:", "mysql://root@127.0.0.1/inspect"])
def test_an_address_of_no_use_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        connect(url)


def test_the_address_for_people_has_no_password() -> None:
    assert "secret" not in connect("postgresql://somebody:secret@db.example/inspect").display_url

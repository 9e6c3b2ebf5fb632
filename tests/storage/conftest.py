"""One migrated, empty database per test, on SQLite and on PostgreSQL; and both object stores."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.engine import Database, connect
from storage.objects import ObjectStore, open_object_store
from storage.tables import metadata
from tests.support.postgres import PostgresCluster
from tests.support.seaweedfs import S3Access


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "inspect.db"
    asyncio.run(migrate.upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def migrated_template(postgres_cluster: PostgresCluster) -> str:
    name = postgres_cluster.create_database()
    asyncio.run(migrate.upgrade(postgres_cluster.url(name)))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'inspect.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def own_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database that the test may spoil."""
    if request.param == "sqlite":
        yield copied(request.getfixturevalue("migrated_file"), tmp_path)
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create_database(template=request.getfixturevalue("migrated_template"))
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def shared_database(postgres_cluster: PostgresCluster, migrated_template: str) -> str:
    """A migrated database that tests use in turn, each leaving it empty: much quicker than one for each."""
    return postgres_cluster.create_database(template=migrated_template)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database; a test leaves its tables as they are."""
    if request.param == "sqlite":
        yield copied(request.getfixturevalue("migrated_file"), tmp_path)
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    name: str = request.getfixturevalue("shared_database")
    yield cluster.url(name)
    # As a replica, since the triggers that keep audit events would stop this, too.
    # DELETE is quicker than TRUNCATE on tables with a few rows: it makes no new files.
    deletes = "".join(f"{table.delete()};" for table in metadata.sorted_tables)
    cluster.execute(f"SET session_replication_role = replica; {deletes}", database=name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = connect(database_url)
    yield opened
    await opened.close()


def copied(file: Path, folder: Path) -> str:
    return f"sqlite:///{shutil.copy(file, folder / 'copy.db')}"


def open_bucket(access: S3Access, *, prefix: str = "") -> ObjectStore:
    return open_object_store(
        f"s3://{access.bucket}/{prefix}",
        endpoint_url=access.endpoint_url,
        region=access.region,
        access_key_id=access.access_key_id,
        secret_access_key=access.secret_access_key,
    )


@pytest.fixture
async def folder_store(tmp_path: Path) -> AsyncIterator[ObjectStore]:
    store = open_object_store(str(tmp_path / "objects"))
    await store.create()
    yield store
    await store.close()


@pytest.fixture
async def s3_store(s3_access: S3Access) -> AsyncIterator[ObjectStore]:
    store = open_bucket(s3_access, prefix="some/prefix")
    yield store
    await store.close()


@pytest.fixture(params=["folder_store", "s3_store"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    opened: ObjectStore = request.getfixturevalue(request.param)
    return opened

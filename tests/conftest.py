"""Fixtures for every layer: real servers, started once for the whole run and only when a test asks for one."""

from collections.abc import Iterator

import pytest

from tests.support.coturn import CoturnServer
from tests.support.postgres import PostgresCluster
from tests.support.seaweedfs import S3Access, SeaweedServer


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    cluster = PostgresCluster.start()
    yield cluster
    cluster.close()


@pytest.fixture
def postgres_url(postgres_cluster: PostgresCluster) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    database = postgres_cluster.create_database()
    yield postgres_cluster.url(database)
    postgres_cluster.drop_database(database)


@pytest.fixture(scope="session")
def seaweed_server() -> Iterator[SeaweedServer]:
    server = SeaweedServer.start()
    yield server
    server.close()


@pytest.fixture
def s3_access(seaweed_server: SeaweedServer) -> S3Access:
    """An empty bucket of the test's own, readable by browsers."""
    return seaweed_server.create_bucket()


@pytest.fixture(scope="session")
def coturn_server() -> Iterator[CoturnServer]:
    server = CoturnServer.start()
    yield server
    server.close()

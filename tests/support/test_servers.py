"""The test servers themselves: each is the real thing, and checks what it is there to check."""

import pytest
from botocore.exceptions import ClientError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.coturn import CoturnServer
from tests.support.postgres import PostgresCluster
from tests.support.seaweedfs import S3Access, SeaweedServer


async def test_each_database_is_a_fresh_one_of_a_supported_server(postgres_url: str) -> None:
    engine = create_async_engine(postgres_url)
    async with engine.connect() as connection:
        version = (await connection.execute(text("SHOW server_version_num"))).scalar_one()
        tables = await connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        assert int(version) >= 150000
        assert tables.scalar_one() == 0
    await engine.dispose()


def test_a_database_can_be_copied_from_a_prepared_one(postgres_cluster: PostgresCluster) -> None:
    prepared = postgres_cluster.create_database()
    postgres_cluster.execute("CREATE TABLE seen (id int)", database=prepared)
    copy = postgres_cluster.create_database(template=prepared)
    assert postgres_cluster.execute("SELECT count(*) FROM seen", database=copy) == "0"
    postgres_cluster.drop_database(copy)
    postgres_cluster.drop_database(prepared)


def test_the_bucket_takes_and_gives_objects(seaweed_server: SeaweedServer, s3_access: S3Access) -> None:
    client = seaweed_server.client()
    client.put_object(Bucket=s3_access.bucket, Key="a/b.mp4", Body=b"footage")
    assert client.get_object(Bucket=s3_access.bucket, Key="a/b.mp4")["Body"].read() == b"footage"


def test_a_wrong_key_is_refused(seaweed_server: SeaweedServer, s3_access: S3Access) -> None:
    client = seaweed_server.client(secret_access_key="not the key")
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client.put_object(Bucket=s3_access.bucket, Key="a", Body=b"b")


def test_the_turn_server_names_its_address(coturn_server: CoturnServer) -> None:
    assert coturn_server.url == f"turn:127.0.0.1:{coturn_server.port}?transport=udp"

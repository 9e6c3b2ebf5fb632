"""What is particular to the store in a bucket, on a real S3 service."""

import asyncio
import hashlib
import socket
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from inspect_server.domain.evidence import MediaType
from storage import objects_s3
from storage.objects import (
    BucketMissing,
    Check,
    ObjectConflict,
    ObjectNotFound,
    ObjectStore,
    ObjectStoreRefused,
    ObjectStoreUnavailable,
    open_object_store,
)
from tests.storage.conftest import open_bucket
from tests.support.processes import free_port
from tests.support.seaweedfs import S3Access, SeaweedServer
from tests.support.tcp_way import TcpWay

CONTENT = b"segment" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PAGE = "https://inspect.example"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "segment.mp4"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
async def unread_bucket(seaweed_server: SeaweedServer) -> AsyncIterator[ObjectStore]:
    """A bucket whose rules admit the pages of another origin only."""
    access = seaweed_server.create_bucket(browsers_may_read=False)
    store = open_bucket(access)
    await store.create(browser_origins=["https://other.example"])
    yield store
    await store.close()


def fetch(url: str, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:  # noqa: S310 - our own
        return answer.read(), dict(answer.headers)


async def test_objects_lie_below_the_prefix_with_their_type(
    s3_store: ObjectStore, s3_access: S3Access, seaweed_server: SeaweedServer, file: Path
) -> None:
    await s3_store.put("a/b.mp4", file, sha256=SHA256)
    head = seaweed_server.client().head_object(Bucket=s3_access.bucket, Key="some/prefix/a/b.mp4")
    assert (head["ContentLength"], head["ContentType"]) == (len(CONTENT), "video/mp4")


@pytest.fixture
def upload(file: Path) -> Path:
    """As files arrive: under a name without ending."""
    return file.rename(file.with_name("upload-a1b2c3"))


@pytest.mark.parametrize("media_type", MediaType)
async def test_the_key_decides_the_type_whatever_the_file_is_called(
    s3_store: ObjectStore, s3_access: S3Access, seaweed_server: SeaweedServer, upload: Path, media_type: MediaType
) -> None:
    await s3_store.put(f"evidence/original.{media_type.ending}", upload, sha256=SHA256)
    stored = f"some/prefix/evidence/original.{media_type.ending}"
    head = seaweed_server.client().head_object(Bucket=s3_access.bucket, Key=stored)
    assert head["ContentType"] == media_type


async def test_a_browser_reads_one_object_by_its_url_and_a_part_of_it(s3_store: ObjectStore, file: Path) -> None:
    await s3_store.put("a/b.mp4", file, sha256=SHA256)
    url = await s3_store.download_url("a/b.mp4", expires_s=60)
    assert url is not None
    content, headers = await asyncio.to_thread(fetch, url, {"Origin": PAGE})
    assert (content, headers["Content-Type"]) == (CONTENT, "video/mp4")
    assert headers["Access-Control-Allow-Origin"] in {"*", PAGE}
    part, _ = await asyncio.to_thread(fetch, url, {"Range": "bytes=7-13"})
    assert part == b"segment"


async def test_a_url_opens_no_other_object(s3_store: ObjectStore, file: Path) -> None:
    for key in ("a.mp4", "b.mp4"):
        await s3_store.put(key, file, sha256=SHA256)
    url = await s3_store.download_url("a.mp4", expires_s=60)
    assert url is not None
    with pytest.raises(urllib.error.HTTPError) as refused:
        await asyncio.to_thread(fetch, url.replace("/a.mp4", "/b.mp4"), {})
    assert refused.value.code == 403


async def test_a_bucket_that_browsers_do_not_reach_gives_no_links(s3_access: S3Access) -> None:
    store = open_object_store(
        f"s3://{s3_access.bucket}/private",
        endpoint_url=s3_access.endpoint_url,
        region=s3_access.region,
        access_key_id=s3_access.access_key_id,
        secret_access_key=s3_access.secret_access_key,
        browser_links=False,
    )
    assert await store.download_url("a.mp4", expires_s=60) is None
    findings = await store.probe(browser_origins=[PAGE])
    assert all(finding.passed for finding in findings)
    assert Check.BROWSERS_MAY_READ not in {finding.check for finding in findings}
    await store.close()


async def test_a_missing_bucket_is_told_and_made_on_demand(seaweed_server: SeaweedServer) -> None:
    access = S3Access(
        seaweed_server.endpoint_url, "not-there", seaweed_server.access_key_id, seaweed_server.secret_access_key
    )
    store = open_bucket(access)
    with pytest.raises(BucketMissing, match="inspect-server migrate") as missing:
        await store.require_ready()
    assert missing.value.params == {"bucket": "not-there"}
    findings = await store.probe(browser_origins=[PAGE])
    assert [(finding.check, type(finding.problem)) for finding in findings] == [(Check.EXISTS, BucketMissing)]
    await store.create(browser_origins=[PAGE])
    await store.require_ready()
    assert [finding.passed for finding in await store.probe(browser_origins=[PAGE])] == [True] * len(Check)
    await store.close()


async def test_rules_that_keep_our_pages_out_are_found_and_mended(unread_bucket: ObjectStore) -> None:
    problems = {each.check: each.problem for each in await unread_bucket.probe(browser_origins=[PAGE]) if each.problem}
    assert list(problems) == [Check.BROWSERS_MAY_READ]
    assert PAGE in problems[Check.BROWSERS_MAY_READ].detail
    await unread_bucket.create(browser_origins=[PAGE])
    both = await unread_bucket.probe(browser_origins=[PAGE, "https://other.example"])
    assert [finding.passed for finding in both] == [True] * len(Check)


@pytest.mark.parametrize("wrong", ["secret_access_key", "access_key_id"])
async def test_wrong_keys_are_told(s3_access: S3Access, file: Path, wrong: str) -> None:
    store = open_bucket(replace(s3_access, **{wrong: "wrong"}))
    for refused in (store.require_ready(), store.put("a.mp4", file, sha256=SHA256), store.get_range("a.mp4")):
        with pytest.raises(ObjectStoreRefused, match="s3_access_key_id"):
            await refused
    await store.close()


async def test_a_server_that_is_not_there_is_unavailable(file: Path) -> None:
    nobody = S3Access(f"http://127.0.0.1:{free_port()}", "bucket", "key", "secret")
    store = open_bucket(nobody)
    for refused in (store.require_ready(), store.put("a.mp4", file, sha256=SHA256), store.stat("a.mp4")):
        with pytest.raises(ObjectStoreUnavailable):
            await refused
    await store.close()


async def test_a_server_that_never_answers_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects_s3, "READ_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = open_bucket(S3Access(f"http://127.0.0.1:{silent.getsockname()[1]}", "bucket", "key", "secret"))
        with pytest.raises(ObjectStoreUnavailable):
            await store.stat("a.mp4")
        await store.close()


async def test_an_upload_works_again_when_the_server_is_back(s3_access: S3Access, file: Path) -> None:
    way = TcpWay(s3_access.endpoint_url)
    store = open_bucket(replace(s3_access, endpoint_url=way.endpoint_url))
    await way.open()
    await store.put("before.mp4", file, sha256=SHA256)
    await way.close()
    with pytest.raises(ObjectStoreUnavailable):
        await store.put("during.mp4", file, sha256=SHA256)
    await way.open()
    await store.put("during.mp4", file, sha256=SHA256)
    assert await store.get_range("before.mp4") == await store.get_range("during.mp4") == CONTENT
    await store.close()
    await way.close()


async def test_damage_on_the_way_is_noticed_and_worth_another_try(
    s3_store: ObjectStore, s3_access: S3Access, file: Path
) -> None:
    way = TcpWay(s3_access.endpoint_url, damage=lambda content: content.replace(b"segment", b"sediment"[:7]))
    store = open_bucket(replace(s3_access, endpoint_url=way.endpoint_url), prefix="some/prefix")
    await way.open()
    with pytest.raises(ObjectStoreUnavailable, match="damaged on their way"):
        await store.put("a.mp4", file, sha256=SHA256)
    await store.close()
    await way.close()
    with pytest.raises(ObjectNotFound):
        await s3_store.stat("a.mp4")


async def test_a_repetition_is_compared_by_the_stored_bytes(
    s3_store: ObjectStore, s3_access: S3Access, seaweed_server: SeaweedServer, file: Path
) -> None:
    """Somebody else wrote the object, without any checksum."""
    client = seaweed_server.client()
    client.put_object(Bucket=s3_access.bucket, Key="some/prefix/same.mp4", Body=CONTENT)
    client.put_object(Bucket=s3_access.bucket, Key="some/prefix/other.mp4", Body=CONTENT[:-1])
    await s3_store.put("same.mp4", file, sha256=SHA256)
    with pytest.raises(ObjectConflict):
        await s3_store.put("other.mp4", file, sha256=SHA256)


@pytest.mark.parametrize("kept", [CONTENT, CONTENT[:-1]], ids=["whole", "cut short"])
async def test_a_service_that_names_no_checksum_is_asked_what_it_kept(file: Path, kept: bytes) -> None:
    """No real service can be made to lie: this one says yes to everything."""

    async def say_yes(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=kept if request.method == "GET" else b"")

    application = web.Application()
    application.router.add_route("*", "/{any:.*}", say_yes)
    async with TestServer(application) as server:
        store = open_bucket(S3Access(f"http://127.0.0.1:{server.port}", "bucket", "key", "secret"))
        if kept == CONTENT:
            await store.put("a.mp4", file, sha256=SHA256)
        else:
            with pytest.raises(ObjectStoreUnavailable, match="other bytes"):
                await store.put("a.mp4", file, sha256=SHA256)
        await store.close()

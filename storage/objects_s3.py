"""The object store in a bucket of an S3 service, by boto3 in threads of its own.

The service checks each upload against its sha256 and refuses to overwrite (``If-None-Match: *``), so both hold however
the bytes travelled. It must say so: if its answer names no sha256, the object is read again. One retry by boto3; what
uploads footage repeats for hours anyway.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from inspect_server.domain.errors import InspectError
from storage.object_probe import require_readable_by, try_out
from storage.object_threads import THREADS, ObjectThreads
from storage.objects import (
    Finding,
    ObjectConflict,
    ObjectDamaged,
    ObjectStat,
    ObjectStoreUnavailable,
    require_key,
    require_range,
)
from storage.s3_failures import DAMAGED, bucket_missing, typed

CONNECT_S = 2.0
READ_S = 10.0
ATTEMPTS = 2
CHUNK_BYTES = 1024 * 1024
CORS_RULE = {
    "AllowedMethods": ["GET", "HEAD"],
    "AllowedHeaders": ["*"],
    "ExposeHeaders": ["Content-Length", "Content-Range", "ETag"],
    "MaxAgeSeconds": 3600,
}
CONTENT_TYPES = {
    ".jpg": "image/jpeg",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".txt": "text/plain",
    ".webm": "video/webm",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class S3Access:
    """How to reach the service. Empty texts: boto3's own search."""

    endpoint_url: str = ""
    region: str = ""
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)


class S3ObjectStore:
    """Objects of ``bucket`` whose names begin with ``prefix``/."""

    def __init__(self, bucket: str, prefix: str, access: S3Access, *, browser_links: bool = True) -> None:
        self._bucket = bucket
        self._browser_links = browser_links
        self._prefix = f"{prefix}/" if prefix else ""
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=access.endpoint_url or None,
            region_name=access.region or None,
            aws_access_key_id=access.access_key_id or None,
            aws_secret_access_key=access.secret_access_key or None,
            config=Config(
                connect_timeout=CONNECT_S,
                read_timeout=READ_S,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                max_pool_connections=THREADS,
                signature_version="s3v4",
                # Other services than Amazon's seldom have a host name per bucket.
                s3={"addressing_style": "path" if access.endpoint_url else "auto"},
            ),
        )
        self._threads = ObjectThreads()

    async def put(self, key: str, path: Path, *, sha256: str) -> None:
        await self._threads.run(self._put, require_key(key), path, sha256)

    async def get_range(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        require_range(offset, length)
        return await self._threads.run(self._get_range, require_key(key), offset, length)

    async def stat(self, key: str) -> ObjectStat:
        return await self._threads.run(self._stat, require_key(key))

    async def download_url(self, key: str, *, expires_s: int) -> str | None:
        if not self._browser_links:
            require_key(key)
            return None
        return await self._threads.run(self._download_url, require_key(key), expires_s)

    async def require_ready(self) -> None:
        await self._threads.run(self._require_ready)

    async def create(self, *, browser_origins: Sequence[str] = ()) -> None:
        await self._threads.run(self._create, browser_origins)

    async def probe(self, *, browser_origins: Sequence[str] = ()) -> list[Finding]:
        async def delete(key: str) -> None:
            await self._threads.run(self._delete, key)

        async def browse(key: str) -> None:
            url = await self._threads.run(self._download_url, key, 60)
            for origin in browser_origins:
                await self._threads.run(require_readable_by, origin, url)

        return await try_out(self, delete=delete, browse=browse if browser_origins and self._browser_links else None)

    async def close(self) -> None:
        await self._threads.close()
        self._client.close()

    def _put(self, key: str, path: Path, sha256: str) -> None:
        with self._typed_errors(key), path.open("rb") as body:
            try:
                answer = self._client.put_object(
                    **self._named(key),
                    Body=body,
                    ContentType=CONTENT_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream"),
                    ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
                    IfNoneMatch="*",
                )
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code in DAMAGED:
                    raise _damaged(body, sha256, key) from error
                if code != "PreconditionFailed":
                    raise
                if self._stored_sha256(key) != sha256:
                    raise ObjectConflict("other bytes are stored under this key", key=key) from error
            else:
                told = answer.get("ChecksumSHA256")
                kept = base64.b64decode(told).hex() if told else self._stored_sha256(key)
                if kept != sha256:
                    raise ObjectStoreUnavailable("the object store kept other bytes than it was given", key=key)

    def _stored_sha256(self, key: str) -> str:
        digest = hashlib.sha256()
        for chunk in self._client.get_object(**self._named(key))["Body"].iter_chunks(CHUNK_BYTES):
            digest.update(chunk)
        return digest.hexdigest()

    def _get_range(self, key: str, offset: int, length: int | None) -> bytes:
        last = "" if length is None else offset + length - 1
        wanted = {} if offset == 0 and length is None else {"Range": f"bytes={offset}-{last}"}
        with self._typed_errors(key):
            found: bytes = self._client.get_object(**self._named(key), **wanted)["Body"].read()
        if length is not None and len(found) < length:
            raise ObjectDamaged("the object is shorter than the range that was asked for", key=key)
        return found

    def _stat(self, key: str) -> ObjectStat:
        with self._typed_errors(key):
            head = self._client.head_object(**self._named(key))
        return ObjectStat(key, head["ContentLength"])

    def _delete(self, key: str) -> None:
        with self._typed_errors(key):
            self._client.delete_object(**self._named(key))

    def _download_url(self, key: str, expires_s: int) -> str:
        with self._typed_errors(key):
            url: str = self._client.generate_presigned_url("get_object", Params=self._named(key), ExpiresIn=expires_s)
        return url

    def _require_ready(self) -> None:
        with self._typed_errors(key=""):
            try:
                self._client.head_bucket(Bucket=self._bucket)
            except ClientError as error:
                if error.response["Error"]["Code"] == "404":
                    raise bucket_missing(self._bucket) from error
                raise

    def _create(self, browser_origins: Sequence[str]) -> None:
        with self._typed_errors(key=""):
            self._create_bucket()
            if browser_origins:
                self._let_browsers_read(browser_origins)

    def _create_bucket(self) -> None:
        region = self._client.meta.region_name
        # Amazon wants its oldest region left out here.
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            self._client.create_bucket(Bucket=self._bucket, **place)
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
                raise

    def _let_browsers_read(self, origins: Sequence[str]) -> None:
        try:
            rules = self._client.get_bucket_cors(Bucket=self._bucket)["CORSRules"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchCORSConfiguration":
                raise
            rules = []
        known = {origin for rule in rules for origin in rule["AllowedOrigins"]}
        if missing := [origin for origin in origins if origin not in known and "*" not in known]:
            rules.append(CORS_RULE | {"AllowedOrigins": missing})
            self._client.put_bucket_cors(Bucket=self._bucket, CORSConfiguration={"CORSRules": rules})

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{key}"}

    @contextmanager
    def _typed_errors(self, key: str) -> Iterator[None]:
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            raise typed(error, bucket=self._bucket, key=key) from error


def _damaged(body: BufferedReader, sha256: str, key: str) -> InspectError:
    """Whose fault it is that other bytes arrived: the file's, for ever, or the way's, this time."""
    body.seek(0)
    if hashlib.file_digest(body, "sha256").hexdigest() != sha256:
        return ObjectDamaged("the file has another sha256 than told", key=key)
    return ObjectStoreUnavailable("the bytes were damaged on their way to the object store", key=key)

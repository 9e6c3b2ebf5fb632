"""The product in its two kinds of installation: SQLite with a folder, PostgreSQL with S3."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.e2e import index
from tests.e2e.index import ReadObject, TrackRecord
from tests.e2e.product import Product
from tests.support.seaweedfs import S3Access

PREFIX = "archive"


@dataclass(frozen=True)
class Deployment:
    """A product, and the way to what it stores."""

    product: Product
    database_url: str
    read_object: ReadObject

    async def tracks(self, inspection_id: str) -> list[TrackRecord]:
        """What the index and the object store hold now."""
        return await index.tracks(self.database_url, inspection_id, self.read_object)

    def spooled(self) -> list[Path]:
        """Segments that are not in the object store and the index yet, the ones under way included."""
        names = (Path(folder, name) for folder, _, files in os.walk(self.product.data / "spool") for name in files)
        return sorted(path for path in names if path.suffix in {".open", ".mp4"})

    async def all_stored(self, inspection_id: str) -> list[TrackRecord] | None:
        """Everything, once nothing of it is left in the spool."""
        return None if self.spooled() else await self.tracks(inspection_id)


def on_folder(folder: Path, settings: Mapping[str, str] | None = None) -> Deployment:
    """Everything by default, but for these settings."""
    product = Product(folder, settings or {})
    return Deployment(product, f"sqlite:///{product.data / 'inspect.db'}", index.from_folder(product.data / "objects"))


def on_services(folder: Path, database_url: str, access: S3Access) -> Deployment:
    """PostgreSQL and an S3 bucket."""
    settings = {"INSPECT_DATABASE_URL": database_url, **s3_settings(access)}
    return Deployment(Product(folder, settings), database_url, index.from_bucket(access, f"{PREFIX}/"))


def s3_settings(access: S3Access, *, endpoint_url: str = "") -> dict[str, str]:
    """A bucket as object store, reached by another way if told."""
    return {
        "INSPECT_OBJECT_STORE": f"s3://{access.bucket}/{PREFIX}",
        "INSPECT_S3_ENDPOINT_URL": endpoint_url or access.endpoint_url,
        "INSPECT_S3_REGION": access.region,
        "INSPECT_S3_ACCESS_KEY_ID": access.access_key_id,
        "INSPECT_S3_SECRET_ACCESS_KEY": access.secret_access_key,
    }

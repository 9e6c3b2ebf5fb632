"""A fresh office for every test, on SQLite (the storage suite covers PostgreSQL); a conftest imports both fixtures."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import migrate
from storage.engine import connect
from storage.objects import open_object_store
from tests.services.office import Founding, Office, found_office, open_office


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Founding]:
    """A database file with an office in it, to be copied."""
    folder = tmp_path_factory.mktemp("founded")
    return folder / "inspect.db", asyncio.run(_found(folder))


async def _found(folder: Path) -> Founding:
    url = f"sqlite:///{folder / 'inspect.db'}"
    await migrate.upgrade(url)
    database, objects = connect(url), open_object_store(str(folder / "objects"))
    try:
        return await found_office(database, objects)
    finally:
        await objects.close()
        await database.close()


@pytest.fixture
async def office(founded: tuple[Path, Founding], tmp_path: Path) -> AsyncIterator[Office]:
    file, founding = founded
    database = connect(f"sqlite:///{shutil.copy(file, tmp_path / 'inspect.db')}")
    objects = open_object_store(str(tmp_path / "objects"))
    await objects.create()
    yield open_office(database, objects, founding)
    await objects.close()
    await database.close()

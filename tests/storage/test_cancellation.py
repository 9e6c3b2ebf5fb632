"""A task that is cancelled in the middle of a statement ends, and the database goes on working."""

import asyncio

import pytest
from sqlalchemy import text

from storage.engine import Database

SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(1)",
}


@pytest.mark.parametrize("kind", ["transaction", "reading"])
async def test_a_cancelled_task_ends_cancelled(database: Database, kind: str) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with getattr(database, kind)() as tx:
            begun.set()
            await tx.execute(text(SLOW[tx.dialect.name]))

    task = asyncio.create_task(work())
    await begun.wait()
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(20):
        await asyncio.wait([task])
    assert task.cancelled()
    await database.ping()

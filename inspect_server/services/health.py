"""Whether services can work at all."""

from __future__ import annotations

from inspect_server.services.context import ServiceContext


async def check_database(context: ServiceContext) -> None:
    """Ask the database for one row.

    Raises:
        StorageUnavailable: it does not answer.
    """
    await context.database.ping()

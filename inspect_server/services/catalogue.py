"""Looking at the catalogue of permit items."""

from __future__ import annotations

from inspect_server.domain.catalogue import PermitItemVersion
from inspect_server.domain.permissions import Action, permit, standings_of_user
from inspect_server.services.context import Actor, ServiceContext
from storage import catalogue


async def list_permit_items(context: ServiceContext, by: Actor) -> list[PermitItemVersion]:
    """The newest version of every permit item."""
    permit(Action.SEE_CATALOGUE, standings_of_user(by.user, by.user.organisation_path))
    async with context.database.reading() as tx:
        return await catalogue.newest_versions(tx)

"""Audit events: added and read, never changed. The database itself refuses changes too (triggers)."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from inspect_server.domain.audit import AuditEvent
from storage.engine import Transaction
from storage.rows import values_of
from storage.tables.audit import audit_events


async def add(tx: Transaction, event: AuditEvent) -> None:
    """Record an event, in the transaction of what it tells about."""
    await tx.execute(insert(audit_events).values(values_of(event, audit_events)))


async def events_about(tx: Transaction, subject: str, *, limit: int = 1000) -> list[AuditEvent]:
    """Events about one ``<noun>:<id>``, oldest first."""
    rows = await tx.execute(
        select(audit_events)
        .where(audit_events.c.subject == subject)
        .order_by(audit_events.c.at, audit_events.c.id)
        .limit(limit)
    )
    return [AuditEvent(**row) for row in rows.mappings()]


async def newest(
    tx: Transaction, *, organisation_path: str = "/", limit: int = 100, offset: int = 0
) -> list[AuditEvent]:
    """Events of an organisation and those below, newest first; ``"/"`` has those of no organisation as well."""
    statement = select(audit_events).order_by(audit_events.c.at.desc(), audit_events.c.id).limit(limit).offset(offset)
    if organisation_path != "/":
        within = func.substr(audit_events.c.organisation_path, 1, len(organisation_path)) == organisation_path
        statement = statement.where(within)
    return [AuditEvent(**row) for row in (await tx.execute(statement)).mappings()]

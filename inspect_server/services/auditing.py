"""Leaving an audit event, in the transaction of what it tells about."""

from __future__ import annotations

from inspect_server.domain.audit import AuditEvent
from inspect_server.services.context import ServiceContext
from storage import audit
from storage.engine import Transaction

SYSTEM = "system"


async def record(
    context: ServiceContext,
    tx: Transaction,
    actor: str,
    action: str,
    subject: str,
    *,
    organisation_path: str,
    address: str = "",
    details: dict[str, str] | None = None,
) -> None:
    """Append one event.

    Args:
        context: gives time and id.
        tx: the writing transaction of the action itself.
        actor: ``user:<id>``, ``participant:<id>`` or ``system``.
        action: ``<noun>.<verb in past tense>``.
        subject: ``<noun>:<id>``.
        organisation_path: whose event it is; empty if nobody's.
        address: where the request came from.
        details: few short values; no secrets.
    """
    event = AuditEvent(
        id=context.new_id(),
        at=context.now(),
        actor=actor,
        action=action,
        subject=subject,
        organisation_path=organisation_path,
        remote_address=address[:64],
        details=details or {},
    )
    await audit.add(tx, event)

"""Audit events (操作留痕): append-only who, what, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """``actor`` is ``user:<id>``, ``participant:<id>`` or ``system``; ``subject`` is ``<noun>:<id>``."""

    id: str
    at: datetime
    actor: str
    action: str
    subject: str
    organisation_path: str
    remote_address: str
    details: dict[str, str]

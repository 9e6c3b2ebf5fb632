"""Cases (办件) and the enterprises they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Enterprise:
    """The legal entity. ``credit_code`` is the unified social credit code (GB 32100), empty if not known."""

    id: str
    name: str
    credit_code: str
    address: str
    contact_name: str
    contact_phone: str

    def is_same_as(self, other: Enterprise) -> bool:
        """Whether both records are of one legal entity: every case brings its own."""
        return self.id == other.id or (self.credit_code != "" and self.credit_code == other.credit_code)


class CaseStatus(StrEnum):
    """Where a case stands as seen from inspections."""

    OPEN = "open"
    INSPECTING = "inspecting"
    INSPECTED = "inspected"


@dataclass(frozen=True, slots=True)
class Case:
    """One application moving through approval. ``external_id`` is the approval system's own id, unique if present."""

    id: str
    number: str
    external_id: str | None
    organisation_id: str
    organisation_path: str
    enterprise_id: str
    permit_item_version_id: str
    status: CaseStatus
    created_at: datetime

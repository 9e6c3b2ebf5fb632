"""Who works with the product: organisations, users, roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a user of an office may be; one user can have several roles."""

    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A node of the office's tree. ``path`` lists the ids from the root to this node, both included, as ``/a/b/``."""

    id: str
    name: str
    parent_id: str | None
    path: str

    def contains(self, other_path: str) -> bool:
        """Whether ``other_path`` is this organisation or below it."""
        return other_path.startswith(self.path)


@dataclass(frozen=True, slots=True)
class User:
    """A person of the office. ``sign_in_name`` is unique; ``certificate_number`` is the law enforcement certificate."""

    id: str
    organisation_id: str
    organisation_path: str
    sign_in_name: str
    display_name: str
    roles: frozenset[Role]
    certificate_number: str
    active: bool
    created_at: datetime

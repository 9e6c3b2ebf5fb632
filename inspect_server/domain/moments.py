"""Moments: what happened in an inspection beside the footage, each at its second of it. Append-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

PHOTO_SKIPPED = "photos.skipped"
"""Kind of the moment at which somebody says of which point no picture comes."""

Detail = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Moment:
    """``kind`` is ``<noun>.<what>``; ``participant_id``: whom it is about, None for everybody; ``actor`` as in audit.

    ``at`` is when it was, ``noted_at`` when the server had it: later, where a page told it after an outage;
    None: an earlier release noted it.

    ``details`` are few short values for who reads the timeline; no secrets, and no pictures: those are evidence.
    """

    id: str
    inspection_id: str
    at: datetime
    kind: str
    participant_id: str | None
    actor: str
    details: Mapping[str, Detail]
    noted_at: datetime | None

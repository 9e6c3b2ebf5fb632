"""A guest who will not: refuses to be inspected by video, or asks for another officer (申请回避)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeclineKind(StrEnum):
    """拒绝视频勘验; 申请回避."""

    REFUSAL = "refusal"
    RECUSAL = "recusal"


@dataclass(frozen=True, slots=True)
class Decline:
    """At most one of each kind for an invitation. ``settled_at``: taken back, or another officer has taken over."""

    invitation_id: str
    inspection_id: str
    kind: DeclineKind
    reason: str
    made_at: datetime
    settled_at: datetime | None

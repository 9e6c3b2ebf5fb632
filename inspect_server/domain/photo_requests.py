"""A photo that an inspector asks for in the call, from the wish to the picture. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inspect_server.domain.evidence import DoorplateStep


class PhotoStage(StrEnum):
    """How far it is. ``failed`` may still become a photo: the person tries again."""

    ASKED = "asked"
    TAKING = "taking"
    SENDING = "sending"
    FAILED = "failed"
    SENT = "sent"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Nothing follows."""
        return self in {PhotoStage.SENT, PhotoStage.DECLINED, PhotoStage.CANCELLED}


@dataclass(frozen=True, slots=True)
class PhotoWish:
    """What an inspector asks for. ``id`` is the page's own, so that asking again is the same wish."""

    id: str
    participant_id: str
    part_id: str | None
    checklist_item_id: str | None
    note: str
    doorplate: DoorplateStep | None = None


@dataclass(frozen=True, slots=True)
class PhotoRequest:
    """``fraction`` of its bytes, 0 to 1, is on the server; ``evidence_id``: the photo, once it is there."""

    wish: PhotoWish
    asked_at: datetime
    stage: PhotoStage = PhotoStage.ASKED
    fraction: float = 0.0
    evidence_id: str | None = None

    def advanced(self, stage: PhotoStage, fraction: float = 0.0, evidence_id: str | None = None) -> PhotoRequest:
        """As somebody tells of it; what is over stays as it is."""
        if self.stage.is_over:
            return self
        return replace(self, stage=stage, fraction=fraction, evidence_id=evidence_id or self.evidence_id)

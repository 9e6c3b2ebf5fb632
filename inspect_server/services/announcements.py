"""What services tell the rest of the server after a transaction is committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class InspectionEnded:
    """Nobody may stay in the room."""

    inspection_id: str


@dataclass(frozen=True, slots=True)
class SeatRevoked:
    """This participant may not stay in the room."""

    inspection_id: str
    participant_id: str


Announcement: TypeAlias = InspectionEnded | SeatRevoked

"""What services tell the rest of the server after a transaction is committed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from inspect_server.domain.inspections import Inspection, Participant


@dataclass(frozen=True, slots=True)
class InspectionEnded:
    """Nobody may stay in the room."""

    inspection_id: str


@dataclass(frozen=True, slots=True)
class SeatRevoked:
    """This participant may not stay in the room. ``code``: of the error that their page is told."""

    inspection_id: str
    participant_id: str
    code: str


@dataclass(frozen=True, slots=True)
class ParticipantSilenced:
    """Nobody is to hear this participant any more, or everybody again: as their ``silenced_at`` says."""

    participant: Participant

    @property
    def inspection_id(self) -> str:
        return self.participant.inspection_id


@dataclass(frozen=True, slots=True)
class ParticipantAdmitted:
    """Who waited at the door may come in. ``inspection``: as it is from now on."""

    inspection: Inspection
    participant: Participant

    @property
    def inspection_id(self) -> str:
        return self.inspection.id


class Topic(StrEnum):
    """What about an inspection has changed; a page asks for it anew.

    ``ARRIVALS``: who waits, and what is known of the guests and their phones. ``APPOINTMENT``: when it is to be, and
    by whom.
    """

    APPOINTMENT = "appointment"
    ARRIVALS = "arrivals"
    CHECKLIST = "checklist"
    CONCLUSIONS = "conclusions"
    CHAT = "chat"
    EVIDENCE = "evidence"
    MOMENTS = "moments"
    OPINIONS = "opinions"
    CHALLENGES = "challenges"
    RECORDS = "records"


@dataclass(frozen=True, slots=True)
class InspectionChanged:
    """Something that pages show is not what it was. Telling it twice, or once for two changes, does no harm."""

    inspection_id: str
    topic: Topic


@dataclass(frozen=True, slots=True)
class RecordSealed:
    """Both sides have answered: the record can be printed."""

    inspection_id: str
    record_id: str


Announcement: TypeAlias = (
    InspectionEnded | SeatRevoked | ParticipantAdmitted | ParticipantSilenced | InspectionChanged | RecordSealed
)

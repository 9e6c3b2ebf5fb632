"""Ratings (好差评): how the enterprise found an inspection, once and for good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from inspect_server.domain.errors import AlreadyRated, InspectionRunning
from inspect_server.domain.inspections import Conclusion, Inspection, InspectionState

LOWEST = 1
HIGHEST = 5


@dataclass(frozen=True, slots=True)
class Rating:
    """Levels from 1 (非常不满意) to 5 (非常满意) of the five aspects that are asked for online.

    ``overall`` 整体满意度, ``efficiency`` 办事效率, ``guidance`` 办事指南精确度, ``convenience`` 办事便捷度,
    ``platform`` 平台操作性.
    """

    id: str
    inspection_id: str
    participant_id: str
    overall: int
    efficiency: int
    guidance: int
    convenience: int
    platform: int
    words: str
    rated_at: datetime


def require_ratable(inspection: Inspection) -> None:
    """There is something to rate once a result is out or the call is over.

    Raises:
        InspectionRunning: neither is.
    """
    concluded: list[Conclusion | None] = [part.conclusion for part in inspection.parts]
    if inspection.state is not InspectionState.ENDED and not any(concluded):
        raise InspectionRunning


def require_same_rating(stored: Rating, sent: Rating) -> None:
    """One inspection is rated once; the same again is no second time.

    Raises:
        AlreadyRated: it was rated otherwise, or by somebody else.
    """
    if replace(stored, rated_at=sent.rated_at) != sent:
        raise AlreadyRated

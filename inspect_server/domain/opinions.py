"""Opinions of experts (专家意见): what they write on a point of the checklist, in the call. Added, never changed.

Who thinks better of it writes another one; both stand, in the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from inspect_server.domain.catalogue import ChecklistItem
from inspect_server.domain.errors import BadRequest, Conflict
from inspect_server.domain.inspections import InspectionPart
from inspect_server.domain.judging import require_undecided

MAX_OPINION_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Opinion:
    """``id`` is chosen by the page; ``author_name`` as it was then; ``given_at``: when the server had it, UTC."""

    id: str
    inspection_id: str
    part_id: str
    checklist_item_id: str
    participant_id: str
    author_name: str
    text: str
    given_at: datetime


def require_possible(part: InspectionPart, checklist: Iterable[ChecklistItem], opinion: Opinion) -> None:
    """Whether there can be an opinion on this point now.

    Raises:
        BadRequest: the part has no such point.
        RecordSigned, PartConcluded: the record tells already what the experts have said.
    """
    if opinion.checklist_item_id not in {item.id for item in checklist}:
        raise BadRequest("The part has no such point.", where="body", field="checklist_item_id")
    require_undecided(part)


def require_same(stored: Opinion, sent: Opinion) -> None:
    """An opinion that is sent again is the same again, or a mistake.

    Raises:
        Conflict: another one is stored under this id.
    """
    if replace(stored, given_at=sent.given_at, author_name=sent.author_name) != sent:
        raise Conflict("Another opinion has this id.", opinion_id=stored.id)

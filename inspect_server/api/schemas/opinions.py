"""What experts write on points of a checklist."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from inspect_server.api.schemas.base import Body
from inspect_server.api.schemas.evidence import Id
from inspect_server.domain.opinions import MAX_OPINION_TEXT


class NewOpinion(Body):
    """Added to what was written before on the same point; nothing is overwritten."""

    part_id: Id
    checklist_item_id: Id
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_OPINION_TEXT)]


class OpinionView(Body):
    """``given_at``: when the server had it."""

    id: str
    part_id: str
    checklist_item_id: str
    participant_id: str
    author_name: str
    text: str
    given_at: AwareDatetime


class Opinions(Body):
    """In order of time."""

    items: list[OpinionView]

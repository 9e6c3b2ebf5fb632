"""What experts write."""

from __future__ import annotations

from collections.abc import Iterable

from inspect_server.api.schemas import opinions as schemas
from inspect_server.domain.opinions import Opinion


def opinions_view(found: Iterable[Opinion]) -> schemas.Opinions:
    """In order of time."""
    return schemas.Opinions(items=[opinion_view(each) for each in found])


def opinion_view(opinion: Opinion) -> schemas.OpinionView:
    """One of them."""
    return schemas.OpinionView(
        id=opinion.id,
        part_id=opinion.part_id,
        checklist_item_id=opinion.checklist_item_id,
        participant_id=opinion.participant_id,
        author_name=opinion.author_name,
        text=opinion.text,
        given_at=opinion.given_at,
    )

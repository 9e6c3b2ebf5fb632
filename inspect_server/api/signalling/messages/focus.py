"""The point of the checklist that each inspector is at, and what the phone is to show for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from inspect_server.api.schemas.checklist import FocusedPoint
from inspect_server.api.signalling.messages.base import ClientMessage, StateMessage

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Focus(ClientMessage):
    """An inspector goes to a point, or leaves the checklist (both null); from others: ``not_allowed``."""

    type: Literal["focus"]
    part_id: Id | None
    checklist_item_id: Id | None


class Focused(StateMessage):
    """Where all inspectors are, the one who moved last first; sent whole at each change."""

    type: Literal["focused"] = "focused"
    points: list[FocusedPoint]

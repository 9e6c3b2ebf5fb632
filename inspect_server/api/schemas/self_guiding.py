"""Going on without video: photos point by point."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from inspect_server.api.schemas.base import Body
from inspect_server.api.schemas.evidence import Id

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class NewSkip(Body):
    """``skipped_at``: by the server's clock."""

    part_id: Id
    checklist_item_id: Id
    reason: Reason
    skipped_at: AwareDatetime


class SkipView(Body):
    id: str
    part_id: str
    checklist_item_id: str
    reason: str
    skipped_at: AwareDatetime


class PhotoRound(Body):
    """``skips``: points that were passed over, in order of time; a photo of a later time takes a skip back."""

    participant_id: str
    server_time: AwareDatetime
    skips: list[SkipView]

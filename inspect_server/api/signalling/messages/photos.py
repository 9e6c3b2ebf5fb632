"""Photos in full resolution that inspectors ask for, and how far each is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from inspect_server.api.signalling.messages.base import ClientMessage, ParticipantId, StateMessage
from inspect_server.domain.evidence import DoorplateStep
from inspect_server.domain.photo_requests import PhotoStage

RequestId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class AskForPhoto(ClientMessage):
    """An inspector asks for a photo; others get ``not_allowed``. The same ``request_id`` again is the same wish.

    ``doorplate``: what of the doorplate is to be seen; who is asked reads it in the language of their page.
    """

    type: Literal["photo_request"]
    request_id: RequestId
    participant_id: ParticipantId
    part_id: Key | None = None
    checklist_item_id: Key | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    doorplate: DoorplateStep | None = None


class CancelPhoto(ClientMessage):
    """An inspector does not need it any more."""

    type: Literal["photo_cancel"]
    request_id: RequestId


class TellPhoto(ClientMessage):
    """Who was asked tells how far it is. ``fraction`` of the bytes, 0 to 1; ``evidence_id`` with ``sent``."""

    type: Literal["photo_progress"]
    request_id: RequestId
    stage: Literal[PhotoStage.TAKING, PhotoStage.SENDING, PhotoStage.FAILED, PhotoStage.SENT, PhotoStage.DECLINED]
    fraction: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0
    evidence_id: Key | None = None


class PhotoRequestState(BaseModel):
    request_id: str
    participant_id: str
    part_id: str | None
    checklist_item_id: str | None
    note: str
    doorplate: DoorplateStep | None
    asked_at: AwareDatetime
    stage: PhotoStage
    fraction: float
    evidence_id: str | None


class PhotoRequests(StateMessage):
    """All that inspectors asked for, oldest first, whole at each change; to others what they were asked for."""

    type: Literal["photo_requests"] = "photo_requests"
    requests: list[PhotoRequestState]

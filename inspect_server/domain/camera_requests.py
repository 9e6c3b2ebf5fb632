"""What somebody asks of another one's camera (远程操作), and what its page or its person answers.

The page does by itself what it can (turn, light, zoom); holding steady and going closer is up to the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspect_server.domain.errors import BadRequest


class CameraWish(StrEnum):
    """``turn``: the other side of the phone. ``zoom`` comes with how much."""

    TURN = "turn"
    TORCH_ON = "torch_on"
    TORCH_OFF = "torch_off"
    ZOOM = "zoom"
    STEADY = "steady"
    CLOSER = "closer"

    @property
    def subject(self) -> str:
        """What a newer wish about it replaces."""
        return "torch" if self in {CameraWish.TORCH_ON, CameraWish.TORCH_OFF} else self.value


class CameraOutcome(StrEnum):
    """``declined``: the person does not want to, or cannot."""

    DONE = "done"
    IMPOSSIBLE = "impossible"
    DECLINED = "declined"


class Obstacle(StrEnum):
    """Why something is impossible."""

    NO_TORCH = "no_torch"
    NO_ZOOM = "no_zoom"
    NO_OTHER_CAMERA = "no_other_camera"
    CAMERA_OFF = "camera_off"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CameraRequest:
    """``id`` is chosen by who asks. ``zoom``: by the camera's own scale, only for ``CameraWish.ZOOM``."""

    id: str
    participant_id: str
    source: str
    wish: CameraWish
    zoom: float | None
    asked_by: str


@dataclass(frozen=True, slots=True)
class CameraAnswer:
    """``zoom``: what it really is now, where that was asked for."""

    request_id: str
    outcome: CameraOutcome
    obstacle: Obstacle | None
    zoom: float | None


def require_whole(wish: CameraWish, zoom: float | None) -> None:
    """Only a zoom says how much.

    Raises:
        BadRequest: too much or too little is said.
    """
    if (wish is CameraWish.ZOOM) != (zoom is not None):
        raise BadRequest("A zoom says how much, nothing else does.", where="body", field="zoom")

"""A stay in the room: greeting, sign of life, errors, the end."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from inspect_server.api.signalling.messages.base import ClientMessage, ServerMessage
from inspect_server.api.signalling.messages.presence import ParticipantState
from inspect_server.domain.inspections import InspectionKind, ParticipantRole

PROTOCOL_VERSION: Final = 1


class Hello(ClientMessage):
    """First message. ``version`` is the client's; the server refuses others with ``version_unsupported``.

    ``device``: what this is, in words for people ("iPhone · Safari 18"); it stands beneath stills of its picture.
    """

    type: Literal["hello"]
    version: int
    ticket: Annotated[str, StringConstraints(min_length=16, max_length=128)]
    device: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""


class Leave(ClientMessage):
    """The participant goes on purpose. The WebSocket is closed afterwards."""

    type: Literal["leave"]


class Ping(ClientMessage):
    """Every 2 s; the server closes a WebSocket that was silent for 10 s."""

    type: Literal["ping"]


class IceServer(BaseModel):
    """As W3C RTCIceServer."""

    urls: list[str]
    username: str = ""
    credential: str = ""


class Welcome(ServerMessage):
    """Answer to ``hello``. ``window`` names this WebSocket for a later ``keep``.

    ``admitted`` false: a guest who waits at the door; another ``welcome`` follows when the inspector opens it.
    """

    type: Literal["welcome"] = "welcome"
    version: int
    participant_id: str
    window: int
    inspection_id: str
    role: ParticipantRole
    kind: InspectionKind
    admitted: bool
    started_at: AwareDatetime
    server_time: AwareDatetime
    ice_servers: list[IceServer]
    participants: list[ParticipantState]


class Replaced(ServerMessage):
    """Another window of the same participant took over. The WebSocket is closed after this."""

    type: Literal["replaced"] = "replaced"


class Ended(ServerMessage):
    """The inspection is over for everybody. The WebSocket is closed after this."""

    type: Literal["ended"] = "ended"


class Pong(ServerMessage):
    type: Literal["pong"] = "pong"
    server_time: AwareDatetime


class Error(ServerMessage):
    """A message was not understood or not possible; the call goes on. ``code`` as in HTTP problems."""

    type: Literal["error"] = "error"
    code: str
    detail: str = ""
    params: dict[str, str | int | float] = Field(default_factory=dict)
    in_reply_to: str | None = None
    connection: str | None = None

"""Peer connections: who sends, who watches, and what both sides agree on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from inspect_server.api.signalling.messages.base import ClientMessage, ServerMessage, SourceName
from inspect_server.domain.footage import CAMERA

ConnectionName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Sdp = Annotated[str, StringConstraints(min_length=1, max_length=32 * 1024)]


class Publish(ClientMessage):
    """The client's offer for a camera and its microphone, all ICE candidates gathered so far included.

    Another publish of the same ``source`` replaces the one before; of another one, it comes beside it.
    """

    type: Literal["publish"]
    connection: ConnectionName
    sdp: Sdp
    source: SourceName = CAMERA


class Keep(ClientMessage):
    """Goes on with a publish connection of an earlier WebSocket, opened under that ``welcome``'s ``window``."""

    type: Literal["keep"]
    connection: ConnectionName
    window: Annotated[int, Field(ge=0)]


class Watch(ClientMessage):
    """Asks the server to open the watch connection of this name; an ``offer`` follows, and again at each change."""

    type: Literal["watch"]
    connection: ConnectionName


class Answer(ClientMessage):
    """The client's answer to an ``offer`` of the same ``connection`` and ``revision``."""

    type: Literal["answer"]
    connection: ConnectionName
    revision: int
    sdp: Sdp


class Candidate(ClientMessage):
    """A trickled ICE candidate (RFC 8838); an empty ``candidate`` ends them."""

    type: Literal["candidate"]
    connection: ConnectionName
    candidate: Annotated[str, StringConstraints(max_length=1024)]


class Close(ClientMessage):
    """Closes one of the client's own connections."""

    type: Literal["close"]
    connection: ConnectionName


class PublishAnswer(ServerMessage):
    """The server's answer to ``publish``; all of its candidates are inside."""

    type: Literal["publish_answer"] = "publish_answer"
    connection: str
    sdp: str


class WatchedTrack(BaseModel):
    """Which m-section (``mid``) of an offer carries whose picture or sound."""

    mid: str
    participant_id: str
    source: str
    kind: Literal["video", "audio"]


class Offer(ServerMessage):
    """The server's offer for a watch connection; all of its candidates are inside."""

    type: Literal["offer"] = "offer"
    connection: str
    revision: int
    sdp: str
    tracks: list[WatchedTrack]


class ConnectionLost(ServerMessage):
    """The server gave a connection up; the client opens a new one."""

    type: Literal["connection_lost"] = "connection_lost"
    connection: str

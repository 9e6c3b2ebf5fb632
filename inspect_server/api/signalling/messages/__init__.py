"""The signalling protocol, version 1, as types: one module for each family of messages.

``docs/protocol.md`` is its prose; the pages' types are generated. Every message is one JSON object in one WebSocket
text frame, told apart by ``type``. A client message may carry ``id``; an ``error`` about it carries the same value as
``in_reply_to``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from inspect_server.api.signalling.messages.base import ClientMessage, ServerMessage
from inspect_server.api.signalling.messages.changes import Changed
from inspect_server.api.signalling.messages.connections import (
    Answer,
    Candidate,
    Close,
    ConnectionLost,
    Keep,
    Offer,
    Publish,
    PublishAnswer,
    Watch,
)
from inspect_server.api.signalling.messages.drawing import (
    Draw,
    Erase,
    Freeze,
    PictureBoard,
    PointAt,
    Pointer,
    ShapeDrawn,
    ShapesErased,
    ShowFrame,
    Unfreeze,
)
from inspect_server.api.signalling.messages.focus import Focus, Focused
from inspect_server.api.signalling.messages.footage import FootageState
from inspect_server.api.signalling.messages.hand import (
    AnswerCamera,
    AskCamera,
    CameraAbilitiesTold,
    CameraAnswered,
    CameraAsked,
    TellAbilities,
)
from inspect_server.api.signalling.messages.hints import CodesRead, PictureHints, ReadCodes
from inspect_server.api.signalling.messages.photos import AskForPhoto, CancelPhoto, PhotoRequests, TellPhoto
from inspect_server.api.signalling.messages.pictures import Picture, PreferPicture, Quality
from inspect_server.api.signalling.messages.presence import MediaState, Participants
from inspect_server.api.signalling.messages.stay import (
    PROTOCOL_VERSION,
    Ended,
    Error,
    Hello,
    Leave,
    Ping,
    Pong,
    Replaced,
    Welcome,
)
from inspect_server.api.signalling.messages.whereabouts import NoPosition, Position, Whereabouts

__all__ = [
    "CLIENT_MESSAGE",
    "MAX_MESSAGE_BYTES",
    "PROTOCOL_VERSION",
    "SERVER_MESSAGE",
    "ClientMessage",
    "ServerMessage",
]

MAX_MESSAGE_BYTES = 64 * 1024

_ClientMessages = (
    Hello
    | Publish
    | Keep
    | Watch
    | Answer
    | Candidate
    | Close
    | MediaState
    | PreferPicture
    | Focus
    | AskForPhoto
    | CancelPhoto
    | TellPhoto
    | Position
    | NoPosition
    | ReadCodes
    | TellAbilities
    | AskCamera
    | AnswerCamera
    | PointAt
    | Draw
    | Erase
    | Freeze
    | ShowFrame
    | Unfreeze
    | Leave
    | Ping
)
AnyClientMessage = Annotated[_ClientMessages, Field(discriminator="type")]
CLIENT_MESSAGE: TypeAdapter[AnyClientMessage] = TypeAdapter(AnyClientMessage)

AnyServerMessage = Annotated[
    Welcome
    | PublishAnswer
    | Offer
    | Picture
    | ConnectionLost
    | Participants
    | Quality
    | FootageState
    | Changed
    | PhotoRequests
    | Whereabouts
    | PictureHints
    | CodesRead
    | Focused
    | CameraAbilitiesTold
    | CameraAsked
    | CameraAnswered
    | Pointer
    | ShapeDrawn
    | ShapesErased
    | PictureBoard
    | Replaced
    | Ended
    | Pong
    | Error,
    Field(discriminator="type"),
]
SERVER_MESSAGE: TypeAdapter[AnyServerMessage] = TypeAdapter(AnyServerMessage)

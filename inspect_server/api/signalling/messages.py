"""The signalling protocol, version 1, as types. ``docs/protocol.md`` is its prose; the pages' types are generated.

Every message is one JSON object in one WebSocket text frame, told apart by ``type``. A client message may carry ``id``;
an ``error`` about it carries the same value as ``in_reply_to``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from inspect_server.domain.footage import CAMERA
from inspect_server.domain.inspections import InspectionKind, ParticipantRole
from inspect_server.domain.picture import PicturePreference, PictureReason

PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 64 * 1024

SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,32}$")]
ConnectionName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Sdp = Annotated[str, StringConstraints(min_length=1, max_length=32 * 1024)]


class Presence(StrEnum):
    """``away``: no authenticated packet for 2.5 s, or the WebSocket is gone; footage shows a gap."""

    JOINED = "joined"
    LIVE = "live"
    AWAY = "away"
    LEFT = "left"


class MediaCondition(StrEnum):
    """What the page knows about its own camera or microphone."""

    ON = "on"
    MUTED = "muted"
    BACKGROUND = "background"
    UNAVAILABLE = "unavailable"
    OFF = "off"


class LinkLevel(StrEnum):
    """Network quality in three steps that a person can act on."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class ClientMessage(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, StringConstraints(max_length=64)] | None = None


class Hello(ClientMessage):
    """First message. ``version`` is the client's; the server refuses others with ``version_unsupported``."""

    type: Literal["hello"]
    version: int
    ticket: Annotated[str, StringConstraints(min_length=16, max_length=128)]


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


class MediaState(ClientMessage):
    """Tells the timeline, and for ``camera`` also the others, why there is no picture or sound."""

    type: Literal["media_state"]
    source: SourceName = CAMERA
    camera: MediaCondition
    microphone: MediaCondition


class PreferPicture(ClientMessage):
    """An inspector says what is to be given up last of this participant's picture; others get ``not_allowed``."""

    type: Literal["prefer_picture"]
    participant_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    preference: PicturePreference


class Leave(ClientMessage):
    """The participant goes on purpose. The WebSocket is closed afterwards."""

    type: Literal["leave"]


class Ping(ClientMessage):
    """Every 2 s; the server closes a WebSocket that was silent for 10 s."""

    type: Literal["ping"]


AnyClientMessage = Annotated[
    Hello | Publish | Keep | Watch | Answer | Candidate | Close | MediaState | PreferPicture | Leave | Ping,
    Field(discriminator="type"),
]
CLIENT_MESSAGE: TypeAdapter[AnyClientMessage] = TypeAdapter(AnyClientMessage)


class ServerMessage(BaseModel):
    model_config = ConfigDict(frozen=True)


class IceServer(BaseModel):
    """As W3C RTCIceServer."""

    urls: list[str]
    username: str = ""
    credential: str = ""


class ParticipantState(BaseModel):
    """``sources``: which of their cameras send at the moment."""

    participant_id: str
    role: ParticipantRole
    display_name: str
    presence: Presence
    camera: MediaCondition
    microphone: MediaCondition
    sources: list[str]


class Welcome(ServerMessage):
    """Answer to ``hello``. ``window`` names this WebSocket for a later ``keep``."""

    type: Literal["welcome"] = "welcome"
    version: int
    participant_id: str
    window: int
    inspection_id: str
    role: ParticipantRole
    kind: InspectionKind
    started_at: AwareDatetime
    server_time: AwareDatetime
    ice_servers: list[IceServer]
    participants: list[ParticipantState]


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


class Picture(ServerMessage):
    """To the publisher: send at most this on the publish connection from now on. Before the first one: everything.

    ``short_side_px``: of width and height the smaller. ``still_interval_s``: one picture in this time instead of moving
    ones (0). ``audio_bps``: 0 leaves it to the browser.
    """

    type: Literal["picture"] = "picture"
    connection: str
    short_side_px: int
    frames_per_second: int
    still_interval_s: int
    audio_bps: int


class ConnectionLost(ServerMessage):
    """The server gave a connection up; the client opens a new one."""

    type: Literal["connection_lost"] = "connection_lost"
    connection: str


class Participants(ServerMessage):
    """Everybody in the room, sent whole at each change."""

    type: Literal["participants"] = "participants"
    participants: list[ParticipantState]


class PictureState(BaseModel):
    """At most this is sent of a picture, why, and as whose wish.

    ``still_interval_s``: one picture in this time instead of moving ones (0).
    """

    short_side_px: int
    frames_per_second: int
    still_interval_s: int
    reason: PictureReason
    preference: PicturePreference


class ParticipantQuality(BaseModel):
    """``width`` to ``frames_per_second`` are what arrives, ``picture`` is what it is meant to be.

    ``playout_delay_ms``: by how much a viewer should lag behind, so that repaired losses show no stall.
    """

    participant_id: str
    source: str
    level: LinkLevel
    bitrate_bps: int
    loss_percent: float
    rtt_ms: float
    width: int
    height: int
    frames_per_second: float
    playout_delay_ms: int
    picture: PictureState


class Quality(ServerMessage):
    """Every 2 s while somebody publishes, and at once when a picture is meant to change."""

    type: Literal["quality"] = "quality"
    participants: list[ParticipantQuality]


class FootageAlarm(StrEnum):
    UPLOAD_DELAYED = "upload_delayed"
    SPOOL_LOW = "spool_low"
    SPOOL_FULL = "spool_full"
    NOT_RECORDING = "not_recording"
    NO_PICTURE_WRITTEN = "no_picture_written"
    NO_SOUND_WRITTEN = "no_sound_written"


class FootageState(ServerMessage):
    """``safe_until``: everything before is durably on the server. To inspectors every 2 s; others get ``recording``."""

    type: Literal["footage"] = "footage"
    recording: bool
    safe_until: AwareDatetime | None
    pending_segments: int
    gap_count: int
    alarms: list[FootageAlarm]


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


AnyServerMessage = Annotated[
    Welcome
    | PublishAnswer
    | Offer
    | Picture
    | ConnectionLost
    | Participants
    | Quality
    | FootageState
    | Replaced
    | Ended
    | Pong
    | Error,
    Field(discriminator="type"),
]
SERVER_MESSAGE: TypeAdapter[AnyServerMessage] = TypeAdapter(AnyServerMessage)

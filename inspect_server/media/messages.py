"""The seam between the server process and the media workers: every message, and nothing but messages.

The server sends *commands* (each answered by exactly one *reply* with the same ``request_id``) and receives *events*.
Events of footage are *facts*: the worker repeats them until they are acknowledged with ``Acknowledge``, so that they
arrive at least once; all others may be lost. Nothing here depends on both sides being on one machine.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from inspect_server.domain.footage import CAMERA, GapReason
from inspect_server.domain.hints import CodeKind, Hint
from inspect_server.domain.picture import PicturePreference, PictureReason

# The facts belong to this face, too: users import them from here.
from inspect_server.media.footage.facts import Alarm as Alarm  # noqa: PLC0414 - a message, too
from inspect_server.media.footage.facts import FootageProgress as FootageProgress  # noqa: PLC0414 - a message, too
from inspect_server.media.footage.facts import GapDeclared as GapDeclared  # noqa: PLC0414 - a message, too
from inspect_server.media.footage.facts import SegmentStored as SegmentStored  # noqa: PLC0414 - a message, too


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class Command(Message):
    request_id: str


class Ping(Command):
    """Are you there? Replied by ``Done`` at once."""

    type: Literal["ping"] = "ping"


class RoomCommand(Command):
    """Goes to the worker that the room lives on; to none if it lives nowhere, which is replied by ``Done``."""

    room_id: str


class ConnectionCommand(Command):
    """Goes to the worker that has this connection."""

    connection_id: str


class OpenConnection(Command):
    """Goes to the worker that the room lives on, or to the one that it is to live on.

    ``connection_id`` is unique over all participants.
    """

    room_id: str
    participant_id: str
    connection_id: str


class Configure(Message):
    """First message to a worker, over the inherited socket, so that no secret stands in a command line or log."""

    type: Literal["configure"] = "configure"
    spool_dir: str
    spool_min_free_mb: int
    object_store: str
    s3_endpoint_url: str = ""
    s3_region: str = ""
    s3_access_key_id: str = ""
    s3_secret_access_key: str = Field(default="", repr=False)
    announce_loopback: bool = False
    public_addresses: list[str] = Field(default_factory=list)
    port_range: tuple[int, int] | None = None
    log_level: str = "info"


class Publish(OpenConnection):
    """Open a publish connection. Replied by ``Published``.

    A second publish of the same track replaces the first one as soon as its first keyframe arrives. ``prominence``:
    the smaller, the sooner this picture is shown to a viewer that asked for nobody in particular. ``camera_gap`` and
    ``microphone_gap``: why they are off from the start, as in ``SetMediaState``. ``judged``: its keyframes are looked
    at, and ``PictureJudged`` tells what is wrong with them. ``silenced``: as in ``SetSilenced``.
    """

    type: Literal["publish"] = "publish"
    track_id: str
    epoch: int
    offer_sdp: str
    source: str = CAMERA
    prominence: int = 0
    camera_gap: GapReason | None = None
    microphone_gap: GapReason | None = None
    preference: PicturePreference = PicturePreference.BALANCED
    judged: bool = False
    silenced: bool = False


class Rehearse(OpenConnection):
    """As ``Publish``, but nothing is kept: somebody tries their connection. Replied by ``Published``.

    The room is one of its own, where nobody else is; ``View`` in it sends back what arrives.
    """

    type: Literal["rehearse"] = "rehearse"
    offer_sdp: str


class Watch(OpenConnection):
    """Open a watch connection, or make a new offer for it. Replied by ``WatchOffered``; ``WatchRevised`` may follow."""

    type: Literal["watch"] = "watch"


class WatchAnswer(ConnectionCommand):
    """The viewer's answer to the offer of this ``revision``. Replied by ``Done``."""

    type: Literal["watch_answer"] = "watch_answer"
    revision: int
    sdp: str


class View(OpenConnection):
    """Open a connection that the viewer offers and that is never offered anew. Replied by ``Viewed``.

    It shows one picture at a time: of participant ``shown`` and their camera ``shown_source`` where these are given,
    else the most prominent one at the moment.
    """

    type: Literal["view"] = "view"
    offer_sdp: str
    shown: str | None = None
    shown_source: str | None = None


class AddCandidate(ConnectionCommand):
    """A trickled candidate (``candidate:…`` without ``a=``; empty: the last one). Replied by ``Done``."""

    type: Literal["add_candidate"] = "add_candidate"
    candidate: str


class CloseConnection(ConnectionCommand):
    """Close one connection; ``reason`` is kept for the gap that may follow. Replied by ``Done``, also if unknown."""

    type: Literal["close_connection"] = "close_connection"
    reason: GapReason


class SetMediaState(RoomCommand):
    """The page says that its camera is muted or in the background (None: running). Replied by ``Done``."""

    type: Literal["set_media_state"] = "set_media_state"
    participant_id: str
    source: str = CAMERA
    camera_gap: GapReason | None
    microphone_gap: GapReason | None


class SetSilenced(RoomCommand):
    """Nobody hears this participant any more, or everybody does again; the footage keeps what comes.

    Holds for the connections that are open. Replied by ``Done``.
    """

    type: Literal["set_silenced"] = "set_silenced"
    participant_id: str
    silenced: bool


class SetPicturePreference(RoomCommand):
    """What the inspector wants to give up last of this picture. Replied by ``Done``, also if nobody publishes."""

    type: Literal["set_picture_preference"] = "set_picture_preference"
    participant_id: str
    preference: PicturePreference


class ReadCodes(RoomCommand):
    """Read QR codes and bar codes in this participant's judged pictures, or no more. Replied by ``Done``.

    Holds for the connections that are open; it costs more than everything else that is done with a picture.
    """

    type: Literal["read_codes"] = "read_codes"
    participant_id: str
    wanted: bool


class CloseRoom(RoomCommand):
    """End everything of a room. Replied by ``Done`` after its footage is closed in the spool."""

    type: Literal["close_room"] = "close_room"


class Acknowledge(Message):
    """The server has stored this fact. Not replied."""

    type: Literal["acknowledge"] = "acknowledge"
    fact_id: str


AnyCommand = Annotated[
    Configure
    | Ping
    | Publish
    | Rehearse
    | Watch
    | WatchAnswer
    | View
    | AddCandidate
    | CloseConnection
    | SetMediaState
    | SetSilenced
    | SetPicturePreference
    | ReadCodes
    | CloseRoom
    | Acknowledge,
    Field(discriminator="type"),
]


class Reply(Message):
    request_id: str


class Published(Reply):
    type: Literal["published"] = "published"
    answer_sdp: str


class TrackOfOffer(Message):
    mid: str
    participant_id: str
    source: str
    kind: Literal["video", "audio"]


class WatchOffered(Reply):
    type: Literal["watch_offered"] = "watch_offered"
    revision: int
    offer_sdp: str
    tracks: list[TrackOfOffer]


class Viewed(Reply):
    type: Literal["viewed"] = "viewed"
    answer_sdp: str


class Done(Reply):
    type: Literal["done"] = "done"


class Failed(Reply):
    """``code`` as in ``inspect_server.domain.errors``."""

    type: Literal["failed"] = "failed"
    code: str
    detail: str = ""
    params: dict[str, str | int | float] = Field(default_factory=dict)


class WorkerReady(Message):
    """First event of a worker."""

    type: Literal["worker_ready"] = "worker_ready"
    pid: int


class WorkerRefused(Message):
    """The worker cannot start like this and ends; ``code`` and ``params`` as in ``inspect_server.domain.errors``."""

    type: Literal["worker_refused"] = "worker_refused"
    code: str
    detail: str
    params: dict[str, str | int | float] = Field(default_factory=dict)


class WatchRevised(Message):
    """A source came or went: a new offer for a watch connection."""

    type: Literal["watch_revised"] = "watch_revised"
    connection_id: str
    revision: int
    offer_sdp: str
    tracks: list[TrackOfOffer]


class ConnectionChanged(Message):
    """``connected`` after DTLS; ``away`` after 2.5 s without authenticated packets; ``live`` when they are back;
    ``replaced`` when a newer publish connection of the track took over; ``closed`` at the end. ``source``: of a publish
    connection, empty for one that only receives.
    """

    type: Literal["connection_changed"] = "connection_changed"
    connection_id: str
    room_id: str
    participant_id: str
    source: str
    state: Literal["connected", "live", "away", "replaced", "closed"]


class PublisherQuality(Message):
    """Every 2 s for each live publisher. ``loss_percent`` is loss before repair, of the last 2 s.

    ``playout_delay_ms``: by how much viewers should lag behind, so that repaired losses show no stall.
    """

    type: Literal["publisher_quality"] = "publisher_quality"
    room_id: str
    participant_id: str
    source: str = CAMERA
    bitrate_bps: int
    loss_percent: float
    unrepaired_percent: float
    rtt_ms: float
    width: int
    height: int
    frames_per_second: float
    playout_delay_ms: int


class PictureStepped(Message):
    """What this connection's picture should be like from now on; before the first one: as good as it can be.

    ``still_interval_s``: one picture in this time instead of moving ones (0). ``audio_bps``: 0 leaves it to the
    browser.
    """

    type: Literal["picture_stepped"] = "picture_stepped"
    room_id: str
    participant_id: str
    connection_id: str
    short_side_px: int
    frames_per_second: int
    still_interval_s: int
    audio_bps: int
    reason: PictureReason
    preference: PicturePreference


class HintChanged(Message):
    """See ``domain.hints.HintChange``; ``since_us`` UTC microseconds."""

    hint: Hint
    active: bool
    since_us: int


class PictureJudged(Message):
    """What is wrong with a picture has changed."""

    type: Literal["picture_judged"] = "picture_judged"
    room_id: str
    participant_id: str
    source: str
    changes: list[HintChanged]


class ReadCode(Message):
    """``corners``: fractions of the picture, x and y."""

    kind: CodeKind
    text: str
    corners: list[tuple[float, float]]


class CodesSeen(Message):
    """Codes were read in a picture taken at ``at_us`` (UTC microseconds)."""

    type: Literal["codes_seen"] = "codes_seen"
    room_id: str
    participant_id: str
    source: str
    at_us: int
    codes: list[ReadCode]


AnyEvent = Annotated[
    Published
    | WatchOffered
    | Viewed
    | Done
    | Failed
    | WorkerReady
    | WorkerRefused
    | WatchRevised
    | ConnectionChanged
    | PublisherQuality
    | PictureStepped
    | PictureJudged
    | CodesSeen
    | SegmentStored
    | GapDeclared
    | FootageProgress
    | Alarm,
    Field(discriminator="type"),
]

COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)
EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)

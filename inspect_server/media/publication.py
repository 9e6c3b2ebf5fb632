"""One publish connection with what hangs on it: its recorder and the state that the room tells others.

Runs on the worker's event loop; owned by its room. When the recorder fails, the call goes on and an alarm is raised by
the footage side.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

from aiortc import RTCCertificate

from inspect_server.domain.footage import CAMERA, GapReason
from inspect_server.domain.picture import PicturePreference
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.messages import PictureStepped, Publish, PublisherQuality
from inspect_server.media.publish import PublishConnection, PublishEvents
from inspect_server.media.quality_steps import QualitySteps
from inspect_server.media.recording import RecordingSubscriber, UnitWriter
from inspect_server.media.sight.judging import JudgedWriter
from inspect_server.media.sight.watching import Watched
from inspect_server.media.subscriber import SourceKey

# No authenticated packet for this long: the participant is away.
AWAY_AFTER_S: Final = 2.5


class TrackRecorder(Protocol):
    """Writes one epoch of a track. No method blocks."""

    def write(self, unit: AccessUnit) -> None:
        """Append a unit; dropped and declared as a gap if the writer cannot follow."""

    def left_out(self, kind: MediaKind, until_us: int) -> None:
        """At the end: what came of this medium until then is not in the footage."""

    def mark(self, kind: MediaKind, reason: GapReason | None, at_us: int) -> None:
        """From ``at_us`` (UTC) the medium is missing on purpose for this reason; None: it is back."""

    def pictures_come_apart(self, seconds: float) -> None:
        """Stills only, one in this time; 0: pictures that move."""

    def close(self, reason: GapReason) -> None:
        """No more units come."""


class OpenRecorder(Protocol):
    """Begins an epoch of a track. ``media``: what the publisher announced, to be waited for at the start."""

    def __call__(
        self,
        *,
        inspection_id: str,
        participant_id: str,
        track_id: str,
        epoch: int,
        media: frozenset[MediaKind],
        need_keyframe: Callable[[], None],
    ) -> TrackRecorder: ...


class Publication:
    """See the module's text."""

    def __init__(
        self,
        command: Publish,
        certificate: RTCCertificate,
        events: PublishEvents,
        open_recorder: OpenRecorder,
        watch: Callable[[], Watched],
    ) -> None:
        self.participant_id = command.participant_id
        self.connection_id = command.connection_id
        self.source = command.source
        self.key: SourceKey = (command.participant_id, command.source)
        # Of several cameras of one participant, the one that everybody has comes first.
        self.prominence = (command.prominence, command.source != CAMERA)
        self.connection = PublishConnection(command.connection_id, certificate, events)
        self.connection.silence(silenced=command.silenced)
        self.live = False
        self.away = False
        self._command = command
        self._open_recorder = open_recorder
        self._watch = watch
        self._watched: Watched | None = None
        self._gaps = {MediaKind.VIDEO: command.camera_gap, MediaKind.AUDIO: command.microphone_gap}
        self._steps = QualitySteps(command.preference)
        self._recorder: TrackRecorder | None = None
        self._recording: RecordingSubscriber | None = None

    def start_recording(self) -> None:
        """Call when connected: from the first keyframe on everything is kept."""
        command = self._command
        self._recorder = self._open_recorder(
            inspection_id=command.room_id,
            participant_id=command.participant_id,
            track_id=command.track_id,
            epoch=command.epoch,
            media=frozenset(self.connection.streams),
            need_keyframe=self.connection.request_keyframe,
        )
        writer: UnitWriter = self._recorder
        if command.judged:
            self._watched = self._watch()
            writer = JudgedWriter(self._recorder, self._watched)
        self._recording = RecordingSubscriber(self.connection.streams, writer, self.connection.request_keyframe)
        self.connection.subscribe(self._recording)
        for kind, reason in self._gaps.items():
            if reason is not None:
                self.mark(kind, reason)

    def mark(self, kind: MediaKind, reason: GapReason | None) -> None:
        """The page says that its camera or microphone is off for this reason, or back (None)."""
        self._gaps[kind] = reason
        if self._recorder is not None and kind in self.connection.streams:
            self._recorder.mark(kind, reason, self.connection.wall_clock.utc_us(time.monotonic()))

    def read_codes(self, *, wanted: bool) -> None:
        """Whether codes in the picture are read from now on."""
        if self._watched is not None:
            self._watched.wants_codes = wanted

    def silent(self, now: float) -> bool:
        """Nothing authenticated came for a while; ``now`` monotonic seconds."""
        return now - self.connection.last_heard_at > AWAY_AFTER_S

    def carried(self, video_bps: int, now: float) -> PictureStepped | None:
        """The network carries this much of the picture; what follows for the picture, if anything changes."""
        before = (self._steps.step, self._steps.reason)
        self._steps.update(video_bps, now)
        if self._recorder is not None and self._steps.step.still_interval_s != before[0].still_interval_s:
            self._recorder.pictures_come_apart(self._steps.step.still_interval_s)
        if self._steps.step.short_side_px != before[0].short_side_px:
            self.connection.keyframe_comes_by_itself()
        return self.stepped() if (self._steps.step, self._steps.reason) != before else None

    def prefer(self, preference: PicturePreference) -> PictureStepped:
        """The inspector's wish; what follows for the picture."""
        self._steps.prefer(preference)
        return self.stepped()

    def stepped(self) -> PictureStepped:
        """What the picture should be like now."""
        step = self._steps.step
        return PictureStepped(
            room_id=self._command.room_id,
            participant_id=self.participant_id,
            connection_id=self.connection_id,
            short_side_px=step.short_side_px,
            frames_per_second=step.frames_per_second,
            still_interval_s=step.still_interval_s,
            audio_bps=step.audio_bps,
            reason=self._steps.reason,
            preference=self._steps.preference,
        )

    def quality(self) -> PublisherQuality:
        """Figures since the last call."""
        q = self.connection.quality()
        return PublisherQuality(
            room_id=self._command.room_id,
            participant_id=self.participant_id,
            source=self.source,
            bitrate_bps=q.bitrate_bps,
            loss_percent=q.loss_percent,
            unrepaired_percent=q.unrepaired_percent,
            rtt_ms=q.rtt_ms,
            width=self._recording.width if self._recording else 0,
            height=self._recording.height if self._recording else 0,
            frames_per_second=q.frames_per_second,
            playout_delay_ms=q.playout_delay_ms,
        )

    async def close(self, reason: GapReason) -> None:
        """End the connection, then the recorder, so that nothing that arrived is left out, whatever fails at that."""
        try:
            await self.connection.close()
        finally:
            if self._recorder is not None and self._recording is not None:
                recorder, self._recorder = self._recorder, None
                self._recording.close()
                recorder.close(reason)
            if self._watched is not None:
                await self._watched.close()

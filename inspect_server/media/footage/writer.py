"""The footage writer: one thread per worker that does all file work of recording.

The event loop hands it units through a queue bounded in number and bytes; when the queue is full (a disk that stalls)
the call goes on, units are dropped and declared as a gap with the reason *disk*, and recording begins again once the
queue has drained by half, with a keyframe, or with sound if no picture comes. The thread wakes every :data:`POLL_S`, or
at once for commands. It answers through ``loop.call_soon_threadsafe``. After an error that nobody foresaw the epoch's
recording begins anew; one that cannot ends, with an alarm, and its files stay for recovery. The other recordings go on
in any case.
"""

import asyncio
import functools
import logging
import threading
from collections import deque
from collections.abc import Callable

from inspect_server.domain.footage import GapReason
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.footage.budget import Budget
from inspect_server.media.footage.epoch_recording import EpochRecording
from inspect_server.media.footage.label import EpochIdentity
from inspect_server.media.footage.outcomes import Outcome, RecordingTrouble
from inspect_server.media.footage.spool import Spool

logger = logging.getLogger(__name__)

POLL_S = 0.1
PROBE_EVERY = 10
"""Polls between two attempts to write again after the disk refused."""
ROOM_TO_RESUME_BYTES = 8 * 1024 * 1024
MAX_QUEUED_UNITS = 8192
MAX_QUEUED_BYTES = 64 * 1024 * 1024
STOP_TIMEOUT_S = 10.0
KEYFRAME_INTERVAL_US = 1_000_000
PICTURE_GONE_US = 2_000_000
"""Sound does not wait for the keyframe of a picture that does not come any more."""

_Step = Callable[[], None]


class FootageWriter:
    """Owns the thread. All methods are for the event loop given.

    Args:
        on_outcome: called on the event loop for each outcome, in order.
    """

    def __init__(
        self,
        spool: Spool,
        *,
        loop: asyncio.AbstractEventLoop,
        on_outcome: Callable[[Outcome], None],
        max_queued_units: int = MAX_QUEUED_UNITS,
        max_queued_bytes: int = MAX_QUEUED_BYTES,
        room_to_resume_bytes: int = ROOM_TO_RESUME_BYTES,
    ) -> None:
        self._spool = spool
        self._loop = loop
        self._on_outcome = on_outcome
        self._max_units = max_queued_units
        self._max_bytes = max_queued_bytes
        self._room_to_resume_bytes = room_to_resume_bytes
        self._queue: deque[tuple[EpochRecording | None, AccessUnit | _Step]] = deque()
        self._bytes_in = 0  # written by the event loop only
        self._bytes_out = 0  # written by the thread only
        self._wake = threading.Event()
        self._stopping = False
        self._recordings: list[EpochRecording] = []  # the thread's
        self._polls = 0
        self._thread = threading.Thread(target=self._run, name="footage-writer", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    async def stop(self) -> None:
        """Write everything handed over so far and end the thread; open recorders are closed first by their owners."""
        self._stopping = True
        self._wake.set()
        await asyncio.to_thread(self._thread.join, STOP_TIMEOUT_S)
        if self._thread.is_alive():
            logger.error("the footage writer did not end within %s s; its files are recovered later", STOP_TIMEOUT_S)

    def record(
        self, identity: EpochIdentity, media: frozenset[MediaKind], need_keyframe: Callable[[], None]
    ) -> "Recorder":
        """Begin an epoch; ``need_keyframe`` is called on the event loop."""
        recording = EpochRecording(
            identity, media, self._spool, self._tell, functools.partial(self._call_soon, need_keyframe)
        )
        self._queue.append((recording, functools.partial(self._begin, recording)))
        self._wake.set()
        return Recorder(self, recording, need_keyframe)

    async def flush(self) -> None:
        """Wait until everything handed over before is written and its outcomes are told."""
        done = self._loop.create_future()

        def finished() -> None:
            if not done.done():
                done.set_result(None)

        self._queue.append((None, functools.partial(self._call_soon, finished)))
        self._wake.set()
        await done

    # -- for recorders, on the event loop ----------------------------------------------------------------------------

    def has_room(self, share: float = 1.0) -> bool:
        """Whether the queue is filled by less than this share."""
        if len(self._queue) >= share * self._max_units:
            return False
        return self._bytes_in - self._bytes_out < share * self._max_bytes

    def put(self, recording: EpochRecording, unit: AccessUnit) -> None:
        """Queue a unit; the caller has asked :meth:`has_room`."""
        self._bytes_in += len(unit.data)
        self._queue.append((recording, unit))

    def command(self, recording: EpochRecording, step: _Step) -> None:
        """Queue a command behind the units before it. Always taken: there are few."""
        self._queue.append((recording, step))
        self._wake.set()

    def cannot_follow(self, recording: EpochRecording) -> None:
        """Units of a recording are dropped from now on; the alarm ends with its next fragment."""
        identity = recording.identity
        logger.error("%s epoch %d: the disk does not follow", identity.track_id, identity.epoch)
        detail = "the disk does not follow"
        self._on_outcome(RecordingTrouble(identity, active=True, disk_full=False, detail=detail))

    # -- in the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            # With nothing to record there is nothing to look after: an idle worker sleeps.
            self._wake.wait(POLL_S if self._recordings else None)
            self._wake.clear()
            stopping = self._stopping
            while self._queue:
                self._take(*self._queue.popleft())
            if stopping:
                return
            self._look_after()

    def _take(self, recording: EpochRecording | None, item: AccessUnit | _Step) -> None:
        if recording is None:
            if not isinstance(item, AccessUnit):
                item()
        elif isinstance(item, AccessUnit):
            self._bytes_out += len(item.data)
            self._attempt(recording, functools.partial(recording.push, item))
        else:
            self._attempt(recording, item)

    def _look_after(self) -> None:
        suspended = [recording for recording in self._recordings if recording.suspended]
        if suspended:
            self._polls += 1
            if self._polls % PROBE_EVERY == 0 and self._spool.takes(self._room_to_resume_bytes):
                for recording in suspended:
                    self._attempt(recording, recording.resume)
        for recording in self._recordings:
            if not recording.suspended:
                self._attempt(recording, recording.idle)
        self._recordings = [recording for recording in self._recordings if not recording.ended]

    def _begin(self, recording: EpochRecording) -> None:
        self._recordings.append(recording)
        recording.start()

    def _attempt(self, recording: EpochRecording, step: _Step) -> None:
        if recording.ended:
            return
        if not _succeeds(recording, step) and not _succeeds(recording, recording.begin_anew):
            recording.give_up()

    def _tell(self, outcome: Outcome) -> None:
        self._call_soon(functools.partial(self._on_outcome, outcome))

    def _call_soon(self, callback: _Step) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            logger.warning("the event loop is closed; what is in the spool is recovered at the next start")


def _succeeds(recording: EpochRecording, step: _Step) -> bool:
    try:
        step()
    except Exception:
        # The root of one recording: whatever it is, the other recordings go on.
        identity = recording.identity
        logger.exception(
            "inspection %s participant %s: error in the recording of track %s epoch %d",
            identity.inspection_id,
            identity.participant_id,
            identity.track_id,
            identity.epoch,
        )
        return False
    return True


class Recorder:
    """The event loop's face of one epoch. No method blocks."""

    def __init__(self, writer: FootageWriter, recording: EpochRecording, need_keyframe: Callable[[], None]) -> None:
        self._writer = writer
        self._recording = recording
        self._need_keyframe = need_keyframe
        self._dropping_since_us: int | None = None
        self._asked_us = 0
        self._picture_us = self._last_us = 0
        self._closed = False
        self._told: dict[MediaKind, GapReason | None] = dict.fromkeys(MediaKind)  # what the page says
        self._marked = self._told.copy()  # what of it was handed on
        self._mark_budget = Budget()

    def write(self, unit: AccessUnit) -> None:
        """Append a unit; dropped and declared as a gap while the writer cannot follow."""
        if self._closed:
            return
        self._last_us = unit.captured_at_us
        if unit.kind is MediaKind.VIDEO:
            self._picture_us = unit.captured_at_us
        if self._told != self._marked:
            self._hand_on_marks(unit.captured_at_us)
        if self._dropping_since_us is None:
            if self._writer.has_room():
                self._writer.put(self._recording, unit)
                return
            self._dropping_since_us = unit.captured_at_us
            self._writer.cannot_follow(self._recording)
        if not self._writer.has_room(0.5):
            return
        if not self._may_resume_with(unit):
            if unit.captured_at_us - self._asked_us >= KEYFRAME_INTERVAL_US:
                self._asked_us = unit.captured_at_us
                self._need_keyframe()
            return
        self._declare_dropped()
        self._writer.put(self._recording, unit)

    def _may_resume_with(self, unit: AccessUnit) -> bool:
        if unit.kind is MediaKind.VIDEO:
            return unit.keyframe
        return unit.captured_at_us - self._picture_us > PICTURE_GONE_US

    def mark(self, kind: MediaKind, reason: GapReason | None, at_us: int) -> None:
        """From ``at_us`` (UTC) on the medium is missing on purpose for this reason; None: it is back.

        Of a page that changes its mind without end only the last word counts, with the next unit that may bring it.
        """
        if not self._closed:
            self._told[kind] = reason
            self._last_us = at_us
            self._hand_on_marks(at_us)

    def _hand_on_marks(self, at_us: int, *, at_last: bool = False) -> None:
        for kind, reason in self._told.items():
            if self._marked.get(kind) is not reason and (at_last or self._mark_budget.take(at_us)):
                self._marked[kind] = reason
                self._writer.command(self._recording, functools.partial(self._recording.mark, kind, reason, at_us))

    def pictures_come_apart(self, seconds: float) -> None:
        """The network carries stills only, one in this time; 0: pictures that move."""
        if not self._closed:
            self._writer.command(self._recording, functools.partial(self._recording.pictures_come_apart, seconds))

    def left_out(self, kind: MediaKind, until_us: int) -> None:
        """At the end: what came of this medium until then cannot be written."""
        if not self._closed:
            self._writer.command(self._recording, functools.partial(self._recording.left_out, kind, until_us))

    def close(self, reason: GapReason) -> None:
        """No more units come."""
        if self._closed:
            return
        self._closed = True
        self._declare_dropped()
        self._hand_on_marks(self._last_us, at_last=True)
        logger.info(
            "%s epoch %d: recording ends: %s", self._recording.identity.track_id, self._recording.identity.epoch, reason
        )
        self._writer.command(self._recording, self._recording.close)

    def _declare_dropped(self) -> None:
        since_us, self._dropping_since_us = self._dropping_since_us, None
        if since_us is not None:
            self._writer.command(self._recording, functools.partial(self._recording.overflowed, since_us))

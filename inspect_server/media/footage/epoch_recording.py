"""One epoch in the writer's thread: segmenter and files together, and what happens when the disk refuses.

    recording ──OSError──▶ suspended ──resume, once the disk takes data again──▶ recording
        └── close ──▶ ended ◀── close ──┘ (again and again until the last file is closed)

While suspended units are dropped; the hole becomes one gap with the reason *disk*. So does the hole that is left by an
error which nobody foresaw, at most :data:`MAX_FRESH_STARTS` times.
"""

import errno
import logging
import time
from collections.abc import Callable
from pathlib import Path

from inspect_server.domain.footage import GapReason
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.footage.actions import Action, FragmentReady, InitStarted, KeyframeWanted, SegmentEnded
from inspect_server.media.footage.epoch_files import EpochFiles
from inspect_server.media.footage.facts import SegmentStored
from inspect_server.media.footage.gap_ledger import GapChange
from inspect_server.media.footage.label import EpochIdentity
from inspect_server.media.footage.outcomes import (
    EpochEnded,
    FragmentSafe,
    GapClosed,
    MediaUnwritten,
    Outcome,
    RecordingTrouble,
    SegmentClosed,
)
from inspect_server.media.footage.segmenter import Segmenter
from inspect_server.media.footage.spool import Spool
from inspect_server.media.footage.unwritten import UnwrittenWatch

logger = logging.getLogger(__name__)

MAX_FRESH_STARTS = 10
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class EpochRecording:
    """See the module's text. ``tell`` and ``ask_keyframe`` may be called from this thread."""

    def __init__(
        self,
        identity: EpochIdentity,
        media: frozenset[MediaKind],
        spool: Spool,
        tell: Callable[[Outcome], None],
        ask_keyframe: Callable[[], None],
    ) -> None:
        self.identity = identity
        self.suspended = False
        self.ended = False
        self._segmenter = Segmenter(media)
        self._watch = UnwrittenWatch(media, time.monotonic())
        self._unwritten: frozenset[MediaKind] = frozenset()
        self._spool = spool
        self._files: EpochFiles | None = None
        self._tell = tell
        self._ask_keyframe = ask_keyframe
        self._closing = False
        self._unwritten_gaps: dict[int, GapChange] = {}
        self._fresh_starts = 0
        self._safe_until_us = 0
        # The units' own clock, carried on from the last one: other clocks of this machine may step or differ from it.
        self._last_us = 0
        self._last_s = 0.0

    def start(self) -> None:
        """Ask for the first keyframe."""
        self._ask_keyframe()

    def push(self, unit: AccessUnit) -> None:
        """Record a unit."""
        self._last_us, self._last_s = unit.captured_at_us, time.monotonic()
        self._do(self._segmenter.push(unit), at_us=unit.captured_at_us)

    def mark(self, kind: MediaKind, reason: GapReason | None, at_us: int) -> None:
        """Note why a medium is missing."""
        self._watch.excuse(kind, time.monotonic(), missing_on_purpose=reason is not None)
        if not self._last_us:
            self._last_us, self._last_s = at_us, time.monotonic()
        self._do(self._segmenter.mark(kind, reason, at_us), at_us=at_us)

    def pictures_come_apart(self, seconds: float) -> None:
        """The network carries stills only, one in this time; 0: pictures that move."""
        self._watch.come_apart(MediaKind.VIDEO, seconds)

    def overflowed(self, since_us: int) -> None:
        """Units since then never reached the queue."""
        self._do(self._segmenter.lost_to_disk(since_us, writable=True), at_us=since_us)

    def left_out(self, kind: MediaKind, until_us: int) -> None:
        """What came of this medium until then was of no use."""
        self._do(self._segmenter.left_out(kind, until_us), at_us=until_us)

    def idle(self) -> None:
        """A few times a second, when nothing is queued."""
        if self._last_us:
            now_us = self._now_us()
            self._do(self._segmenter.idle(now_us), at_us=now_us)
        self._tell_unwritten(self._watch.unwritten(time.monotonic()))

    def close(self) -> None:
        """The connection is over. Stays unfinished (``ended`` False) while the disk refuses."""
        self._closing = True
        now_us = self._now_us()
        self._do(self._segmenter.close(now_us), at_us=now_us)
        self._finish()

    def _tell_unwritten(self, media: frozenset[MediaKind]) -> None:
        if media != self._unwritten:
            self._unwritten = media
            self._tell(MediaUnwritten(self.identity, media, never=media & self._watch.never))

    def _now_us(self) -> int:
        return self._last_us + round((time.monotonic() - self._last_s) * 1_000_000)

    def resume(self) -> None:
        """The disk takes data again."""
        try:
            self._retry_unwritten()
        except OSError as error:
            logger.warning("%s: still not writable: %s", self.identity.track_id, error)
            return
        self.suspended = False
        self._watch.count_anew(time.monotonic())
        self._tell(RecordingTrouble(self.identity, active=False, disk_full=False))
        if self._closing:
            self._finish()
        else:
            self._do(self._segmenter.resume(), at_us=0)

    def begin_anew(self) -> None:
        """After an error that nobody foresaw: keep what is written, and go on behind a gap.

        Raises:
            RuntimeError: it happened too often.
        """
        self._fresh_starts += 1
        if self._fresh_starts > MAX_FRESH_STARTS:
            raise RuntimeError("too many errors in one recording")
        self._segmenter = self._segmenter.successor()
        since_us = self._safe_until_us or self._last_us
        actions = [SegmentEnded(), *self._segmenter.lost_to_disk(since_us, writable=True), *self._segmenter.resume()]
        self._do(actions, at_us=since_us)
        if self._closing:
            self.close()

    def give_up(self) -> None:
        """It cannot go on: what is written is recovered by the next worker."""
        self.ended = True
        self._tell_unwritten(frozenset())
        self._tell(RecordingTrouble(self.identity, active=True, disk_full=False, detail="internal error"))

    def _finish(self) -> None:
        if self.suspended or self.ended:
            return
        self.ended = True
        self._tell_unwritten(frozenset())
        self._tell(EpochEnded(self.identity, self._spool.epoch_folder(self.identity)))

    def _retry_unwritten(self) -> None:
        if self._files is None and not self._unwritten_gaps:
            return
        files = self._writable_files()
        self._segments_closed(files.end_segment())
        for number in sorted(self._unwritten_gaps):
            self._note_gap(files, self._unwritten_gaps[number])
        self._unwritten_gaps.clear()

    def _do(self, actions: list[Action], *, at_us: int) -> None:
        for action in actions:
            if isinstance(action, KeyframeWanted):
                self._ask_keyframe()
            elif isinstance(action, GapChange):
                self._keep_gap(action)
            elif not self.suspended:
                try:
                    self._write(self._writable_files(), action)
                except OSError as error:
                    self._suspend(error, action, at_us)

    def _write(self, files: EpochFiles, action: InitStarted | FragmentReady | SegmentEnded) -> None:
        match action:
            case InitStarted():
                self._segments_closed(files.start_init(action))
            case FragmentReady():
                self._safe_until_us = files.write_fragment(action)
                self._tell(FragmentSafe(self.identity, self._safe_until_us))
                for kind, samples in ((MediaKind.VIDEO, action.video), (MediaKind.AUDIO, action.audio)):
                    if samples:
                        self._watch.written(kind, time.monotonic())
            case SegmentEnded():
                self._segments_closed(files.end_segment())

    def _suspend(self, error: OSError, action: InitStarted | FragmentReady | SegmentEnded, at_us: int) -> None:
        """Give up what was to be written, with a gap from its first sample on."""
        logger.error("%s epoch %d: not recorded: %s", self.identity.track_id, self.identity.epoch, error)
        self.suspended = True
        since_us = at_us
        if isinstance(action, FragmentReady):
            since_us = action.first.unit.captured_at_us
        elif isinstance(action, InitStarted):
            since_us = action.at_us
        self._tell(
            RecordingTrouble(self.identity, active=True, disk_full=error.errno in _NO_ROOM, detail=str(error.strerror))
        )
        self._do(self._segmenter.lost_to_disk(since_us, writable=False), at_us=since_us)

    def _keep_gap(self, change: GapChange) -> None:
        """A gap that cannot be written now is kept in memory until the disk takes it."""
        try:
            if not self.suspended:
                self._note_gap(self._writable_files(), change)
                return
        except OSError as error:
            logger.warning("%s: a gap is not yet written: %s", self.identity.track_id, error)
        self._unwritten_gaps[change.number] = change

    def _note_gap(self, files: EpochFiles, change: GapChange) -> None:
        if (declared := files.note_gap(change)) is not None:
            self._tell(GapClosed(*declared))

    def _writable_files(self) -> EpochFiles:
        if self._files is None:
            self._files = EpochFiles(self.identity, self._spool.create_epoch(self.identity))
        return self._files

    def _segments_closed(self, closed: list[tuple[SegmentStored, Path]]) -> None:
        for fact, path in closed:
            self._tell(SegmentClosed(fact, path))

"""The footage side of a media worker: wires spool, writer, recovery and delivery. Start reading here.

Lives on the worker's event loop; blocking work is in the writer's thread or in worker threads. The spool is locked
from :meth:`Footage.open` to :meth:`Footage.close`.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from inspect_server.media.access_unit import MediaKind
from inspect_server.media.footage.delivery import Delivery, Event, ObjectStore
from inspect_server.media.footage.facts import Alarm
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
from inspect_server.media.footage.recovering import Recovering
from inspect_server.media.footage.spool import Spool
from inspect_server.media.footage.writer import FootageWriter, Recorder

logger = logging.getLogger(__name__)

SPACE_CHECK_S = 5.0
SPACE_HYSTERESIS = 1.1
FLUSH_TIMEOUT_S = 5.0


class Footage:
    """Records epochs and delivers them. Made by :meth:`open`; then :meth:`run` must run as a task.

    Args of :meth:`open`:
        spool_dir: the spool of all workers of this machine.
        worker: this worker's name; of two living workers with one name the second is refused.
        store: where segments go.
        emit: takes facts, progress and alarms, on the event loop; must not block.
        min_free_bytes: below this much free space the alarm ``spool_low`` is raised.
    """

    def __init__(
        self,
        spool: Spool,
        leftovers: list[Path],
        store: ObjectStore,
        emit: Callable[[Event], None],
        min_free_bytes: int,
    ) -> None:
        self._spool = spool
        self._emit = emit
        self._min_free_bytes = min_free_bytes
        self.delivery = Delivery(store, emit)
        self._recovering = Recovering(spool, leftovers, self.delivery, emit)
        self._writer = FootageWriter(spool, loop=asyncio.get_running_loop(), on_outcome=self._take)
        self._writer.start()
        self._troubled: dict[str, bool] = {}  # track: for want of room
        self._unwritten: dict[EpochIdentity, frozenset[MediaKind]] = {}
        self._low = False

    @classmethod
    async def open(
        cls,
        spool_dir: Path,
        worker: str,
        *,
        store: ObjectStore,
        emit: Callable[[Event], None],
        min_free_bytes: int = 1024 * 1024 * 1024,
    ) -> "Footage":
        """Lock the spool and start the writer's thread.

        Raises:
            SpoolNotWritable: the folder cannot be used, or another worker has it.
        """
        spool = await asyncio.to_thread(Spool.open, spool_dir, worker)
        leftovers = await asyncio.to_thread(spool.epoch_folders)
        return cls(spool, leftovers, store, emit, min_free_bytes)

    # -- the worker's face -------------------------------------------------------------------------------------------

    def open_recorder(
        self,
        *,
        inspection_id: str,
        participant_id: str,
        track_id: str,
        epoch: int,
        media: frozenset[MediaKind],
        need_keyframe: Callable[[], None],
    ) -> Recorder:
        """Begin an epoch of a track. ``media``: what the publisher announced, to be waited for at the start."""
        identity = EpochIdentity(
            inspection_id=inspection_id, participant_id=participant_id, track_id=track_id, epoch=epoch
        )
        return self._writer.record(identity, media, need_keyframe)

    async def flush_room(self, inspection_id: str) -> None:
        """Wait until everything handed over for this room is closed in the spool."""
        try:
            async with asyncio.timeout(FLUSH_TIMEOUT_S):
                await self._writer.flush()
        except TimeoutError:
            logger.warning("inspection %s: the spool did not take everything in time", inspection_id)

    def acknowledge(self, fact_id: str) -> None:
        """The server has this fact: what it tells of may leave the spool."""
        self.delivery.acknowledge(fact_id)

    async def run(self) -> None:
        """Deliver, watch the disk, recover what dead workers left, now and later; until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.delivery.run(), name="footage-delivery")
            tasks.create_task(self._watch_space(), name="footage-space")
            tasks.create_task(self._recovering.run(), name="footage-recovery")

    async def close(self) -> None:
        """Write what was handed over, end the thread, unlock the spool. What is not delivered is recovered later."""
        await self._writer.stop()
        await asyncio.to_thread(self._spool.close)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _take(self, outcome: Outcome) -> None:
        match outcome:
            case SegmentClosed(fact, path) | GapClosed(fact, path):
                self.delivery.add(fact, path)
            case FragmentSafe(identity, until_us):
                self._trouble_ends(identity)  # also that of an epoch before
                self.delivery.safe(identity, until_us)
            case EpochEnded(identity, folder):
                self._trouble_ends(identity)
                self.delivery.end_epoch(identity, folder)
            case RecordingTrouble():
                self._trouble(outcome)
            case MediaUnwritten():
                self._unwritten_changed(outcome)

    def _trouble(self, outcome: RecordingTrouble) -> None:
        identity = outcome.identity
        if not outcome.active:
            self._trouble_ends(identity)
            return
        if outcome.disk_full and not any(self._troubled.values()):
            self._emit(Alarm(code="spool_full", active=True, detail=outcome.detail))
        self._troubled[identity.track_id] = outcome.disk_full
        self._emit_not_recording(identity, active=True, detail=outcome.detail)

    def _trouble_ends(self, identity: EpochIdentity) -> None:
        was_full = self._troubled.pop(identity.track_id, None)
        if was_full is None:
            return
        self._emit_not_recording(identity, active=False)
        if was_full and not any(self._troubled.values()):
            self._emit(Alarm(code="spool_full", active=False))

    def _emit_not_recording(self, identity: EpochIdentity, *, active: bool, detail: str = "") -> None:
        self._emit(
            Alarm(
                code="not_recording",
                active=active,
                inspection_id=identity.inspection_id,
                track_id=identity.track_id,
                detail=detail,
            )
        )

    def _unwritten_changed(self, outcome: MediaUnwritten) -> None:
        identity = outcome.identity
        before = self._unwritten_of(identity.track_id)
        self._unwritten[identity] = outcome.media
        if not outcome.media:
            del self._unwritten[identity]
        after = self._unwritten_of(identity.track_id)
        for kind in sorted(before ^ after):
            self._emit(
                Alarm(
                    code="no_picture_written" if kind is MediaKind.VIDEO else "no_sound_written",
                    active=kind in after,
                    inspection_id=identity.inspection_id,
                    track_id=identity.track_id,
                    from_start=kind in outcome.never,
                )
            )

    def _unwritten_of(self, track_id: str) -> frozenset[MediaKind]:
        """Over all open epochs: a second connection may be beside the first."""
        found = (media for identity, media in self._unwritten.items() if identity.track_id == track_id)
        return frozenset[MediaKind]().union(*found)

    async def _watch_space(self) -> None:
        while True:
            try:
                free = await asyncio.to_thread(self._spool.free_bytes)
            except OSError as error:
                logger.error("the spool's free space is unknown: %s", error)  # noqa: TRY400 - the disk's fault, not ours
                free = 0
            low = free < self._min_free_bytes * (SPACE_HYSTERESIS if self._low else 1.0)
            if low != self._low:
                self._low = low
                self._emit(Alarm(code="spool_low", active=low, detail=f"{free // (1024 * 1024)} MiB free"))
            await asyncio.sleep(SPACE_CHECK_S)

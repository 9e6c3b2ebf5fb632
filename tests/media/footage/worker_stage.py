"""The footage side as a worker runs it: recorder, thread, spool, a store, and a server that acknowledges."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

from inspect_server.domain.errors import StorageUnavailable
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.footage.delivery import Event, ObjectStore
from inspect_server.media.footage.facts import Alarm, FootageProgress, GapDeclared, SegmentStored
from inspect_server.media.footage.service import Footage
from inspect_server.media.footage.writer import Recorder
from storage.objects_folder import FolderObjectStore
from tests.media.footage.stage import Kept

PATIENCE_S = 20.0


class Server:
    """Collects what the worker tells, and acknowledges facts when asked to."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.acknowledge: Callable[[str], None] | None = None
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def emit(self, event: Event) -> None:
        self.events.append(event)
        if self.acknowledge is not None and isinstance(event, SegmentStored | GapDeclared):
            self.acknowledge(event.fact_id)
        task = asyncio.get_running_loop().create_task(self._wake())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wake(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(reached)

    @property
    def segments(self) -> list[SegmentStored]:
        found = {event.fact_id: event for event in self.events if isinstance(event, SegmentStored)}
        return list(found.values())

    @property
    def gaps(self) -> list[GapDeclared]:
        found = {event.fact_id: event for event in self.events if isinstance(event, GapDeclared)}
        return list(found.values())

    @property
    def pending_segments(self) -> int:
        """As last told of a track."""
        return [event.pending_segments for event in self.events if isinstance(event, FootageProgress)][-1]

    def alarms(self, code: str) -> list[bool]:
        return [event.active for event in self.events if isinstance(event, Alarm) and event.code == code]


class BrokenStore(FolderObjectStore):
    """A real folder that is out of order for the first attempts, or until it is repaired."""

    def __init__(self, root: Path, failures: float = 0) -> None:
        super().__init__(root)
        self.failures = failures

    async def put(self, key: str, path: Path, *, sha256: str) -> None:
        if self.failures:
            self.failures -= 1
            raise StorageUnavailable("out of order")
        await super().put(key, path, sha256=sha256)


class Stage:
    def __init__(self, folder: Path) -> None:
        self.spool_dir = folder / "spool"
        self.objects = folder / "objects"
        self.objects.mkdir()
        self.folder_store = BrokenStore(self.objects)
        self.store: ObjectStore = self.folder_store
        self.server = Server()

    @contextlib.asynccontextmanager
    async def footage(self, worker: str = "worker-1", *, acknowledge: bool = True) -> AsyncIterator[Footage]:
        footage = await Footage.open(self.spool_dir, worker, store=self.store, emit=self.server.emit, min_free_bytes=0)
        self.server.acknowledge = footage.acknowledge if acknowledge else None
        task = asyncio.create_task(footage.run())
        try:
            yield footage
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await footage.close()

    def spooled(self) -> list[str]:
        return sorted(path.name for path in self.spool_dir.rglob("*") if path.is_file() and path.name != "lock")

    def kept(self) -> list[Kept]:
        return [Kept(fact, (self.objects / fact.object_key).read_bytes()) for fact in self.server.segments]


def begin(
    footage: Footage,
    need_keyframe: Callable[[], None] = lambda: None,
    epoch: int = 0,
    track_id: str = "track-1",
    media: frozenset[MediaKind] = frozenset(MediaKind),
) -> Recorder:
    return footage.open_recorder(
        inspection_id="inspection-1",
        participant_id="participant-1",
        track_id=track_id,
        epoch=epoch,
        media=media,
        need_keyframe=need_keyframe,
    )


def write(recorder: Recorder, units: Iterable[AccessUnit]) -> None:
    for unit in units:
        recorder.write(unit)


async def emptied(stage: Stage) -> None:
    """The spool holds nothing any more."""
    await until_spool(stage, lambda names: not names)


async def gone(stage: Stage, name: str) -> None:
    await until_spool(stage, lambda names: name not in names)


async def until_spool(stage: Stage, reached: Callable[[list[str]], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not reached(stage.spooled()):  # noqa: ASYNC110 - files tell nobody when they are removed
            await asyncio.sleep(0.02)

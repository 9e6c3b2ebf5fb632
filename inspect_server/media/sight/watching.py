"""Looks at the keyframes of publishers now and then, in a thread of its own, and tells what is wrong with a picture.

Made once by the media worker's process. Of each publisher at most one keyframe waits, the newest; one thread takes them
in turn. So a busy machine looks less often, and neither the event loop nor the recording ever waits for it. What is
decoded here is thrown away: nothing that is recorded or sent on depends on it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from inspect_server.domain.hints import HintChange, HintLog
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.sight.codes import Code, read_codes
from inspect_server.media.sight.decoding import brightness_of
from inspect_server.media.sight.looking import Look, hints_of, look_at

logger = logging.getLogger(__name__)

ReadCodes: TypeAlias = Callable[[npt.NDArray[np.uint8]], list[Code]]

LOOK_INTERVAL_S: Final = 2.0
"""Of one publisher: more would cost more than forwarding its picture."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look. ``codes`` is empty unless somebody asked for them."""

    look: Look
    codes: list[Code]


@dataclass(frozen=True, slots=True)
class SightEvents:
    """Called on the event loop, one publisher's in order of time."""

    hints_changed: Callable[[list[HintChange]], None]
    codes_seen: Callable[[list[Code], datetime], None]


class Sight:
    """See the module's text."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sight")

    def watch(self, events: SightEvents) -> Watched:
        """Begin to look at one publisher's picture."""
        return Watched(self._thread, events)

    def close(self) -> None:
        """End the thread; a look under way is finished first."""
        self._thread.shutdown(wait=True, cancel_futures=True)


class Watched:
    """One publisher's picture; on the event loop."""

    def __init__(self, thread: ThreadPoolExecutor, events: SightEvents) -> None:
        self.wants_codes = False
        self._thread = thread
        self._events = events
        self._log = HintLog()
        self._before: Look | None = None
        self._waiting: AccessUnit | None = None
        self._looking: asyncio.Task[None] | None = None
        self._looked_at = -LOOK_INTERVAL_S

    def show(self, unit: AccessUnit) -> None:
        """A unit as it is recorded; all but keyframes are passed over."""
        if unit.kind is not MediaKind.VIDEO or not unit.keyframe:
            return
        now = time.monotonic()
        if now - self._looked_at < LOOK_INTERVAL_S:
            return
        self._waiting = unit
        if self._looking is None:
            self._looked_at = now
            self._looking = asyncio.get_running_loop().create_task(self._look(), name="sight")

    async def close(self) -> None:
        """No more pictures come; what was told is taken back."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        if changes := self._log.end(datetime.now(UTC)):
            self._events.hints_changed(changes)

    async def _look(self) -> None:
        try:
            while (unit := self._waiting) is not None:
                self._waiting = None
                read: ReadCodes = read_codes if self.wants_codes else _read_nothing
                seen = await asyncio.get_running_loop().run_in_executor(self._thread, _look_at, unit, read)
                if seen is not None:
                    self._take(seen)
        except Exception:
            # A picture that breaks the library must not end the looking at the next one.
            logger.exception("a picture could not be looked at")
        finally:
            self._looking = None

    def _take(self, seen: Seen) -> None:
        hints = hints_of(seen.look, self._before)
        self._before = seen.look
        if changes := self._log.look(hints, seen.look.at):
            self._events.hints_changed(changes)
        if seen.codes:
            self._events.codes_seen(seen.codes, seen.look.at)


def _look_at(unit: AccessUnit, read: ReadCodes) -> Seen | None:
    picture = brightness_of(unit)
    if picture is None:
        return None
    at = datetime.fromtimestamp(unit.captured_at_us / 1e6, UTC)
    return Seen(look_at(_full_range(picture), at), read(picture))


def _read_nothing(_: npt.NDArray[np.uint8]) -> list[Code]:
    return []


def _full_range(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """From the 16 to 235 of coded video to 0 to 255."""
    spread = (np.arange(256, dtype=np.float32) - 16) * (255 / 219)
    return np.asarray(cv2.LUT(picture, spread.clip(0, 255).astype(np.uint8)), np.uint8)

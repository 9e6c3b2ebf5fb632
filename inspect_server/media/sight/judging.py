"""Between a recording and the eyes on it: units go on to the writer as they are, keyframes are shown beside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from inspect_server.domain.hints import HintChange
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.messages import AnyEvent, CodesSeen, HintChanged, PictureJudged, Publish, ReadCode
from inspect_server.media.recording import UnitWriter
from inspect_server.media.sight.codes import Code
from inspect_server.media.sight.watching import SightEvents, Watched

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class JudgedWriter:
    """A ``UnitWriter`` that lets somebody look on."""

    def __init__(self, writer: UnitWriter, watched: Watched) -> None:
        self._writer = writer
        self._watched = watched

    def write(self, unit: AccessUnit) -> None:
        """See ``UnitWriter``."""
        self._writer.write(unit)
        self._watched.show(unit)

    def left_out(self, kind: MediaKind, until_us: int) -> None:
        """See ``UnitWriter``."""
        self._writer.left_out(kind, until_us)


def events_of(publish: Publish, emit: Callable[[AnyEvent], None]) -> SightEvents:
    """What is seen in this publisher's picture, as events of the worker."""

    def hints_changed(changes: list[HintChange]) -> None:
        emit(
            PictureJudged(
                room_id=publish.room_id,
                participant_id=publish.participant_id,
                source=publish.source,
                changes=[
                    HintChanged(hint=change.hint, active=change.active, since_us=_us(change.since))
                    for change in changes
                ],
            )
        )

    def codes_seen(codes: list[Code], at: datetime) -> None:
        emit(
            CodesSeen(
                room_id=publish.room_id,
                participant_id=publish.participant_id,
                source=publish.source,
                at_us=_us(at),
                codes=[
                    ReadCode(kind=code.kind, text=code.text, corners=[(corner.x, corner.y) for corner in code.corners])
                    for code in codes
                ],
            )
        )

    return SightEvents(hints_changed=hints_changed, codes_seen=codes_seen)


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND

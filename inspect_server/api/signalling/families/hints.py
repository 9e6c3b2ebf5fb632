"""What is wrong with pictures, told to everybody; codes in them, told to the inspectors. Both are kept as moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.hints import (
    CodesRead,
    HintedPicture,
    PictureHints,
    ReadCodes,
    SeenCode,
)
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.errors import NotFound
from inspect_server.domain.hints import HintChange
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.media import messages as to_worker
from inspect_server.media.client import new_request_id
from inspect_server.services import judging_pictures

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def _read_codes(room: Room, seat: Seat, _: Window, message: ReadCodes) -> None:
    await judging_pictures.permit_reading(room.services.context, seat.participant.id)
    if room.seat(message.participant_id) is None:
        raise NotFound
    await room.services.media.request(
        to_worker.ReadCodes(
            request_id=new_request_id(),
            room_id=room.inspection_id,
            participant_id=message.participant_id,
            wanted=message.wanted,
        )
    )


async def _judged(room: Room, event: to_worker.PictureJudged) -> None:
    picture = (event.participant_id, event.source)
    hints = room.hints.setdefault(picture, set())
    for change in event.changes:
        (hints.add if change.active else hints.discard)(change.hint)
    if not hints:
        del room.hints[picture]
    changes = [HintChange(change.hint, change.active, _moment(change.since_us)) for change in event.changes]
    try:
        await judging_pictures.note_hints(
            room.services.context, room.inspection_id, event.participant_id, changes, source=event.source
        )
    finally:
        # A database that is away keeps nobody from hearing it.
        room.tell(_message(room))


async def _codes_seen(room: Room, event: to_worker.CodesSeen) -> None:
    """The same code in picture after picture is told each time, and kept once."""
    seen_at = _moment(event.at_us)
    new = [code.text for code in event.codes if (event.participant_id, code.text) not in room.known_codes]
    try:
        if new:
            await judging_pictures.note_codes(
                room.services.context, room.inspection_id, event.participant_id, new, seen_at
            )
            # Only what is kept is known: what a database that was away did not take comes with the next picture.
            room.known_codes.update((event.participant_id, text) for text in new)
    finally:
        _tell_codes(room, event, seen_at)


def _tell_codes(room: Room, event: to_worker.CodesSeen, seen_at: datetime) -> None:
    told = CodesRead(
        participant_id=event.participant_id,
        source=event.source,
        at=seen_at,
        codes=[SeenCode(kind=code.kind, text=code.text, corners=code.corners) for code in event.codes],
    )
    for seat in room.seats:
        if seat.participant.role is ParticipantRole.INSPECTOR and seat.window is not None:
            seat.window.outbox.put(told)


def _welcome(room: Room, seat: Seat) -> None:
    if seat.window is not None and room.hints:
        seat.window.outbox.put(_message(room))


def _message(room: Room) -> PictureHints:
    return PictureHints(
        pictures=[
            HintedPicture(participant_id=participant_id, source=source, hints=sorted(hints))
            for (participant_id, source), hints in room.hints.items()
        ]
    )


def _moment(since_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=since_us)


FAMILY: Final = Family(
    answers={ReadCodes: _read_codes},
    obeys={to_worker.PictureJudged: _judged, to_worker.CodesSeen: _codes_seen},
    welcome=_welcome,
)

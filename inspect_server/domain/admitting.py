"""The door of a call: guests wait before it until the inspector lets them in; the office and machines walk through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from inspect_server.domain.errors import ConsentMissing, NotAdmitted, RoomFull
from inspect_server.domain.inspections import Participant


def must_wait(participant: Participant) -> bool:
    """Whether somebody comes by a link and was not let in so far."""
    is_guest = participant.invitation_id is not None and not participant.role.is_machine
    return is_guest and participant.admitted_at is None


def require_admitted(participant: Participant) -> None:
    """Nobody is seen or heard in the call before they are let in.

    Raises:
        NotAdmitted: they still wait.
    """
    if must_wait(participant):
        raise NotAdmitted


def wait(participant: Participant, now: datetime) -> Participant:
    """Stand at the door; coming there again keeps the place in the line.

    Raises:
        ConsentMissing: they have not agreed to the recording.
    """
    if participant.consented_at is None:
        raise ConsentMissing
    return replace(participant, waiting_since=participant.waiting_since or now, left_at=None)


def stop_waiting(participant: Participant) -> Participant:
    """Go away from the door."""
    return replace(participant, waiting_since=None)


def admit(participant: Participant, present: Iterable[Participant], *, seats: int, now: datetime) -> Participant:
    """Let them in, once: the time of the first admission stays.

    Args:
        participant: who.
        present: everybody of the inspection.
        seats: how many the room has.
        now: aware UTC.

    Raises:
        RoomFull: no seat is free; ``params["max"]``.
    """
    if not must_wait(participant):
        return participant
    taken = [each for each in present if each.id != participant.id and _sits(each)]
    if len(taken) >= seats:
        raise RoomFull(max=seats)
    return replace(participant, admitted_at=now, waiting_since=None)


def _sits(participant: Participant) -> bool:
    return participant.first_joined_at is not None and participant.left_at is None and not must_wait(participant)

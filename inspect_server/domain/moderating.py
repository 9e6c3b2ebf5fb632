"""Keeping order in a call: whom nobody hears for a while, and who is put out of it for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspect_server.domain.errors import BadRequest
from inspect_server.domain.inspections import Participant, ParticipantRole

_NEVER_HEARD = frozenset({ParticipantRole.OBSERVER, ParticipantRole.SCREEN})


def silence(participant: Participant, *, by_user_id: str, now: datetime) -> Participant:
    """Let nobody hear them, until an inspector or they themselves take that back; the time of the first one stays.

    Raises:
        BadRequest: it is the inspector themselves, who has a button for that, or somebody whom nobody hears anyway.
    """
    if participant.user_id == by_user_id:
        raise BadRequest("Nobody is silenced by themselves.", where="path", field="participant_id")
    if participant.role in _NEVER_HEARD:
        raise BadRequest("This role is never heard.", where="path", field="participant_id")
    return replace(participant, silenced_at=participant.silenced_at or now)


def let_speak(participant: Participant) -> Participant:
    """Let everybody hear them again."""
    return replace(participant, silenced_at=None)


def remove(participant: Participant, now: datetime) -> Participant:
    """Put them out for good; the time of the first removal stays.

    Raises:
        BadRequest: people of the office are there by their account, not by the inspector's leave.
    """
    if participant.invitation_id is None:
        raise BadRequest("People of the office are not removed.", where="path", field="participant_id")
    if participant.removed_at is not None:
        return participant
    was_in = participant.first_joined_at is not None
    left_at = participant.left_at or (now if was_in else None)
    return replace(participant, removed_at=now, left_at=left_at, waiting_since=None)

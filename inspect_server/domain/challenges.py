"""Live challenges (现场核验): one-time tasks that a video made before cannot show. Pure.

An inspector asks for one, or the server does at a random time; the person on the site does it in front of the camera. A
QR code with the one-time code is recognised by the server; everything else the inspector confirms with their own eyes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inspect_server.domain.errors import Conflict

VALID_FOR = timedelta(minutes=3)
"""Time to find paper and a pen; too short to make a video."""

CODE_LENGTH = 6
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without characters that are mistaken for each other in handwriting."""


class Task(StrEnum):
    """What is asked. The code is written by hand, or shown as a QR code on another screen."""

    WRITE_CODE = "write_code"
    SHOW_QR = "show_qr"
    TURN_TO_DOOR = "turn_to_door"


class Outcome(StrEnum):
    """How it ended; ``seen``: recognised by the server, ``confirmed`` and ``failed``: judged by the inspector."""

    SEEN = "seen"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Challenge:
    """``code`` is empty for a task without one. ``asked_by``: ``user:<id>`` or ``system`` for a random one."""

    id: str
    inspection_id: str
    participant_id: str
    task: Task
    code: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    outcome: Outcome | None
    ended_at: datetime | None
    ended_by: str

    @property
    def is_open(self) -> bool:
        return self.outcome is None


def ask(
    *,
    challenge_id: str,
    inspection_id: str,
    participant_id: str,
    task: Task,
    asked_by: str,
    now: datetime,
    choose: Callable[[str], str],
) -> Challenge:
    """A new challenge. ``choose`` picks one character of a text, unforeseeably."""
    needs_code = task is not Task.TURN_TO_DOOR
    return Challenge(
        id=challenge_id,
        inspection_id=inspection_id,
        participant_id=participant_id,
        task=task,
        code="".join(choose(CODE_ALPHABET) for _ in range(CODE_LENGTH)) if needs_code else "",
        asked_by=asked_by,
        asked_at=now,
        expires_at=now + VALID_FOR,
        outcome=None,
        ended_at=None,
        ended_by="",
    )


def end(challenge: Challenge, outcome: Outcome, *, by: str, now: datetime) -> Challenge:
    """The inspector's judgement, the server's recognition, or the end of its time. Ending it the same way twice is one.

    A judgement of the inspector may follow what the server recognised, and takes its place; nothing else is changed
    once it has ended.

    Raises:
        Conflict: it ended otherwise before; ``params["outcome"]`` says how.
    """
    if challenge.outcome is outcome:
        return challenge
    judged = outcome in {Outcome.CONFIRMED, Outcome.FAILED}
    if challenge.outcome is not None and not (challenge.outcome is Outcome.SEEN and judged):
        raise Conflict("The challenge has ended.", outcome=challenge.outcome.value)
    if outcome is Outcome.EXPIRED and now < challenge.expires_at:
        raise Conflict("The challenge still runs.", outcome="")
    return replace(challenge, outcome=outcome, ended_at=now, ended_by=by)


def as_of(challenge: Challenge, now: datetime) -> Challenge:
    """The challenge as it stands at ``now``: one whose time has run out ended then, even if nobody has looked since."""
    if not challenge.is_open or now < challenge.expires_at:
        return challenge
    return replace(challenge, outcome=Outcome.EXPIRED, ended_at=challenge.expires_at, ended_by="")


def is_answered_by(challenge: Challenge, code: str, seen_at: datetime) -> bool:
    """Whether a code that the server read in the picture answers an open challenge in its time."""
    return (
        challenge.is_open
        and bool(challenge.code)
        and code.strip().upper() == challenge.code
        and challenge.asked_at <= seen_at < challenge.expires_at
    )

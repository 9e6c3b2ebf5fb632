"""One-time codes: six digits that prove that somebody holds the phone which they name."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from inspect_server.domain.attempts import BackOff
from inspect_server.domain.errors import CodeExpired, CodeWrong

VALID_FOR: Final = timedelta(minutes=5)
MAX_ATTEMPTS: Final = 5
DIGITS: Final = 6

PER_PHONE: Final = BackOff(
    free=1, first_wait=timedelta(seconds=30), longest=timedelta(minutes=15), forget_after=timedelta(hours=1)
)
"""Nobody's phone is to be flooded. Also per invitation, so that one link cannot send to many phones."""
PER_ADDRESS: Final = BackOff(
    free=100, first_wait=timedelta(seconds=30), longest=timedelta(minutes=15), forget_after=timedelta(hours=1)
)
"""Wider: a whole company, or a district of a mobile network, may share one address."""


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """The newest one of an invitation. Only a hash is kept, made with the invitation's token, which is not stored."""

    invitation_id: str
    phone: str
    code_sha256: str
    sent_at: datetime
    expires_at: datetime
    attempts: int


def require_usable(code: OneTimeCode | None, phone: str, now: datetime) -> OneTimeCode:
    """The code that an attempt may be made on.

    Raises:
        CodeExpired: none was sent to this phone, its time is over, or it was tried too often.
    """
    if code is None or code.phone != phone or now >= code.expires_at or code.attempts >= MAX_ATTEMPTS:
        raise CodeExpired
    return code


def require_right(code: OneTimeCode | None, entered_sha256: str) -> None:
    """Whether the digits are the ones that were sent. ``code``: with this attempt counted.

    Raises:
        CodeWrong: they are not; ``params["attempts_left"]``.
        CodeExpired: as many attempts as are allowed were made already.
    """
    if code is None or code.attempts > MAX_ATTEMPTS:
        raise CodeExpired
    if not hmac.compare_digest(code.code_sha256, entered_sha256):
        raise CodeWrong(attempts_left=MAX_ATTEMPTS - code.attempts)

"""What services work with: database, objects, clock, randomness, and a way to tell the rest of the server."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from inspect_server.domain.one_time_codes import DIGITS
from inspect_server.domain.people import User
from inspect_server.domain.timekeeping import ClockReading
from inspect_server.services.announcements import Announcement
from inspect_server.services.notifying import Notifier
from inspect_server.services.passwords import Passwords
from inspect_server.services.viewing_log import ViewingLog
from storage.engine import Database
from storage.objects import ObjectStore

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


def new_id() -> str:
    """An id for a new row."""
    return str(uuid.uuid4())


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_token() -> str:
    """256 random bits, fit for a URL."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """What is stored of a token: its sha256 (hex). A copy of the database opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """What an operator has chosen, as far as services mind.

    ``link_base`` is a callable because the port may only be known once the server listens; no slash at its end.
    ``time_zone``: in which stamps and records tell the time. ``site_radius_m``: how far from its registered place
    somebody is still at the site. ``grace_minutes``: how late an appointment may begin.
    """

    link_base: Callable[[], str] = lambda: "http://127.0.0.1:8080"
    invitation_valid_for: timedelta = timedelta(hours=72)
    sign_in_valid_for: timedelta = timedelta(hours=12)
    max_participants: int = 8
    time_zone: tzinfo = UTC
    site_radius_m: float = 300.0
    grace_minutes: int = 30


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """One per process, made by ``app``.

    ``notifier``: None where no message can be sent. ``uploads_pending`` and ``track_uploads_pending`` tell whether
    footage of an inspection, or of one track in it, is known to be on its way into the object store. ``clock_reading``
    tells how far ``now`` is off, as far as that is known.
    """

    database: Database
    objects: ObjectStore
    options: ServiceOptions = field(default_factory=ServiceOptions)
    now: Clock = utc_now
    new_id: Callable[[], str] = new_id
    new_token: Callable[[], str] = new_token
    new_code: Callable[[], str] = new_code
    notifier: Notifier | None = None
    passwords: Passwords = field(default_factory=Passwords)
    viewing_log: ViewingLog = field(default_factory=ViewingLog)
    announce: Callable[[Announcement], None] = lambda _: None
    uploads_pending: Callable[[str], bool] = lambda _: False
    track_uploads_pending: Callable[[str, str], bool] = lambda _inspection, _track: False
    clock_reading: Callable[[], ClockReading | None] = lambda: None


@dataclass(frozen=True, slots=True)
class Actor:
    """A user of the office at the other end of ``address``."""

    user: User
    address: str


@dataclass(frozen=True, slots=True)
class Guest:
    """The bearer of an invitation link at the other end of ``address``."""

    token: str
    address: str

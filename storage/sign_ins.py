"""Server-side sign-ins and the counters of failed attempts.

A sign-in is found by the sha256 of its cookie, so a copy of the database opens no door.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, delete, insert, select, update

from inspect_server.domain.attempts import Failures
from inspect_server.domain.people import User
from storage import people
from storage.engine import Transaction
from storage.rows import insert_or_skip, upsert, values_of
from storage.tables.sign_ins import failed_attempts, sign_ins


@dataclass(frozen=True, slots=True)
class SignIn:
    """One signed-in browser. ``token_sha256`` is the hash (hex) of the token in its cookie."""

    id: str
    token_sha256: str
    user_id: str
    csrf_token: str
    remote_address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


async def add(tx: Transaction, sign_in: SignIn) -> None:
    """Insert."""
    await tx.execute(insert(sign_ins).values(values_of(sign_in, sign_ins)))


async def valid_sign_in(tx: Transaction, token_sha256: str, *, now: datetime) -> tuple[SignIn, User] | None:
    """The sign-in of this token with its user; None if unknown, revoked, over, or the user is no longer active."""
    rows = await tx.execute(
        select(sign_ins).where(
            sign_ins.c.token_sha256 == token_sha256, sign_ins.c.revoked_at.is_(None), sign_ins.c.expires_at > now
        )
    )
    row = rows.mappings().one_or_none()
    if row is None:
        return None
    sign_in = SignIn(**row)
    user = await people.user(tx, sign_in.user_id)
    return (sign_in, user) if user is not None and user.active else None


async def touch(tx: Transaction, sign_in_id: str, *, now: datetime) -> None:
    """Note that the sign-in was used."""
    await tx.execute(update(sign_ins).where(sign_ins.c.id == sign_in_id).values(last_seen_at=now))


async def revoke(tx: Transaction, sign_in_id: str, *, now: datetime) -> None:
    """Sign out; the first time of it stays."""
    await _revoke(tx, sign_ins.c.id == sign_in_id, now)


async def revoke_all_of(tx: Transaction, user_id: str, *, now: datetime) -> None:
    """Sign a user out everywhere, as after a change of the password."""
    await _revoke(tx, sign_ins.c.user_id == user_id, now)


async def forget_expired(tx: Transaction, *, before: datetime) -> int:
    """Delete sign-ins that expired ``before``; returns how many."""
    result = await tx.execute(delete(sign_ins).where(sign_ins.c.expires_at < before))
    return result.rowcount


async def lock_failures(tx: Transaction, counter: str, *, now: datetime) -> Failures:
    """What is remembered under this name, such as ``name:chen`` or ``address:192.0.2.7``; nothing: 0 counted ``now``.

    Who else locks this counter waits until the transaction is over.
    """
    await tx.execute(insert_or_skip(tx, failed_attempts, {"counter": counter, "count": 0, "last_at": now}))
    locked = await tx.execute(_select_failures().where(failed_attempts.c.counter == counter).with_for_update())
    row = locked.mappings().one_or_none()
    return Failures(**row) if row else Failures(0, now)


async def count_failure(tx: Transaction, counter: str, *, now: datetime, forget_after: timedelta) -> Failures:
    """Add one failure; counting starts again at 1 if the last one is ``forget_after`` ago or longer.

    Exact under concurrency.
    """
    is_forgotten = failed_attempts.c.last_at <= now - forget_after
    statement = upsert(tx, failed_attempts).values(counter=counter, count=1, last_at=now)
    statement = statement.on_conflict_do_update(
        index_elements=[failed_attempts.c.counter],
        set_={"count": case((is_forgotten, 1), else_=failed_attempts.c.count + 1), "last_at": now},
    )
    counted = statement.returning(failed_attempts.c.count, failed_attempts.c.last_at)
    return Failures(**(await tx.execute(counted)).mappings().one())


async def clear_failures(tx: Transaction, counter: str) -> None:
    """Forget the failures of one counter, as after a right password."""
    await tx.execute(delete(failed_attempts).where(failed_attempts.c.counter == counter))


async def take_back_failure(tx: Transaction, counter: str) -> None:
    """Count one failure less, as after a right password that was counted before it was checked."""
    counted = (failed_attempts.c.counter == counter) & (failed_attempts.c.count > 0)
    await tx.execute(update(failed_attempts).where(counted).values(count=failed_attempts.c.count - 1))


async def forget_failures(tx: Transaction, *, before: datetime) -> int:
    """Delete the counters whose last failure was ``before``; returns how many."""
    result = await tx.execute(delete(failed_attempts).where(failed_attempts.c.last_at < before))
    return result.rowcount


def _select_failures() -> Select[tuple[int, datetime]]:
    return select(failed_attempts.c.count, failed_attempts.c.last_at)


async def _revoke(tx: Transaction, condition: ColumnElement[bool], now: datetime) -> None:
    await tx.execute(update(sign_ins).where(condition, sign_ins.c.revoked_at.is_(None)).values(revoked_at=now))

"""Guests on their way into a call: who they are, what they agreed to, what they will not, and their phones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from inspect_server.domain.declining import Decline, DeclineKind
from inspect_server.domain.identifying import Consent, Identity
from inspect_server.domain.one_time_codes import OneTimeCode
from inspect_server.domain.readiness import Check, Readiness, Subject, Verdict
from storage.engine import Transaction
from storage.rows import upsert, values_of
from storage.tables.arrivals import consents, declines, identities, one_time_codes, readiness


async def put_identity(tx: Transaction, identity: Identity) -> None:
    """Write it; the one before is replaced."""
    values = values_of(identity, identities)
    statement = upsert(tx, identities).values(values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["participant_id"], set_=values))


async def identity(tx: Transaction, participant_id: str) -> Identity | None:
    """Who this guest is, or None."""
    return (await identities_of(tx, [participant_id])).get(participant_id)


async def identities_of(tx: Transaction, participant_ids: Iterable[str]) -> dict[str, Identity]:
    """Those that are known, by participant."""
    rows = await tx.execute(select(identities).where(identities.c.participant_id.in_(list(participant_ids))))
    return {row["participant_id"]: Identity(**row) for row in rows.mappings()}


async def add_consent(tx: Transaction, consent: Consent) -> None:
    """Append one."""
    await tx.execute(insert(consents).values(values_of(consent, consents)))


async def consents_of(tx: Transaction, inspection_id: str) -> list[Consent]:
    """All of an inspection, in order of time."""
    rows = await tx.execute(
        select(consents).where(consents.c.inspection_id == inspection_id).order_by(consents.c.given_at, consents.c.id)
    )
    return [Consent(**row) for row in rows.mappings()]


async def put_code(tx: Transaction, code: OneTimeCode) -> None:
    """Write it; an earlier one of the invitation is void."""
    values = values_of(code, one_time_codes)
    statement = upsert(tx, one_time_codes).values(values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["invitation_id"], set_=values))


async def code(tx: Transaction, invitation_id: str) -> OneTimeCode | None:
    """The newest code of an invitation, or None."""
    rows = await tx.execute(select(one_time_codes).where(one_time_codes.c.invitation_id == invitation_id))
    row = rows.mappings().one_or_none()
    return OneTimeCode(**row) if row else None


async def count_attempt(tx: Transaction, invitation_id: str) -> OneTimeCode | None:
    """The code with one more attempt; exact under concurrency."""
    rows = await tx.execute(
        update(one_time_codes)
        .where(one_time_codes.c.invitation_id == invitation_id)
        .values(attempts=one_time_codes.c.attempts + 1)
        .returning(*one_time_codes.c)
    )
    row = rows.mappings().one_or_none()
    return OneTimeCode(**row) if row else None


async def forget_codes(tx: Transaction, *, before: datetime) -> None:
    """Delete the codes that expired ``before``."""
    await tx.execute(delete(one_time_codes).where(one_time_codes.c.expires_at < before))


async def put_readiness(tx: Transaction, tested: Readiness) -> None:
    """Write it; the test before is replaced."""
    checks = [
        {
            "subject": each.subject.value,
            "verdict": each.verdict.value,
            "problem": each.problem,
            "facts": dict(each.facts),
        }
        for each in tested.checks
    ]
    values = {"participant_id": tested.participant_id, "checked_at": tested.checked_at, "checks": checks}
    statement = upsert(tx, readiness).values(values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["participant_id"], set_=values))


async def readiness_of(tx: Transaction, participant_ids: Iterable[str]) -> dict[str, Readiness]:
    """Those that were tested, by participant."""
    rows = await tx.execute(select(readiness).where(readiness.c.participant_id.in_(list(participant_ids))))
    return {row["participant_id"]: _readiness(row) for row in rows.mappings()}


async def put_decline(tx: Transaction, decline: Decline) -> None:
    """Write it; one of the same kind and invitation is replaced."""
    values = values_of(decline, declines)
    statement = upsert(tx, declines).values(values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["invitation_id", "kind"], set_=values))


async def declines_of(tx: Transaction, inspection_id: str) -> list[Decline]:
    """All of an inspection, settled ones too, in order of time."""
    rows = await tx.execute(
        select(declines).where(declines.c.inspection_id == inspection_id).order_by(declines.c.made_at, declines.c.kind)
    )
    return [Decline(**row) for row in rows.mappings()]


async def settle_declines(
    tx: Transaction, kind: DeclineKind, *, inspection_id: str, invitation_id: str | None, now: datetime
) -> bool:
    """Settle what is open of this kind, of one invitation or of all; whether anything was."""
    condition = (
        (declines.c.inspection_id == inspection_id) & (declines.c.kind == kind) & declines.c.settled_at.is_(None)
    )
    if invitation_id is not None:
        condition &= declines.c.invitation_id == invitation_id
    result = await tx.execute(update(declines).where(condition).values(settled_at=now))
    return result.rowcount > 0


def _readiness(row: Mapping[Any, Any]) -> Readiness:
    return Readiness(
        participant_id=row["participant_id"],
        checked_at=row["checked_at"],
        checks=tuple(
            Check(Subject(each["subject"]), Verdict(each["verdict"]), each["problem"], each["facts"])
            for each in row["checks"]
        ),
    )

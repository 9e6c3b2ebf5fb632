"""Making sure who a guest is: a code to their phone, or a photo of the identity card beside the face."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from inspect_server.domain import identifying as rules
from inspect_server.domain import one_time_codes as codes
from inspect_server.domain.attempts import wait_s
from inspect_server.domain.errors import CodesNotSent, ConsentMissing, TooManyAttempts
from inspect_server.domain.identifying import Identity, IdentityMethod
from inspect_server.domain.one_time_codes import OneTimeCode
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.context import Guest, ServiceContext
from inspect_server.services.seats import Seat, person_seat
from storage import arrivals, evidence, sign_ins
from storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class SentCode:
    """``shown``: the code itself, where the page may show it (demonstrations)."""

    expires_at: datetime
    shown: str | None


async def send_code(context: ServiceContext, by: Guest, phone: str) -> SentCode:
    """Send a new code to this phone; the one before is void.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: as they say.
        CodesNotSent: this server cannot send any.
        TooManyAttempts: too many were sent to this phone, for this invitation or from this address.
        MessageNotSent: the gateway did not take it.
    """
    if context.notifier is None:
        raise CodesNotSent
    digits = context.new_code()
    now = context.now()
    async with context.database.transaction() as tx:
        seat = await person_seat(context, tx, by.token)
        await _admit_sending(tx, seat, phone, by.address, now)
        code = OneTimeCode(
            invitation_id=seat.invitation.id,
            phone=phone,
            code_sha256=_hash(by.token, phone, digits),
            sent_at=now,
            expires_at=now + codes.VALID_FOR,
            attempts=0,
        )
        await arrivals.put_code(tx, code)
        await record(
            context,
            tx,
            f"invitation:{seat.invitation.id}",
            "code.sent",
            f"inspection:{seat.inspection.id}",
            organisation_path=seat.inspection.organisation_path,
            address=by.address,
            details={"phone": phone},
        )
    minutes = int(codes.VALID_FOR.total_seconds() // 60)
    shown = await context.notifier.send_code(phone, digits, valid_minutes=minutes)
    return SentCode(code.expires_at, shown)


async def _admit_sending(tx: Transaction, seat: Seat, phone: str, address: str, now: datetime) -> None:
    rules_of = {
        f"code:phone:{phone}": codes.PER_PHONE,
        f"code:invitation:{seat.invitation.id}": codes.PER_PHONE,
        f"code:address:{address}": codes.PER_ADDRESS,
    }
    # Locked in one order, so that two at once never wait for each other.
    for counter, rule in sorted(rules_of.items()):
        if wait := wait_s(await sign_ins.lock_failures(tx, counter, now=now), rule, now):
            raise TooManyAttempts(retry_after_s=wait)
    for counter, rule in sorted(rules_of.items()):
        await sign_ins.count_failure(tx, counter, now=now, forget_after=rule.forget_after)


async def check_code(context: ServiceContext, by: Guest, phone: str, digits: str) -> None:
    """Whether these are the digits that were sent to this phone. Each call counts as an attempt, right ones too.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: as they say.
        CodeWrong, CodeExpired: as they say.
    """
    # An attempt stays counted whatever becomes of the rest, so it has a transaction of its own.
    async with context.database.transaction() as tx:
        seat = await person_seat(context, tx, by.token)
        codes.require_usable(await arrivals.code(tx, seat.invitation.id), phone, context.now())
        counted = await arrivals.count_attempt(tx, seat.invitation.id)
    codes.require_right(counted, _hash(by.token, phone, digits))


async def identify_by_photo(context: ServiceContext, by: Guest, evidence_id: str) -> Identity:
    """Take a photo of the identity card beside the face, which they have sent, as who they are.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded, ConsentMissing: as they say.
        BadRequest: it is no such photo of theirs.
    """
    async with context.database.transaction() as tx:
        identity, seat = await _said(context, tx, by)
        photo = await evidence.find(tx, evidence_id)
        identified = rules.identified_by_photo(identity, photo, context.now())
        await _keep(context, tx, seat, identified, by)
    context.announce(InspectionChanged(seat.inspection.id, Topic.ARRIVALS))
    return identified


async def identify_in_call(context: ServiceContext, by: Guest) -> Identity:
    """Neither code nor photo works: leave it to the inspector, who sees that before letting them in.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded, ConsentMissing: as they say.
    """
    async with context.database.transaction() as tx:
        identity, seat = await _said(context, tx, by)
        if identity.method is not None:
            return identity
        identified = rules.identified_in_call(identity, context.now())
        await _keep(context, tx, seat, identified, by)
    context.announce(InspectionChanged(seat.inspection.id, Topic.ARRIVALS))
    return identified


async def forget_old_codes(context: ServiceContext) -> None:
    """Housekeeping: delete codes that nobody can enter any more."""
    async with context.database.transaction() as tx:
        await arrivals.forget_codes(tx, before=context.now())


async def _said(context: ServiceContext, tx: Transaction, by: Guest) -> tuple[Identity, Seat]:
    """What the guest says of themselves."""
    seat = await person_seat(context, tx, by.token)
    if seat.seated is None or seat.seated.consented_at is None:
        raise ConsentMissing
    nothing = Identity(seat.seated.id, "", "", acts_as_agent=False, method=None, identified_at=None, evidence_id=None)
    return await arrivals.identity(tx, seat.seated.id) or nothing, seat


async def _keep(context: ServiceContext, tx: Transaction, seat: Seat, identity: Identity, by: Guest) -> None:
    await arrivals.put_identity(tx, identity)
    await record(
        context,
        tx,
        f"participant:{identity.participant_id}",
        "participant.identified",
        f"inspection:{seat.inspection.id}",
        organisation_path=seat.inspection.organisation_path,
        address=by.address,
        details={"method": (identity.method or IdentityMethod.IN_CALL).value},
    )


def _hash(token: str, phone: str, digits: str) -> str:
    """A million codes are soon tried through; the token, which the database does not have, makes that useless."""
    return hashlib.sha256(f"{token}:{phone}:{digits}".encode()).hexdigest()

"""Live challenges: asking for one, recognising the answer, judging it. Each step is a moment of the inspection."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from inspect_server.domain import challenges as rules
from inspect_server.domain import conducting
from inspect_server.domain.challenges import Challenge, Outcome, Task
from inspect_server.domain.errors import BadRequest, Conflict, NotFound
from inspect_server.domain.permissions import Action
from inspect_server.services.acting import Acting, acting
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import SYSTEM, record
from inspect_server.services.context import Actor, Guest, ServiceContext
from inspect_server.services.moments import note
from storage import challenges, inspections, participants
from storage.engine import Transaction


async def ask(
    context: ServiceContext, by: Actor, inspection_id: str, challenge_id: str, *, participant_id: str, task: Task
) -> Challenge:
    """Ask somebody on the site for a one-time task. The same id again is the same challenge.

    Raises:
        NotFound, NotAllowed: see the permission table.
        InspectionEnded: it is over.
        BadRequest: nobody of this id is on the site's side.
        Conflict: this id is another inspection's challenge, or one of theirs is still open.
    """
    async with context.database.transaction() as tx:
        who = await acting(context, tx, by, inspection_id, Action.CHALLENGE, for_update=True)
        conducting.require_open(who.inspection)
        known = await challenges.find(tx, challenge_id)
        if known is not None:
            if known.inspection_id != who.inspection.id:
                raise Conflict("This id is taken.")
            return known
        asked = await participants.participant(tx, participant_id)
        if asked is None or asked.inspection_id != who.inspection.id or asked.invitation_id is None:
            raise BadRequest("Nobody of this id is on the site.", where="body", field="participant_id")
        for other in await _open_challenges(context, tx, who.inspection.id):
            if other.participant_id == participant_id:
                raise Conflict("A challenge is still open.", challenge_id=other.id)
        challenge = rules.ask(
            challenge_id=challenge_id,
            inspection_id=who.inspection.id,
            participant_id=participant_id,
            task=task,
            asked_by=who.name,
            now=context.now(),
            choose=secrets.choice,
        )
        await challenges.add_once(tx, challenge)
        await _tell(context, tx, challenge, "challenge.asked", who.name, address=by.address)
    context.announce(InspectionChanged(challenge.inspection_id, Topic.CHALLENGES))
    return challenge


async def judge(context: ServiceContext, by: Actor, challenge_id: str, *, passed: bool) -> Challenge:
    """The inspector saw it done, or not done. The same judgement again changes nothing.

    Raises:
        NotFound, NotAllowed: see the permission table.
        Conflict: it ended otherwise before.
    """
    async with context.database.transaction() as tx:
        challenge = await challenges.find(tx, challenge_id)
        if challenge is None:
            raise NotFound
        who = await acting(context, tx, by, challenge.inspection_id, Action.CHALLENGE, for_update=True)
        # Once more behind the lock: it may have ended a moment ago.
        challenge = await challenges.find(tx, challenge_id) or challenge
        outcome = Outcome.CONFIRMED if passed else Outcome.FAILED
        ended = await _end(context, tx, challenge, outcome, who)
    context.announce(InspectionChanged(ended.inspection_id, Topic.CHALLENGES))
    return ended


async def recognise(
    context: ServiceContext, inspection_id: str, participant_id: str, codes: Sequence[str], seen_at: datetime
) -> Challenge | None:
    """Codes were read in somebody's picture; the challenge that one of them answers, if any."""
    async with context.database.transaction() as tx:
        if await inspections.inspection(tx, inspection_id, for_update=True) is None:
            return None
        for challenge in await _open_challenges(context, tx, inspection_id):
            mine = challenge.participant_id == participant_id
            if mine and any(rules.is_answered_by(challenge, code, seen_at) for code in codes):
                ended = rules.end(challenge, Outcome.SEEN, by=SYSTEM, now=context.now())
                await challenges.set_outcome(tx, ended)
                await _tell(context, tx, ended, "challenge.seen", SYSTEM, at=seen_at)
                break
        else:
            return None
    context.announce(InspectionChanged(inspection_id, Topic.CHALLENGES))
    return ended


async def show_challenges(context: ServiceContext, by: Actor, inspection_id: str) -> list[Challenge]:
    """All of an inspection, in order of time; those whose time is over say so.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    async with context.database.transaction() as tx:
        who = await acting(context, tx, by, inspection_id, Action.SEE_INSPECTION, for_update=True)
        await _open_challenges(context, tx, who.inspection.id)
        return await challenges.challenges_of(tx, who.inspection.id)


async def own_challenge(context: ServiceContext, by: Guest) -> Challenge | None:
    """What was asked of a guest last: still open, or ended, so that they learn how.

    Raises:
        InvitationInvalid, …: see ``acting``.
    """
    async with context.database.transaction() as tx:
        who = await acting(context, tx, by, None, Action.JOIN_INSPECTION, for_update=True)
        if who.participant is None:
            raise NotFound
        await _open_challenges(context, tx, who.inspection.id)
        found = await challenges.challenges_of(tx, who.inspection.id)
        return next((each for each in reversed(found) if each.participant_id == who.participant.id), None)


async def _open_challenges(context: ServiceContext, tx: Transaction, inspection_id: str) -> list[Challenge]:
    """Those that can still be answered; others are ended on the way. The inspection is locked by ``tx``."""
    still_open = []
    for challenge in await challenges.challenges_of(tx, inspection_id):
        if not challenge.is_open:
            continue
        if context.now() < challenge.expires_at:
            still_open.append(challenge)
            continue
        expired = rules.end(challenge, Outcome.EXPIRED, by=SYSTEM, now=context.now())
        await challenges.set_outcome(tx, expired)
        await _tell(context, tx, expired, "challenge.expired", SYSTEM, at=challenge.expires_at)
    return still_open


async def _end(
    context: ServiceContext, tx: Transaction, challenge: Challenge, outcome: Outcome, who: Acting
) -> Challenge:
    ended = rules.end(challenge, outcome, by=who.name, now=context.now())
    if ended != challenge:
        await challenges.set_outcome(tx, ended)
        await _tell(context, tx, ended, f"challenge.{outcome.value}", who.name, address=who.address)
    return ended


async def _tell(
    context: ServiceContext,
    tx: Transaction,
    challenge: Challenge,
    what: str,
    actor: str,
    *,
    address: str = "",
    at: datetime | None = None,
) -> None:
    """To the timeline and to the audit trail."""
    await note(
        context,
        tx,
        challenge.inspection_id,
        what,
        actor=actor,
        participant_id=challenge.participant_id,
        at=at,
        details={"challenge": challenge.id, "task": challenge.task.value, "code": challenge.code},
    )
    inspection = await inspections.inspection(tx, challenge.inspection_id)
    await record(
        context,
        tx,
        actor,
        what,
        f"challenge:{challenge.id}",
        organisation_path=inspection.organisation_path if inspection else "",
        address=address,
        details={"inspection": challenge.inspection_id, "task": challenge.task.value},
    )

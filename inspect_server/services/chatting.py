"""Writing to each other in a call, and reading it back."""

from __future__ import annotations

from inspect_server.domain import chat as rules
from inspect_server.domain import conducting
from inspect_server.domain.chat import ChatMessage
from inspect_server.domain.inspections import Participant, ParticipantRole
from inspect_server.domain.permissions import Action
from inspect_server.services.acting import Acting, Somebody, acting
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.context import Actor, ServiceContext
from storage import chat, participants
from storage.engine import Transaction

SHOWN = 500
"""So many of the newest messages a page shows; more than anybody writes in a call."""


async def say(
    context: ServiceContext, by: Somebody, inspection_id: str | None, *, message_id: str, text: str
) -> ChatMessage:
    """Write something to everybody in the call. Sending it again changes nothing and returns what is stored.

    Args:
        context: as ever.
        by: who.
        inspection_id: where; None for a guest's own.
        message_id: chosen by the page.
        text: not empty, at most ``MAX_CHAT_TEXT`` characters.

    Raises:
        NotFound, NotAllowed, …: see ``acting``.
        InspectionEnded: nobody reads it any more.
        Conflict: another message has this id.
    """
    async with context.database.transaction() as tx:
        who = await acting(context, tx, by, inspection_id, Action.CHAT)
        conducting.require_open(who.inspection)
        wanted = await _message(context, tx, by, who, message_id, text)
        stored, is_new = await chat.add_once(tx, wanted)
        rules.require_same(stored, wanted)
        if is_new:
            await record(
                context,
                tx,
                who.name,
                "chat.said",
                f"inspection:{who.inspection.id}",
                organisation_path=who.inspection.organisation_path,
                address=who.address,
                details={"message": stored.id},
            )
    context.announce(InspectionChanged(who.inspection.id, Topic.CHAT))
    return stored


async def show_chat(context: ServiceContext, by: Somebody, inspection_id: str | None) -> list[ChatMessage]:
    """The newest messages, in order of time.

    Raises:
        NotFound, NotAllowed, …: see ``acting``.
    """
    async with context.database.reading() as tx:
        who = await acting(context, tx, by, inspection_id, Action.SEE_CHAT)
        return await chat.newest_of(tx, who.inspection.id, limit=SHOWN)


async def _message(
    context: ServiceContext, tx: Transaction, by: Somebody, who: Acting, message_id: str, text: str
) -> ChatMessage:
    seat = await _seat_of(tx, by, who)
    return ChatMessage(
        id=message_id,
        inspection_id=who.inspection.id,
        participant_id=seat.id if seat else None,
        author=who.name,
        author_name=by.user.display_name if isinstance(by, Actor) else seat.display_name if seat else "",
        role=seat.role if seat else ParticipantRole.INSPECTOR,
        text=text,
        sent_at=context.now(),
    )


async def _seat_of(tx: Transaction, by: Somebody, who: Acting) -> Participant | None:
    """The guest's, or the one that the user of the office has in the call, if any."""
    if not isinstance(by, Actor):
        return who.participant
    seats = await participants.participants_of(tx, who.inspection.id)
    return next((each for each in seats if each.user_id == by.user.id), None)

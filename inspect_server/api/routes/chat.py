"""What people in a call write to each other. Everybody in the room is told by the topic ``chat``."""

from __future__ import annotations

from inspect_server.api.callers import Invited, Staff
from inspect_server.api.operations import Operations
from inspect_server.api.schemas.chat import Chat, ChatMessageView, NewChatMessage
from inspect_server.api.schemas.evidence import NewId
from inspect_server.api.views import chat as views
from inspect_server.domain.errors import (
    Conflict,
    ConsentMissing,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    NotAllowed,
    NotFound,
)
from inspect_server.services import chatting

operations = Operations()

_LINK = (InvitationInvalid, InvitationExpired, InvitationRevoked, InspectionEnded, ConsentMissing, NotAllowed)


@operations.put("/api/inspections/{inspection_id}/chat/{message_id}", NotAllowed, NotFound, InspectionEnded, Conflict)
async def say(staff: Staff, inspection_id: str, message_id: NewId, body: NewChatMessage) -> ChatMessageView:
    """Write something to everybody in the call."""
    said = await chatting.say(staff.services, staff.actor, inspection_id, message_id=message_id, text=body.text)
    return views.message_view(said)


@operations.put("/api/visit/chat/{message_id}", *_LINK, Conflict)
async def say_as_guest(invited: Invited, message_id: NewId, body: NewChatMessage) -> ChatMessageView:
    """Write something to everybody in the call."""
    said = await chatting.say(invited.services, invited.guest, None, message_id=message_id, text=body.text)
    return views.message_view(said)


@operations.get("/api/inspections/{inspection_id}/chat", NotAllowed, NotFound)
async def show_chat(staff: Staff, inspection_id: str) -> Chat:
    """What was written, in order of time."""
    return views.chat(await chatting.show_chat(staff.services, staff.actor, inspection_id))


@operations.get("/api/visit/chat", *_LINK)
async def show_chat_to_guest(invited: Invited) -> Chat:
    """What was written, in order of time."""
    return views.chat(await chatting.show_chat(invited.services, invited.guest, None))

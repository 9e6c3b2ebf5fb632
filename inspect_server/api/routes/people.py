"""The people in a call: whom nobody hears, who is put out, and what experts write."""

from __future__ import annotations

from inspect_server.api.callers import Invited, Staff
from inspect_server.api.operations import Operations
from inspect_server.api.schemas.evidence import NewId
from inspect_server.api.schemas.opinions import NewOpinion, Opinions, OpinionView
from inspect_server.api.views import opinions as views
from inspect_server.domain.errors import (
    Conflict,
    ConsentMissing,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    NotAllowed,
    NotFound,
    PartConcluded,
    ParticipantRemoved,
    RecordSigned,
)
from inspect_server.services import advising, moderating

operations = Operations()

_OFFICE = (NotAllowed, NotFound, InspectionEnded)
_LINK = (
    InvitationInvalid,
    InvitationExpired,
    InvitationRevoked,
    ParticipantRemoved,
    InspectionEnded,
    ConsentMissing,
    NotAllowed,
)


@operations.put("/api/inspections/{inspection_id}/participants/{participant_id}/silence", *_OFFICE)
async def silence(staff: Staff, inspection_id: str, participant_id: str) -> None:
    """Let nobody hear somebody, until it is taken back; the same again changes nothing."""
    await moderating.silence(staff.services, staff.actor, inspection_id, participant_id)


@operations.delete("/api/inspections/{inspection_id}/participants/{participant_id}/silence", *_OFFICE)
async def let_speak(staff: Staff, inspection_id: str, participant_id: str) -> None:
    """Let everybody hear somebody again; the same again changes nothing."""
    await moderating.let_speak(staff.services, staff.actor, inspection_id, participant_id)


@operations.delete("/api/inspections/{inspection_id}/participants/{participant_id}", *_OFFICE)
async def remove_participant(staff: Staff, inspection_id: str, participant_id: str) -> None:
    """Put a guest or a machine out for good; their link is void, their footage stays."""
    await moderating.remove(staff.services, staff.actor, inspection_id, participant_id)


@operations.delete("/api/visit/silence", *_LINK)
async def speak_again(invited: Invited) -> None:
    """Somebody who was silenced lets everybody hear them again; the same again changes nothing."""
    await moderating.speak_again(invited.services, invited.guest)


@operations.put("/api/visit/opinions/{opinion_id}", *_LINK, NotFound, Conflict, PartConcluded, RecordSigned)
async def give_opinion(invited: Invited, opinion_id: NewId, body: NewOpinion) -> OpinionView:
    """An expert writes down what they think of a point of the checklist."""
    given = await advising.give_opinion(
        invited.services,
        invited.guest,
        opinion_id=opinion_id,
        part_id=body.part_id,
        checklist_item_id=body.checklist_item_id,
        text=body.text,
    )
    return views.opinion_view(given)


@operations.get("/api/visit/opinions", *_LINK)
async def show_own_opinions(invited: Invited) -> Opinions:
    """What the expert who asks has written, in order of time."""
    return views.opinions_view(await advising.show_opinions(invited.services, invited.guest, None))


@operations.get("/api/inspections/{inspection_id}/opinions", NotAllowed, NotFound)
async def show_opinions(staff: Staff, inspection_id: str) -> Opinions:
    """What all experts have written, in order of time."""
    return views.opinions_view(await advising.show_opinions(staff.services, staff.actor, inspection_id))

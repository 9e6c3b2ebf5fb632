"""Keeping order through the services: kept, told, once, and only by the office's own inspectors."""

from datetime import timedelta

import pytest

from inspect_server.domain.errors import (
    BadRequest,
    InspectionEnded,
    NotAllowed,
    NotFound,
    ParticipantRemoved,
    TicketInvalid,
)
from inspect_server.domain.footage import GapReason
from inspect_server.domain.inspections import Participant, ParticipantRole
from inspect_server.services import appointing, calling, inspecting, inviting, moderating, moments, reporting
from inspect_server.services.announcements import ParticipantSilenced, SeatRevoked
from inspect_server.services.context import Guest
from storage import participants
from tests.services.office import ADDRESS, Office


async def stored(office: Office, participant_id: str) -> Participant:
    async with office.context.database.reading() as tx:
        found = await participants.participant(tx, participant_id)
    assert found is not None
    return found


async def kinds(office: Office, inspection_id: str) -> list[str]:
    return [each.kind for each in await moments.show_moments(office.context, office.inspector, inspection_id)]


async def test_silencing_is_kept_told_and_taken_back_once_each(office: Office) -> None:
    inspection_id = await office.open_inspection()
    guest = await office.seat(inspection_id)
    for _ in range(2):
        await moderating.silence(office.context, office.colleague, inspection_id, guest.id)
    assert (await stored(office, guest.id)).silenced_at == office.clock()
    (told,) = [each for each in office.announced if isinstance(each, ParticipantSilenced)]
    assert (told.inspection_id, told.participant.silenced_at) == (inspection_id, office.clock())
    office.announced.clear()
    office.clock.advance(minutes=1)
    for _ in range(2):
        await moderating.let_speak(office.context, office.inspector, inspection_id, guest.id)
    (told,) = [each for each in office.announced if isinstance(each, ParticipantSilenced)]
    assert told.participant.silenced_at is None
    assert (await stored(office, guest.id)).silenced_at is None
    assert (await kinds(office, inspection_id))[-2:] == ["participant.silenced", "participant.let_speak"]
    audited = await office.audited(f"inspection:{inspection_id}")
    assert audited.count((f"user:{office.colleague.user.id}", "participant.silenced")) == 1


async def test_who_was_silenced_takes_it_back_themselves_once(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    guest = await office.accept(token)
    await office.admit(guest)
    by = Guest(token, ADDRESS)
    await moderating.speak_again(office.context, by)
    office.clock.advance(minutes=1)
    await moderating.silence(office.context, office.inspector, inspection_id, guest.id)
    office.announced.clear()
    office.clock.advance(minutes=1)
    for _ in range(2):
        await moderating.speak_again(office.context, by)
    assert (await stored(office, guest.id)).silenced_at is None
    (told,) = [each for each in office.announced if isinstance(each, ParticipantSilenced)]
    assert told.participant.silenced_at is None
    assert (await kinds(office, inspection_id))[-2:] == ["participant.silenced", "participant.spoke_again"]
    audited = await office.audited(f"inspection:{inspection_id}")
    assert audited.count((f"participant:{guest.id}", "participant.spoke_again")) == 1


async def test_who_comes_back_is_still_silenced(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    guest = await office.accept(token)
    await office.admit(guest)
    await moderating.silence(office.context, office.inspector, inspection_id, guest.id)
    for _ in range(2):
        entered = await office.enter((await calling.ticket_for_invited(office.context, token)).token)
        assert entered.silenced_at == office.clock()
        await calling.leave(office.context, guest.id)


async def test_who_is_removed_is_out_for_good_and_the_footage_stays(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    guest = await office.accept(token)
    await office.admit(guest)
    spare = (await calling.ticket_for_invited(office.context, token)).token
    await office.enter((await calling.ticket_for_invited(office.context, token)).token)
    epoch = await office.begin_epoch(guest.id)
    await office.store_footage(epoch, 8)
    office.clock.advance(minutes=1)
    for _ in range(2):
        await moderating.remove(office.context, office.inspector, inspection_id, guest.id)
    assert office.announced.count(SeatRevoked(inspection_id, guest.id, "participant_removed")) == 1
    removed = await stored(office, guest.id)
    assert (removed.removed_at, removed.left_at) == (office.clock(), office.clock())
    for refused in (inviting.open_invitation, calling.ticket_for_invited):
        with pytest.raises(ParticipantRemoved):
            await refused(office.context, token)
    with pytest.raises(ParticipantRemoved):
        await reporting.show_outcome(office.context, Guest(token, ADDRESS), None)
    with pytest.raises(TicketInvalid):
        await office.enter(spare)
    with pytest.raises(NotFound):
        await office.begin_epoch(guest.id, known_end=GapReason.NETWORK)
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    assert file.invitations[0].invitation.revoked_at == office.clock()
    assert await office.count_footage(inspection_id) == 3
    assert (await kinds(office, inspection_id))[-1] == "participant.removed"
    assert (await office.audited(f"inspection:{inspection_id}")).count(
        (f"user:{office.inspector.user.id}", "participant.removed")
    ) == 1


async def test_who_is_sent_away_from_the_door_waits_no_longer(office: Office) -> None:
    inspection_id = await office.open_inspection()
    plan = inspecting.Plan(office.clock() + timedelta(minutes=5), 30)
    await appointing.appoint(office.context, office.inspector, inspection_id, plan)
    _, token = await office.invite(inspection_id)
    guest = await office.accept(token)
    await office.enter((await calling.ticket_for_invited(office.context, token)).token)
    await moderating.remove(office.context, office.inspector, inspection_id, guest.id)
    removed = await stored(office, guest.id)
    assert (removed.waiting_since, removed.left_at) == (None, None)
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    assert file.appointment is not None
    assert file.appointment.state == "planned"


async def test_only_the_offices_inspectors_keep_order_and_only_in_their_call(office: Office) -> None:
    inspection_id, other = await office.open_inspection(), await office.open_inspection("colleague")
    guest = await office.seat(inspection_id)
    for act in (moderating.silence, moderating.let_speak, moderating.remove):
        for actor, place, error in (
            (office.stranger, inspection_id, NotFound),
            (office.reviewer, inspection_id, NotAllowed),
            (office.inspector, other, NotFound),
        ):
            with pytest.raises(error):
                await act(office.context, actor, place, guest.id)
    assert (await stored(office, guest.id)).removed_at is None
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    with pytest.raises(InspectionEnded):
        await moderating.remove(office.context, office.inspector, inspection_id, guest.id)


async def test_a_colleague_with_an_account_can_be_silenced_but_not_removed(office: Office) -> None:
    inspection_id = await office.open_inspection()
    ticket = await calling.ticket_for_staff(office.context, office.colleague, inspection_id)
    colleague = await office.enter(ticket.token)
    await moderating.silence(office.context, office.inspector, inspection_id, colleague.id)
    with pytest.raises(BadRequest):
        await moderating.remove(office.context, office.inspector, inspection_id, colleague.id)


async def test_an_observer_sees_and_never_publishes(office: Office) -> None:
    inspection_id = await office.open_inspection()
    observer = await office.seat(inspection_id, ParticipantRole.OBSERVER)
    with pytest.raises(NotAllowed):
        await office.begin_epoch(observer.id)

"""Who acts in an inspection, from the office and from a guest's seat, and who does not."""

from datetime import timedelta

import pytest

from inspect_server.domain.errors import (
    ConsentMissing,
    InspectError,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    NotAllowed,
    NotFound,
)
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.domain.permissions import Action, Standing
from inspect_server.services import inspecting, inviting
from inspect_server.services.acting import Acting, Somebody, acting
from inspect_server.services.context import Guest
from tests.services.office import ADDRESS, Office


async def act(office: Office, by: Somebody, inspection_id: str | None, action: Action = Action.SEE_EVIDENCE) -> Acting:
    async with office.context.database.transaction() as tx:
        return await acting(office.context, tx, by, inspection_id, action, for_update=True)


async def a_guest(office: Office, inspection_id: str) -> Guest:
    _, token = await office.invite(inspection_id)
    await office.admit(await office.accept(token))
    return Guest(token, ADDRESS)


async def test_a_user_of_the_office_acts_by_name_and_standing(office: Office) -> None:
    inspection_id = await office.open_inspection()
    who = await act(office, office.inspector, inspection_id)
    assert (who.name, who.address, who.participant) == (f"user:{office.inspector.user.id}", ADDRESS, None)
    assert who.standings == {Standing.INSPECTOR, Standing.LEADING_INSPECTOR}
    assert who.inspection.id == inspection_id


async def test_a_guest_acts_from_the_own_seat_with_or_without_naming_the_inspection(office: Office) -> None:
    inspection_id = await office.open_inspection()
    guest = await a_guest(office, inspection_id)
    for named in (None, inspection_id):
        who = await act(office, guest, named)
        assert who.participant is not None
        assert who.name == f"participant:{who.participant.id}"
        assert who.inspection.id == inspection_id
        assert who.standings == {Standing.SEATED, Standing.SEATED_FOR_ENTERPRISE}


async def test_another_inspection_does_not_exist_for_a_guest(office: Office) -> None:
    guest = await a_guest(office, await office.open_inspection())
    with pytest.raises(NotFound):
        await act(office, guest, await office.open_inspection())


async def test_who_has_no_right_to_it_is_refused(office: Office) -> None:
    inspection_id = await office.open_inspection()
    with pytest.raises(NotAllowed):
        await act(office, office.reviewer, inspection_id, Action.FILE_EVIDENCE)
    with pytest.raises(NotAllowed):
        await act(office, await a_guest(office, inspection_id), None, Action.FILE_EVIDENCE)
    with pytest.raises(NotFound):
        await act(office, office.stranger, inspection_id)


@pytest.mark.parametrize("inspection_id", ["nowhere", "", None])
async def test_an_inspection_that_is_none_is_not_found(office: Office, inspection_id: str | None) -> None:
    with pytest.raises(NotFound):
        await act(office, office.inspector, inspection_id)


async def _never_agreed(office: Office) -> Guest:
    return Guest((await office.invite(await office.open_inspection()))[1], ADDRESS)


async def _revoked(office: Office) -> Guest:
    inspection_id = await office.open_inspection()
    invitation_id, token = await office.invite(inspection_id)
    await office.accept(token)
    await inviting.revoke_invitation(office.context, office.inspector, invitation_id)
    return Guest(token, ADDRESS)


async def _expired(office: Office) -> Guest:
    _, token = await office.invite(await office.open_inspection(), valid_for=timedelta(minutes=5))
    office.clock.advance(minutes=6)
    return Guest(token, ADDRESS)


async def _ended(office: Office) -> Guest:
    inspection_id = await office.open_inspection()
    guest = await a_guest(office, inspection_id)
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    return guest


async def _mistyped(office: Office) -> Guest:
    made = await inviting.invite(
        office.context, office.inspector, await office.open_inspection(), ParticipantRole.EXPERT
    )
    return Guest(made.link.rpartition("#")[2][:-1] + "x", ADDRESS)


@pytest.mark.parametrize(
    ("guest", "error"),
    [
        (_never_agreed, ConsentMissing),
        (_revoked, InvitationRevoked),
        (_expired, InvitationExpired),
        (_ended, InspectionEnded),
        (_mistyped, InvitationInvalid),
    ],
    ids=["never agreed", "revoked", "expired", "ended", "mistyped"],
)
async def test_a_link_that_does_not_hold_opens_nothing(
    office: Office, guest: object, error: type[InspectError]
) -> None:
    assert callable(guest)
    with pytest.raises(error):
        await act(office, await guest(office), None)

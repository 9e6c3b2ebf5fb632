"""Invitation links through the services: one seat, an expiry, a revocation, and consent first."""

import asyncio
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta

import pytest

from inspect_server.domain.errors import (
    BadRequest,
    ConsentMissing,
    InspectError,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    NotAllowed,
    NotFound,
    TicketInvalid,
)
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.domain.inviting import CONSENT_TEXT_VERSION
from inspect_server.services import announcements, calling, inspecting, inviting
from inspect_server.services.context import ServiceOptions
from storage import participants
from tests.services.office import ADDRESS, Office


async def everything_refuses(office: Office, token: str, error: type[InspectError]) -> None:
    with pytest.raises(error):
        await inviting.open_invitation(office.context, token)
    with pytest.raises(error):
        await office.accept(token)
    with pytest.raises(error):
        await calling.ticket_for_invited(office.context, token)


async def test_the_link_holds_an_unguessable_token_that_is_not_stored(office: Office) -> None:
    inspection_id = await office.open_inspection()
    context = replace(office.context, options=ServiceOptions(link_base=lambda: "https://192.168.1.20:8443"))
    made = await inviting.invite(context, office.inspector, inspection_id, ParticipantRole.HELPER)
    base, _, token = made.link.partition("#")
    assert base == "https://192.168.1.20:8443/m/"
    assert len(token) >= 22  # 128 bits in base64
    async with office.context.database.reading() as tx:
        stored = await participants.invitation(tx, made.invitation.id)
    assert token not in repr(stored)
    again = await inviting.invite(context, office.inspector, inspection_id, ParticipantRole.HELPER)
    assert again.link != made.link


async def test_the_qr_code_is_one_svg_element_without_script(office: Office) -> None:
    made = await inviting.invite(
        office.context, office.inspector, await office.open_inspection(), ParticipantRole.ENTERPRISE
    )
    root = ET.fromstring(made.qr_svg)  # noqa: S314 - our own output
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "viewBox" in root.attrib
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "path"}


async def test_the_bearer_sees_who_asks_and_why(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    offer = await inviting.open_invitation(office.context, token)
    assert offer.inspection.id == inspection_id
    assert offer.organisation == office.food
    assert offer.inspector == office.inspector.user
    assert offer.enterprise.name == "老街面馆"
    assert offer.parts[0].permit_item == office.permit_item
    assert offer.seated is None


async def test_nobody_enters_without_consent(office: Office) -> None:
    _, token = await office.invite(await office.open_inspection())
    with pytest.raises(ConsentMissing):
        await calling.ticket_for_invited(office.context, token)
    with pytest.raises(ConsentMissing):
        await inviting.accept_invitation(
            office.context,
            token,
            display_name="王强",
            consent=False,
            consent_text_version=CONSENT_TEXT_VERSION,
            address=ADDRESS,
        )
    with pytest.raises(BadRequest):
        await inviting.accept_invitation(
            office.context, token, display_name="王强", consent=True, consent_text_version="1999-1", address=ADDRESS
        )
    assert (await inviting.open_invitation(office.context, token)).seated is None


async def test_one_invitation_is_one_seat_however_often_it_is_accepted(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    seats = await asyncio.gather(*(office.accept(token, f"王强 {n}") for n in range(5)))
    assert len({seat.id for seat in seats}) == 1
    office.clock.advance(minutes=1)
    last = await office.accept(token, "王小强")
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    assert [(seat.display_name, seat.consented_at) for seat in file.participants] == [("王小强", office.clock())]
    assert file.participants[0].id == last.id
    assert [invited.accepted_by for invited in file.invitations] == ["王小强"]


async def test_an_unknown_link_leads_nowhere(office: Office) -> None:
    _, token = await office.invite(await office.open_inspection())
    for wrong in ("x" * 43, token.swapcase(), token[:-1], ""):
        await everything_refuses(office, wrong, InvitationInvalid)


async def test_an_expired_link_leads_nowhere(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id, valid_for=timedelta(minutes=30))
    office.clock.advance(minutes=29, seconds=59)
    await inviting.open_invitation(office.context, token)
    office.clock.advance(seconds=1)
    await everything_refuses(office, token, InvitationExpired)


async def test_a_link_is_good_for_the_configured_time_unless_said_otherwise(office: Office) -> None:
    _, token = await office.invite(await office.open_inspection())
    office.clock.advance(hours=71, minutes=59)
    await inviting.open_invitation(office.context, token)
    office.clock.advance(minutes=1)
    await everything_refuses(office, token, InvitationExpired)


async def test_who_was_in_the_call_may_come_back_after_the_links_time(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id, valid_for=timedelta(minutes=30))
    accepted = await office.accept(token)
    await office.admit(accepted)
    await office.enter((await calling.ticket_for_invited(office.context, token)).token)
    office.clock.advance(hours=1)
    again = await office.enter((await calling.ticket_for_invited(office.context, token)).token)
    assert again.id == accepted.id


async def test_a_revoked_link_leads_nowhere_and_its_bearer_leaves(office: Office) -> None:
    inspection_id = await office.open_inspection()
    invitation_id, token = await office.invite(inspection_id)
    participant = await office.accept(token)
    ticket = await calling.ticket_for_invited(office.context, token)
    await inviting.revoke_invitation(office.context, office.colleague, invitation_id)
    assert office.announced[-1] == announcements.SeatRevoked(inspection_id, participant.id, "invitation_revoked")
    await everything_refuses(office, token, InvitationRevoked)
    with pytest.raises(TicketInvalid):
        await office.enter(ticket.token)
    await inviting.revoke_invitation(office.context, office.colleague, invitation_id)
    assert office.announced.count(announcements.SeatRevoked(inspection_id, participant.id, "invitation_revoked")) == 1


async def test_after_the_end_a_link_leads_nowhere_and_none_is_made(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    await everything_refuses(office, token, InspectionEnded)
    with pytest.raises(InspectionEnded):
        await office.invite(inspection_id)


@pytest.mark.parametrize(
    ("by", "error"), [("reviewer", NotAllowed), ("administrator", NotAllowed), ("stranger", NotFound)]
)
async def test_only_inspectors_of_the_office_invite_and_revoke(
    office: Office, by: str, error: type[InspectError]
) -> None:
    inspection_id = await office.open_inspection()
    invitation_id, token = await office.invite(inspection_id)
    with pytest.raises(error):
        await inviting.invite(office.context, office.people[by], inspection_id, ParticipantRole.ENTERPRISE)
    with pytest.raises(error):
        await inviting.revoke_invitation(office.context, office.people[by], invitation_id)
    with pytest.raises(NotFound):
        await inviting.revoke_invitation(office.context, office.inspector, "no-such-invitation")
    await inviting.open_invitation(office.context, token)

"""The call that waits for a newcomer after ``make run``."""

import pytest

from inspect_server.domain.inspections import ParticipantRole
from inspect_server.services.demo import load_demo
from inspect_server.services.demo.first_call import prepare_first_call
from inspect_server.services.inviting import open_invitation
from tests.services.office import Office


def token_of(link: str) -> str:
    return link.partition("#")[2]


async def test_the_link_leads_the_enterprise_into_an_open_inspection_of_the_named_case(office: Office) -> None:
    await load_demo(office.context)
    call = await prepare_first_call(office.context)
    offer = await open_invitation(office.context, token_of(call.link))
    assert offer.invitation.role is ParticipantRole.ENTERPRISE
    assert offer.enterprise.name == call.enterprise_name
    assert [part.case.number for part in offer.parts] == [call.case_number]


async def test_the_next_start_makes_a_new_link_into_the_same_inspection(office: Office) -> None:
    await load_demo(office.context)
    links = [(await prepare_first_call(office.context)).link for _ in range(2)]
    offers = [await open_invitation(office.context, token_of(link)) for link in links]
    assert links[0] != links[1]
    assert offers[0].inspection.id == offers[1].inspection.id


async def test_the_link_is_not_in_a_printout(office: Office) -> None:
    await load_demo(office.context)
    call = await prepare_first_call(office.context)
    assert token_of(call.link) not in repr(call)


async def test_without_demo_data_there_is_no_call(office: Office) -> None:
    with pytest.raises(LookupError):
        await prepare_first_call(office.context)

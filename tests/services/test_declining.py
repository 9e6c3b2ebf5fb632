"""Refusing, and asking for another officer: kept, told at once, and answered by a colleague who takes over."""

import pytest

from inspect_server.domain.declining import DeclineKind
from inspect_server.domain.errors import InspectionEnded, NotAllowed, NotFound
from inspect_server.services import arrivals, cases, declining, inspecting, inviting, moments
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.context import Guest
from tests.services.office import ADDRESS, Office


async def kinds(office: Office, inspection_id: str) -> list[str]:
    return [each.kind for each in await moments.show_moments(office.context, office.inspector, inspection_id)]


async def test_a_refusal_is_noted_once_and_the_office_sees_it_at_once(office: Office) -> None:
    inspection_id = await office.open_inspection()
    invitation_id, token = await office.invite(inspection_id)
    for _ in range(2):
        await declining.decline(office.context, Guest(token, ADDRESS), DeclineKind.REFUSAL, "要求现场核查")
    assert office.announced.count(InspectionChanged(inspection_id, Topic.ARRIVALS)) == 1
    assert await kinds(office, inspection_id) == ["invitation.refused"]
    audited = await office.audited(f"inspection:{inspection_id}")
    assert audited.count((f"invitation:{invitation_id}", "invitation.refused")) == 1
    (made,) = (await arrivals.show_arrivals(office.context, office.inspector, inspection_id)).declines
    assert (made.invitation_id, made.kind, made.reason) == (invitation_id, DeclineKind.REFUSAL, "要求现场核查")


async def test_who_accepts_after_all_has_not_refused(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    await declining.decline(office.context, Guest(token, ADDRESS), DeclineKind.REFUSAL, "没有时间")
    assert len((await inviting.open_invitation(office.context, token)).declines) == 1
    await office.accept(token)
    assert (await inviting.open_invitation(office.context, token)).declines == []


async def test_the_case_page_tells_of_a_recusal_until_it_is_taken_back(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    guest = Guest(token, ADDRESS)
    await declining.decline(office.context, guest, DeclineKind.RECUSAL, "是我的亲属")
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    case = await cases.show_case(office.context, office.reviewer, file.parts[0].case.id)
    assert [each.reason for each in case.inspections[0].declines] == ["是我的亲属"]
    office.clock.advance(seconds=5)
    for _ in range(2):
        await declining.take_back(office.context, guest, DeclineKind.RECUSAL)
    assert await kinds(office, inspection_id) == ["officer.recusal_asked", "officer.recusal_taken_back"]


async def test_a_colleague_takes_over_and_the_guest_sees_who_it_is_now(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    await declining.decline(office.context, Guest(token, ADDRESS), DeclineKind.RECUSAL, "是我的亲属")
    for _ in range(2):
        file = await declining.take_over(office.context, office.colleague, inspection_id)
    assert file.inspection.inspector_id == office.colleague.user.id
    assert [each.settled_at for each in file.declines] == [office.clock()]
    offer = await inviting.open_invitation(office.context, token)
    assert (offer.inspector, offer.declines) == (office.colleague.user, [])
    assert (await kinds(office, inspection_id)).count("officer.changed") == 1
    # Whoever leads it ends it.
    await inspecting.end_inspection(office.context, office.colleague, inspection_id)
    with pytest.raises(InspectionEnded):
        await declining.take_over(office.context, office.inspector, inspection_id)


async def test_only_an_inspector_of_the_office_takes_over(office: Office) -> None:
    inspection_id = await office.open_inspection()
    with pytest.raises(NotAllowed):
        await declining.take_over(office.context, office.reviewer, inspection_id)
    with pytest.raises(NotFound):
        await declining.take_over(office.context, office.stranger, inspection_id)

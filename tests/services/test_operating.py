"""Operating another one's camera: who may, and what is noted of it, once."""

import pytest

from inspect_server.domain.camera_requests import CameraAnswer, CameraOutcome, CameraRequest, CameraWish, Obstacle
from inspect_server.domain.errors import BadRequest, InspectionEnded, NotAllowed, NotFound
from inspect_server.domain.inspections import Participant, ParticipantRole
from inspect_server.services import calling, inspecting, inviting, moments, operating
from tests.services.office import Office

ID = "request-0123456789"


async def people(office: Office, inspection_id: str) -> tuple[Participant, Participant]:
    """The inspector and the enterprise's person, both in the room."""
    ticket = await calling.ticket_for_staff(office.context, office.inspector, inspection_id)
    return await office.enter(ticket.token), await office.seat(inspection_id)


async def somebody(office: Office, inspection_id: str, role: ParticipantRole) -> Participant:
    made = await inviting.invite(office.context, office.inspector, inspection_id, role)
    token = made.link.partition("#")[2]
    await office.accept(token, "李帮办")
    return await office.enter((await calling.ticket_for_invited(office.context, token)).token)


def a_request(by: Participant, of: Participant, wish: CameraWish = CameraWish.TORCH_ON) -> CameraRequest:
    return CameraRequest(ID, of.id, "camera", wish, 2.0 if wish is CameraWish.ZOOM else None, by.id)


async def noted(office: Office, inspection_id: str) -> list[tuple[str, object]]:
    found = await moments.show_moments(office.context, office.inspector, inspection_id)
    return [(each.kind, each.details.get("outcome", each.details.get("wish"))) for each in found]


async def test_request_and_answer_are_moments_once_each(office: Office) -> None:
    inspection_id = await office.open_inspection()
    inspector, phone = await people(office, inspection_id)
    request = a_request(inspector, phone)
    assert await operating.ask(office.context, request)
    assert not await operating.ask(office.context, request)
    office.clock.advance(seconds=1)
    given = CameraAnswer(ID, CameraOutcome.IMPOSSIBLE, Obstacle.NO_TORCH, None)
    assert await operating.answer(office.context, request, given)
    assert not await operating.answer(office.context, request, given)
    assert await noted(office, inspection_id) == [("camera.asked", "torch_on"), ("camera.answered", "impossible")]
    events = await office.audited(f"participant:{phone.id}")
    assert events == [
        (f"participant:{inspector.id}", "camera.asked"),
        (f"participant:{phone.id}", "camera.answered"),
    ]


@pytest.mark.parametrize(
    ("role", "may"),
    [(ParticipantRole.HELPER, True), (ParticipantRole.EXPERT, False), (ParticipantRole.ENTERPRISE, False)],
)
async def test_beside_the_inspector_only_a_helper_may(office: Office, role: ParticipantRole, *, may: bool) -> None:
    inspection_id = await office.open_inspection()
    _, phone = await people(office, inspection_id)
    other = await somebody(office, inspection_id, role)
    if may:
        assert await operating.ask(office.context, a_request(other, phone))
    else:
        with pytest.raises(NotAllowed):
            await operating.ask(office.context, a_request(other, phone))
    asked = [kind for kind, _ in await noted(office, inspection_id) if kind == "camera.asked"]
    assert len(asked) == int(may)


async def test_a_zoom_says_how_much_and_nothing_else_does(office: Office) -> None:
    inspection_id = await office.open_inspection()
    inspector, phone = await people(office, inspection_id)
    for wish, zoom in ((CameraWish.ZOOM, None), (CameraWish.STEADY, 2.0)):
        with pytest.raises(BadRequest):
            await operating.ask(office.context, CameraRequest(ID, phone.id, "camera", wish, zoom, inspector.id))


async def test_nothing_is_asked_across_inspections_or_after_the_end(office: Office) -> None:
    inspection_id = await office.open_inspection()
    inspector, phone = await people(office, inspection_id)
    stranger = await office.seat(await office.open_inspection())
    with pytest.raises(NotFound):
        await operating.ask(office.context, a_request(inspector, stranger))
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    with pytest.raises(InspectionEnded):
        await operating.ask(office.context, a_request(inspector, phone))


async def test_freezing_and_going_on_are_noted_once_each_and_only_an_inspector_does(office: Office) -> None:
    inspection_id = await office.open_inspection()
    inspector, phone = await people(office, inspection_id)
    what = {"participant_id": phone.id, "source": "camera"}
    assert await operating.freeze(office.context, inspector.id, ID, **what)
    assert not await operating.freeze(office.context, inspector.id, ID, **what)
    office.clock.advance(seconds=1)
    assert await operating.unfreeze(office.context, inspector.id, ID, **what)
    assert not await operating.unfreeze(office.context, inspector.id, ID, **what)
    assert [kind for kind, _ in await noted(office, inspection_id)] == ["picture.frozen", "picture.unfrozen"]
    with pytest.raises(NotAllowed):
        await operating.freeze(office.context, phone.id, f"{ID}-2", **what)

"""Moments beside the footage: who asks again gets only what is new, with the names of whom it is about."""

from inspect_server.services import calling, moderating, moments
from tests.services.office import Office


async def test_whoever_asks_again_gets_what_is_new_and_the_names(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    guest = await office.accept(token)
    await office.admit(guest)
    await office.enter((await calling.ticket_for_invited(office.context, token)).token)
    await moderating.silence(office.context, office.inspector, inspection_id, guest.id)
    first = await moments.show_newer(office.context, office.inspector, inspection_id, None)
    assert "participant.silenced" in [each.kind for each in first.moments]
    assert first.names == {guest.id: guest.display_name}

    office.clock.advance(minutes=1)
    assert (await moments.show_newer(office.context, office.inspector, inspection_id, first.asked_at)).moments != []
    second = await moments.show_newer(office.context, office.inspector, inspection_id, office.clock())
    assert (second.moments, second.names) == ([], {})

    await calling.leave(office.context, guest.id)
    office.clock.advance(seconds=2)
    (left,) = (await moments.show_newer(office.context, office.inspector, inspection_id, second.asked_at)).moments
    assert (left.kind, left.participant_id) == ("participant.left", guest.id)

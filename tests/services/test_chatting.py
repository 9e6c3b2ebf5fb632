"""Writing to each other: once each, with the name of who wrote, for those who are in the call."""

import pytest

from inspect_server.domain.errors import Conflict, InspectionEnded, InvitationInvalid, NotAllowed, NotFound
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.services import calling, chatting, inspecting
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.context import Guest
from tests.services.office import ADDRESS, Office

ID = "message-0123456789"


async def test_both_sides_read_what_either_wrote_with_name_and_role(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    person = await office.accept(token)
    await office.admit(person)
    await calling.ticket_for_staff(office.context, office.inspector, inspection_id)
    await chatting.say(office.context, office.inspector, inspection_id, message_id=ID, text="请走近一点")
    office.clock.advance(seconds=1)
    guest = Guest(token, ADDRESS)
    await chatting.say(office.context, guest, None, message_id=f"{ID}-2", text="好的")
    read = await chatting.show_chat(office.context, guest, None)
    assert [(each.author_name, each.role, each.text) for each in read] == [
        ("inspector 先生", ParticipantRole.INSPECTOR, "请走近一点"),
        ("王强", ParticipantRole.ENTERPRISE, "好的"),
    ]
    assert read[0].participant_id is not None
    assert read[1].participant_id == person.id
    assert await chatting.show_chat(office.context, office.reviewer, inspection_id) == read
    assert InspectionChanged(inspection_id, Topic.CHAT) in office.announced


async def test_a_message_that_is_sent_again_is_the_same_message(office: Office) -> None:
    inspection_id = await office.open_inspection()
    first = await chatting.say(office.context, office.inspector, inspection_id, message_id=ID, text="你好")
    office.clock.advance(seconds=5)
    again = await chatting.say(office.context, office.inspector, inspection_id, message_id=ID, text="你好")
    assert again == first
    assert len(await chatting.show_chat(office.context, office.inspector, inspection_id)) == 1
    events = await office.audited(f"inspection:{inspection_id}")
    assert [action for _, action in events].count("chat.said") == 1
    with pytest.raises(Conflict):
        await chatting.say(office.context, office.inspector, inspection_id, message_id=ID, text="别的")
    with pytest.raises(Conflict):
        await chatting.say(office.context, office.colleague, inspection_id, message_id=ID, text="你好")


async def test_who_is_not_of_the_call_neither_reads_nor_writes(office: Office) -> None:
    inspection_id = await office.open_inspection()
    with pytest.raises(NotFound):
        await chatting.show_chat(office.context, office.stranger, inspection_id)
    with pytest.raises(NotAllowed):
        await chatting.say(office.context, office.reviewer, inspection_id, message_id=ID, text="你好")
    with pytest.raises(InvitationInvalid):
        await chatting.say(office.context, Guest("nobody's token at all", ADDRESS), None, message_id=ID, text="你好")


async def test_nothing_is_written_after_the_end_but_the_office_still_reads(office: Office) -> None:
    inspection_id = await office.open_inspection()
    await chatting.say(office.context, office.inspector, inspection_id, message_id=ID, text="你好")
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    with pytest.raises(InspectionEnded):
        await chatting.say(office.context, office.inspector, inspection_id, message_id=f"{ID}-2", text="再见")
    assert [each.text for each in await chatting.show_chat(office.context, office.inspector, inspection_id)] == ["你好"]

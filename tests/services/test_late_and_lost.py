"""What comes at the wrong moment: a ticket for a seat that is being taken back, a bucket that is gone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inspect_server.domain.errors import FootageUnavailable, InvitationRevoked
from inspect_server.services import calling, inspecting, inviting, keeping_footage, moments, replaying
from inspect_server.services.context import fingerprint
from storage import tickets
from storage.objects import open_object_store
from tests.services.office import Office
from tests.storage.records import a_segment, at
from tests.support.seaweedfs import S3Access


async def test_a_ticket_that_was_issued_while_the_seat_was_taken_back_opens_nothing(office: Office) -> None:
    inspection_id = await office.open_inspection()
    invitation_id, token = await office.invite(inspection_id)
    participant = await office.accept(token)
    await inviting.revoke_invitation(office.context, office.inspector, invitation_id)
    # On PostgreSQL the two can run side by side: this ticket is written after the others were withdrawn.
    async with office.context.database.transaction() as tx:
        await tickets.add(
            tx,
            token_sha256=fingerprint("late"),
            participant_id=participant.id,
            expires_at=office.clock() + timedelta(minutes=1),
        )
    with pytest.raises(InvitationRevoked):
        await office.enter("late")
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    assert [each.first_joined_at for each in file.participants] == [None]
    assert file.inspection.started_at is None


@pytest.mark.parametrize("trouble", ["no bucket", "wrong key"])
async def test_a_reader_is_told_that_footage_is_unavailable_not_how_the_store_is_set_up(
    office: Office, s3_access: S3Access, trouble: str
) -> None:
    participant = await office.seat(await office.open_inspection())
    epoch = await office.begin_epoch(participant.id)
    # Within a joined object: such bytes pass through the server instead of being redirected to.
    await keeping_footage.keep_segment(office.context, replace(a_segment(epoch.track_id, 0, 0), object_offset=700))
    store = open_object_store(
        f"s3://{s3_access.bucket if trouble == 'wrong key' else 'no-such-bucket'}/footage",
        endpoint_url=s3_access.endpoint_url,
        region=s3_access.region,
        access_key_id=s3_access.access_key_id,
        secret_access_key="wrong" if trouble == "wrong key" else s3_access.secret_access_key,
    )
    context = replace(office.context, objects=store)
    try:
        found = await replaying.show_segment(context, office.inspector, epoch.track_id, 0, 0)
        with pytest.raises(FootageUnavailable) as refused:
            await replaying.read_segment(context, found.segment, 0, found.segment.byte_length)
    finally:
        await store.close()
    assert refused.value.detail == ""


async def test_whose_seat_is_taken_back_has_left_even_if_no_room_knows_them(office: Office) -> None:
    inspection_id = await office.open_inspection()
    invitation_id, token = await office.invite(inspection_id)
    await office.admit(await office.accept(token))
    participant = await office.enter((await calling.ticket_for_invited(office.context, token)).token)
    office.clock.advance(seconds=4)
    await office.store_footage(await office.begin_epoch(participant.id), 4, started_at=participant.first_joined_at)
    # Server restarted, phone gone: nobody is in any room when the inspector takes the link back.
    await inviting.revoke_invitation(office.context, office.inspector, invitation_id)
    await calling.leave(office.context, participant.id)  # as a room does that knows them
    noted = (await moments.show_newer(office.context, office.inspector, inspection_id, None)).moments
    assert [(moment.at, moment.participant_id) for moment in noted if moment.kind == "participant.left"] == [
        (at(4), participant.id)
    ]
    office.clock.advance(minutes=10)
    file = await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    assert [each.left_at for each in file.participants] == [at(4)]
    office.clock.advance(minutes=1)
    (track,) = (await replaying.show_footage(office.context, office.inspector, inspection_id)).tracks
    assert track.gaps == []


async def test_who_never_came_has_not_left_when_the_seat_is_taken_back(office: Office) -> None:
    inspection_id = await office.open_inspection()
    invitation_id, token = await office.invite(inspection_id)
    await office.accept(token)
    await inviting.revoke_invitation(office.context, office.inspector, invitation_id)
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    assert [each.left_at for each in file.participants] == [None]

"""Invitations and seats: one invitation is one participant, whoever clicks how often."""

import asyncio
from dataclasses import replace

import pytest

from inspect_server.domain.inspections import Participant
from storage import participants
from storage.engine import Database
from tests.storage.records import a_participant, an_invitation, at, digest, seat, set_scene


async def test_an_invitation_is_found_by_its_token_only(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        invitation = an_invitation(scene.inspection, "s3cret", created_at=at(10))
        await participants.add_invitation(tx, invitation)
        assert await participants.invitation_by_token(tx, digest("s3cret")) == invitation
        assert await participants.invitation_by_token(tx, digest("S3cret")) is None
        assert await participants.invitation(tx, invitation.id) == invitation
        assert await participants.invitations_of(tx, scene.inspection.id) == [scene.invitation, invitation]


async def test_an_invitation_is_revoked_once_and_keeps_that_time(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        assert await participants.revoke_invitation(tx, scene.invitation.id, now=at(1))
        assert not await participants.revoke_invitation(tx, scene.invitation.id, now=at(2))
        assert not await participants.revoke_invitation(tx, "none", now=at(2))
        assert await participants.invitation(tx, scene.invitation.id) == replace(scene.invitation, revoked_at=at(1))


async def test_an_invitation_accepted_many_times_at_once_makes_one_participant(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)

    async def accept(number: int) -> tuple[Participant, bool]:
        async with database.transaction() as tx:
            wanted = a_participant(scene.inspection, invitation=scene.invitation, name=f"人 {number}")
            return await participants.join_once(tx, wanted)

    outcomes = await asyncio.gather(*(accept(number) for number in range(6)))
    assert sorted(created for _, created in outcomes) == [False] * 5 + [True]
    assert len({participant for participant, _ in outcomes}) == 1
    async with database.reading() as tx:
        assert await participants.participants_of(tx, scene.inspection.id) == [outcomes[0][0]]
        assert await participants.participant_of_invitation(tx, scene.invitation.id) == outcomes[0][0]


async def test_a_user_has_one_seat_in_each_inspection(database: Database) -> None:
    async with database.transaction() as tx:
        scene, other = await set_scene(tx), await set_scene(tx)
        first, created = await participants.join_once(tx, a_participant(scene.inspection, user=scene.inspector))
        again, created_again = await participants.join_once(tx, a_participant(scene.inspection, user=scene.inspector))
        elsewhere, created_elsewhere = await participants.join_once(
            tx, a_participant(other.inspection, user=scene.inspector)
        )
        assert (created, created_again, created_elsewhere) == (True, False, True)
        assert again == first != elsewhere
        assert await participants.participant(tx, first.id) == first


async def test_nobody_takes_part_as_both_or_neither(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        for wrong in (
            a_participant(scene.inspection),
            a_participant(scene.inspection, user=scene.inspector, invitation=scene.invitation),
        ):
            with pytest.raises(ValueError, match="either by invitation or as a user"):
                await participants.join_once(tx, wrong)


async def test_name_consent_and_times_change_but_not_the_seat(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        participant = await seat(tx, scene)
        changed = replace(
            participant,
            display_name="王经理",
            consented_at=at(5),
            consent_text_version="2026-12",
            first_joined_at=at(6),
            left_at=at(7),
        )
        await participants.update_participant(tx, replace(changed, user_id=scene.inspector.id))
        assert await participants.participant(tx, participant.id) == changed


async def test_participants_in_the_order_in_which_they_came(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        absent = await seat(tx, scene)
        inspector, _ = await participants.join_once(
            tx, replace(a_participant(scene.inspection, user=scene.inspector), first_joined_at=at(9))
        )
        guest_invitation = an_invitation(scene.inspection, "guest")
        await participants.add_invitation(tx, guest_invitation)
        guest, _ = await participants.join_once(
            tx, replace(a_participant(scene.inspection, invitation=guest_invitation), first_joined_at=at(3))
        )
        assert await participants.participants_of(tx, scene.inspection.id) == [guest, inspector, absent]


async def test_at_the_end_everybody_who_is_there_leaves(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        absent = await seat(tx, scene)
        inspector, _ = await participants.join_once(
            tx, replace(a_participant(scene.inspection, user=scene.inspector), first_joined_at=at(1))
        )
        gone_invitation = an_invitation(scene.inspection, "gone")
        await participants.add_invitation(tx, gone_invitation)
        gone, _ = await participants.join_once(
            tx,
            replace(a_participant(scene.inspection, invitation=gone_invitation), first_joined_at=at(2), left_at=at(3)),
        )
        await participants.mark_all_left(tx, scene.inspection.id, now=at(60))
        assert await participants.participants_of(tx, scene.inspection.id) == [
            replace(inspector, left_at=at(60)),
            gone,
            absent,
        ]

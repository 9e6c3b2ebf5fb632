"""Evidence and moments: each id once, whatever is sent again; what was stored comes back as it was."""

import asyncio
from dataclasses import replace

from inspect_server.domain.evidence import Evidence, EvidenceKind, Position, PositionSource
from inspect_server.domain.moments import Moment
from storage import evidence, moments
from storage.engine import Database
from tests.storage.records import a_photo, at, seat, set_scene


async def test_evidence_comes_back_as_it_was_stored_in_order_of_time(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        reported = Position(36.1, 117.25, 12.5, PositionSource.REPORT, at(8))
        later = replace(a_photo(scene.inspection, "later", second=9), position=reported)
        plain = replace(
            a_photo(scene.inspection, "plain"), position=None, drawing=(), media_type=None, kind=EvidenceKind.MOMENT
        )
        for each in (later, plain):
            assert await evidence.add_once(tx, each) == (each, True)
        assert await evidence.evidence_of(tx, scene.inspection.id) == [plain, later]
        assert await evidence.find(tx, "later") == later
        assert await evidence.find(tx, "none") is None


async def test_of_many_that_send_the_same_at_once_one_is_stored(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)

    async def send(number: int) -> tuple[Evidence, bool]:
        async with database.transaction() as tx:
            return await evidence.add_once(tx, replace(a_photo(scene.inspection), note=str(number)))

    answers = await asyncio.gather(*(send(number) for number in range(6)))
    assert sum(is_new for _, is_new in answers) == 1
    assert len({stored.note for stored, _ in answers}) == 1


async def test_a_withdrawal_keeps_its_first_time_and_a_place_can_change(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        await evidence.add_once(tx, a_photo(scene.inspection))
        assert await evidence.withdraw(tx, "photo", now=at(20))
        assert not await evidence.withdraw(tx, "photo", now=at(21))
        await evidence.place(tx, "photo", part_id=None, checklist_item_id=None)
        found = await evidence.find(tx, "photo")
    assert found == replace(a_photo(scene.inspection), withdrawn_at=at(20), part_id=None, checklist_item_id=None)


async def test_pictures_are_counted_for_each_inspection_without_what_was_taken_back(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        await seat(tx, scene)
        for name, kind in (("p", EvidenceKind.PHOTO), ("c", EvidenceKind.CLIP), ("m", EvidenceKind.MOMENT)):
            await evidence.add_once(tx, replace(a_photo(scene.inspection), id=name, kind=kind))
        await evidence.add_once(tx, replace(a_photo(scene.inspection), id="gone"))
        await evidence.withdraw(tx, "gone", now=at(20))
        assert await evidence.picture_counts(tx, [scene.inspection.id, "other"]) == {scene.inspection.id: 2}


async def test_a_moment_told_twice_is_noted_once(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        person = await seat(tx, scene)
        told = Moment(
            "m", scene.inspection.id, at(3), "torch.on", person.id, "user:u", {"level": 2, "by": None, "w": "强"}, at(3)
        )
        assert await moments.add_once(tx, told)
        assert not await moments.add_once(tx, replace(told, kind="torch.off"))
        earlier = replace(told, id="e", at=at(1), participant_id=None, details={})
        assert await moments.add_once(tx, earlier)
        assert await moments.moments_of(tx, scene.inspection.id) == [earlier, told]


async def test_newer_moments_are_those_that_were_noted_since_whenever_they_were(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        known = Moment("known", scene.inspection.id, at(5), "torch.on", None, "user:u", {}, at(5))
        told_late = replace(known, id="late", at=at(2), noted_at=at(9))
        undated = replace(known, id="undated", at=at(1), noted_at=None)
        for moment in (known, told_late, undated):
            await moments.add_once(tx, moment)
        assert await moments.moments_of(tx, scene.inspection.id, noted_since=at(6)) == [undated, told_late]

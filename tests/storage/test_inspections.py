"""Inspections and their parts."""

import asyncio
from dataclasses import replace

from inspect_server.domain.inspections import Conclusion, InspectionState
from storage import cases, inspections
from storage.engine import Database
from tests.storage.records import a_case, an_inspection, at, new_id, set_scene


async def test_an_inspection_comes_back_with_its_parts_in_order(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        second_case = a_case(scene.organisation, scene.enterprise, scene.version)
        await cases.add_case(tx, second_case)
        joint = an_inspection(scene.case, scene.inspector)
        other_part = replace(joint.parts[0], id=new_id(), case_id=second_case.id, department="消防")
        joint = replace(joint, parts=(other_part, *joint.parts))
        await inspections.add(tx, joint)
        assert await inspections.inspection(tx, joint.id) == joint
        assert await inspections.inspection(tx, "none") is None


async def test_state_times_and_conclusions_are_written(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        part = replace(scene.inspection.parts[0], conclusion=Conclusion.RECTIFY, concluded_at=at(60))
        changed = replace(
            scene.inspection, state=InspectionState.ENDED, started_at=at(1), ended_at=at(61), parts=(part,)
        )
        await inspections.update_inspection(tx, changed)
        assert await inspections.inspection(tx, changed.id) == changed


async def test_inspections_of_a_case_newest_first_with_the_inspectors_name(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        await set_scene(tx)
        later = an_inspection(scene.case, scene.inspector, created_at=at(100), state=InspectionState.ENDED)
        await inspections.add(tx, later)
        listings = await inspections.inspections_of_case(tx, scene.case.id)
    assert listings == [
        inspections.InspectionListing(later, scene.inspector.display_name),
        inspections.InspectionListing(scene.inspection, scene.inspector.display_name),
    ]


async def test_the_open_inspection_of_a_case_is_found_until_it_ends(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        other = await set_scene(tx)
        assert await inspections.open_inspection_of_case(tx, scene.case.id) == scene.inspection
        assert {each.id for each in await inspections.open_inspections(tx)} == {
            scene.inspection.id,
            other.inspection.id,
        }
        await inspections.update_inspection(tx, replace(scene.inspection, state=InspectionState.ENDED))
        assert await inspections.open_inspection_of_case(tx, scene.case.id) is None
        assert await inspections.open_inspections(tx) == [other.inspection]


async def test_an_inspection_is_ended_by_one_of_those_who_end_it_at_once(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)

    async def end(second: int) -> bool:
        async with database.transaction() as tx:
            current = await inspections.inspection(tx, scene.inspection.id, for_update=True)
            assert current is not None
            if current.state is InspectionState.ENDED:
                return False
            await inspections.update_inspection(tx, replace(current, state=InspectionState.ENDED, ended_at=at(second)))
            return True

    outcomes = await asyncio.gather(*(end(second) for second in range(6)))
    assert sorted(outcomes) == [False] * 5 + [True]
    async with database.reading() as tx:
        ended = await inspections.inspection(tx, scene.inspection.id)
    assert ended is not None
    assert ended.ended_at == at(outcomes.index(True))

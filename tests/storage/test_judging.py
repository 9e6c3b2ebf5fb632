"""Decisions and conclusions as they are kept: whole, in their order, and never changed."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inspect_server.domain.catalogue import Severity
from inspect_server.domain.errors import Conflict
from inspect_server.domain.inspections import Conclusion
from inspect_server.domain.judging import Decision, Judgement, PartConclusion
from storage import cases, inspections, judging
from storage.engine import Database
from tests.storage.records import Scene, a_case, an_inspection, at, new_id, set_scene


def a_decision(scene: Scene, second: float = 0) -> Decision:
    return Decision(
        id=new_id(),
        part_id=scene.inspection.parts[0].id,
        checklist_item_id=scene.version.checklist[0].id,
        judgement=Judgement.CANNOT_BE_JUDGED_REMOTELY,
        note="看不清",
        severity=Severity.MAJOR,
        remedy="重新张贴",
        deadline=date(2026, 12, 24),
        decided_by=scene.inspector.id,
        decided_at=at(second),
        received_at=at(second + 1),
    )


def a_conclusion(scene: Scene, second: float = 0) -> PartConclusion:
    part_id = scene.inspection.parts[0].id
    return PartConclusion(new_id(), part_id, Conclusion.RECTIFY, "理由", scene.inspector.id, at(second))


async def test_decisions_come_back_in_the_order_in_which_they_were_made(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        later, plain = a_decision(scene, 5), replace(a_decision(scene, 1), judgement=None, severity=None, deadline=None)
        for each in (later, plain):
            await judging.add_decision(tx, each)
        assert await judging.decisions_of(tx, [plain.part_id, "none"]) == {plain.part_id: [plain, later]}
        assert await judging.decision(tx, later.id) == later
        assert await judging.decision(tx, "none") is None


async def test_the_newest_conclusion_of_each_part_counts(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        first, second = a_conclusion(scene), replace(a_conclusion(scene, 3), conclusion=None, reason="")
        for each in (second, first):
            await judging.add_conclusion(tx, each)
        assert await judging.newest_conclusions(tx, [first.part_id]) == {first.part_id: second}
        assert await judging.conclusion(tx, first.id) == first
        assert await judging.conclusion(tx, "none") is None


async def test_one_id_is_stored_once(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        decision, conclusion = a_decision(scene), a_conclusion(scene)
        await judging.add_decision(tx, decision)
        await judging.add_conclusion(tx, conclusion)
    with pytest.raises(Conflict):
        async with database.transaction() as tx:
            await judging.add_decision(tx, decision)
    with pytest.raises(Conflict):
        async with database.transaction() as tx:
            await judging.add_conclusion(tx, conclusion)


@pytest.mark.parametrize("table", ["decisions", "part_conclusions"])
@pytest.mark.parametrize("change", ["UPDATE {} SET part_id = 'other'", "DELETE FROM {}"])
async def test_the_database_refuses_to_change_them(database: Database, table: str, change: str) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        await judging.add_decision(tx, a_decision(scene))
        await judging.add_conclusion(tx, a_conclusion(scene))
    with pytest.raises(IntegrityError, match="append-only"):
        async with database.transaction() as tx:
            await tx.execute(text(change.format(table)))


async def test_a_part_is_added_behind_the_others_and_a_seal_is_kept(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        further = a_case(scene.organisation, scene.enterprise, scene.version)
        await cases.add_case(tx, further)
        added = replace(an_inspection(further, scene.inspector).parts[0], inspection_id=scene.inspection.id)
        await inspections.add_part(tx, added)
        joint = replace(scene.inspection, parts=(replace(scene.inspection.parts[0], sealed_at=at(7)), added))
        await inspections.update_inspection(tx, joint)
        assert await inspections.inspection(tx, scene.inspection.id) == joint

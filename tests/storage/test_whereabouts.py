"""Reported positions come back by whose they are and when they were made."""

from inspect_server.domain.geometry import Place
from inspect_server.domain.whereabouts import Report
from storage import whereabouts
from storage.engine import Database
from tests.storage.records import at, seat, set_scene


async def test_reports_of_one_person_in_a_span_of_time_with_both_ends(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        inspection_id, person = scene.inspection.id, await seat(tx, scene)
        reports = [
            Report(f"report-{second}", inspection_id, person.id, at(second), Place(36.1, 117.25), 12.5)
            for second in (0, 10, 20, 30)
        ]
        for report in reversed(reports):
            await whereabouts.add_report(tx, report)
        found = await whereabouts.reports_between(tx, inspection_id, person.id, earliest=at(10), latest=at(20))
        assert found == reports[1:3]
        nobody = await whereabouts.reports_between(tx, inspection_id, "other", earliest=at(0), latest=at(99))
        assert nobody == []

"""Where a picture was taken: told by itself, else by what the phone that it shows reported at that time."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from inspect_server.domain.evidence import EvidenceKind, FileFacts, MediaType, Position, PositionSource
from inspect_server.domain.geometry import Datum
from inspect_server.domain.inspections import Conclusion
from inspect_server.domain.judging import Judgement
from inspect_server.services import collecting, inspecting, judging, locating
from inspect_server.services.collecting import NewEvidence, SealedFile
from inspect_server.services.judging import NewConclusion, NewDecision
from storage import records
from tests.services.office import Office

FAR_AWAY = locating.Coordinates(36.1, 117.0, Datum.WGS_84)
ITS_OWN = Position(36.65, 117.12, 8.0, PositionSource.FILE)


class Site:
    """Somebody of the enterprise in a call, whose phone may say where it is, and an inspector who takes stills."""

    def __init__(self, office: Office, inspection_id: str, participant_id: str, folder: Path) -> None:
        self.office, self.inspection_id = office, inspection_id
        self.participant_id, self.folder = participant_id, folder

    async def report(self, place: locating.Coordinates = FAR_AWAY) -> None:
        await locating.report_position(
            self.office.context, self.participant_id, place, accuracy_m=12, at=self.office.clock()
        )

    async def still(
        self, kind: EvidenceKind = EvidenceKind.STILL, *, position: Position | None = None, shown: bool = True
    ) -> Position | None:
        new = NewEvidence(
            id=self.office.context.new_id(),
            kind=kind,
            taken_at=self.office.clock(),
            participant_id=self.participant_id if shown else None,
        )
        path = self.folder / new.id
        path.write_bytes(b"picture")
        facts = FileFacts(MediaType.JPEG, 1, 1, None, position)
        sealed = SealedFile(path, 7, hashlib.sha256(b"picture").hexdigest(), facts)
        office = self.office
        await collecting.collect(office.context, office.inspector, self.inspection_id, new, sealed)
        return (await collecting.find(office.context, office.inspector, new.id)).evidence.position


@pytest.fixture
async def site(office: Office, tmp_path: Path) -> Site:
    inspection_id = await office.open_inspection()
    return Site(office, inspection_id, (await office.seat(inspection_id)).id, tmp_path)


async def test_a_still_has_the_position_that_the_phone_in_it_reported_last(site: Site) -> None:
    await site.report(replace(FAR_AWAY, latitude=36.5))
    site.office.clock.advance(seconds=10)
    await site.report()
    reported_at = site.office.clock()
    site.office.clock.advance(seconds=7)
    assert await site.still() == Position(36.1, 117.0, 12.0, PositionSource.REPORT, reported_at)


async def test_a_report_that_is_too_old_tells_nothing(site: Site) -> None:
    await site.report()
    site.office.clock.advance(seconds=45)
    assert await site.still() is not None
    site.office.clock.advance(seconds=1)
    assert await site.still() is None


async def test_what_the_picture_says_of_itself_comes_first(site: Site) -> None:
    await site.report()
    assert await site.still(position=ITS_OWN) == ITS_OWN


async def test_a_picture_of_nobody_and_a_file_that_was_there_before_have_none(site: Site) -> None:
    await site.report()
    assert await site.still(shown=False) is None
    assert await site.still(EvidenceKind.DOCUMENT) is None


async def test_the_record_says_where_and_who_says_so(site: Site) -> None:
    office = site.office
    await site.report()
    await site.still()
    (part,) = (await inspecting.show_inspection(office.context, office.inspector, site.inspection_id)).parts
    for item in part.permit_item.checklist:
        decision = NewDecision(office.context.new_id(), part.part.id, item.id, Judgement.PASS, office.clock())
        await judging.decide(office.context, office.inspector, site.inspection_id, decision)
    concluded = NewConclusion(office.context.new_id(), part.part.id, Conclusion.PASS)
    await judging.conclude(office.context, office.inspector, site.inspection_id, concluded)
    async with office.context.database.reading() as tx:
        (record,) = (await records.newest_of(tx, site.inspection_id)).values()
    (piece,) = json.loads(record.content)["evidence"]
    assert (piece["position"], piece["position_source"]) == ("36.100000, 117.000000 ±12 m", "report")
    assert piece["position_at"].startswith(f"{office.clock():%Y-%m-%dT%H:%M:%S}")

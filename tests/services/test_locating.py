"""Where people say that they are: kept, measured against the registered site, and never a reason to block."""

from datetime import timedelta

import pytest

from inspect_server.domain.errors import NotAllowed, NotFound
from inspect_server.domain.geometry import Datum, Nearness
from inspect_server.domain.whereabouts import NoPosition, Whereabouts
from inspect_server.services import inspecting, locating, moments
from tests.services.office import Office

HERE = locating.Coordinates(36.0, 117.0, Datum.WGS_84)
NEAR = locating.Coordinates(36.001, 117.0, Datum.WGS_84)
FAR = locating.Coordinates(36.1, 117.0, Datum.WGS_84)


class Call:
    """A seat in an inspection of a case whose site is registered at ``HERE``."""

    def __init__(self, office: Office, inspection_id: str, participant_id: str) -> None:
        self.office, self.inspection_id, self.participant_id = office, inspection_id, participant_id

    async def report(self, place: locating.Coordinates, *, accuracy_m: float = 10, after_s: float = 10) -> Whereabouts:
        self.office.clock.advance(seconds=after_s)
        return await locating.report_position(
            self.office.context, self.participant_id, place, accuracy_m=accuracy_m, at=self.office.clock()
        )

    async def kinds(self) -> list[str]:
        noted = await moments.show_moments(self.office.context, self.office.inspector, self.inspection_id)
        return [moment.kind for moment in noted]


@pytest.fixture
async def call(office: Office) -> Call:
    inspection_id = await office.open_inspection()
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    await locating.register_site(office.context, office.inspector, file.parts[0].case.id, HERE)
    return Call(office, inspection_id, (await office.seat(inspection_id)).id)


async def test_near_and_far_with_the_accuracy_taken_into_account(call: Call) -> None:
    near = await call.report(NEAR)
    assert near.distance_m == pytest.approx(111, abs=1)
    assert near.nearness is Nearness.INSIDE
    assert (await call.report(NEAR, accuracy_m=500)).nearness is Nearness.UNCLEAR
    assert (await call.report(FAR)).nearness is Nearness.OUTSIDE
    assert (await call.report(FAR, accuracy_m=20_000)).nearness is Nearness.UNCLEAR


async def test_going_away_and_coming_back_are_moments_told_once(call: Call) -> None:
    for place in (NEAR, NEAR, FAR, FAR, NEAR):
        await call.report(place)
    assert await call.kinds() == ["position.inside", "position.outside", "position.inside"]


async def test_reports_that_come_too_fast_are_measured_and_not_kept(call: Call) -> None:
    await call.report(NEAR)
    assert (await call.report(FAR, after_s=1)).nearness is Nearness.OUTSIDE
    _, kept = await locating.show_whereabouts(call.office.context, call.office.inspector, call.inspection_id)
    assert len(kept) == 1


async def test_what_is_only_measured_needs_not_the_only_writer(call: Call) -> None:
    await call.report(NEAR)
    async with call.office.context.database.transaction():
        assert (await call.report(FAR, after_s=1)).nearness is Nearness.OUTSIDE


async def test_reports_of_long_ago_are_measured_and_not_kept(call: Call) -> None:
    long_ago = call.office.clock() - timedelta(hours=1)
    for number in range(3):
        there = await locating.report_position(
            call.office.context, call.participant_id, FAR, accuracy_m=5, at=long_ago + timedelta(minutes=number)
        )
        assert there.nearness is Nearness.OUTSIDE
    _, kept = await locating.show_whereabouts(call.office.context, call.office.inspector, call.inspection_id)
    assert kept == []


async def test_a_time_in_the_future_is_not_believed(call: Call) -> None:
    now = call.office.clock()
    there = await locating.report_position(
        call.office.context, call.participant_id, NEAR, accuracy_m=5, at=now + timedelta(hours=1)
    )
    assert there.report.at == now


async def test_without_a_site_nothing_is_judged(office: Office) -> None:
    seat = await office.seat(await office.open_inspection())
    there = await locating.report_position(office.context, seat.id, HERE, accuracy_m=5, at=office.clock())
    assert (there.distance_m, there.nearness) == (None, None)


async def test_coordinates_of_chinese_maps_are_converted_and_marked(call: Call) -> None:
    office = call.office
    file = await inspecting.show_inspection(office.context, office.inspector, call.inspection_id)
    case_id = file.parts[0].case.id
    given = locating.Coordinates(36.0, 117.0, Datum.GCJ_02)
    site = await locating.register_site(office.context, office.inspector, case_id, given)
    assert site.given_in is Datum.GCJ_02
    moved = (await call.report(HERE)).distance_m
    assert moved is not None
    assert 300 < moved < 800
    assert await locating.show_site(office.context, office.inspector, case_id) == site


async def test_no_position_is_noted_with_its_reason(call: Call) -> None:
    await locating.note_no_position(call.office.context, call.participant_id, NoPosition.DENIED)
    assert await call.kinds() == ["position.none"]


async def test_changing_reasons_are_noted_once_a_minute_each(call: Call) -> None:
    for _ in range(4):
        for why in (NoPosition.TIMED_OUT, NoPosition.UNAVAILABLE):
            await locating.note_no_position(call.office.context, call.participant_id, why)
    assert await call.kinds() == ["position.none"] * 2
    call.office.clock.advance(seconds=61)
    await locating.note_no_position(call.office.context, call.participant_id, NoPosition.TIMED_OUT)
    assert await call.kinds() == ["position.none"] * 3


async def test_who_may_register_and_look(call: Call) -> None:
    office = call.office
    file = await inspecting.show_inspection(office.context, office.inspector, call.inspection_id)
    case_id = file.parts[0].case.id
    with pytest.raises(NotAllowed):
        await locating.register_site(office.context, office.reviewer, case_id, HERE)
    with pytest.raises(NotFound):
        await locating.show_site(office.context, office.stranger, case_id)
    with pytest.raises(NotFound):
        await locating.show_whereabouts(office.context, office.stranger, call.inspection_id)


async def test_a_converted_place_that_is_registered_again_keeps_its_place_and_its_mark(office: Office) -> None:
    case_id = await office.open_case()
    given = locating.Coordinates(36.0, 117.0, Datum.GCJ_02)
    before = await locating.register_site(office.context, office.inspector, case_id, given)
    await locating.register_site(office.context, office.inspector, case_id, NEAR)
    former = locating.Coordinates(before.place.latitude, before.place.longitude, Datum.WGS_84, Datum.GCJ_02)
    restored = await locating.register_site(office.context, office.inspector, case_id, former)
    assert (restored.place, restored.given_in) == (before.place, Datum.GCJ_02)

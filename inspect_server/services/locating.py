"""Where the site is registered, and where the people in a call say that they are. Nothing here blocks a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspect_server.domain.errors import NotFound
from inspect_server.domain.evidence import Position, PositionSource
from inspect_server.domain.geometry import Datum, Nearness, place_from
from inspect_server.domain.inspections import Inspection, Participant
from inspect_server.domain.moments import Moment
from inspect_server.domain.permissions import Action, permit, standings_of_participant
from inspect_server.domain.whereabouts import (
    NOTED_APART,
    STANDS_FOR,
    NoPosition,
    Report,
    Site,
    Whereabouts,
    is_kept,
    nearest_in_time,
    whereabouts,
)
from inspect_server.services.auditing import record
from inspect_server.services.cases import visible_case
from inspect_server.services.context import Actor, ServiceContext
from inspect_server.services.inspecting import enterprise_of, part_files, visible_inspection
from inspect_server.services.moments import note
from inspect_server.services.seats import seat_of
from storage import moments
from storage import whereabouts as kept
from storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class Coordinates:
    """As somebody gave them: degrees in ``datum``. ``converted_from``: they were given in another one before."""

    latitude: float
    longitude: float
    datum: Datum
    converted_from: Datum | None = None


async def register_site(context: ServiceContext, by: Actor, case_id: str, coordinates: Coordinates) -> Site:
    """Say where the enterprise of a case has its site; it holds for all of its cases.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    async with context.database.transaction() as tx:
        case = await visible_case(tx, by, case_id, Action.REGISTER_SITE, for_update=True)
        site = Site(
            enterprise_id=case.enterprise_id,
            place=place_from(coordinates.latitude, coordinates.longitude, coordinates.datum),
            given_in=coordinates.converted_from or coordinates.datum,
            set_by=f"user:{by.user.id}",
            set_at=context.now(),
        )
        await kept.set_site(tx, site)
        await record(
            context,
            tx,
            site.set_by,
            "site.registered",
            f"enterprise:{case.enterprise_id}",
            organisation_path=case.organisation_path,
            address=by.address,
            details={"case": case.number, "given_in": site.given_in.value},
        )
    return site


async def show_site(context: ServiceContext, by: Actor, case_id: str) -> Site | None:
    """Where the enterprise of a case has its site, None if nobody said.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    async with context.database.reading() as tx:
        case = await visible_case(tx, by, case_id, Action.SEE_CASE)
        return await kept.site_of(tx, case.enterprise_id)


async def report_position(
    context: ServiceContext, participant_id: str, coordinates: Coordinates, *, accuracy_m: float, at: datetime
) -> Whereabouts:
    """Keep where somebody in the call says that they are; reports that come too fast or too late are only measured.

    Coming near the site and going away from it are moments of the inspection.

    Raises:
        NotFound: nobody of this id.
        NotAllowed: machines and the office report nothing.
    """
    radius_m = context.options.site_radius_m
    async with context.database.reading() as tx:
        participant, inspection = await _reporting_seat(tx, participant_id)
        place = place_from(coordinates.latitude, coordinates.longitude, coordinates.datum)
        report = Report(context.new_id(), inspection.id, participant.id, min(at, context.now()), place, accuracy_m)
        before = await kept.newest_report(tx, participant.id)
        site = await _site_of_inspection(tx, inspection)
    now_there = whereabouts(report, site, radius_m=radius_m)
    # Most of what comes too fast ends here: SQLite has one writer only, which others need.
    if not is_kept(report, before, context.now()):
        return now_there
    async with context.database.transaction() as tx:
        await _reporting_seat(tx, participant_id)
        await kept.add_report(tx, report)
        was_there = whereabouts(before, site, radius_m=radius_m).nearness if before else None
        if now_there.nearness not in {None, was_there} and now_there.nearness is not Nearness.UNCLEAR:
            await _note_nearness(context, tx, participant, now_there)
    return now_there


async def note_no_position(context: ServiceContext, participant_id: str, why: NoPosition) -> None:
    """Note that somebody's page cannot say where it is, with the reason; the same one again soon is no news.

    Raises:
        NotFound: nobody of this id.
        NotAllowed: machines and the office report nothing.
    """
    async with context.database.reading() as tx:
        participant, inspection = await _reporting_seat(tx, participant_id)
        since = context.now() - NOTED_APART
        recent = await moments.moments_of(tx, inspection.id, noted_since=since)
    if any(_tells(moment, participant, why) for moment in recent if moment.at >= since):
        return
    async with context.database.transaction() as tx:
        await _reporting_seat(tx, participant_id)
        await note(
            context,
            tx,
            inspection.id,
            "position.none",
            actor=f"participant:{participant.id}",
            participant_id=participant.id,
            details={"why": why.value},
        )


async def reported_position(
    tx: Transaction, inspection: Inspection, participant_id: str | None, at: datetime
) -> Position | None:
    """Where a participant's phone reported to be at ``at``; None if it reported nothing near that time."""
    if participant_id is None:
        return None
    earliest, latest = at - STANDS_FOR, at + STANDS_FOR
    reports = await kept.reports_between(tx, inspection.id, participant_id, earliest=earliest, latest=latest)
    report = nearest_in_time(reports, at)
    if report is None:
        return None
    return Position(report.place.latitude, report.place.longitude, report.accuracy_m, PositionSource.REPORT, report.at)


async def show_whereabouts(context: ServiceContext, by: Actor, inspection_id: str) -> tuple[Site | None, list[Report]]:
    """The registered site, and everything that was reported, in order of time.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    async with context.database.reading() as tx:
        inspection = await visible_inspection(tx, by, inspection_id, Action.SEE_INSPECTION)
        return await _site_of_inspection(tx, inspection), await kept.reports_of(tx, inspection.id)


async def _reporting_seat(tx: Transaction, participant_id: str) -> tuple[Participant, Inspection]:
    participant, inspection = await seat_of(tx, participant_id)
    permit(Action.REPORT_POSITION, standings_of_participant(participant, inspection))
    return participant, inspection


def _tells(moment: Moment, participant: Participant, why: NoPosition) -> bool:
    return (
        moment.kind == "position.none"
        and moment.participant_id == participant.id
        and moment.details.get("why") == why.value
    )


async def _site_of_inspection(tx: Transaction, inspection: Inspection) -> Site | None:
    enterprise = await enterprise_of(tx, await part_files(tx, inspection))
    return await kept.site_of(tx, enterprise.id)


async def _note_nearness(
    context: ServiceContext, tx: Transaction, participant: Participant, there: Whereabouts
) -> None:
    if there.nearness is None or there.distance_m is None:
        raise NotFound
    await note(
        context,
        tx,
        participant.inspection_id,
        f"position.{there.nearness.value}",
        actor="system",
        participant_id=participant.id,
        at=there.report.at,
        details={"distance_m": round(there.distance_m), "accuracy_m": round(there.report.accuracy_m)},
    )

"""Whereabouts (定位): where an enterprise's site is registered, and where the people in a call say that they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inspect_server.domain.geometry import Datum, Nearness, Place, distance_m, nearness

REPORT_INTERVAL = timedelta(seconds=10)
"""How often a page says where it is."""

MIN_APART = timedelta(seconds=5)
"""Reports that come faster are not kept."""

NOTED_APART = timedelta(minutes=1)
"""That somebody has no position is noted once in this time for each reason."""

STANDS_FOR = timedelta(seconds=45)
"""So long before and after it was made a report tells where its phone was; four of them may be lost meanwhile."""


class NoPosition(StrEnum):
    """Why a page cannot say where it is."""

    DENIED = "denied"
    UNAVAILABLE = "unavailable"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class Site:
    """The registered place of an enterprise, in WGS-84; ``given_in`` says whether it had to be converted."""

    enterprise_id: str
    place: Place
    given_in: Datum
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """A participant's position at a time. ``accuracy_m``: radius of 95 % confidence (W3C Geolocation)."""

    id: str
    inspection_id: str
    participant_id: str
    at: datetime
    place: Place
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A report beside the site: ``distance_m`` and ``nearness`` are None where no site is registered."""

    report: Report
    distance_m: float | None
    nearness: Nearness | None


def is_kept(report: Report, newest: Report | None, now: datetime) -> bool:
    """Whether a report tells anything new: not too soon after the one before, nor of a time long ago."""
    if now - report.at > STANDS_FOR:
        return False
    return newest is None or report.at - newest.at >= MIN_APART


def nearest_in_time(reports: Iterable[Report], at: datetime) -> Report | None:
    """The report that tells best where its phone was at ``at``, or None if none is near enough."""
    nearest = min(reports, key=lambda report: abs(report.at - at), default=None)
    return nearest if nearest is not None and abs(nearest.at - at) <= STANDS_FOR else None


def whereabouts(report: Report, site: Site | None, *, radius_m: float) -> Whereabouts:
    """How near the site somebody says that they are, with the accuracy of their receiver taken into account."""
    if site is None:
        return Whereabouts(report, None, None)
    distance = distance_m(report.place, site.place)
    return Whereabouts(report, distance, nearness(distance, accuracy=report.accuracy_m, radius=radius_m))

"""Where something is, and how far from where it should be. WGS-84 throughout; degrees and metres.

Maps sold in China show GCJ-02, which moves every place by up to 700 m in a way that is no secret but has no closed
inverse. Coordinates that come in GCJ-02 are turned back once, at the edge, and marked as converted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius (IUGG). On a sphere distances are wrong by at most 0.6 %: 2 m at the edge of a 300 m radius."""

_SEMI_MAJOR_AXIS_M: Final = 6_378_245.0
_ECCENTRICITY_SQUARED: Final = 0.00669342162296594323
"""Of the Krasovsky 1940 ellipsoid, on which GCJ-02 is computed."""

_INVERSE_STEPS: Final = 12
"""Each brings the inverse about a hundred times nearer; five are enough for a millimetre."""


class Datum(StrEnum):
    """In which system somebody gave coordinates."""

    WGS_84 = "wgs_84"
    GCJ_02 = "gcj_02"


@dataclass(frozen=True, slots=True)
class Place:
    """WGS-84 degrees."""

    latitude: float
    longitude: float


class Nearness(StrEnum):
    """Whether somebody is within a radius, as far as the accuracy of the position tells."""

    INSIDE = "inside"
    UNCLEAR = "unclear"
    OUTSIDE = "outside"


def distance_m(one: Place, other: Place) -> float:
    """Along the surface (haversine)."""
    latitudes = math.radians(one.latitude), math.radians(other.latitude)
    half_turn = math.sin(math.radians(other.longitude - one.longitude) / 2)
    half_climb = math.sin((latitudes[1] - latitudes[0]) / 2)
    chord = half_climb**2 + math.cos(latitudes[0]) * math.cos(latitudes[1]) * half_turn**2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def nearness(distance: float, *, accuracy: float, radius: float) -> Nearness:
    """Of a position known to ``accuracy`` metres; only what is surely outside is called so.

    A position that could be inside as well as outside is ``UNCLEAR``: nobody is accused by a bad receiver.
    """
    if distance - accuracy > radius:
        return Nearness.OUTSIDE
    return Nearness.INSIDE if distance + accuracy <= radius else Nearness.UNCLEAR


def place_from(latitude: float, longitude: float, datum: Datum) -> Place:
    """Coordinates in ``datum``, as WGS-84."""
    given = Place(latitude, longitude)
    return wgs_84_from_gcj_02(given) if datum is Datum.GCJ_02 else given


def gcj_02_from_wgs_84(place: Place) -> Place:
    """Where Chinese maps show ``place``; outside of mainland China they show it where it is."""
    if not _is_shifted(place):
        return place
    north, east = _shift(place.longitude - 105.0, place.latitude - 35.0)
    latitude = math.radians(place.latitude)
    flattening = 1 - _ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
    meridian_m = _SEMI_MAJOR_AXIS_M * (1 - _ECCENTRICITY_SQUARED) / flattening**1.5
    parallel_m = _SEMI_MAJOR_AXIS_M / math.sqrt(flattening) * math.cos(latitude)
    return Place(
        place.latitude + math.degrees(north / meridian_m),
        place.longitude + math.degrees(east / parallel_m),
    )


def wgs_84_from_gcj_02(place: Place) -> Place:
    """The inverse of ``gcj_02_from_wgs_84``, found by steps; exact to a millimetre."""
    found = place
    for _ in range(_INVERSE_STEPS):
        shown = gcj_02_from_wgs_84(found)
        found = Place(
            found.latitude + place.latitude - shown.latitude, found.longitude + place.longitude - shown.longitude
        )
    return found


def _is_shifted(place: Place) -> bool:
    """The rectangle within which maps are shifted."""
    return 0.8293 <= place.latitude <= 55.8271 and 72.004 <= place.longitude <= 137.8347


def _shift(x: float, y: float) -> tuple[float, float]:
    """Metres to the north and to the east; ``x``, ``y``: degrees from 105° E, 35° N."""
    fast = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    root = math.sqrt(abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + fast
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + fast
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    return north, east

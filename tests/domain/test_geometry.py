"""Distances, radii that mind the accuracy, and the shifted maps of China."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.geometry import (
    EARTH_RADIUS_M,
    Datum,
    Nearness,
    Place,
    distance_m,
    gcj_02_from_wgs_84,
    nearness,
    place_from,
    wgs_84_from_gcj_02,
)

TIANANMEN = Place(39.907375, 116.391349)

china = st.builds(Place, st.floats(4, 53), st.floats(74, 135))
anywhere = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))
metres = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("one", "other", "expected_m"),
    [
        (Place(0, 0), Place(0, 1), 111_195),
        (Place(0, 179.5), Place(0, -179.5), 111_195),
        (Place(36.651, 117.120), Place(36.6519, 117.120), 100),
        (Place(90, 0), Place(-90, 0), math.pi * EARTH_RADIUS_M),
    ],
)
def test_known_distances(one: Place, other: Place, expected_m: float) -> None:
    assert distance_m(one, other) == pytest.approx(expected_m, rel=2e-3)


@given(anywhere, anywhere)
def test_a_distance_is_the_same_both_ways_and_half_the_globe_at_most(one: Place, other: Place) -> None:
    assert distance_m(one, other) == pytest.approx(distance_m(other, one), abs=1e-6)
    assert 0 <= distance_m(one, other) <= math.pi * EARTH_RADIUS_M + 1e-6


@given(metres, metres, metres)
def test_only_what_is_surely_outside_is_called_so(distance: float, accuracy: float, radius: float) -> None:
    verdict = nearness(distance, accuracy=accuracy, radius=radius)
    if verdict is Nearness.OUTSIDE:
        assert distance > radius
    if verdict is Nearness.INSIDE:
        assert distance <= radius
    if accuracy == 0:
        assert verdict is not Nearness.UNCLEAR


@given(metres, metres, metres)
def test_a_better_receiver_never_turns_inside_to_outside(distance: float, accuracy: float, radius: float) -> None:
    vague, sharp = (nearness(distance, accuracy=each, radius=radius) for each in (accuracy, accuracy / 2))
    assert vague is Nearness.UNCLEAR or vague is sharp


def test_a_known_place_on_the_shifted_map() -> None:
    # 天安门 in WGS-84 and on maps that show GCJ-02.
    shown = gcj_02_from_wgs_84(TIANANMEN)
    assert distance_m(shown, Place(39.908778, 116.397592)) < 5
    assert 400 < distance_m(shown, TIANANMEN) < 700


@given(china)
def test_turning_a_shifted_place_back_finds_it_to_the_millimetre(place: Place) -> None:
    assert distance_m(wgs_84_from_gcj_02(gcj_02_from_wgs_84(place)), place) < 1e-3


@given(st.builds(Place, st.floats(-80, 0), st.floats(-180, 60)))
def test_outside_of_china_nothing_is_shifted(place: Place) -> None:
    assert gcj_02_from_wgs_84(place) == place


def test_the_datum_decides() -> None:
    shown = gcj_02_from_wgs_84(TIANANMEN)
    assert distance_m(place_from(shown.latitude, shown.longitude, Datum.GCJ_02), TIANANMEN) < 1e-3
    assert place_from(1.5, 2.5, Datum.WGS_84) == Place(1.5, 2.5)

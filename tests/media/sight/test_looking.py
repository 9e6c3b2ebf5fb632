"""Good pictures pass, broken ones are called what they are."""

from datetime import timedelta

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.hints import Hint
from inspect_server.media.sight.looking import hints_of, look_at
from tests.storage.records import NOW

Grey = npt.NDArray[np.uint8]


def a_room(shift: int = 0, noise: float = 2.0, seed: int = 1) -> Grey:
    """Shelves, a doorway and a plate with writing, as a camera in a hand sees them."""
    picture = np.full((720, 1280), 150, np.uint8)
    for row in range(60, 700, 90):
        cv2.rectangle(picture, (40 + shift, row), (700 + shift, row + 12), 60, -1)
        for column in range(60, 680, 70):
            cv2.rectangle(picture, (column + shift, row - 45), (column + 40 + shift, row), (column * 7) % 255, -1)
    cv2.rectangle(picture, (820 + shift, 150), (1150 + shift, 700), 220, -1)
    cv2.putText(picture, "SEED LAB 101", (840 + shift, 260), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 20, 4)
    noisy = picture + np.random.default_rng(seed).normal(0, noise, picture.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def seen(picture: Grey, before: Grey | None = None) -> frozenset[Hint]:
    earlier = look_at(before, NOW) if before is not None else None
    return hints_of(look_at(picture, NOW + timedelta(seconds=4)), earlier)


def test_a_good_picture_of_a_moving_hand_is_fine() -> None:
    assert seen(a_room(30, seed=2), a_room(0, seed=1)) == frozenset()


@pytest.mark.parametrize("size", [(320, 180), (640, 360), (1920, 1080), (720, 1280)])
def test_a_good_picture_is_fine_in_every_size(size: tuple[int, int]) -> None:
    assert seen(cv2.resize(a_room(), size, interpolation=cv2.INTER_AREA).astype(np.uint8)) == frozenset()


def test_a_dark_room() -> None:
    assert seen((a_room() * 0.15).astype(np.uint8)) == {Hint.TOO_DARK}


def test_out_of_focus() -> None:
    assert seen(cv2.GaussianBlur(a_room(), (0, 0), 14).astype(np.uint8)) == {Hint.BLURRED}


@pytest.mark.parametrize("brightness", [3, 90, 250])
def test_a_finger_before_the_lens(brightness: int) -> None:
    noise = np.random.default_rng(3).normal(brightness, 2, (720, 1280))
    assert seen(noise.clip(0, 255).astype(np.uint8)) == {Hint.COVERED}


def test_a_frozen_picture_and_one_of_a_phone_on_a_table_are_told_apart() -> None:
    assert seen(a_room(), a_room()) == {Hint.FROZEN}
    assert seen(a_room(seed=2), a_room(seed=1)) == {Hint.UNCHANGED}


def test_two_looks_at_once_say_nothing_of_change() -> None:
    one = look_at(a_room(), NOW)
    assert hints_of(one, one) == frozenset()


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 255))
def test_any_picture_can_be_looked_at(height: int, width: int, value: int) -> None:
    look = look_at(np.full((height, width), value, np.uint8), NOW)
    assert look.brightness == pytest.approx(value)
    assert Hint.COVERED in hints_of(look, None)

"""Copies stand upright, carry nothing of the file's own words, and show drawing and stamp without covering anything."""

from pathlib import Path

import pytest
from PIL import Image

from inspect_server.domain.drawing import Ink, Point, Shape, ShapeKind
from inspect_server.media.darkroom.printing import INKS, marked, smaller
from tests.media.darkroom.pictures import BLUE, RED, halves, is_near, opened, phone_jpeg, saved


def test_a_copy_is_small_upright_and_says_nothing_of_its_place(tmp_path: Path) -> None:
    # Orientation 3: the camera was upside down, so that what it saw on the left is shown on the right.
    copy = opened(smaller(saved(tmp_path, phone_jpeg(halves(1600, 1200), orientation=3, at=(34.0, 117.0))), 320))
    assert copy.size == (320, 240)
    assert is_near(copy.getpixel((40, 120)), BLUE)
    assert is_near(copy.getpixel((280, 120)), RED)
    assert not dict(copy.getexif())


def test_a_small_picture_is_not_made_larger(tmp_path: Path) -> None:
    assert opened(smaller(saved(tmp_path, phone_jpeg(halves(64, 48))), 320)).size == (64, 48)


def test_the_stamp_stands_beneath_the_picture(tmp_path: Path) -> None:
    lines = ("时间 2026-11-27 19:03:05.000 (UTC+08:00)", "办件 云州-2026-0001　地点 老街 1 号")
    stamped = opened(marked(saved(tmp_path, phone_jpeg()), drawing=(), lines=lines))
    assert stamped.width == 640
    assert stamped.height > 480 + 2 * 12
    assert is_near(stamped.getpixel((10, 470)), RED)
    assert is_near(stamped.getpixel((630, 470)), BLUE)
    strip = stamped.crop((0, 480, 640, stamped.height)).convert("L")
    assert max(strip.tobytes()) > 200, "the words are white on dark"


def test_a_line_longer_than_the_picture_is_broken(tmp_path: Path) -> None:
    path = saved(tmp_path, phone_jpeg(halves(320, 240)))
    one = opened(marked(path, drawing=(), lines=("短",)))
    long = opened(marked(path, drawing=(), lines=("这一行长得一张照片的宽度放不下，" * 4,)))
    assert long.height > one.height + 2 * 12


def test_shapes_stay_on_what_they_mark(tmp_path: Path) -> None:
    path = saved(tmp_path, phone_jpeg(Image.new("RGB", (600, 400), (0, 120, 0))))
    drawing = (
        Shape("a", ShapeKind.CIRCLE, (Point(0.1, 0.1), Point(0.4, 0.5))),
        Shape("b", ShapeKind.ARROW, (Point(0.9, 0.9), Point(0.6, 0.6))),
        Shape("c", ShapeKind.LINE, (Point(0.5, 0.1), Point(0.7, 0.1), Point(0.9, 0.1))),
        Shape("d", ShapeKind.TEXT, (Point(0.05, 0.7),), "标识"),
    )
    drawn = opened(marked(path, drawing=drawing, lines=()))
    red = (230, 30, 40)
    assert is_near(drawn.getpixel((61, 120)), red), "left rim of the circle"
    assert is_near(drawn.getpixel((150, 120)), (0, 120, 0)), "its middle is free"
    assert is_near(drawn.getpixel((450, 300)), red), "shaft of the arrow"
    assert is_near(drawn.getpixel((420, 40)), red), "the line"
    words = drawn.crop((30, 280, 120, 330)).getcolors(10_000) or []
    assert any(is_near(colour, red) for _, colour in words)


@pytest.mark.parametrize("ink", Ink)
def test_a_line_can_be_seen_on_a_ground_of_its_own_colour(tmp_path: Path, ink: Ink) -> None:
    colour, _ = INKS[ink]
    path = saved(tmp_path, phone_jpeg(Image.new("RGB", (600, 400), colour)))
    line = Shape("a", ShapeKind.LINE, (Point(0.1, 0.5), Point(0.9, 0.5)), ink=ink)
    drawn = opened(marked(path, drawing=(line,), lines=()))
    across = [drawn.getpixel((300, y)) for y in range(190, 210)]
    assert is_near(across[10], colour), "the line itself"
    assert not all(is_near(each, colour) for each in across), "its rim"


def test_transparent_ground_becomes_white(tmp_path: Path) -> None:
    path = tmp_path / "signature.png"
    Image.new("RGBA", (50, 40), (0, 0, 0, 0)).save(path)
    assert is_near(opened(smaller(path, 320)).getpixel((5, 5)), (255, 255, 255))

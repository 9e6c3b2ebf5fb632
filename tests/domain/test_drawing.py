"""What can be drawn on a picture: bounded, each shape once, and nobody's by another's hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.drawing import MAX_POINTS_OF_ALL, MAX_SHAPES, Board, Drawn, Point, Shape, ShapeKind
from inspect_server.domain.errors import DrawingFull, NotAllowed


def a_line(shape_id: str, points: int = 2, author: str = "chen") -> Drawn:
    return Drawn(Shape(shape_id, ShapeKind.LINE, (Point(0.5, 0.5),) * points), author, 16 / 9)


def test_a_line_that_grows_stays_one_line_in_its_place() -> None:
    board = Board().with_drawn(a_line("a", 2)).with_drawn(a_line("b")).with_drawn(a_line("a", 30))
    assert [(each.shape.id, len(each.shape.points)) for each in board.drawn] == [("a", 30), ("b", 2)]


def test_nobody_draws_over_what_somebody_else_drew() -> None:
    with pytest.raises(NotAllowed):
        Board().with_drawn(a_line("a")).with_drawn(a_line("a", author="liu"))


def test_everybody_rubs_out_their_own_and_who_leads_rubs_out_all() -> None:
    board = Board().with_drawn(a_line("a")).with_drawn(a_line("b", author="liu"))
    assert board.without(["a", "b", "unknown"], author="liu") == Board((a_line("a"),))
    assert board.without(["a", "b"], author=None) == Board()


@given(st.lists(st.tuples(st.integers(0, 150), st.integers(2, 400)), max_size=200))
def test_a_board_never_holds_more_than_it_may_and_refuses_without_change(strokes: list[tuple[int, int]]) -> None:
    board = Board()
    for number, points in strokes:
        try:
            board = board.with_drawn(a_line(str(number), points))
        except DrawingFull:
            others = [each for each in board.drawn if each.shape.id != str(number)]
            total = points + sum(len(each.shape.points) for each in others)
            assert len(others) == MAX_SHAPES or total > MAX_POINTS_OF_ALL
    ids = [each.shape.id for each in board.drawn]
    assert len(ids) == len(set(ids)) <= MAX_SHAPES
    assert sum(len(each.shape.points) for each in board.drawn) <= MAX_POINTS_OF_ALL

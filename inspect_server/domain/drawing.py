"""What somebody draws on a picture: shapes in the picture's own coordinates, so that they stay on what they mark.

``x`` runs from 0 at the left edge to 1 at the right one, ``y`` from 0 at the top to 1 at the bottom, whatever size the
picture is shown at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from inspect_server.domain.errors import DrawingFull, NotAllowed

MAX_SHAPES = 100
"""On one picture; more would hide it."""

MAX_POINTS = 400
"""Of one free line: ten seconds of a fast hand."""

MAX_POINTS_OF_ALL = 4000
"""Of everything on one picture, so that who comes late gets it in one message of reasonable size."""


class ShapeKind(StrEnum):
    """``arrow``, ``circle`` and ``text`` have a first and (but text) a last point; a ``line`` has all on its way."""

    ARROW = "arrow"
    CIRCLE = "circle"
    LINE = "line"
    TEXT = "text"


class Ink(StrEnum):
    """Few, far apart, and each drawn with a rim of the opposite lightness: one can be seen on any ground."""

    RED = "red"
    YELLOW = "yellow"
    BLUE = "blue"
    WHITE = "white"


@dataclass(frozen=True, slots=True)
class Point:
    """See the module's text."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Shape:
    """One stroke of the pen. ``id`` is chosen by who draws; ``text`` is empty but for ``ShapeKind.TEXT``."""

    id: str
    kind: ShapeKind
    points: tuple[Point, ...]
    text: str = ""
    ink: Ink = Ink.RED


Drawing = tuple[Shape, ...]
"""From the lowest to the topmost shape."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape on a live picture, by one participant. ``aspect``: width by height of the picture when it was drawn."""

    shape: Shape
    author: str
    aspect: float


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that is drawn on one live or frozen picture, from the lowest to the topmost shape."""

    drawn: tuple[Drawn, ...] = ()

    def with_drawn(self, new: Drawn) -> Board:
        """A shape of an id that is there already takes the place of its former self, as a line does that grows.

        Raises:
            NotAllowed: somebody else drew what has this id.
            DrawingFull: there is enough on this picture; ``params["max_shapes"]``.
        """
        if any(each.shape.id == new.shape.id and each.author != new.author for each in self.drawn):
            raise NotAllowed(action="picture.draw")
        others = [each for each in self.drawn if each.shape.id != new.shape.id]
        if len(others) >= MAX_SHAPES or _points([*others, new]) > MAX_POINTS_OF_ALL:
            raise DrawingFull(max_shapes=MAX_SHAPES)
        if len(others) == len(self.drawn):
            return Board((*self.drawn, new))
        return Board(tuple(new if each.shape.id == new.shape.id else each for each in self.drawn))

    def without(self, shape_ids: Sequence[str], *, author: str | None) -> Board:
        """These shapes are rubbed out, of one author or (None) of anybody; unknown ones are fine."""
        return Board(
            tuple(each for each in self.drawn if each.shape.id not in shape_ids or author not in {None, each.author})
        )


def _points(drawn: Sequence[Drawn]) -> int:
    return sum(len(each.shape.points) for each in drawn)

"""What somebody draws on a picture, as pages send and get it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from inspect_server.api.schemas.base import Body
from inspect_server.domain.drawing import MAX_POINTS, Ink, ShapeKind

Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
ShapeId = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class DrawnPoint(Body):
    """Fractions of the picture's width and height, from its top left corner."""

    x: Fraction
    y: Fraction


class DrawnShape(Body):
    """See ``domain.drawing``. ``text`` is for ``kind`` text only."""

    id: ShapeId
    kind: ShapeKind
    points: Annotated[list[DrawnPoint], Field(min_length=1, max_length=MAX_POINTS)]
    text: Annotated[str, StringConstraints(max_length=200)] = ""
    ink: Ink = Ink.RED

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.kind is ShapeKind.TEXT) != bool(self.text):
            raise ValueError("a text has words, no other shape has")
        if self.kind is not ShapeKind.TEXT and len(self.points) < 2:
            raise ValueError("this shape needs two points")
        return self

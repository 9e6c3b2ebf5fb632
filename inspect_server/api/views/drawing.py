"""Shapes that somebody drew."""

from __future__ import annotations

from inspect_server.api.schemas.drawing import DrawnPoint, DrawnShape
from inspect_server.domain.drawing import Point, Shape


def shape(body: DrawnShape) -> Shape:
    """As a page sends it."""
    return Shape(body.id, body.kind, tuple(Point(point.x, point.y) for point in body.points), body.text, body.ink)


def shape_view(drawn: Shape) -> DrawnShape:
    """As pages get it."""
    return DrawnShape(
        id=drawn.id,
        kind=drawn.kind,
        points=[DrawnPoint(x=point.x, y=point.y) for point in drawn.points],
        text=drawn.text,
        ink=drawn.ink,
    )

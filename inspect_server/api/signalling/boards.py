"""What is drawn on the pictures of a room, and which of them are frozen. Memory only; owned by a room.

What counts is kept elsewhere: the drawing in the still that is taken of the picture, freezing as a moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from inspect_server.domain.drawing import Board, Drawn


@dataclass(frozen=True, slots=True)
class FrozenPicture:
    """``frozen_at``: UTC. ``jpeg``: base64, None as long as nobody draws on it."""

    freeze: str
    author: str
    frozen_at: datetime
    jpeg: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """One camera of one participant."""

    participant_id: str
    source: str


@dataclass(frozen=True, slots=True)
class PictureBoard:
    """See the module's text."""

    board: Board = field(default_factory=Board)
    frozen: FrozenPicture | None = None


class Boards:
    """As many as there are pictures in a room."""

    def __init__(self) -> None:
        self._boards: dict[Picture, PictureBoard] = {}

    def __getitem__(self, picture: Picture) -> PictureBoard:
        return self._boards.get(picture, PictureBoard())

    @property
    def used(self) -> dict[Picture, PictureBoard]:
        """Those with something to see."""
        return {picture: one for picture, one in self._boards.items() if one.board.drawn or one.frozen}

    def draw(self, picture: Picture, drawn: Drawn) -> None:
        """Add or replace one shape.

        Raises:
            NotAllowed, DrawingFull: see ``domain.drawing``.
        """
        before = self[picture]
        self._boards[picture] = replace(before, board=before.board.with_drawn(drawn))

    def erase(self, picture: Picture, shapes: list[str], *, author: str | None) -> list[str]:
        """Rub out; returns which are gone by that."""
        before = self[picture]
        board = before.board.without(shapes, author=author)
        self._boards[picture] = replace(before, board=board)
        return [each.shape.id for each in before.board.drawn if each not in board.drawn]

    def freeze(self, picture: Picture, frozen: FrozenPicture) -> None:
        """What was drawn on the moving picture stays."""
        self._boards[picture] = replace(self[picture], frozen=frozen)

    def frozen_as(self, freeze: str) -> tuple[Picture, FrozenPicture] | None:
        """Which picture was frozen by this id and still is; None if none is."""
        for picture, one in self._boards.items():
            if one.frozen is not None and one.frozen.freeze == freeze:
                return picture, one.frozen
        return None

    def unfreeze(self, picture: Picture) -> None:
        """The drawing goes with the picture that it was made on."""
        self._boards.pop(picture, None)

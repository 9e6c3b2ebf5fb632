"""How the pictures of a room are, and are meant to be. Memory only; owned by a room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from inspect_server.api.signalling.messages.pictures import Picture, PictureState
from inspect_server.domain.picture import PicturePreference, PictureReason
from inspect_server.media.messages import PictureStepped, PublisherQuality

# As every connection begins; the worker speaks up when this changes.
WHOLE: Final = {"short_side_px": 720, "frames_per_second": 30, "still_interval_s": 0}


class Pictures:
    """What the worker said last: figures of each camera, and of each connection how its picture is meant to be."""

    def __init__(self) -> None:
        self._figures: dict[tuple[str, str], PublisherQuality] = {}
        self._stepped: dict[str, PictureStepped] = {}

    @property
    def figures(self) -> Iterable[PublisherQuality]:
        """Of every camera that sends."""
        return self._figures.values()

    def measured(self, event: PublisherQuality) -> None:
        """New figures of one camera."""
        self._figures[event.participant_id, event.source] = event

    def forget_figures(self, participant_id: str, source: str) -> None:
        """This camera sends nothing more; unknown ones are fine."""
        self._figures.pop((participant_id, source), None)

    def stepped(self, event: PictureStepped) -> None:
        """A picture is meant to be so from now on."""
        self._stepped[event.connection_id] = event

    def forget(self, connection_id: str) -> None:
        """The connection is gone; unknown ones are fine."""
        self._stepped.pop(connection_id, None)

    def clear(self) -> None:
        """All connections are gone."""
        self._figures.clear()
        self._stepped.clear()

    def state(self, connection_id: str | None, preference: PicturePreference) -> PictureState:
        """For everybody: how the picture on this connection is meant to be."""
        event = self._stepped.get(connection_id or "")
        if event is None:
            return PictureState(**WHOLE, reason=PictureReason.FULL, preference=preference)
        return PictureState(
            short_side_px=event.short_side_px,
            frames_per_second=event.frames_per_second,
            still_interval_s=event.still_interval_s,
            reason=event.reason,
            preference=event.preference,
        )


def for_publisher(name: str, event: PictureStepped) -> Picture:
    """For who sends it; ``name``: the page's own name of the connection."""
    return Picture(
        connection=name,
        short_side_px=event.short_side_px,
        frames_per_second=event.frames_per_second,
        still_interval_s=event.still_interval_s,
        audio_bps=event.audio_bps,
    )

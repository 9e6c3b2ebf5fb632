"""The face that all depacketizers share, and what they have in common for video.

Called on the event loop by the receive path, behind its reorder buffer. Owns at most one unfinished picture, bounded
by :data:`MAX_FRAME_BYTES`; a larger one is counted as malformed and dropped like a loss.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

MAX_FRAME_BYTES = 4 * 1024 * 1024
"""A 1080p keyframe of a browser has under 500 kB; what is larger than this is an attack or garbage."""
MAX_DIMENSION = 16_384
"""Of a picture's width and height; no camera has more, and files have 16 bits for it."""


@dataclass(slots=True)
class Frame:
    """One whole picture or Opus packet, see :class:`~inspect_server.media.access_unit.AccessUnit` for the fields.

    Nobody changes it. It is not frozen, for that takes four times as long to make.
    """

    rtp_time: int
    data: bytes
    keyframe: bool
    width: int = 0
    height: int = 0
    parameter_sets: tuple[bytes, ...] = ()
    follows_loss: bool = False
    """The first frame after a loss; for video always a keyframe."""


class MalformedPayload(ValueError):
    """A payload that breaks its format; the machines count it and go on."""


class Depacketizer(Protocol):
    """Turns the RTP payloads of one stream into frames; never raises on what the network brings."""

    malformed: int
    """Payloads that broke the format so far."""

    @property
    def awaiting_keyframe(self) -> bool:
        """True while a video stream cannot be decoded: at its start and from a loss to the next whole keyframe."""

    def push(self, sequence: int, rtp_time: int, marker: bool, payload: bytes | memoryview) -> list[Frame]:
        """Take the next packet; both numbers are unwrapped, the sequence strictly rises.

        A hole in ``sequence`` counts as :meth:`lost`; a number that does not rise is ignored. A payload of length
        zero (padding for bandwidth probing) only moves the sequence on.
        """

    def lost(self) -> None:
        """A packet after the last one pushed was given up."""


class VideoDepacketizer(ABC):
    """Order, loss and keyframe state of a video stream; a codec fills in three methods.

    A picture ends at the marker bit or when the timestamp changes. After a loss the picture under way is dropped, and
    what follows too, until a keyframe that is known to be whole: either it starts behind the end of a picture that was
    seen, or its first packet says that it is the first (:meth:`_starts_picture`).
    """

    def __init__(self) -> None:
        self.malformed = 0
        self._sequence: int | None = None
        self._rtp_time: int | None = None
        self._at_boundary = False  # the next packet is the first of a picture, for certain
        self._skipping = True  # packets until the next boundary belong to a damaged picture
        self._awaiting_keyframe = True
        self._follows_loss = False

    @property
    def awaiting_keyframe(self) -> bool:
        """True at the start, and from a loss to the next whole keyframe."""
        return self._awaiting_keyframe

    def lost(self) -> None:
        """See :class:`Depacketizer`."""
        if self._sequence is not None:
            self._follows_loss = True
        self._discard()
        self._skipping = True
        self._at_boundary = False
        self._rtp_time = None  # a change of the timestamp across the hole tells nothing
        self._awaiting_keyframe = True

    def push(self, sequence: int, rtp_time: int, marker: bool, payload: bytes | memoryview) -> list[Frame]:
        """See :class:`Depacketizer`."""
        if self._sequence is not None:
            if sequence <= self._sequence:
                return []
            if sequence != self._sequence + 1:
                self.lost()
        self._sequence = sequence
        if not len(payload):
            return []
        frames: list[Frame] = []
        try:
            if rtp_time != self._rtp_time:
                if self._rtp_time is not None and not self._at_boundary:
                    frames += self._end_picture()  # its marker never came
                self._rtp_time = rtp_time
            if self._skipping and (self._at_boundary or self._starts_picture(payload)):
                self._skipping = False
            self._at_boundary = False
            if not self._skipping:
                self._add(payload)
            if marker:
                frames += self._end_picture()
        except MalformedPayload:
            self.malformed += 1
            self.lost()
            self._at_boundary = marker
        return frames

    def _end_picture(self) -> Iterable[Frame]:
        """Close the picture under way, on a marker or between two adjoining packets; the next packet starts one."""
        whole = not self._skipping
        self._at_boundary = True
        self._skipping = True
        if not whole or self._rtp_time is None:
            return ()
        frame = self._finish(self._rtp_time, self._follows_loss)
        if frame is None or (self._awaiting_keyframe and not frame.keyframe):
            return ()
        self._awaiting_keyframe = False
        self._follows_loss = False
        return (frame,)

    @abstractmethod
    def _starts_picture(self, payload: bytes | memoryview) -> bool:
        """True when this packet is certainly the first of its picture."""

    @abstractmethod
    def _add(self, payload: bytes | memoryview) -> None:
        """Take a payload of the present picture; may raise :class:`MalformedPayload`."""

    @abstractmethod
    def _finish(self, rtp_time: int, follows_loss: bool) -> Frame | None:
        """The picture under way, or None when there was nothing to show; may raise :class:`MalformedPayload`."""

    @abstractmethod
    def _discard(self) -> None:
        """Forget the picture under way."""

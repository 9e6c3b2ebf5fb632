"""The recorder's ear: a subscriber like any viewer, that wants packets in order and whole pictures.

Runs on the worker's event loop; owned by its publication. Puts packets in order, joins them to access units, dates
them, and hands them to a ``UnitWriter``, which writes in a thread of its own and never blocks. Bounded by the reorder
buffer and by one unfinished picture.

The very first units are held until they can be dated: a picture until its first sender report, which comes within a
second, but ``MAX_SETTLE_S`` at most; sound alone for ``MIN_SETTLE_S``. Before a report the quickest packet dates
the others, and a browser that starts its encoder sends all of the first ones late, up to a second on a busy machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.codecs import Depacketizer, Frame, depacketizer_for
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.receive import ReceiveStream
from inspect_server.media.reorder import Lost, ReorderBuffer
from inspect_server.media.rtcp import SenderReport

MIN_SETTLE_S: Final = 0.4
MAX_SETTLE_S: Final = 1.5
MAX_HELD_UNITS: Final = 400


class UnitWriter(Protocol):
    """Where access units go; no method blocks."""

    def write(self, unit: AccessUnit) -> None: ...

    def left_out(self, kind: MediaKind, until_us: int) -> None:
        """What came of this medium until then cannot be decoded and is not written: the end of all."""


class RecordingSubscriber:
    """Subscribes to one publish connection for its whole life. ``close`` hands over what is still held."""

    def __init__(
        self, streams: dict[MediaKind, ReceiveStream], writer: UnitWriter, need_keyframe: Callable[[], None]
    ) -> None:
        self._writer = writer
        self._need_keyframe = need_keyframe
        self._lanes = {kind: _Lane(stream) for kind, stream in streams.items()}
        self._held: list[tuple[ReceiveStream, Frame]] | None = []
        self._first_at: float | None = None
        self.width = 0
        self.height = 0

    def on_packets(self, kind: MediaKind, packets: list[RtpPacket], now: float) -> None:
        """See ``Subscriber``."""
        del now
        lane = self._lanes[kind]
        if not lane.begun:
            lane.begin(packets)
        for packet in packets:
            if lane.reorder.passes(packet):
                self._depacketize(lane, packet)
            elif self._write(lane, lane.reorder.push(packet)) and kind is MediaKind.VIDEO:
                self._need_keyframe()

    def on_lost(self, kind: MediaKind, sequence: int) -> None:
        """See ``Subscriber``. Whoever gives up asks for the keyframe that is needed after it."""
        lane = self._lanes[kind]
        self._write(lane, lane.reorder.give_up(sequence))

    def on_silenced(self, *, silenced: bool) -> None:
        """The footage keeps what was said, heard or not."""

    def on_sender_report(self, kind: MediaKind, report: SenderReport, rtp_time: int) -> None:
        """The stream's own clock is asked for each unit; nothing to keep here."""

    def _write(self, lane: _Lane, ordered: Iterable[RtpPacket | Lost]) -> bool:
        """Take what is in order again; True if there is a hole in it."""
        has_hole = False
        for packet in ordered:
            if isinstance(packet, Lost):
                lane.depacketizer.lost()
                has_hole = True
            else:
                self._depacketize(lane, packet)
        return has_hole

    def _depacketize(self, lane: _Lane, packet: RtpPacket) -> None:
        stream = lane.stream
        for frame in lane.depacketizer.push(packet.sequence, packet.timestamp, packet.marker, packet.payload):
            if frame.keyframe and frame.width:
                self.width, self.height = frame.width, frame.height
            if self._held is None:
                self._writer.write(_dated(stream, frame))
            else:
                self._hold(self._held, stream, frame)

    def _hold(self, held: list[tuple[ReceiveStream, Frame]], stream: ReceiveStream, frame: Frame) -> None:
        held.append((stream, frame))
        now = time.monotonic()
        if self._first_at is None:
            self._first_at = now
        if self._settled(now - self._first_at) or len(held) >= MAX_HELD_UNITS:
            self._hand_over()

    def _settled(self, waited_s: float) -> bool:
        video = self._lanes.get(MediaKind.VIDEO)
        dated = video is None or video.stream.reported
        return waited_s >= (MIN_SETTLE_S if dated else MAX_SETTLE_S)

    def _hand_over(self) -> None:
        held, self._held = self._held or [], None
        for stream, frame in held:
            self._writer.write(_dated(stream, frame))

    def close(self) -> None:
        """No more packets come: what waits for missing ones goes on without them, and what has no use so is told."""
        for lane in self._lanes.values():
            self._write(lane, lane.reorder.give_up_all())
        self._hand_over()
        for kind, lane in self._lanes.items():
            if lane.begun and lane.depacketizer.awaiting_keyframe:
                self._writer.left_out(kind, lane.stream.utc_us(lane.stream.newest_timestamp))


def _dated(stream: ReceiveStream, frame: Frame) -> AccessUnit:
    return AccessUnit(
        kind=stream.kind,
        codec=stream.codec,
        data=frame.data,
        rtp_time=frame.rtp_time,
        captured_at_us=stream.utc_us(frame.rtp_time),
        keyframe=frame.keyframe,
        width=frame.width,
        height=frame.height,
        parameter_sets=frame.parameter_sets,
        follows_loss=frame.follows_loss,
    )


class _Lane:
    """One medium's way from packets to frames."""

    def __init__(self, stream: ReceiveStream) -> None:
        self.stream = stream
        self.begun = False
        self.reorder = ReorderBuffer()
        self.depacketizer: Depacketizer = depacketizer_for(stream.codec)

    def begin(self, packets: list[RtpPacket]) -> None:
        """The first packets are here. If they are the stream's first, others that were before them are asked for.

        If not, what came before them went by unheard, and nobody sends it again.
        """
        self.begun = True
        first = self.stream.first_sequence
        heard_from_the_start = self.stream.packets == len(packets)
        if first is not None and heard_from_the_start:
            self.reorder.begin_with(first)
        else:
            self.reorder.begin_with(min(packet.sequence for packet in packets))

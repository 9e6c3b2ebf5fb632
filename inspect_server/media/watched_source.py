"""One camera as one viewer gets it: subscriber of the connection that it publishes on at present.

Runs on the worker's event loop; owned by its watch connection or view. Keeps no packets: its forward streams do.
"""

from __future__ import annotations

from collections.abc import Callable

from inspect_server.media import rtcp
from inspect_server.media.access_unit import MediaKind
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.forward import ForwardStream
from inspect_server.media.publish import PublishConnection


class WatchedSource:
    """See the module's text. ``streams``: what of the camera goes to this viewer."""

    def __init__(self) -> None:
        self.streams: dict[MediaKind, ForwardStream] = {}
        self.send_rtcp: Callable[[bytes], None] = _ignore_rtcp
        self._connection: PublishConnection | None = None
        self._subscribed = False

    def switch(self, connection: PublishConnection, *, active: bool) -> None:
        if connection is self._connection:
            return
        self.detach()
        self._connection = connection
        for kind, stream in self.streams.items():
            received = connection.streams.get(kind)
            stream.restart(received.fanout if received is not None else None)
        if active:
            self.start()

    def start(self) -> None:
        if self._connection is not None and not self._subscribed:
            self._subscribed = True
            self._connection.subscribe(self)

    def detach(self) -> None:
        if self._connection is not None and self._subscribed:
            self._connection.unsubscribe(self)
        for stream in self.streams.values():
            stream.stop()
        self._subscribed = False
        self._connection = None

    def take_feedback(self, item: rtcp.Feedback, now: float) -> None:
        """What the viewer says, if it is about this participant's streams."""
        match item:
            case rtcp.Nack():
                self._retransmit(item, now)
            case rtcp.KeyframeRequest():
                self._keyframe_requested(item, now)
            case rtcp.ReportBlock():
                self._reported(item, now)

    def _reported(self, item: rtcp.ReportBlock, now: float) -> None:
        for stream in self.streams.values():
            if stream.ssrc == item.ssrc:
                stream.reported(item, now)
                if stream.limited and self._connection is not None:
                    self._connection.attend(now)

    def _retransmit(self, item: rtcp.Nack, now: float) -> None:
        if self._connection is not None:
            self._connection.hand_over()
        for stream in self.streams.values():
            if stream.ssrc == item.media_ssrc:
                stream.retransmit(item.sequences, now)

    def _keyframe_requested(self, item: rtcp.KeyframeRequest, now: float) -> None:
        for stream in self.streams.values():
            if stream.ssrc == item.media_ssrc and self._connection is not None:
                self._connection.attend(now)
                if stream.keyframe_needed():
                    self._connection.request_keyframe()

    def on_packets(self, kind: MediaKind, packets: list[RtpPacket], now: float) -> None:
        for each in self.streams.values():
            each.let_out(now)
        stream = self.streams.get(kind)
        if stream is None or (kind is MediaKind.AUDIO and self._silenced):
            return
        stream.forward(packets, now)
        if self._connection is not None and stream.wants_keyframe(now):
            self._connection.request_keyframe()

    @property
    def _silenced(self) -> bool:
        return self._connection is not None and self._connection.silenced

    def on_silenced(self, *, silenced: bool) -> None:
        """Sound stops in this moment, or goes on with the next packet."""
        sound = self.streams.get(MediaKind.AUDIO)
        if sound is None or self._connection is None:
            return
        if silenced:
            sound.stop()
        elif (received := self._connection.streams.get(MediaKind.AUDIO)) is not None:
            sound.restart(received.fanout)

    def on_lost(self, kind: MediaKind, sequence: int) -> None:
        """The viewer sees the hole itself."""

    def on_sender_report(self, kind: MediaKind, report: rtcp.SenderReport, rtp_time: int) -> None:
        stream = self.streams.get(kind)
        if stream is not None and (own := stream.sender_report(report, rtp_time)) is not None:
            self.send_rtcp(own + rtcp.source_description(stream.ssrc, "source"))


def _ignore_rtcp(packet: bytes) -> None:
    """Before the first section there is nothing to report."""

"""What a publish connection gives to whoever listens: viewers and the recorder alike.

Called on the worker's event loop, in the datagram callback itself: nothing here may block or await.
"""

from __future__ import annotations

from typing import Protocol

from inspect_server.media.access_unit import MediaKind
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.rtcp import SenderReport

SourceKey = tuple[str, str]
"""Whose camera, and which of theirs: participant and source."""


class Subscriber(Protocol):
    """One listener of one publish connection."""

    def on_packets(self, kind: MediaKind, packets: list[RtpPacket], now: float) -> None:
        """Packets of one stream, none ever twice, as they came: perhaps out of order; at least one.

        Sequence and timestamp are unwrapped. Those that are ``carried`` went on already to whom the stream's fanout
        knew when they arrived. The list is the subscribers' in common: not to be changed. ``now``: monotonic seconds of
        the last one's arrival.
        """

    def on_lost(self, kind: MediaKind, sequence: int) -> None:
        """Nothing that is missing up to this sequence number will come any more."""

    def on_silenced(self, *, silenced: bool) -> None:
        """The inspector lets nobody hear this publisher, or lets everybody again."""

    def on_sender_report(self, kind: MediaKind, report: SenderReport, rtp_time: int) -> None:
        """The publisher's clock; ``report.ntp_us`` is already UTC of this server, ``rtp_time`` unwrapped."""

"""What a publish connection gives to whoever listens: viewers and the recorder alike.

Called on the worker's event loop, in the datagram callback itself: nothing here may block or await.
"""

from __future__ import annotations

from typing import Protocol

from inspect_server.media.access_unit import MediaKind
from inspect_server.media.rtcp import SenderReport
from inspect_server.media.rtp import RtpPacket


class Subscriber(Protocol):
    """One listener of one publish connection."""

    def on_packet(self, kind: MediaKind, packet: RtpPacket) -> None:
        """A packet, never twice, as it came: perhaps out of order. Sequence and timestamp are unwrapped."""

    def on_lost(self, kind: MediaKind, sequence: int) -> None:
        """Nothing that is missing up to this sequence number will come any more."""

    def on_sender_report(self, kind: MediaKind, report: SenderReport, rtp_time: int) -> None:
        """The publisher's clock; ``report.ntp_us`` is already UTC of this server, ``rtp_time`` unwrapped."""

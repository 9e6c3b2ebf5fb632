"""The way out to one viewer, as its forward streams see it: its transport, or what stands for one in tests."""

from __future__ import annotations

from typing import Protocol

from inspect_server.media.datapath import Fanout, Identity, RtpPacket


class Way(Protocol):
    """Where packets go out."""

    @property
    def lost_before(self) -> float:
        """What was sent before this monotonic time went where the viewer is no longer; inf: it still goes there."""

    def send_rtp(self, packets: list[RtpPacket], identity: Identity) -> None:
        """Send these as the stream of this identity."""

    def carry(self, fanout: Fanout, identity: Identity) -> float | None:
        """Let the fanout send packets the moment they are read: ``Fanout.carry_to``."""

    def drop(self, ssrc: int) -> tuple[int, int] | None:
        """Let no fanout send as this SSRC any longer: ``Fanout.drop_from``."""

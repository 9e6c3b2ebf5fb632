"""A publish connection without its wire: packets come from the test as if they were decrypted, and RTCP goes there."""

from __future__ import annotations

import pytest
from aiortc import RTCCertificate, RTCRtpReceiver

from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.publish import PublishConnection, PublishEvents
from inspect_server.media.recording import RecordingSubscriber
from inspect_server.media.udp import UdpSockets
from tests.support.rtc_peer import PublishingPeer, use_loopback

REPAIR_S = 0.01
"""How often the connection's own timer looks after losses."""


class PlainPublisher:
    """See the module's text. It is recorded; ``now`` is the test's."""

    def __init__(self, connection: PublishConnection) -> None:
        self.connection = connection
        self.units: list[AccessUnit] = []
        self.missing_at_end: dict[MediaKind, int] = {}
        self.sent: list[bytes] = []
        self.recording = RecordingSubscriber(connection.streams, self, connection.request_keyframe)
        connection.subscribe(self.recording)

    @classmethod
    async def opened(cls, monkeypatch: pytest.MonkeyPatch) -> PlainPublisher:
        use_loopback(monkeypatch)
        peer = PublishingPeer()
        capabilities = RTCRtpReceiver.getCapabilities("video")
        assert capabilities is not None
        peer.connection.getTransceivers()[1].setCodecPreferences(
            [codec for codec in capabilities.codecs if codec.mimeType in ("video/H264", "video/rtx")]
        )
        events = PublishEvents(
            connected=_nothing, failed=lambda _: None, first_keyframe=_nothing, carried=lambda _, __: None
        )
        connection = PublishConnection("p1", RTCCertificate.generateCertificate(), events)
        await connection.open(await peer.offer(), UdpSockets(IceAddresses(["127.0.0.1"])))
        await connection.close()
        await peer.close()
        made = cls(connection)
        monkeypatch.setattr(connection._transport, "send_rtcp", made.sent.append)
        return made

    @property
    def payload_types(self) -> list[int]:
        """Everything that was agreed, retransmissions included."""
        return [*self.connection._by_payload_type, *self.connection._retransmits]

    def payload_type(self, kind: MediaKind) -> int:
        return next(number for number, stream in self.connection._by_payload_type.items() if stream.kind is kind)

    def write(self, unit: AccessUnit) -> None:
        self.units.append(unit)

    def left_out(self, kind: MediaKind, until_us: int) -> None:
        self.missing_at_end[kind] = until_us

    def receive(self, packet: RtpPacket, now: float) -> None:
        arrived = RtpPacket(
            packet.data, packet.payload_type, packet.marker, packet.sequence, packet.timestamp, packet.ssrc,
            packet.payload_start, packet.payload_end, now,
        )  # fmt: skip
        self.connection._on_rtp([arrived])

    def control(self, packet: bytes, now: float) -> None:
        self.connection._on_rtcp(packet, now)

    def repair(self, now: float) -> None:
        for stream in self.connection.streams.values():
            if not stream.quiet:
                self.connection._repair_stream(stream, now)

    def want_keyframe(self, now: float) -> None:
        """As ``request_keyframe``, at this time."""
        video = self.connection.streams[MediaKind.VIDEO]
        self.connection._want_keyframe(video, video.newest_sequence, now)

    def ask_again(self, now: float) -> None:
        """What a connection does with each packet that comes."""
        self.connection._ask_for_keyframe(self.connection.streams[MediaKind.VIDEO], now)


def _nothing() -> None:
    """No news is wanted."""

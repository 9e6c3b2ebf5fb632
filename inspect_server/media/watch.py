"""A watch connection: what one participant sees and hears of the others, bundled on one transport.

Runs on the worker's event loop; owned by its room. Owns its transport and the forward streams of its m-sections. There
is no queue: a packet that comes in goes out in the same callback. When the viewer vanishes, packets go nowhere until
the room closes the connection.

Our offer has a list of m-sections that only grows: a section whose source left is inactive until another source of the
same codec takes it over (RFC 8829, 5.2.2). The first offer has an inactive audio section, so that the transport is
already up when the first source comes.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiortc import RTCCertificate

from inspect_server.domain.errors import Conflict
from inspect_server.media import rtcp, sdp
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.forward import ForwardStream
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.messages import TrackOfOffer
from inspect_server.media.publish import PublishConnection
from inspect_server.media.subscriber import SourceKey
from inspect_server.media.transport import Transport, TransportEvents

PAYLOAD_TYPES: Final = {Codec.H264: 102, Codec.VP9: 98, Codec.OPUS: 111}


@dataclass(frozen=True, slots=True)
class Offer:
    """A numbered offer; only the answer to the newest one counts."""

    revision: int
    sdp: str
    tracks: list[TrackOfOffer]


@dataclass(slots=True)
class _Section:
    mid: str
    kind: MediaKind
    codec: Codec
    key: SourceKey | None = None
    stream: ForwardStream | None = None


class WatchConnection:
    """See the module's text."""

    def __init__(
        self,
        connection_id: str,
        participant_id: str,
        certificate: RTCCertificate,
        *,
        connected: Callable[[], None],
        failed: Callable[[str], None],
    ) -> None:
        self.connection_id = connection_id
        self.participant_id = participant_id
        self._sections = [_Section("0", MediaKind.AUDIO, Codec.OPUS)]
        self._sources: dict[SourceKey, WatchedSource] = {}
        self._revision = 0
        self._local: sdp.LocalTransport | None = None
        self._connected = connected
        self._transport = Transport(
            certificate,
            TransportEvents(rtp=_ignore_rtp, rtcp=self._on_rtcp, connected=self._on_connected, failed=failed),
            controlling=True,
        )
        self._answered = False
        self._up = False

    async def open(self, addresses: IceAddresses) -> None:
        """Bind sockets; ``offer`` is possible afterwards."""
        self._local = self._transport.gather(addresses)

    def offer(self) -> Offer:
        """The next revision of our offer.

        Raises:
            Conflict: ``open`` has not finished.
        """
        if self._local is None:
            raise Conflict("the watch connection is not open yet")
        self._revision += 1
        media = [self._offered(section) for section in self._sections]
        tracks = [
            TrackOfOffer(mid=s.mid, participant_id=s.key[0], source=s.key[1], kind=s.kind.value)
            for s in self._sections
            if s.key is not None
        ]
        return Offer(self._revision, sdp.offer_watch(media, self._local, revision=self._revision), tracks)

    @staticmethod
    def _offered(section: _Section) -> sdp.OfferedMedia:
        return sdp.OfferedMedia(
            kind=section.kind,
            mid=section.mid,
            codec=section.codec,
            payload_type=PAYLOAD_TYPES[section.codec],
            ssrc=section.stream.ssrc if section.stream else 0,
            stream=".".join(section.key or ()),
            active=section.stream is not None,
        )

    def answer(self, revision: int, answer_sdp: str) -> None:
        """The viewer's answer. One to an older revision only brings the transport up.

        Raises:
            BadSdp: it cannot be read.
        """
        description = sdp.parse(answer_sdp)
        if revision <= self._revision and not self._answered:
            self._answered = True
            self._transport.connect(description)

    async def add_candidate(self, line: str) -> None:
        """A trickled candidate; BadSdp if it is none."""
        await self._transport.add_candidate(line)

    @property
    def last_heard_at(self) -> float:
        """Monotonic time of the last authenticated packet."""
        return self._transport.last_heard_at

    def show(self, key: SourceKey, connection: PublishConnection) -> bool:
        """From now on take this camera from this connection; True if a new offer is needed."""
        source = self._sources.get(key)
        if source is None:
            source = self._sources[key] = WatchedSource()
        changed = self._assign_sections(key, connection, source)
        source.switch(connection, active=self._up)
        return changed

    def _assign_sections(self, key: SourceKey, connection: PublishConnection, source: WatchedSource) -> bool:
        changed = False
        for kind in MediaKind:
            received = connection.streams.get(kind)
            own = next((s for s in self._sections if s.key == key and s.kind is kind), None)
            if own is not None and (received is None or own.codec is not received.codec):
                _release(own, source)
                own, changed = None, True
            if received is not None and own is None:
                self._take_section(key, kind, received.codec, source)
                changed = True
        return changed

    def _take_section(self, key: SourceKey, kind: MediaKind, codec: Codec, source: WatchedSource) -> None:
        section = next((s for s in self._sections if s.key is None and s.codec is codec), None)
        if section is None:
            section = _Section(str(len(self._sections)), kind, codec)
            self._sections.append(section)
        section.key = key
        section.stream = source.streams[kind] = ForwardStream(
            kind,
            codec,
            ssrc=secrets.randbits(31) + 1,
            payload_type=PAYLOAD_TYPES[codec],
            way=self._transport,
        )
        source.send_rtcp = self._transport.send_rtcp

    def hide(self, key: SourceKey) -> bool:
        """Show this camera no longer; True if a new offer is needed."""
        source = self._sources.pop(key, None)
        if source is None:
            return False
        source.detach()
        for section in self._sections:
            if section.key == key:
                _release(section, source)
        return True

    def _on_connected(self) -> None:
        self._up = True
        for source in self._sources.values():
            source.start()
        self._connected()

    def _on_rtcp(self, data: bytes, now: float) -> None:
        for item in rtcp.parse(data):
            for source in self._sources.values():
                source.take_feedback(item, now)

    async def close(self) -> None:
        """End everything; safe to call more than once."""
        for source in self._sources.values():
            source.detach()
        self._sources.clear()
        await self._transport.close()


class WatchedSource:
    """One camera as this viewer gets it: subscriber of the connection it publishes on at present."""

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
                self._retransmit(item)
            case rtcp.KeyframeRequest():
                self._keyframe_requested(item)
            case rtcp.ReportBlock():
                for stream in self.streams.values():
                    if stream.ssrc == item.ssrc:
                        stream.reported(item, now)

    def _retransmit(self, item: rtcp.Nack) -> None:
        if self._connection is not None:
            self._connection.hand_over()
        for stream in self.streams.values():
            if stream.ssrc == item.media_ssrc:
                stream.retransmit(item.sequences)

    def _keyframe_requested(self, item: rtcp.KeyframeRequest) -> None:
        if self._connection is not None and any(s.ssrc == item.media_ssrc for s in self.streams.values()):
            self._connection.request_keyframe()

    def on_packets(self, kind: MediaKind, packets: list[RtpPacket], now: float) -> None:
        stream = self.streams.get(kind)
        if stream is None:
            return
        stream.forward(packets, now)
        if self._connection is not None and stream.wants_keyframe(now):
            self._connection.request_keyframe()

    def on_lost(self, kind: MediaKind, sequence: int) -> None:
        """The viewer sees the hole itself."""

    def on_sender_report(self, kind: MediaKind, report: rtcp.SenderReport, rtp_time: int) -> None:
        stream = self.streams.get(kind)
        if stream is not None and (own := stream.sender_report(report, rtp_time)) is not None:
            self.send_rtcp(own + rtcp.source_description(stream.ssrc, "source"))


def _release(section: _Section, source: WatchedSource) -> None:
    section.key = None
    section.stream = None
    stream = source.streams.pop(section.kind, None)
    if stream is not None:
        stream.stop()


def _ignore_rtp(packets: list[RtpPacket]) -> None:
    """A viewer sends no media on this connection."""


def _ignore_rtcp(packet: bytes) -> None:
    """Before the first section there is nothing to report."""

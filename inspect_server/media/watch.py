"""A watch connection: what one participant sees and hears of the others, bundled on one transport.

Runs on the worker's event loop; owned by its room. Owns its transport and the forward streams of its m-sections. There
is no queue: a packet that comes in goes out in the same callback. When the viewer vanishes, packets go nowhere until
the room closes the connection.

Our offer has a list of m-sections that only grows: a section whose source left is inactive until another source of the
same codec takes it over (RFC 8829, 5.2.2). The first offer has an inactive audio section, so that the transport is
already up when the first source comes.
"""

from __future__ import annotations

import asyncio
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
from inspect_server.media.messages import TrackOfOffer
from inspect_server.media.publish import PublishConnection
from inspect_server.media.sdp import watch_offer
from inspect_server.media.sdp.watch_offer import PLAIN, Agreement, OfferedMedia
from inspect_server.media.subscriber import SourceKey
from inspect_server.media.transport import Transport, TransportEvents
from inspect_server.media.udp import UdpSockets
from inspect_server.media.watched_source import WatchedSource

PAYLOAD_TYPES: Final = {Codec.H264: 102, Codec.VP9: 98, Codec.OPUS: 111}
ANSWER_TIMEOUT_S: Final = 20.0
"""The sockets of somebody who does not answer are for others."""
RTX_PAYLOAD_TYPES: Final = {Codec.H264: 103, Codec.VP9: 99}


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
    agreement: Agreement = PLAIN


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
        self._failed = failed
        self._deadline: asyncio.TimerHandle | None = None
        self._answered = False
        self._up = False

    async def open(self, sockets: UdpSockets) -> None:
        """Bind sockets; ``offer`` is possible afterwards, and an answer is waited for."""
        self._local = self._transport.gather(sockets)
        self._deadline = asyncio.get_running_loop().call_later(
            ANSWER_TIMEOUT_S, self._failed, "no answer within the time limit"
        )

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
        return Offer(self._revision, watch_offer.offer_watch(media, self._local, revision=self._revision), tracks)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()

    @staticmethod
    def _offered(section: _Section) -> OfferedMedia:
        return OfferedMedia(
            kind=section.kind,
            mid=section.mid,
            codec=section.codec,
            payload_type=PAYLOAD_TYPES[section.codec],
            ssrc=section.stream.ssrc if section.stream else 0,
            stream=".".join(section.key or ()),
            active=section.stream is not None,
            rtx_payload_type=RTX_PAYLOAD_TYPES.get(section.codec),
            rtx_ssrc=section.stream.rtx_ssrc if section.stream else None,
        )

    def answer(self, revision: int, answer_sdp: str) -> None:
        """The viewer's answer. Sections keep their place and codec, so that one to an older revision counts, too.

        Raises:
            BadSdp: it cannot be read.
        """
        description = sdp.parse(answer_sdp)
        agreements = watch_offer.agreements(description)
        for section in self._sections:
            section.agreement = agreements.get(section.mid, section.agreement)
            if section.stream is not None:
                section.stream.agree(section.agreement)
        if revision <= self._revision and not self._answered:
            self._answered = True
            self._forget_deadline()
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
            ssrc=_new_ssrc(),
            payload_type=PAYLOAD_TYPES[codec],
            way=self._transport,
            rtx_ssrc=_new_ssrc() if codec in RTX_PAYLOAD_TYPES else None,
        )
        section.stream.agree(section.agreement)
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
        self._forget_deadline()
        for source in self._sources.values():
            source.detach()
        self._sources.clear()
        await self._transport.close()


def _new_ssrc() -> int:
    return secrets.randbits(31) + 1


def _release(section: _Section, source: WatchedSource) -> None:
    section.key = None
    section.stream = None
    stream = source.streams.pop(section.kind, None)
    if stream is not None:
        stream.stop()


def _ignore_rtp(packets: list[RtpPacket]) -> None:
    """A viewer sends no media on this connection."""

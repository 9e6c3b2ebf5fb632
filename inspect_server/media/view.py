"""A view: what a machine that offered itself (WHEP) sees and hears of one participant at a time.

Runs on the worker's event loop; owned by its room. Owns its transport and one forward stream per medium, which live as
long as the connection: when another participant is shown, the same streams go on with that one's packets. There is no
queue: a packet that comes in goes out in the same callback. When the viewer vanishes, packets go nowhere until ICE
consent expires and the room closes the connection.
"""

from __future__ import annotations

from collections.abc import Callable

from aiortc import RTCCertificate

from inspect_server.media import rtcp, sdp
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.forward import ForwardStream
from inspect_server.media.publish import PublishConnection
from inspect_server.media.sdp import view_answer
from inspect_server.media.sdp.view_answer import ViewedMedia
from inspect_server.media.subscriber import SourceKey
from inspect_server.media.transport import Transport, TransportEvents
from inspect_server.media.udp import UdpSockets
from inspect_server.media.watched_source import WatchedSource


class ViewConnection:
    """See the module's text. ``wanted``: participant and camera that this viewer asked for, None for any of them."""

    def __init__(
        self,
        connection_id: str,
        participant_id: str,
        certificate: RTCCertificate,
        *,
        wanted: tuple[str | None, str | None],
        connected: Callable[[], None],
        failed: Callable[[str], None],
    ) -> None:
        self.connection_id = connection_id
        self.participant_id = participant_id
        self._wanted = wanted
        self._source = WatchedSource()
        self._media: list[ViewedMedia] = []
        self._streams: dict[MediaKind, ForwardStream] = {}
        self._connected = connected
        self._up = False
        self._transport = Transport(
            certificate,
            TransportEvents(rtp=_ignore_rtp, rtcp=self._on_rtcp, connected=self._on_connected, failed=failed),
            controlling=False,
        )
        self._source.send_rtcp = self._transport.send_rtcp

    async def open(self, offer_sdp: str, sockets: UdpSockets) -> str:
        """Take the viewer's offer, begin to connect, return our answer.

        Raises:
            BadSdp, NoCommonCodec: the offer cannot be taken; nothing stays open after ``close``.
        """
        offer = sdp.parse(offer_sdp)
        self._media = view_answer.choose_view(offer)
        for media in self._media:
            codec, payload_type = next(iter(media.payload_types.items()))
            self._streams[media.kind] = ForwardStream(
                media.kind,
                codec,
                ssrc=media.ssrc,
                payload_type=payload_type,
                way=self._transport,
                rtx_ssrc=media.rtx_ssrc,
            )
        local = self._transport.gather(sockets)
        self._transport.connect(offer)
        return view_answer.answer_view(offer, self._media, local)

    async def add_candidate(self, line: str) -> None:
        """A trickled candidate; BadSdp if it is none."""
        await self._transport.add_candidate(line)

    def wants(self, key: SourceKey) -> bool:
        """Whether this viewer asked for this camera, or for no other one."""
        return all(wanted in {None, given} for wanted, given in zip(self._wanted, key, strict=True))

    def show(self, connection: PublishConnection | None) -> None:
        """From now on pass on what comes on this connection; None: nobody publishes what was asked for."""
        if connection is None:
            self._source.detach()
            return
        before = self._source.streams
        self._source.streams = {
            media.kind: self._streams[media.kind] for media in self._media if self._speak(media, connection)
        }
        for kind in before.keys() - self._source.streams.keys():
            before[kind].stop()
        self._source.switch(connection, active=self._up)

    def _speak(self, media: ViewedMedia, connection: PublishConnection) -> bool:
        """Use the viewer's payload type for what the publisher sends; False if the viewer cannot decode it."""
        received = connection.streams.get(media.kind)
        codec: Codec | None = received.codec if received is not None else None
        if codec is None or codec not in media.payload_types:
            return False
        stream = self._streams[media.kind]
        stream.speak(codec, media.payload_types[codec])
        stream.agree(media.agreement(codec))
        return True

    def _on_connected(self) -> None:
        self._up = True
        self._source.start()
        self._connected()

    def _on_rtcp(self, data: bytes, now: float) -> None:
        for item in rtcp.parse(data):
            self._source.take_feedback(item, now)

    async def close(self) -> None:
        """End everything; safe to call more than once."""
        self._source.detach()
        await self._transport.close()


def _ignore_rtp(packets: list[RtpPacket]) -> None:
    """A viewer sends no media on this connection."""

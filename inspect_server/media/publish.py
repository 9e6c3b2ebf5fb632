"""A publish connection: what one participant sends us, until the connection is closed.

Runs on the worker's event loop. Owns its transport, one task that reports (``_run``) and the repair timer, all ended
by ``close``. Hands packets to its subscribers when they are looked at; keeps none itself: ten times a second while all
is well, and more often while packets are lost, a queue stands, or a viewer waits for a keyframe. When the peer vanishes
it goes on waiting: the room judges by ``last_heard_at``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from aiortc import RTCCertificate

from inspect_server.media import rtcp, rtp, sdp
from inspect_server.media.access_unit import MediaKind
from inspect_server.media.audio_share import AudioShare
from inspect_server.media.bandwidth import BandwidthEstimate
from inspect_server.media.clock import PublisherClock, WallClock
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.keyframe_need import KeyframeNeed
from inspect_server.media.receive import ReceiveStream
from inspect_server.media.sdp.publish_answer import answer_publish, choose_media
from inspect_server.media.subscriber import Subscriber
from inspect_server.media.transport import Transport, TransportEvents
from inspect_server.media.udp import UdpSockets

logger = logging.getLogger(__name__)

OWN_SSRC: Final = 1
START_BITRATE_KBPS: Final = 2500
REPAIR_INTERVAL_S: Final = 0.01
REPORT_INTERVAL_S: Final = 0.5
# How long packets that are carried already may wait to be looked at; and for a while after something was odd.
PATIENCE_S: Final = 0.1
ATTENTIVE_PATIENCE_S: Final = 0.01
ATTENTIVE_FOR_S: Final = 2.0
# A queue that begins to stand is to be watched closely.
SUSPECT_QUEUE_S: Final = 0.02
# A picture of another size begins with a keyframe, which a full queue would swallow.
STEP_WAITS_FOR_QUEUE_S: Final = 1.0
# On less than this what is sent again takes the place of the present picture.
NARROW_BPS: Final = 500_000
# On such a link sound that was lost is sent again with no more than this, a packet of it with its headers counting so.
SOUND_REPAIR_SHARE: Final = 0.2
SOUND_PACKET_BITS: Final = 1000
MIN_VIDEO_BPS: Final = 10_000
DEFAULT_RTT_S: Final = 0.1
MAX_RTT_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class PublishEvents:
    """Called on the event loop. ``carried``: how much of the picture the network carries (bit/s; monotonic seconds)."""

    connected: Callable[[], None]
    failed: Callable[[str], None]
    first_keyframe: Callable[[], None]
    carried: Callable[[int, float], None]


@dataclass(frozen=True, slots=True)
class PublishQuality:
    """Of the time since the last reading."""

    bitrate_bps: int
    loss_percent: float
    unrepaired_percent: float
    rtt_ms: float
    frames_per_second: float
    playout_delay_ms: int


class PublishConnection:
    """See the module's text."""

    def __init__(self, connection_id: str, certificate: RTCCertificate, events: PublishEvents) -> None:
        self.connection_id = connection_id
        self.streams: dict[MediaKind, ReceiveStream] = {}
        self.silenced = False
        self.wall_clock = WallClock(utc_us=time.time_ns() // 1000, monotonic_s=time.monotonic())
        self._events = events
        self._by_payload_type: dict[int, ReceiveStream] = {}
        self._retransmits: dict[int, tuple[int, ReceiveStream]] = {}
        self._abs_send_time_id: int | None = None
        self._subscribers: list[Subscriber] = []
        self._rtt_s = DEFAULT_RTT_S
        self._rtt_measured = False
        self._bandwidth = BandwidthEstimate()
        self._audio_share = AudioShare()
        self._keyframe_need = KeyframeNeed()
        self._first_keyframe_told = False
        self._attentive_until = 0.0
        self._task: asyncio.Task[None] | None = None
        self._repair_timer: asyncio.TimerHandle | None = None
        self._quality_from = (time.monotonic(), 0, 0, 0, 0, 0, 0)
        self._transport = Transport(
            certificate,
            TransportEvents(rtp=self._on_rtp, rtcp=self._on_rtcp, connected=self._on_connected, failed=events.failed),
            controlling=False,
        )

    async def open(self, offer_sdp: str, sockets: UdpSockets) -> str:
        """Take the browser's offer, begin to connect, return our answer.

        Raises:
            BadSdp, NoCommonCodec: the offer cannot be taken; nothing stays open after ``close``.
        """
        offer = sdp.parse(offer_sdp)
        accepted = choose_media(offer)
        clock = PublisherClock()
        for media in accepted:
            stream = ReceiveStream(media, clock, self.wall_clock)
            self.streams[media.kind] = stream
            self._by_payload_type[media.payload_type] = stream
            self._transport.fanouts[media.payload_type] = stream.fanout
            if media.rtx_payload_type is not None:
                self._retransmits[media.rtx_payload_type] = (media.payload_type, stream)
            if media.abs_send_time_id is not None:
                self._abs_send_time_id = media.abs_send_time_id
        local = self._transport.gather(sockets)
        self._transport.connect(offer)
        return answer_publish(offer, accepted, local, start_bitrate_kbps=START_BITRATE_KBPS)

    async def add_candidate(self, line: str) -> None:
        """A trickled candidate; BadSdp if it is none."""
        await self._transport.add_candidate(line)

    @property
    def last_heard_at(self) -> float:
        """Monotonic time of the last authenticated packet."""
        return self._transport.last_heard_at

    def hand_over(self) -> None:
        """Let no packet wait any longer for the end of its picture."""
        self._transport.hand_over()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Hand packets to this listener too, beginning with a keyframe soon.

        What waits to be looked at goes to those that were there when it came; if nobody was, to the first that comes:
        media may overtake the end of the handshake, before which nothing can be recorded.
        """
        if self._subscribers:
            self.hand_over()
        self.attend(time.monotonic())
        self._subscribers.append(subscriber)
        self.request_keyframe()

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Stop handing packets to it; unknown ones are fine."""
        self.hand_over()
        if subscriber in self._subscribers:
            self._subscribers.remove(subscriber)

    def silence(self, *, silenced: bool) -> None:
        """Whether viewers get no sound of it from now on; who only keeps what comes goes on hearing it."""
        self.silenced = silenced
        for subscriber in self._subscribers:
            subscriber.on_silenced(silenced=silenced)

    def request_keyframe(self) -> None:
        """Ask the sender for a keyframe, at most one request in 500 ms; more are joined into the next one."""
        if (video := self.streams.get(MediaKind.VIDEO)) is not None:
            self._want_keyframe(video, video.newest_sequence, time.monotonic())

    def keyframe_comes_by_itself(self) -> None:
        """The sender was told to change its picture's size: no need to ask it in the same moment."""
        self._keyframe_need.comes_by_itself(time.monotonic())

    def _want_keyframe(self, video: ReceiveStream, after: int, now: float) -> None:
        self._keyframe_need.want(after, now)
        self._ask_for_keyframe(video, now)

    def _ask_for_keyframe(self, video: ReceiveStream, now: float) -> None:
        if video.ssrc >= 0 and self._keyframe_need.is_due(
            now,
            newest_keyframe=video.newest_keyframe,
            congested=self._bandwidth.congested,
            rtt_s=self._rtt_s,
        ):
            self._transport.send_rtcp(rtcp.pli(OWN_SSRC, video.ssrc))

    def _on_connected(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"publish-{self.connection_id}")
        self._events.connected()

    def attend(self, now: float) -> None:
        """Let packets wait less for a while: what comes matters soon. ``now``: monotonic seconds."""
        if self._attentive_until <= now:
            self._let_wait(ATTENTIVE_PATIENCE_S)
        self._attentive_until = now + ATTENTIVE_FOR_S

    def _let_wait(self, patience_s: float) -> None:
        for stream in self.streams.values():
            stream.fanout.let_wait(patience_s)

    def _on_rtp(self, packets: list[RtpPacket]) -> None:
        self._measure(packets)
        # What comes together is one picture and some sound: few runs.
        for payload_type, run in groupby(packets, attrgetter("payload_type")):
            if (stream := self._by_payload_type.get(payload_type)) is not None:
                self._hand_on(stream, stream.take(run))
            elif (retransmits := self._retransmits.get(payload_type)) is not None:
                original_type, stream = retransmits
                if stream.ssrc < 0:
                    continue
                originals = rtp.originals_of_retransmissions(run, payload_type=original_type, ssrc=stream.ssrc)
                self._hand_on(stream, stream.take(originals))

    def _hand_on(self, stream: ReceiveStream, packets: list[RtpPacket]) -> None:
        if not packets:
            return
        now = packets[-1].arrived_at
        if stream.newest_keyframe >= 0 and not self._first_keyframe_told:
            # Told before the packets go on: whoever subscribes in this moment begins with them.
            self._first_keyframe_told = True
            self._events.first_keyframe()
        for subscriber in self._subscribers:
            subscriber.on_packets(stream.kind, packets, now)
        if self._keyframe_need.stands and (video := self.streams.get(MediaKind.VIDEO)) is not None:
            self._ask_for_keyframe(video, now)
        if self._repair_timer is None and not stream.quiet:
            self.attend(now)
            self._repair_timer = asyncio.get_running_loop().call_later(REPAIR_INTERVAL_S, self._repair)

    def _measure(self, packets: list[RtpPacket]) -> None:
        """Each at its own time: they may have waited for one another for longer than a queue takes to grow."""
        bandwidth, octets, count = self._bandwidth, 0, 0
        for packet in packets:
            octets += len(packet.data)
            count += 1
            if packet.arrived_at >= bandwidth.sample_at and self._abs_send_time_id is not None:
                bandwidth.received(octets, count)
                octets = count = 0
                sent_at = rtp.extension(packet.data, self._abs_send_time_id)
                if sent_at is not None and len(sent_at) == 3:
                    bandwidth.sent_at(sent_at, packet.arrived_at)
        bandwidth.received(octets, count)
        if bandwidth.queue_s > SUSPECT_QUEUE_S:
            self.attend(packets[-1].arrived_at)
        if bandwidth.urgent:
            self._report(packets[-1].arrived_at)

    def _on_rtcp(self, data: bytes, now: float) -> None:
        for item in rtcp.parse(data):
            if isinstance(item, rtcp.SenderReport):
                self._on_sender_report(item, now)
            elif isinstance(item, rtcp.RoundTripBlock) and item.last_reference:
                middle = rtcp.middle_32(*rtcp.unix_us_to_ntp(self.wall_clock.utc_us(now)))
                rtt_s = ((middle - item.delay - item.last_reference) & 0xFFFFFFFF) / 65536
                if rtt_s < MAX_RTT_S:
                    self._note_round_trip(rtt_s)

    def _note_round_trip(self, rtt_s: float) -> None:
        weight = 0.25 if self._rtt_measured else 1.0
        self._rtt_measured = True
        self._rtt_s += (rtt_s - self._rtt_s) * weight

    def _on_sender_report(self, report: rtcp.SenderReport, now: float) -> None:
        for stream in self.streams.values():
            if stream.ssrc == report.ssrc:
                rtp_time = stream.sender_report(report, now)
                own = rtcp.SenderReport(
                    report.ssrc, stream.utc_us(rtp_time), report.rtp_time, report.packets, report.octets
                )
                for subscriber in self._subscribers:
                    subscriber.on_sender_report(stream.kind, own, rtp_time)

    def _repair(self) -> None:
        """Ask again for what is missing, and again a little later until nothing is: by a timer that runs only then."""
        self._repair_timer = None
        now = time.monotonic()
        for stream in self.streams.values():
            if not stream.quiet:
                self._repair_stream(stream, now)
        if not all(stream.quiet for stream in self.streams.values()):
            self._repair_timer = asyncio.get_running_loop().call_later(REPAIR_INTERVAL_S, self._repair)

    def _repair_stream(self, stream: ReceiveStream, now: float) -> None:
        if not self._repairs_would_choke(stream, now) and (due := self._retransmissions_due(stream, now)):
            self._transport.send_rtcp(rtcp.nack(OWN_SSRC, stream.ssrc, due))
        stand_still = stream.viewers_stand_still(now)
        if given_up := stream.given_up(now, self._rtt_s):
            for subscriber in self._subscribers:
                subscriber.on_lost(stream.kind, given_up[-1])
        if stream.kind is not MediaKind.VIDEO:
            return
        if stand_still:
            self._want_keyframe(stream, stream.newest_sequence, now)
        elif given_up:
            self._want_keyframe(stream, given_up[-1], now)

    def _repairs_would_choke(self, stream: ReceiveStream, now: float) -> bool:
        """Whether so much of the picture is missing that sending it again would fill a narrow link for seconds."""
        if stream.kind is not MediaKind.VIDEO:
            return False
        if self._bandwidth.sustained_bps < NARROW_BPS:
            stream.give_up_what_is_past()
        return self._bandwidth.collapsed or stream.mostly_missing(now)

    def _retransmissions_due(self, stream: ReceiveStream, now: float) -> list[int]:
        sustained_bps = self._bandwidth.sustained_bps
        if stream.kind is MediaKind.VIDEO or sustained_bps >= NARROW_BPS:
            return stream.retransmissions_due(now, self._rtt_s)
        return stream.retransmissions_due(
            now, self._rtt_s, apart_s=SOUND_PACKET_BITS / (SOUND_REPAIR_SHARE * sustained_bps)
        )

    async def _run(self) -> None:
        """Reports to the sender."""
        try:
            while True:
                await asyncio.sleep(REPORT_INTERVAL_S)
                now = time.monotonic()
                if self._attentive_until <= now:
                    self._let_wait(PATIENCE_S)
                self._report(now)
        except Exception:
            logger.exception("publish connection %s: its timer failed", self.connection_id)
            self._events.failed("internal error")

    def _report(self, now: float) -> None:
        heard = [stream for stream in self.streams.values() if stream.ssrc >= 0]
        if not heard:
            return
        video_bps = self._video_bps(now)
        packet = rtcp.receiver_report(OWN_SSRC, [stream.report_block(now) for stream in heard])
        packet += rtcp.source_description(OWN_SSRC, "server")
        packet += rtcp.remb(OWN_SSRC, video_bps, [stream.ssrc for stream in heard])
        packet += rtcp.receiver_reference_time(OWN_SSRC, self.wall_clock.utc_us(now))
        self._transport.send_rtcp(packet)

    def _video_bps(self, now: float) -> int:
        """What the picture may take: browsers that obey REMB do not count their sound."""
        streams = self.streams.values()
        collapsed = self._bandwidth.collapsed
        told_bps = self._bandwidth.update(now, missed=sum(stream.missed for stream in streams), rtt_s=self._rtt_s)
        video = self.streams.get(MediaKind.VIDEO)
        if collapsed and not self._bandwidth.collapsed and video is not None:
            video.give_up_missing()
        audio = self.streams.get(MediaKind.AUDIO)
        audio_bps = self._audio_share.update(audio.packets, audio.octets, now) if audio is not None else 0.0
        if not self._bandwidth.collapsed or self._bandwidth.draining_s(now) > STEP_WAITS_FOR_QUEUE_S:
            self._events.carried(round(self._bandwidth.sustained_bps - audio_bps), now)
        return max(round(told_bps - audio_bps), MIN_VIDEO_BPS)

    def quality(self) -> PublishQuality:
        """Since the last call."""
        now = time.monotonic()
        streams = self.streams.values()
        video = self.streams.get(MediaKind.VIDEO)
        current = (
            now,
            sum(s.octets for s in streams),
            sum(s.packets for s in streams),
            sum(s.missed for s in streams),
            sum(s.repaired for s in streams),
            sum(s.lost_for_good for s in streams),
            video.frames if video else 0,
        )
        elapsed, octets, packets, missed, repaired, lost, frames = (
            now_ - then for now_, then in zip(current, self._quality_from, strict=True)
        )
        self._quality_from = current
        # Of a long hole only the newest part is ever asked for, and so given up.
        expected = packets + max(missed - repaired, lost, 0) or 1
        return PublishQuality(
            bitrate_bps=round(octets * 8 / max(elapsed, 0.001)),
            loss_percent=round(100 * missed / expected, 1),
            unrepaired_percent=round(100 * lost / expected, 1),
            rtt_ms=round(self._rtt_s * 1000, 1),
            frames_per_second=round(frames / max(elapsed, 0.001), 1),
            playout_delay_ms=max((s.repair_time.playout_delay_ms(now) for s in streams), default=0),
        )

    async def close(self) -> None:
        """End the timer and the transport; safe to call more than once. What has arrived is handed on first."""
        self.hand_over()
        self._subscribers.clear()
        if self._repair_timer is not None:
            self._repair_timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._transport.close()

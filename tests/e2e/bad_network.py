"""One call between a phone on a bad network and an inspector on a good one, and what is left of it afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from playwright.async_api import Browser

from tests.e2e.deployments import Deployment
from tests.e2e.index import TrackRecord
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.phone import ENTERPRISE, PhonePages
from tests.e2e.staff import Staff
from tests.e2e.waiting import until
from tests.support.archive import Content, chain_faults, decode, sound_packets
from tests.support.chromium import Screen, SentFrame, SentSound, ShownFrame, open_screen
from tests.support.comparison import lost_frames
from tests.support.relay import Conditions, Relay
from tests.support.tcp_relay import TcpRelay

OPUS_HZ = 48_000
END_MARGIN = timedelta(seconds=0.5)
"""What left the browser so shortly before the end may still have been on its way."""


@dataclass(frozen=True)
class Browsers:
    """The phone's with the site before its camera, the laptop's with the office."""

    phone: Browser
    laptop: Browser


@dataclass(frozen=True)
class Aftermath:
    """What the product stored of the phone, what the phone sent, what the inspector saw."""

    track: TrackRecord
    content: Content
    sent: list[SentFrame]
    sent_sound: list[SentSound]
    shown: list[ShownFrame]
    decoded: list[tuple[datetime, int]]
    gaps: list[tuple[datetime, datetime, str]]
    late: list[tuple[datetime, float]]

    def machine_stood_still_s(self, since: datetime) -> float:
        """By how much a page or the phone's encoder was late at most: no fault of the network or the product."""
        frames = [frame.at for frame in self.sent if frame.at >= since]
        encoder = max(((b - a).total_seconds() for a, b in pairwise(frames)), default=0.0)
        return max(encoder, self.pages_were_late_s(since))

    def pages_were_late_s(self, since: datetime) -> float:
        """As ``machine_stood_still_s`` where the encoder has reason to pause."""
        return max((late_s for at, late_s in self.late if at >= since), default=0.0)

    def decoded_per_second(self, since: datetime, until_: datetime) -> float:
        """How many pictures of the phone's the inspector's page was able to draw, be the machine busy or not."""
        within = [(at, count) for at, count in self.decoded if since <= at <= until_]
        (began_at, before), (ended_at, after) = within[0], within[-1]
        return (after - before) / (ended_at - began_at).total_seconds()

    def gaps_before_the_end(self) -> list[tuple[datetime, datetime, str]]:
        """But for the one of the pictures that were still being sent again when the inspection ended."""
        return [gap for gap in self.gaps if gap[0] < self.content.frames[-1].at]

    def stored_sound(self) -> list[datetime]:
        return sound_packets(self.track.segments)

    def sound_slipped_s(self) -> float:
        """By how much the phone's sound lost time against the clock on the wall.

        A busy machine's microphone leaves samples out and numbers the rest without a hole; the archive puts them back
        to their time at its next cut, with a hole that is not the network's.
        """
        first = self.sent_sound[0]
        by_second: dict[int, float] = {}
        for packet in self.sent_sound:
            since_s = (packet.at - first.at).total_seconds()
            late_s = since_s - ((packet.rtp_timestamp - first.rtp_timestamp) % (1 << 32)) / OPUS_HZ
            # A page that is late writes down a later time; the least of a second is what the microphone did.
            by_second[int(since_s)] = min(late_s, by_second.get(int(since_s), late_s))
        return max(by_second.values()) - min(by_second.values())

    def missing(self) -> list[int]:
        """Pictures that the phone sent between the first and the last stored one and that are not stored."""
        streams = sorted({frame.stream for frame in self.sent})
        return [
            place
            for stream in streams
            for place in lost_frames(
                [f for f in self.content.frames if f.init in self._inits_of(stream)],
                [f for f in self.sent if f.stream == stream],
            )
        ]

    def _inits_of(self, stream: int) -> set[str]:
        epoch = self.track.epochs[stream].number
        return {s.name for s in self.track.segments if s.kind == "init" and s.epoch == epoch}

    def longest_hole_s(self) -> float:
        """The longest time without a stored picture."""
        return max((b.at - a.at).total_seconds() for a, b in pairwise(self.content.frames))

    def bitrate_bps(self, since: datetime) -> float:
        """Of the stored segments that begin after this."""
        segments = [s for s in self.track.segments if s.kind == "media" and s.started_at >= since]
        return sum(s.byte_length for s in segments) * 8000 / sum(s.duration_ms for s in segments)


def longest_stall_s(shown: Sequence[ShownFrame], since: datetime) -> float:
    """For how long a picture stood still at most, from then to the last one that was drawn."""
    times = [since, *(frame.at for frame in shown if frame.at >= since)]
    return max((later - earlier).total_seconds() for earlier, later in pairwise(times))


def frames_per_second(times: Sequence[datetime], since: datetime, until_: datetime) -> float:
    """How many of these moments lie between the two, by the second."""
    return sum(since <= at <= until_ for at in times) / (until_ - since).total_seconds()


@dataclass
class BadCall:
    """A call that runs.

    The phone's media goes through ``media``, all its requests through ``signalling``, the inspector's media through
    ``viewer``, which is a good network until told otherwise.
    """

    deployment: Deployment
    staff: Staff
    inspection_id: str
    enterprise: Screen
    inspector: Screen
    media: Relay
    signalling: TcpRelay
    viewer: Relay

    async def picture_after(self, moment: datetime, *, within_s: float) -> datetime:
        """Wait until the inspector sees a picture again that was drawn after this; returns when it was."""

        async def look() -> datetime | None:
            times: list[float] = await self.inspector.page.evaluate(
                "(since) => window.__shown.map(([at]) => at).filter((at) => at > since).slice(0, 1)",
                moment.timestamp() * 1000,
            )
            return datetime.fromtimestamp(times[0] / 1000, UTC) if times else None

        return await until(look, within_s=within_s, what="the inspector's picture")

    async def outage(self, seconds: float, *, signalling: bool = False) -> tuple[datetime, datetime]:
        """Let nothing of the phone's pass; returns when it began and when it was over."""
        began_at = datetime.now(UTC)
        self.media.set_down(True)
        if signalling:
            self.signalling.set_down(True)
        await asyncio.sleep(seconds)
        self.media.set_down(False)
        if signalling:
            self.signalling.set_down(False)
        return began_at, datetime.now(UTC)

    async def end(self) -> Aftermath:
        """End the inspection and collect everything."""
        sent, sound = await self.enterprise.sent(), await self.enterprise.sent_sound()
        shown, decoded = await self.inspector.shown(), await self.inspector.decoded()
        late = [*await self.inspector.late(), *await self.enterprise.late()]
        await asyncio.sleep(END_MARGIN.total_seconds())
        await self.staff.end(self.inspection_id)
        tracks = await until(
            lambda: self.deployment.all_stored(self.inspection_id), within_s=20, what="the whole footage"
        )
        (track,) = [track for track in tracks if track.participant_name == ENTERPRISE]
        told = await self.staff.footage(self.inspection_id)
        gaps = [
            (datetime.fromisoformat(gap["started_at"]), datetime.fromisoformat(gap["ended_at"]), gap["reason"])
            for shown_track in told["tracks"]
            if shown_track["track_id"] == track.track.id
            for gap in shown_track["gaps"]
        ]
        content = await asyncio.to_thread(decode, track.segments)
        if faults := [*chain_faults(track.segments), *content.faults]:
            raise AssertionError(faults)
        return Aftermath(track, content, sent, sound, shown, decoded, gaps, late)


@asynccontextmanager
async def bad_call(
    browsers: Browsers, deployment: Deployment, conditions: Conditions, *, signalling_delay_ms: float = 0
) -> AsyncIterator[BadCall]:
    """As ``call_between``, with screens that are opened for it."""
    inspector = await open_screen(browsers.laptop, "inspector")
    enterprise = await open_screen(browsers.phone, "enterprise", phone=True)
    try:
        async with call_between(
            inspector, enterprise, deployment, conditions, signalling_delay_ms=signalling_delay_ms
        ) as call:
            yield call
    finally:
        for screen in (inspector, enterprise):
            await screen.context.close()


@asynccontextmanager
async def call_between(
    inspector: Screen,
    enterprise: Screen,
    deployment: Deployment,
    conditions: Conditions,
    *,
    signalling_delay_ms: float = 0,
) -> AsyncIterator[BadCall]:
    """The phone has joined and the inspector sees it; ``conditions`` hold in both directions from the start."""
    product = deployment.product
    media, viewer = Relay(conditions, conditions), Relay()
    signalling = await TcpRelay.listening("127.0.0.1", product.port, delay_ms=signalling_delay_ms)
    try:
        async with Staff.signed_in(product.url) as staff:
            invited = await staff.invite()
            await media.attach(enterprise.context)
            await viewer.attach(inspector.context)
            laptop, phone = LaptopPages(inspector.page, product.url), PhonePages(enterprise.page)
            await laptop.sign_in()
            await laptop.enter_call(invited.inspection_id)
            await phone.join(invited.link.replace(f":{product.port}/", f":{signalling.port}/"))
            call = BadCall(deployment, staff, invited.inspection_id, enterprise, inspector, media, signalling, viewer)
            await call.picture_after(datetime.fromtimestamp(0, UTC), within_s=20)
            yield call
    finally:
        media.close()
        viewer.close()
        signalling.close()

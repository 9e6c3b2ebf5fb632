"""One received RTP stream: unwrapping, loss, clock and statistics. Pure: ``now`` is monotonic seconds.

Runs on the worker's event loop; owned by its publish connection. Holds no packets: they go on as they came, and the
only memory is the bounded list of missing ones.

Whoever listens sees one stream of numbers that go on growing, whatever the sender does: where its sequence numbers
begin anew (another SSRC, a restart) there is a hole of one packet, and where its timestamps jump, forward or back, they
go on with the time that has passed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from inspect_server.media import rtcp, rtp
from inspect_server.media.access_unit import CLOCK_RATE_HZ, Codec, MediaKind
from inspect_server.media.clock import PublisherClock, StreamClock, WallClock
from inspect_server.media.codecs.keyframe_start import starts_keyframe, starts_stream
from inspect_server.media.datapath import Fanout, RtpPacket
from inspect_server.media.nack import NackSchedule
from inspect_server.media.repair_time import RepairTime
from inspect_server.media.sdp.publish_answer import AcceptedMedia

OWN_SSRC: Final = 1
_NO_SSRC: Final = -1
# At the start of a picture so many packets may have been lost before the first one that came.
EARLIER_PACKETS: Final = 16
# Nothing that is so old is still on its way: the sender's numbers have begun anew.
SEQUENCE_RESTART: Final = 3000
# No queue on the way makes the media time run so much faster or slower than the clock on the wall.
TIMESTAMP_JUMP_S: Final = 10.0


class ReceiveStream:
    """One SSRC at a time; another SSRC on the same payload type takes the stream over."""

    def __init__(self, media: AcceptedMedia, publisher_clock: PublisherClock, wall_clock: WallClock) -> None:
        self.kind: MediaKind = media.kind
        self.codec: Codec = media.codec
        self._publisher_clock = publisher_clock
        self._wall_clock = wall_clock
        self._rate = CLOCK_RATE_HZ[media.kind]
        self.fanout = Fanout(round(TIMESTAMP_JUMP_S * self._rate))
        """To whom the packets have gone on already when they come here."""
        self.packets = 0
        self.octets = 0
        self.lost_for_good = 0
        self.missed = 0
        self.repaired = 0
        self.frames = 0
        self.newest_keyframe = -1
        """Where the last one began of which the first packet has come."""
        self.ssrc = _NO_SSRC
        self.first_sequence: int | None = None
        self.repair_time = RepairTime()
        self._sequences = rtp.Unwrapper(16)
        self._sequence_shift = 0
        self._restarts_with = -1
        self._highest_sequence = 0
        self._timestamps = rtp.Unwrapper(32)
        self._timestamp_on_wire = -1
        self._timestamp = 0
        self._newest_timestamp = 0
        self._newest_at: float | None = None
        self._nack = NackSchedule()
        self._given_up_until = -1
        self._clock = StreamClock(publisher_clock, self._rate)
        self._jitter = 0.0
        self._transit: float | None = None
        self._last_report_middle = 0
        self._last_report_at: float | None = None
        self._counted_from = 0
        self._lost_before = 0
        self._lost_at_last_report = 0
        self._expected_at_last_report = 0

    @property
    def quiet(self) -> bool:
        """Nothing is missing."""
        return self._nack.idle

    def mostly_missing(self, now: float) -> bool:
        """Most of the newest packets are not there (yet)."""
        return self._nack.mostly_missing(now)

    @property
    def newest_sequence(self) -> int:
        """Of what has come so far, unwrapped."""
        return self._highest_sequence

    def take(self, packets: Iterable[RtpPacket]) -> list[RtpPacket]:
        """Take in packets as they came and unwrap their numbers in place; returns those that are no duplicates."""
        fresh: list[RtpPacket] = []
        stray: tuple[RtpPacket, int, int] | None = None
        for packet in packets:
            on_wire, timestamp_on_wire, now = packet.sequence, packet.timestamp, packet.arrived_at
            if packet.ssrc != self.ssrc:
                self._begin(packet, now)
            sequence = self._sequences.unwrap(on_wire)
            if not self._nack.received(sequence, now):
                if not self._begins_anew(on_wire, sequence, now):
                    continue
                sequence = self._sequences.unwrap(on_wire)
                self._nack.received(sequence, now)
            packet.sequence = sequence
            ahead = sequence - self._highest_sequence
            # All packets of a picture carry the same timestamp.
            if packet.timestamp == self._timestamp_on_wire:
                packet.timestamp = self._timestamp
            else:
                self._take_timestamp(packet, now, is_newest=ahead >= 0)
                self._note_keyframe(packet)
            self.octets += packet.payload_end - packet.payload_start
            if ahead > 0:
                self.missed += ahead - 1
                self._highest_sequence = sequence
            elif ahead < 0:
                self.repaired += 1
                self.repair_time.repaired(self._nack.repaired_in_s, now)
                self._note_keyframe(packet)
            if packet.marker or self.kind is MediaKind.AUDIO:
                self.frames += 1
                self._measure(packet.timestamp, now)
            if ahead >= 0 and not packet.carried:
                stray = packet, on_wire, timestamp_on_wire
            fresh.append(packet)
        self.packets += len(fresh)
        if stray is not None:
            self.fanout.follow(self.ssrc, *_numbers(*stray))
        return fresh

    def _begin(self, packet: RtpPacket, now: float) -> None:
        """The first packet of an SSRC, as it is on the wire."""
        is_first, self.ssrc = self.ssrc == _NO_SSRC, packet.ssrc
        self._timestamp_on_wire = -1
        self._last_report_middle, self._last_report_at = 0, None
        if not is_first:
            self._clock = StreamClock(self._publisher_clock, self._rate)
            self._number_anew(packet.sequence, now)
            return
        whole = self.kind is MediaKind.AUDIO or starts_stream(
            self.codec, packet.data, packet.payload_start, packet.payload_end
        )
        earlier = 0 if whole else EARLIER_PACKETS
        self.first_sequence = packet.sequence - earlier
        self._counted_from = self._highest_sequence = packet.sequence
        self._nack.expect(packet.sequence, now, earlier=earlier)

    def _begins_anew(self, on_wire: int, sequence: int, now: float) -> bool:
        """Whether this refused packet is the second in a row that is far behind: then it is the newest from now on."""
        if sequence >= self._highest_sequence - SEQUENCE_RESTART:
            return False
        is_second = on_wire == self._restarts_with
        self._restarts_with = (on_wire + 1) & 0xFFFF
        if is_second:
            self._number_anew(on_wire, now)
        return is_second

    def _number_anew(self, on_wire: int, now: float) -> None:
        """Let this sequence number go on behind the newest one, with a hole of one packet."""
        sequence = self._highest_sequence + 2
        self._sequences.restart(on_wire, sequence)
        self._sequence_shift = sequence - on_wire
        self._nack.restart(sequence, now)
        self._counted_from = self._highest_sequence = sequence
        self._lost_before = self.lost_for_good
        self._lost_at_last_report = self._expected_at_last_report = 0

    def _take_timestamp(self, packet: RtpPacket, now: float, *, is_newest: bool) -> None:
        timestamp = self._timestamps.unwrap(packet.timestamp)
        if is_newest:
            if self._newest_at is not None:
                expected = self._newest_timestamp + round((now - self._newest_at) * self._rate)
                if abs(timestamp - expected) > TIMESTAMP_JUMP_S * self._rate:
                    timestamp = expected
                    self._timestamps.restart(packet.timestamp, timestamp)
                    self._clock = StreamClock(self._publisher_clock, self._rate)
            self._newest_timestamp, self._newest_at = timestamp, now
        if not self._clock.known:
            self._clock.arrived(timestamp, self._wall_clock.utc_us(now))
        self._timestamp_on_wire = packet.timestamp
        packet.timestamp = self._timestamp = timestamp

    def _note_keyframe(self, packet: RtpPacket) -> None:
        """Called for the first packet of a picture that came, and for those that came late."""
        if packet.sequence > self.newest_keyframe and starts_keyframe(
            self.codec, packet.data, packet.payload_start, packet.payload_end
        ):
            self.newest_keyframe = packet.sequence

    def _measure(self, timestamp: int, now: float) -> None:
        """Interarrival jitter (RFC 3550, A.8) and, until the first report, the clock's fallback."""
        transit = now * self._rate - timestamp
        if self._transit is not None:
            self._jitter += (abs(transit - self._transit) - self._jitter) / 16
        self._transit = transit
        if not self._clock.reported:
            self._clock.arrived(timestamp, self._wall_clock.utc_us(now))

    def sender_report(self, report: rtcp.SenderReport, now: float) -> int:
        """Take in a sender report of this SSRC; returns its RTP time unwrapped."""
        rtp_time = self._timestamps.unwrap(report.rtp_time)
        self._clock.report(report.ntp_us, rtp_time, self._wall_clock.utc_us(now))
        self._last_report_middle = rtcp.middle_32(*rtcp.unix_us_to_ntp(report.ntp_us))
        self._last_report_at = now
        return rtp_time

    @property
    def newest_timestamp(self) -> int:
        """Of what has come so far, unwrapped."""
        return self._newest_timestamp

    @property
    def reported(self) -> bool:
        """A sender report has come: ``utc_us`` no longer rests on when packets arrived."""
        return self._clock.reported

    def utc_us(self, rtp_time: int) -> int:
        """Server UTC, microseconds, of an unwrapped RTP time; LookupError before the first packet."""
        return self._clock.utc_us(rtp_time)

    def retransmissions_due(self, now: float, rtt_s: float, *, apart_s: float = 0.0) -> list[int]:
        """Ask the sender for these now: ``NackSchedule.due``."""
        return self._nack.due(now, rtt_s, apart_s=apart_s)

    def viewers_stand_still(self, now: float) -> bool:
        """Something has been missing for so long that viewers need a keyframe now."""
        return self._nack.viewers_stand_still(now, since=self.newest_keyframe)

    def given_up(self, now: float, rtt_s: float) -> list[int]:
        """Lost for good since the last call."""
        lost = self._nack.abandoned(now, rtt_s)
        # What may have been before the first packet was perhaps never sent.
        self.lost_for_good += sum(sequence >= self._counted_from for sequence in lost)
        if lost:
            self._given_up_until = lost[-1]
        return lost

    def give_up_missing(self) -> None:
        """What is missing now is not worth asking for; ``given_up`` tells it next."""
        self._nack.abandon_all()

    def give_up_what_is_past(self) -> None:
        """As ``give_up_missing``, for what viewers have no use for.

        That is what is before the newest keyframe; and, behind a loss for good, all that is before the next one.
        """
        if self._given_up_until > self.newest_keyframe:
            self._nack.abandon_all()
        else:
            self._nack.abandon_before(self.newest_keyframe)

    def report_block(self, now: float) -> rtcp.ReportBlock:
        """What to tell the sender: only loss that could not be repaired, so that it does not slow down for the rest."""
        expected = self._highest_sequence - self._counted_from + 1
        lost = self.lost_for_good - self._lost_before
        expected_now = expected - self._expected_at_last_report
        lost_now = lost - self._lost_at_last_report
        self._expected_at_last_report, self._lost_at_last_report = expected, lost
        fraction = min(255, max(0, lost_now * 256 // expected_now)) if expected_now > 0 else 0
        delay = 0 if self._last_report_at is None else round((now - self._last_report_at) * 65536)
        return rtcp.ReportBlock(
            ssrc=self.ssrc,
            fraction_lost=fraction,
            total_lost=min(lost, 0x7FFFFF),
            highest_sequence=self._highest_sequence - self._sequence_shift,
            jitter=int(self._jitter),
            last_report=self._last_report_middle,
            delay=delay,
        )


def _numbers(packet: RtpPacket, on_wire: int, timestamp_on_wire: int) -> tuple[int, int, int, int]:
    """What a fanout must know to go on from this packet: numbers on the wire, and from there to the unwrapped ones."""
    return (
        on_wire,
        timestamp_on_wire,
        (packet.sequence - on_wire) & 0xFFFF,
        (packet.timestamp - timestamp_on_wire) & 0xFFFFFFFF,
    )

"""From packets to dated access units."""

from collections.abc import Callable

import pytest

from inspect_server.media.access_unit import AccessUnit, Codec, MediaKind
from inspect_server.media.clock import PublisherClock, WallClock
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.receive import ReceiveStream
from inspect_server.media.recording import MIN_SETTLE_S, RecordingSubscriber
from inspect_server.media.sdp.publish_answer import AcceptedMedia

NOON_US = 1_790_000_000_000_000
FRAME_S = 0.02
OPUS = b"\xfc\xff\xfe"


class Sound:
    """A microphone whose packets come with a delay; the time is the test's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.units: list[AccessUnit] = []
        media = AcceptedMedia(MediaKind.AUDIO, "0", Codec.OPUS, 111, abs_send_time_id=None)
        self.stream = ReceiveStream(media, PublisherClock(), WallClock(utc_us=NOON_US, monotonic_s=0.0))
        self.recording = RecordingSubscriber({MediaKind.AUDIO: self.stream}, self, need_keyframe=lambda: None)
        clock: Callable[[], float] = lambda: self.now  # noqa: E731 - one line says it
        monkeypatch.setattr("inspect_server.media.recording.time.monotonic", clock)

    def write(self, unit: AccessUnit) -> None:
        self.units.append(unit)

    def left_out(self, kind: MediaKind, until_us: int) -> None:
        raise AssertionError(f"sound can be decoded behind a loss: {kind} {until_us}")

    def hear(self, index: int, *, delay_s: float) -> None:
        self.recording.on_packets(MediaKind.AUDIO, self.pass_by(index, delay_s=delay_s), self.now)

    def pass_by(self, index: int, *, delay_s: float = 0) -> list[RtpPacket]:
        """A packet that the stream takes in; the recording does not hear of it."""
        data = bytes(12) + OPUS
        self.now = index * FRAME_S + delay_s
        packet = RtpPacket(
            data, 111, marker=False, sequence=index, timestamp=index * 960, ssrc=5, payload_start=12,
            payload_end=len(data), arrived_at=self.now,
        )  # fmt: skip
        return self.stream.take([packet])


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> Sound:
    return Sound(monkeypatch)


def test_the_first_packet_being_late_does_not_date_the_sound_late(sound: Sound) -> None:
    for index in range(40):
        sound.hear(index, delay_s=max(0.3 - index * FRAME_S, 0.05))
    assert len(sound.units) == 40
    dates = [unit.captured_at_us - NOON_US for unit in sound.units]
    assert dates == [pytest.approx(index * 20_000 + 50_000, abs=1) for index in range(40)]


def test_what_is_held_is_handed_over_at_the_end(sound: Sound) -> None:
    sound.hear(0, delay_s=0)
    sound.hear(1, delay_s=0)
    assert sound.units == []
    sound.recording.close()
    assert [unit.rtp_time for unit in sound.units] == [0, 960]


def test_what_waits_for_a_lost_packet_is_handed_over_at_the_end(sound: Sound) -> None:
    for index in (0, 1, 3, 4):
        sound.hear(index, delay_s=0)
    sound.recording.close()
    assert [unit.rtp_time for unit in sound.units] == [0, 960, 3 * 960, 4 * 960]


def test_after_settling_nothing_is_held_back(sound: Sound) -> None:
    settled = round(MIN_SETTLE_S / FRAME_S) + 1
    for index in range(settled + 1):
        sound.hear(index, delay_s=0)
    assert len(sound.units) == settled + 1


@pytest.mark.parametrize("unheard", [1, 2, 16, 17])
def test_what_went_by_before_the_recording_began_is_not_waited_for(sound: Sound, unheard: int) -> None:
    for index in range(unheard):
        sound.pass_by(index)
    settled = unheard + round(MIN_SETTLE_S / FRAME_S) + 1
    for index in range(unheard, settled + 1):
        sound.hear(index, delay_s=0)
    assert [unit.rtp_time for unit in sound.units] == [index * 960 for index in range(unheard, settled + 1)]


def test_what_overtook_the_first_packet_waits_for_it(sound: Sound) -> None:
    settled = round(MIN_SETTLE_S / FRAME_S) + 2
    sound.pass_by(0)
    sound.recording.on_packets(MediaKind.AUDIO, [*sound.pass_by(2), *sound.pass_by(1)], sound.now)
    for index in range(3, settled + 1):
        sound.hear(index, delay_s=0)
    assert [unit.rtp_time for unit in sound.units] == [index * 960 for index in range(1, settled + 1)]

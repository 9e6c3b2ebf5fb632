"""RTP time to UTC: one origin for picture and sound, whatever the publisher's clock says."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inspect_server.media.clock import OFFSET_WINDOW, STEP_US, PublisherClock, StreamClock, WallClock

NOON_US = 1_790_000_000_000_000


def test_before_anything_arrives_there_is_no_time() -> None:
    with pytest.raises(LookupError):
        StreamClock(PublisherClock(), 90_000).utc_us(0)


def test_until_the_first_report_the_fastest_packet_dates_the_others() -> None:
    clock = StreamClock(PublisherClock(), 90_000)
    clock.arrived(0, NOON_US + 30_000)
    clock.arrived(9_000, NOON_US + 100_000)
    clock.arrived(18_000, NOON_US + 260_000)
    assert clock.utc_us(0) == NOON_US
    assert clock.utc_us(18_000) == NOON_US + 200_000


@given(
    publisher_is_wrong_by_us=st.integers(-(10**15), 10**12),
    delay_us=st.integers(0, 200_000),
    jitters_us=st.lists(st.integers(0, 300_000), min_size=3, max_size=OFFSET_WINDOW // 2),
    video_base=st.integers(0, 2**32),
    audio_base=st.integers(0, 2**32),
)
def test_picture_and_sound_of_one_moment_get_one_time(
    publisher_is_wrong_by_us: int, delay_us: int, jitters_us: list[int], video_base: int, audio_base: int
) -> None:
    publisher = PublisherClock()
    video, audio = StreamClock(publisher, 90_000), StreamClock(publisher, 48_000)
    jitters_us[1] = 0
    for second, jitter in enumerate(jitters_us):
        at = NOON_US + second * 1_000_000
        arrived = at + delay_us + jitter
        video.report(at + publisher_is_wrong_by_us, video_base + second * 90_000, arrived)
        audio.report(at + publisher_is_wrong_by_us, audio_base + second * 48_000, arrived)
    assert video.utc_us(video_base) == pytest.approx(NOON_US + delay_us, abs=2)
    assert audio.utc_us(audio_base) == pytest.approx(NOON_US + delay_us, abs=2)


def test_a_step_of_the_system_clock_does_not_move_the_wall_clock() -> None:
    clock = WallClock(utc_us=NOON_US, monotonic_s=1000.0)
    assert clock.utc_us(1001.5) == NOON_US + 1_500_000


def test_a_drifting_publisher_is_followed() -> None:
    publisher = PublisherClock()
    video = StreamClock(publisher, 90_000)
    for second in range(3600):
        # The publisher's clock runs 50 ppm fast: after an hour it is 180 ms ahead.
        theirs = NOON_US + round(second * 1_000_050)
        video.report(theirs, round(second * 90_004.5), NOON_US + second * 1_000_000)
    assert video.utc_us(round(3599 * 90_004.5)) == pytest.approx(NOON_US + 3599 * 1_000_000, abs=5_000)


@given(step_us=st.integers(-(10**12), 10**12), late_us=st.integers(0, 4_000_000))
def test_a_publisher_that_sets_its_clock_moves_nothing(step_us: int, late_us: int) -> None:
    # Set forward by less than its reports are late it looks like RTP time that stood still, until one is in time.
    assume(step_us < 0 or step_us > late_us + STEP_US)
    publisher = PublisherClock()
    video, audio = StreamClock(publisher, 90_000), StreamClock(publisher, 48_000)
    for second in range(5):
        for clock, rate in ((video, 90_000), (audio, 48_000)):
            clock.report(NOON_US + second * 1_000_000, second * rate, NOON_US + second * 1_000_000 + 20_000)
    # The next reports come late besides, as over a full queue.
    arrived = NOON_US + 5_020_000 + late_us
    expected = NOON_US + 20_000 + 5_000_000
    video.report(NOON_US + 5_000_000 + step_us, 5 * 90_000, arrived)
    assert video.utc_us(5 * 90_000) == pytest.approx(expected, abs=STEP_US)
    assert audio.utc_us(5 * 48_000) == pytest.approx(expected, abs=STEP_US)
    audio.report(NOON_US + 5_000_000 + step_us, 5 * 48_000, arrived)
    assert audio.utc_us(5 * 48_000) == pytest.approx(video.utc_us(5 * 90_000), abs=2)


@given(pause_us=st.integers(STEP_US, 600_000_000), late_us=st.integers(0, 4_000_000))
def test_sound_whose_rtp_time_stands_still_in_a_phone_call_moves_no_picture(pause_us: int, late_us: int) -> None:
    publisher = PublisherClock()
    video, audio = StreamClock(publisher, 90_000), StreamClock(publisher, 48_000)
    for second in range(5):
        for clock, rate in ((video, 90_000), (audio, 48_000)):
            clock.report(NOON_US + second * 1_000_000, second * rate, NOON_US + second * 1_000_000 + 20_000)
    back = NOON_US + 4_000_000 + pause_us
    audio.report(back, 4 * 48_000, back + 20_000 + late_us)
    assert audio.utc_us(4 * 48_000) == back + 20_000
    assert video.utc_us(4 * 90_000) == NOON_US + 4_020_000

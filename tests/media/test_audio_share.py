"""The picture leaves room for sound, also in a pause of speech."""

import pytest

from inspect_server.media.audio_share import HEADER_OCTETS, AudioShare


def test_the_share_is_what_comes_with_all_headers() -> None:
    share = AudioShare()
    assert share.update(0, 0, 10.0) == 0
    assert share.update(50, 4000, 11.0) == (4000 + 50 * HEADER_OCTETS) * 8


def test_too_short_a_time_tells_nothing() -> None:
    share = AudioShare()
    share.update(0, 0, 10.0)
    assert share.update(10, 1000, 10.1) == 0


def test_a_pause_keeps_its_place_for_a_while() -> None:
    share = AudioShare()
    share.update(0, 0, 0.0)
    speaking = share.update(50, 4000, 1.0)
    for second in range(2, 12):
        paused = share.update(50, 4000, float(second))
    assert paused == pytest.approx(speaking / 2)


def test_what_a_queue_kept_back_and_hands_over_at_once_hardly_counts() -> None:
    share = AudioShare()
    true_bps = 50 * (80 + HEADER_OCTETS) * 8
    shares = [share.update(packets, 80 * packets, at_s) for at_s, packets in enumerate_halves(0, 25, 40, 75, 100)]
    assert max(shares) <= 1.25 * true_bps


def enumerate_halves(*packets: int) -> list[tuple[float, int]]:
    """So many packets had come after each half of a second."""
    return [(half / 2, count) for half, count in enumerate(packets)]

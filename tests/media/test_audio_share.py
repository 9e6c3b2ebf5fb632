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

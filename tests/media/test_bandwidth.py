"""The estimate starts high, falls on a growing queue, and comes back."""

import pytest

from inspect_server.media.bandwidth import CEILING_BPS, FLOOR_BPS, START_BPS, BandwidthEstimate

PACKET_BYTES = 1100


class Link:
    """A bottleneck of ``rate_bps`` with an endless queue in front of it, behind a constant delay."""

    def __init__(self) -> None:
        self.estimate = BandwidthEstimate()
        self.now = 0.0
        self._free_at = 0.0

    def run(self, seconds: float, *, rate_bps: float, loss: float = 0.0) -> None:
        end = self.now + seconds
        next_update = self.now
        owed = 0.0
        count = 0
        while self.now < end:
            self.now += 0.01
            owed += self.estimate.bitrate_bps * 0.01 / 8
            while owed >= PACKET_BYTES:
                owed -= PACKET_BYTES
                count += 1
                self._free_at = max(self._free_at, self.now) + PACKET_BYTES * 8 / rate_bps
                if loss and count % round(1 / loss) == 0:
                    continue
                arrival = self._free_at + 0.05
                self.estimate.received(PACKET_BYTES, arrival)
                self.estimate.sent_at((round(self.now * (1 << 18)) & 0xFFFFFF).to_bytes(3), arrival)
            if self.now >= next_update:
                next_update += 0.5
                self.estimate.update(max(self.now, self._free_at) + 0.05)


def test_it_starts_high() -> None:
    assert BandwidthEstimate().update(0.0) == START_BPS


def test_on_a_good_link_it_stays_at_the_ceiling_through_the_wrap_of_the_send_time() -> None:
    link = Link()
    link.run(70, rate_bps=20_000_000)
    assert link.estimate.bitrate_bps == CEILING_BPS


def test_random_loss_alone_does_not_lower_it() -> None:
    link = Link()
    link.run(20, rate_bps=20_000_000, loss=0.1)
    assert link.estimate.bitrate_bps == CEILING_BPS


def test_a_narrow_link_is_found_and_left_again() -> None:
    link = Link()
    link.run(20, rate_bps=600_000)
    assert link.estimate.bitrate_bps < 800_000
    link.run(40, rate_bps=20_000_000)
    assert link.estimate.bitrate_bps == pytest.approx(CEILING_BPS, rel=0.05)


def test_it_never_falls_below_the_floor() -> None:
    link = Link()
    link.run(20, rate_bps=50_000)
    assert link.estimate.bitrate_bps == FLOOR_BPS

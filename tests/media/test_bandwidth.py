"""The estimate starts high, follows what the network really carries, and is not fooled by jitter and loss.

A publisher that obeys sends over the relay's own link, an hour in seconds.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_server.media.bandwidth import CEILING_BPS, FLOOR_BPS, START_BPS, BandwidthEstimate
from tests.support.relay import Conditions
from tests.support.uplink import Moment, Uplink

WIDE_BPS = 6_000_000
MBPS = 1_000_000


def decreases(history: list[Moment]) -> int:
    sustained = [moment.sustained_bps for moment in history]
    return sum(later < earlier for earlier, later in pairwise(sustained))


def until(history: list[Moment], sustained_bps: float) -> float:
    """Seconds until the estimate was that high (inf: never)."""
    return next((m.at - history[0].at for m in history if m.sustained_bps >= sustained_bps), float("inf"))


def test_it_starts_high() -> None:
    assert BandwidthEstimate().update(0.0, missed=0, rtt_s=0.1) == START_BPS


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(Conditions(delay_ms=25), id="fast"),
        pytest.param(Conditions(delay_ms=25, jitter_ms=60), id="jitter of LTE"),
        pytest.param(Conditions(delay_ms=150, jitter_ms=30), id="far away"),
        pytest.param(Conditions(delay_ms=25, loss=0.1), id="10 % loss"),
        pytest.param(Conditions(delay_ms=50, loss=0.3), id="30 % loss"),
        pytest.param(Conditions(delay_ms=25, loss=0.1, burst_packets=5), id="bursts of loss"),
    ],
)
def test_what_is_no_queue_does_not_lower_it(network: Conditions) -> None:
    # Over a minute, so that the send time wraps, too.
    uplink = Uplink(network, rate_bps=WIDE_BPS)
    assert {moment.sustained_bps for moment in uplink.run(70)} == {CEILING_BPS}


@pytest.mark.parametrize("pause_ms", [100, 200, 300])
def test_a_pause_of_wifi_every_second_does_not_lower_it(pause_ms: int) -> None:
    uplink = Uplink(Conditions(delay_ms=25), rate_bps=WIDE_BPS)
    for _ in range(30):
        uplink.run(0.95, delay_ms=25)
        uplink.run(0.05, delay_ms=25 + pause_ms)
    assert decreases(uplink.history) == 0


@pytest.mark.parametrize("rate_bps", [2_000_000, 1_000_000, 500_000, 200_000, 120_000])
@pytest.mark.parametrize("queue_ms", [150, 300, 1500])
@pytest.mark.parametrize("jitter_ms", [0, 40])
def test_it_settles_on_what_the_link_carries(rate_bps: int, queue_ms: float, jitter_ms: float) -> None:
    uplink = Uplink(Conditions(delay_ms=25, queue_ms=queue_ms, jitter_ms=jitter_ms), rate_bps=rate_bps)
    # A deep queue has to be emptied first.
    uplink.run(4 + queue_ms / 100)
    settled = uplink.run(60)
    assert min(moment.sustained_bps for moment in settled) > 0.7 * rate_bps
    assert max(moment.sustained_bps for moment in settled) < 1.3 * rate_bps
    mean = sum(moment.sustained_bps for moment in settled) / len(settled)
    assert mean == pytest.approx(0.93 * rate_bps, rel=0.07)
    assert uplink.carried_bps(60) > 0.7 * rate_bps


def test_when_the_link_narrows_to_a_tenth_the_queue_is_gone_within_a_second_and_a_half() -> None:
    uplink = Uplink(Conditions(delay_ms=25), rate_bps=2 * MBPS)
    uplink.run(10)
    narrow = uplink.run(5, rate_bps=200_000)
    first = next(moment for moment in narrow if moment.told_bps < 200_000)
    assert first.at - narrow[0].at < 0.5
    emptied = next(moment for moment in narrow if moment.at > first.at and moment.queue_ms < 60)
    assert emptied.at - narrow[0].at < 1.5


@pytest.mark.parametrize("seed", range(8))
def test_while_a_narrow_links_queue_is_emptied_the_encoder_is_not_starved(seed: int) -> None:
    uplink = Uplink(Conditions(delay_ms=25), rate_bps=2 * MBPS, seed=seed)
    uplink.run(10)
    narrow = [moment for moment in uplink.run(3, rate_bps=200_000) if moment.told_bps < 250_000]
    assert min(moment.told_bps for moment in narrow) >= 90_000
    assert min(moment.sustained_bps for moment in narrow) >= 140_000


def test_when_the_link_is_wide_again_it_is_back_within_ten_seconds() -> None:
    uplink = Uplink(Conditions(delay_ms=25), rate_bps=2 * MBPS)
    uplink.run(10)
    uplink.run(20, rate_bps=200_000)
    assert until(uplink.run(20, rate_bps=2 * MBPS), 1_000_000) < 10


def test_a_sender_that_cannot_send_so_little_does_not_blind_it() -> None:
    # Sound and the least of a picture are more than the link carries: its queue is always full.
    uplink = Uplink(Conditions(delay_ms=25), rate_bps=60_000)
    assert max(moment.sustained_bps for moment in uplink.run(120)[40:]) < 300_000


def test_a_longer_route_is_no_queue() -> None:
    uplink = Uplink(Conditions(delay_ms=25), rate_bps=WIDE_BPS)
    uplink.run(10)
    moved = uplink.run(20, delay_ms=175)
    assert min(moment.sustained_bps for moment in moved) > MBPS
    assert moved[-1].sustained_bps == CEILING_BPS


def test_beside_a_flow_that_does_not_yield_it_takes_what_is_left() -> None:
    uplink = Uplink(Conditions(delay_ms=25), rate_bps=3 * MBPS, other_bps=1.5 * MBPS)
    uplink.run(10)
    beside = uplink.run(60)
    assert sum(moment.sustained_bps for moment in beside) / len(beside) == pytest.approx(1.4 * MBPS, rel=0.15)


def test_a_policer_that_drops_without_a_queue_is_noticed() -> None:
    uplink = Uplink(Conditions(delay_ms=25, queue_ms=5), rate_bps=300_000)
    assert uplink.run(20)[-1].told_bps < 600_000


def test_an_outage_is_no_loss() -> None:
    uplink = Uplink(Conditions(delay_ms=25), rate_bps=WIDE_BPS)
    uplink.run(10)
    uplink.run(4, down=True)
    assert {moment.sustained_bps for moment in uplink.run(10, down=False)} == {CEILING_BPS}


def test_a_quiet_scene_may_become_lively_at_any_time() -> None:
    uplink = Uplink(Conditions(delay_ms=25), rate_bps=2 * MBPS, most_bps=100_000)
    assert {moment.sustained_bps for moment in uplink.run(20)} == {CEILING_BPS}
    uplink.most_bps = CEILING_BPS
    lively = uplink.run(20)
    assert max(moment.queue_ms for moment in lively if moment.at - lively[0].at > 2) < 250
    assert lively[-1].sustained_bps == pytest.approx(1.9 * MBPS, rel=0.15)


@settings(max_examples=25, deadline=None)
@given(
    rates_kbps=st.lists(st.integers(min_value=60, max_value=5000), min_size=1, max_size=5),
    loss=st.sampled_from([0.0, 0.02, 0.1, 0.3]),
    jitter_ms=st.integers(min_value=0, max_value=60),
    seed=st.integers(min_value=0, max_value=1000),
)
def test_whatever_the_network_does_it_stays_in_bounds_and_comes_back(
    rates_kbps: list[int], loss: float, jitter_ms: int, seed: int
) -> None:
    uplink = Uplink(Conditions(delay_ms=25, loss=loss, jitter_ms=jitter_ms), rate_bps=WIDE_BPS, seed=seed)
    for rate_kbps in rates_kbps:
        uplink.run(8, rate_bps=rate_kbps * 1000)
    uplink.run(40, rate_bps=WIDE_BPS)
    assert all(FLOOR_BPS <= moment.told_bps <= CEILING_BPS for moment in uplink.history)
    assert all(FLOOR_BPS <= moment.sustained_bps <= CEILING_BPS for moment in uplink.history)
    assert uplink.history[-1].sustained_bps == CEILING_BPS


@given(
    st.lists(
        st.tuples(
            st.binary(min_size=3, max_size=3),
            st.floats(min_value=0, max_value=2),
            st.integers(min_value=0, max_value=50),
        ),
        max_size=200,
    )
)
def test_made_up_send_times_and_losses_do_no_harm(packets: list[tuple[bytes, float, int]]) -> None:
    estimate, now, missed = BandwidthEstimate(), 0.0, 0
    for send_time, passed_s, lost in packets:
        now, missed = now + passed_s, missed + lost
        estimate.received(1000, 1)
        estimate.sent_at(send_time, now)
        assert FLOOR_BPS <= estimate.update(now, missed=missed, rtt_s=0.1) <= CEILING_BPS


def test_without_send_times_there_is_nothing_to_judge_by() -> None:
    estimate = BandwidthEstimate()
    for number in range(1000):
        estimate.received(1000, 1)
        assert estimate.update(number / 100, missed=2 * number, rtt_s=0.1) == START_BPS

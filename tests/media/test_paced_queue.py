"""Packets for a narrow network leave in order, and no faster than it carries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media.datapath import RtpPacket
from inspect_server.media.paced_queue import BURST_S, LARGEST_DEBT_S, MIN_BURST_OCTETS, PacedQueue

LARGEST = 1200


def packet(sequence: int, size: int) -> RtpPacket:
    return RtpPacket(bytes(12 + size), 102, False, sequence, 0, 5, 12, 12 + size)  # noqa: FBT003 - the marker


@given(
    sizes=st.lists(st.integers(1, LARGEST), min_size=1, max_size=200),
    steps=st.lists(st.floats(0.001, 0.5), min_size=1, max_size=200),
    limit_bps=st.integers(50_000, 3_000_000),
)
def test_what_leaves_is_in_order_and_no_more_than_the_network_carries(
    sizes: list[int], steps: list[float], limit_bps: int
) -> None:
    queue = PacedQueue()
    queue.put([packet(sequence, size) for sequence, size in enumerate(sizes)])
    now, left = 0.0, list[int]()
    for step in [0.0, *steps]:
        now += step
        left += [each.sequence for each in queue.due(limit_bps, now)]
        octets = sum(sizes[: len(left)])
        assert octets <= now * limit_bps / 8 + max(limit_bps * BURST_S / 8, MIN_BURST_OCTETS) + LARGEST
    left += [each.sequence for each in queue.drain()]
    assert left == list(range(len(sizes)))
    assert not queue


def test_what_goes_past_the_queue_makes_the_rest_wait() -> None:
    queue = PacedQueue()
    assert queue.due(80_000, 0.0) == []
    queue.spent(10_000)
    assert queue.room_past_it(80_000) == 0
    assert queue.room_past_it(800_000) == 800_000 * LARGEST_DEBT_S / 8 - 10_000
    queue.put([packet(1, 1000)])
    assert queue.wait_s(80_000) == 1.1
    assert queue.due(80_000, 0.9) == []
    assert len(queue.due(80_000, 1.1)) == 1
    assert queue.busy_s == pytest.approx(1.1)


def test_what_nobody_wants_any_longer_does_not_leave() -> None:
    queue = PacedQueue()
    queue.put([packet(1, 1000)])
    queue.clear()
    assert queue.drain() == queue.due(80_000, 10.0) == []
    assert queue.wait_s(80_000) == 0

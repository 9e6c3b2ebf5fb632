"""Calls whose viewers have a bad network: it is repaired for them, and nobody else notices.

``--log-cli-level=INFO`` shows what was measured.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from tests.e2e.bad_network import Browsers, bad_call, longest_stall_s
from tests.e2e.deployments import Deployment
from tests.support.chromium import Screen
from tests.support.relay import CLEAN

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

logger = logging.getLogger(__name__)

NARROW_FOR_S = 15
STILL_AFTER_KEYFRAME_S = 1.0
"""How much longer than the camera's keyframes are apart a picture may stand still: one takes so long to go through."""
LARGEST_LAG_S = 4.0


async def test_what_a_viewers_network_loses_comes_again_as_rtx(
    browsers: Browsers, shared_deployment: Deployment
) -> None:
    async with bad_call(browsers, shared_deployment, CLEAN) as call:
        before, began_at = await call.inspector.received(), datetime.now(UTC)
        call.viewer.set_conditions(down=replace(CLEAN, delay_ms=25, loss=0.1), up=replace(CLEAN, delay_ms=25))
        await asyncio.sleep(10)
        after = await call.inspector.received()
        result = await call.end()
    got = {name: value - before.get(name, 0) for name, value in after.items()}
    stall, machine = longest_stall_s(result.shown, began_at), result.machine_stood_still_s(began_at)
    lost, again = got["packetsLost"], got["retransmittedPacketsReceived"]
    logger.info("%d packets lost, %d came again; stall of %.3f s (machine: %.3f s)", lost, again, stall, machine)
    assert lost > 0.05 * got["packetsReceived"]
    # The last ones were still under way.
    assert again >= 0.9 * lost
    assert got.get("pliCount", 0) == 0
    assert stall <= 0.5 + machine
    assert result.gaps == []
    assert result.missing() == []


async def test_a_viewer_whose_network_is_too_narrow_stays_near_live(
    browsers: Browsers, shared_deployment: Deployment
) -> None:
    async with bad_call(browsers, shared_deployment, CLEAN) as call:
        await asyncio.sleep(3)
        narrowed_at = datetime.now(UTC)
        call.viewer.set_conditions(down=replace(CLEAN, delay_ms=25, rate_bps=500_000))
        behind = await _behind_s(call.inspector, NARROW_FOR_S)
        result = await call.end()
    machine = result.machine_stood_still_s(narrowed_at)
    keyframes = [narrowed_at, *(frame.at for frame in result.sent if frame.is_key and frame.at >= narrowed_at)]
    apart = max((later - earlier).total_seconds() for earlier, later in pairwise(keyframes))
    stall = longest_stall_s(result.shown, narrowed_at)
    logger.info(
        "%d pictures, stall of %.2f s, keyframes up to %.2f s apart (machine: %.2f s); behind by %s s",
        sum(frame.at > narrowed_at for frame in result.shown),
        stall,
        apart,
        machine,
        [round(each, 1) for each in behind],
    )
    assert stall <= apart + STILL_AFTER_KEYFRAME_S + machine
    # The browser adds a delay of its own to pictures that come one by one.
    assert max(behind) <= LARGEST_LAG_S + machine
    assert result.gaps_before_the_end() == []
    assert result.missing() == []


async def _behind_s(screen: Screen, seconds: float) -> list[float]:
    """How far the picture is behind what happens, once a second."""
    behind = []
    for _ in range(round(seconds)):
        await asyncio.sleep(1)
        behind.append((await screen.received())["behindMs"] / 1000)
    return behind

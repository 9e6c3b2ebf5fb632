"""A phone's network that narrows to a tenth and widens again: sound goes on, the picture steps down and comes back.

``--log-cli-level=INFO`` shows what was measured.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.bad_network import Browsers, bad_call, longest_stall_s
from tests.e2e.conftest import SITE, Clips
from tests.e2e.deployments import Deployment
from tests.support.chromium import ShownFrame, launched
from tests.support.clip import ClipSpec, make_clip
from tests.support.relay import CLEAN, Conditions

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

logger = logging.getLogger(__name__)

NOISE = 6.0
WIDE = Conditions(delay_ms=25, rate_bps=2_000_000)
NARROW = replace(WIDE, rate_bps=200_000)
OPUS_PACKET = timedelta(milliseconds=20)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browsers(clips: Clips, pytestconfig: pytest.Config) -> AsyncIterator[Browsers]:
    assert pytestconfig.cache is not None
    # A real camera is grainy: without noise the picture takes no more than 0.6 Mbit/s, whatever the network carries.
    grainy = make_clip(ClipSpec(source=SITE, frames=240, noise=NOISE), Path(pytestconfig.cache.mkdir("clips")))
    async with AsyncExitStack() as stack:
        phone = await stack.enter_async_context(launched(grainy))
        yield Browsers(phone, await stack.enter_async_context(launched(clips.office)))


def _sizes(shown: list[ShownFrame], since: datetime) -> list[tuple[float, int]]:
    """Each new height of the picture, and after how many seconds."""
    later = [frame for frame in shown if frame.at >= since]
    changes = [frame for before, frame in pairwise([*later[:1], *later]) if frame.height != before.height]
    return [((frame.at - since).total_seconds(), frame.height) for frame in [*later[:1], *changes]]


@pytest.mark.soak
async def test_a_network_that_narrows_to_a_tenth_and_widens_again(
    browsers: Browsers, shared_deployment: Deployment
) -> None:
    async with bad_call(browsers, shared_deployment, CLEAN) as call:
        call.media.set_conditions(up=WIDE, down=replace(CLEAN, delay_ms=25))
        await asyncio.sleep(3)
        narrowed_at = datetime.now(UTC)
        call.media.set_conditions(up=NARROW)
        await expect(call.inspector.page.get_by_text("对方网络慢")).to_be_visible(timeout=3000)
        await asyncio.sleep(8 - (datetime.now(UTC) - narrowed_at).total_seconds())
        widened_at = datetime.now(UTC)
        call.media.set_conditions(up=WIDE)
        await expect(call.inspector.page.get_by_text("画面完整")).to_be_visible(timeout=15_000)
        await asyncio.sleep(2)
        result = await call.end()
    stall_s = longest_stall_s(result.shown, narrowed_at)
    narrow = _sizes([frame for frame in result.shown if frame.at < widened_at], narrowed_at)
    wide = _sizes(result.shown, widened_at)
    stalls = [
        ((a.at - narrowed_at).total_seconds(), (b.at - a.at).total_seconds())
        for a, b in pairwise(result.shown)
        if b.at - a.at > timedelta(seconds=0.4)
    ]
    logger.info("stood still: %s", stalls)
    logger.info("stall of %.3f s; narrow: %s, wide again: %s", stall_s, narrow, wide)
    assert stall_s <= 2
    assert min(height for _, height in narrow) <= 540
    assert min(after_s for after_s, height in wide if height == 720) <= 15
    sound = result.stored_sound()
    sent_sound = [at for at in result.sent_sound if sound[0] <= at <= sound[-1]]
    holes = [(b - a) / OPUS_PACKET for a, b in pairwise(sound) if b - a > 2 * OPUS_PACKET]
    logger.info("of %d packets of sound %d are stored; holes, in packets: %s", len(sent_sound), len(sound), holes)
    assert max(later - earlier for earlier, later in pairwise(sound)) < 2.5 * OPUS_PACKET
    assert len(sound) >= (sound[-1] - sound[0]) / OPUS_PACKET - 1
    # At both ends one may have been under way.
    assert len(sound) >= len(sent_sound) - 2
    assert [gap for gap in result.gaps if gap[1] - gap[0] > timedelta(seconds=2)] == []


async def test_the_inspector_asks_for_a_sharp_picture(browsers: Browsers, shared_deployment: Deployment) -> None:
    async with bad_call(browsers, shared_deployment, CLEAN) as call:
        call.media.set_conditions(up=replace(WIDE, rate_bps=320_000), down=replace(CLEAN, delay_ms=25))
        await expect(call.inspector.page.get_by_text("对方网络慢")).to_be_visible(timeout=5000)
        await asyncio.sleep(3)
        asked_at = datetime.now(UTC)
        await call.inspector.page.get_by_role("radio", name="清晰优先").check()
        await expect(call.inspector.page.get_by_role("status").filter(has_text="720p")).to_be_visible(timeout=10_000)
        await asyncio.sleep(4)
        result = await call.end()
    before = [frame.height for frame in result.shown if frame.at < asked_at]
    after = [frame.height for frame in result.shown if frame.at > asked_at + timedelta(seconds=2)]
    logger.info("from %s to %s lines", before[-1], after[-1])
    assert (before[-1], after[-1]) == (360, 720)

"""A phone's network that narrows to a tenth and widens again: sound goes on, the picture steps down and comes back.

``--log-cli-level=INFO`` shows what was measured.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from playwright.async_api import expect

from tests.e2e.bad_network import Browsers, bad_call, longest_stall_s
from tests.e2e.deployments import Deployment
from tests.support.chromium import ShownFrame
from tests.support.relay import CLEAN, Conditions

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

logger = logging.getLogger(__name__)

WIDE = Conditions(delay_ms=25, rate_bps=2_000_000)
NARROW = replace(WIDE, rate_bps=200_000)
OPUS_PACKET = timedelta(milliseconds=20)


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
    assert stall_s <= 2 + result.pages_were_late_s(narrowed_at)
    assert min(height for _, height in narrow) <= 540
    assert min(after_s for after_s, height in wide if height == 720) <= 15
    sound = result.stored_sound()
    sent_sound = [packet for packet in result.sent_sound if sound[0] <= packet.at <= sound[-1]]
    slipped = timedelta(seconds=result.sound_slipped_s())
    holes = [(b - a) / OPUS_PACKET for a, b in pairwise(sound) if b - a > 2 * OPUS_PACKET]
    logger.info(
        "of %d packets of sound %d are stored; holes, in packets: %s; the microphone's own: %s",
        len(sent_sound), len(sound), holes, slipped / OPUS_PACKET,
    )  # fmt: skip
    assert max(later - earlier for earlier, later in pairwise(sound)) < 2.5 * OPUS_PACKET + slipped
    assert len(sound) >= (sound[-1] - sound[0] - slipped) / OPUS_PACKET - 2
    # At both ends one may have been under way.
    assert len(sound) >= len(sent_sound) - 2
    assert [gap for gap in result.gaps if gap[1] - gap[0] > timedelta(seconds=2)] == []


async def test_where_hardly_anything_goes_through_sound_goes_on_beside_stills(
    browsers: Browsers, shared_deployment: Deployment
) -> None:
    async with bad_call(browsers, shared_deployment, CLEAN) as call:
        page = call.inspector.page
        call.media.set_conditions(up=replace(WIDE, rate_bps=70_000), down=replace(CLEAN, delay_ms=25))
        await expect(page.get_by_role("status").filter(has_text="静态画面")).to_be_visible(timeout=15_000)
        stills_at = datetime.now(UTC) + timedelta(seconds=6)
        await asyncio.sleep(22)
        alarmed = await page.get_by_text("没有录到").count()
        widened_at = datetime.now(UTC)
        call.media.set_conditions(up=WIDE)
        await expect(page.get_by_text("画面完整")).to_be_visible(timeout=20_000)
        result = await call.end()
    seen = [frame.at for frame in result.shown if stills_at <= frame.at < widened_at]
    stored = [frame.at for frame in result.content.frames if stills_at <= frame.at < widened_at]
    sound = [at for at in result.stored_sound() if stills_at <= at < widened_at]
    logger.info("%d stills seen, %d stored, %d packets of sound", len(seen), len(stored), len(sound))
    for pictures in (seen, stored):
        apart = [b - a for a, b in pairwise([stills_at, *pictures, widened_at])]
        assert max(apart) <= timedelta(seconds=10)
    slipped = timedelta(seconds=result.sound_slipped_s())
    assert len(sound) >= (widened_at - stills_at - slipped) / OPUS_PACKET - 5
    assert not alarmed


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

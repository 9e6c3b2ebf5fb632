"""A phone that is put away, is called, and falls asleep: each is told with its own reason and is over without a tap."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.e2e.bad_network import BadCall, call_between
from tests.e2e.conftest import Clips, People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS
from tests.e2e.signalling_log import SignallingLog
from tests.e2e.waiting import until
from tests.support.chromium import phone_call, wake_lock
from tests.support.relay import CLEAN
from tests.support.tabs import PocketPhone, pocket_phone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

logger = logging.getLogger(__name__)

AWAY_S = 3
CALL_S = 4
SLEEP_S = 6
BACK_WITHIN_S = 15
BETWEEN_S = 3
"""Nobody is called in the second in which a page comes back; each pause stands for itself."""
MARGIN = timedelta(seconds=1.5)

Stretch = tuple[datetime, datetime]


async def _until_told(told: SignallingLog, *, camera: str, presence: str = "live") -> None:
    async def look() -> bool:
        (phone,) = [one for one in told.of_type("participants")[-1]["participants"] if one["role"] == "enterprise"]
        return (phone["camera"], phone["presence"]) == (camera, presence)

    await until(look, within_s=BACK_WITHIN_S, what=f"the phone to be told as {presence}, its camera {camera}")


async def _behind_another_app(call: BadCall, told: SignallingLog, phone: PocketPhone) -> Stretch:
    began_at = datetime.now(UTC)
    await phone.put_away()
    await _until_told(told, camera="background")
    await expect(call.inspector.page.get_by_text("手机页面在后台，没有画面").first).to_be_visible()
    await asyncio.sleep(AWAY_S)
    await phone.take_out()
    return await _is_back(call, told, began_at)


async def _in_a_phone_call(call: BadCall, told: SignallingLog, phone: PocketPhone) -> Stretch:
    began_at = datetime.now(UTC)
    await phone.screen.page.evaluate("window.__ring()")
    await _until_told(told, camera="taken")
    await expect(call.inspector.page.get_by_text("对方的摄像头被来电或其他应用占用").first).to_be_visible()
    await asyncio.sleep(CALL_S)
    await phone.screen.page.evaluate("window.__hangUp()")
    return await _is_back(call, told, began_at)


async def _asleep(call: BadCall, told: SignallingLog, phone: PocketPhone) -> Stretch:
    began_at = datetime.now(UTC)
    await phone.put_away()
    await _until_told(told, camera="background")
    await phone.fall_asleep()
    # A phone asleep sends nothing either, which a browser on a machine that is awake goes on doing.
    call.media.set_down(True)
    call.signalling.set_down(True)
    await _until_told(told, camera="background", presence="away")
    await expect(call.inspector.page.get_by_text("手机切到了后台或关闭了页面").first).to_be_visible()
    await asyncio.sleep(SLEEP_S)
    call.media.set_down(False)
    call.signalling.set_down(False)
    await phone.wake()
    await phone.take_out()
    return await _is_back(call, told, began_at)


async def _is_back(call: BadCall, told: SignallingLog, began_at: datetime) -> Stretch:
    await _until_told(told, camera="on")
    back_at = datetime.now(UTC)
    await call.picture_after(back_at, within_s=BACK_WITHIN_S)
    await asyncio.sleep(BETWEEN_S)
    return began_at, back_at


async def test_a_phone_that_is_put_away_called_or_asleep_comes_back_by_itself_and_tells_why(
    clips: Clips, shared_deployment: Deployment, people: People
) -> None:
    inspector = await people.laptop()
    told = SignallingLog.of(inspector.page)
    async with pocket_phone(clips.site, "enterprise", init_scripts=[wake_lock(), phone_call()]) as phone:
        people.screens.append(phone.screen)
        async with call_between(inspector, phone.screen, shared_deployment, CLEAN) as call:
            locks = await phone.screen.page.evaluate("window.__wakeLocks")
            put_away = await _behind_another_app(call, told, phone)
            # Shown again, the screen is kept on anew.
            assert await phone.screen.page.evaluate("window.__wakeLocks") > locks > 0
            called = await _in_a_phone_call(call, told, phone)
            asleep = await _asleep(call, told, phone)
            result = await call.end()

    pauses = (("put away", *put_away), ("called", *called), ("asleep", *asleep))
    for name, began_at, back_at in (*pauses, *((why, began, ended) for began, ended, why in result.gaps)):
        logger.info("%s: %s to %s", name, began_at.time(), back_at.time())
    # One participant and one track; what is missing is told with its reason, and nothing as a lost network.
    assert {one["role"] for one in told.of_type("participants")[-1]["participants"]} == {"enterprise", "inspector"}
    for (began_at, back_at), reason in ((put_away, "background"), (called, "taken"), (asleep, "background")):
        told_gaps = [gap for gap in result.gaps if began_at - MARGIN <= gap[0] <= back_at]
        assert {why for _, _, why in told_gaps} == {reason}
        assert max(ended for _, ended, _ in told_gaps) <= back_at + MARGIN
        assert min(began for began, _, _ in told_gaps) <= began_at + MARGIN

    # And the replay says so.
    page = inspector.page
    await page.goto(f"{shared_deployment.product.url}/inspections/{call.inspection_id}/replay")
    gaps = page.get_by_role("region", name="断录记录").get_by_role("listitem")
    await expect(gaps.filter(has_text="被来电或其他应用占用").first).to_be_visible(timeout=WAIT_MS)
    await expect(gaps.filter(has_text="手机切到后台").first).to_be_visible()
    await expect(gaps.filter(has_text="网络中断")).to_have_count(0)

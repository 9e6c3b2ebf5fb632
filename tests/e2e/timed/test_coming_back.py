"""The phone comes back by itself: from the background, after a reload, in a second window, after a restart."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from inspect_server.domain.footage import GapReason
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.phone import ENTERPRISE, PhonePages
from tests.e2e.signalling_log import SignallingLog
from tests.e2e.staff import Invited, Staff
from tests.e2e.waiting import until
from tests.support.archive import chain_faults, decode
from tests.support.chromium import Screen, add_window, wake_lock

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

HIDE = """(hidden) => {
  const get = () => (hidden ? 'hidden' : 'visible');
  Object.defineProperty(document, 'visibilityState', { configurable: true, get });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
BACK_WITHIN_S = 10
CALL_S = 3
SHORT = timedelta(seconds=8)


async def _sees_a_picture(inspector: Screen, after: datetime) -> bool:
    shown: list[float] = await inspector.page.evaluate("window.__shown.map(([at]) => at).slice(-1)")
    return bool(shown) and shown[0] / 1000 > after.timestamp()


async def _until_seen(inspector: Screen, after: datetime) -> None:
    await until(
        lambda: _sees_a_picture(inspector, after), within_s=BACK_WITHIN_S, what="the phone's picture on the laptop"
    )


async def _until_camera_is(told: SignallingLog, condition: str) -> None:
    async def look() -> bool:
        newest = told.of_type("participants")[-1]["participants"]
        return any(one["role"] == "enterprise" and one["camera"] == condition for one in newest)

    await until(look, within_s=5, what=f"the phone's camera to be told as {condition}")


async def _set_hidden(page: Page, *, hidden: bool) -> None:
    await page.evaluate(HIDE, hidden)


async def test_background_reload_and_a_second_window_need_no_tap(
    shared_deployment: Deployment, staff: Staff, invited: Invited, people: People
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone(init_scripts=[wake_lock()])
    laptop = LaptopPages(inspector.page, shared_deployment.product.url)
    told = SignallingLog.of(inspector.page)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await PhonePages(enterprise.page).join(invited.link)
    await _until_seen(inspector, datetime.fromtimestamp(0, UTC))

    # In the background the others hear why; back again, the screen is kept on anew.
    locks = await enterprise.page.evaluate("window.__wakeLocks")
    assert locks > 0
    await _set_hidden(enterprise.page, hidden=True)
    await _until_camera_is(told, "background")
    await _set_hidden(enterprise.page, hidden=False)
    await _until_camera_is(told, "on")
    assert await enterprise.page.evaluate("window.__wakeLocks") > locks

    # A reload goes straight back into the call.
    await asyncio.sleep(CALL_S)
    await enterprise.page.reload()
    await PhonePages(enterprise.page).in_call()
    await _until_seen(inspector, datetime.now(UTC))

    # The same link in another window takes over, and the first one says so.
    await asyncio.sleep(CALL_S)
    second = await add_window(enterprise.context, "enterprise-2")
    people.screens.append(second)
    await PhonePages(second.page).open(invited.link)
    await PhonePages(second.page).in_call()
    await expect(PhonePages(enterprise.page).heading("已在另一个窗口打开")).to_be_visible(timeout=WAIT_MS)
    await _until_seen(inspector, datetime.now(UTC))
    await asyncio.sleep(CALL_S)
    await staff.end(invited.inspection_id)

    # One participant, one track, three epochs, and what is missing between them is declared and short.
    tracks = await until(
        lambda: shared_deployment.all_stored(invited.inspection_id), within_s=20, what="the whole footage"
    )
    (track,) = [track for track in tracks if track.participant_name == ENTERPRISE]
    assert len({segment.epoch for segment in track.segments}) == 3
    content = await asyncio.to_thread(decode, track.segments)
    assert [*chain_faults(track.segments), *content.faults] == []
    (shown,) = [
        one for one in (await staff.footage(invited.inspection_id))["tracks"] if one["track_id"] == track.track.id
    ]
    gaps = [
        (datetime.fromisoformat(gap["started_at"]), datetime.fromisoformat(gap["ended_at"])) for gap in shown["gaps"]
    ]
    assert all(ended_at - began_at < SHORT for began_at, ended_at in gaps)
    for earlier, later in zip(content.frames, content.frames[1:], strict=False):
        if later.at - earlier.at > timedelta(seconds=1):
            assert any(began <= later.at and ended >= earlier.at for began, ended in gaps), "a hole is not declared"


async def test_a_restart_of_the_server_is_a_declared_gap_and_the_call_goes_on(
    folder_and_sqlite: Deployment, people: People
) -> None:
    product = folder_and_sqlite.product
    inspector, enterprise = await people.laptop(), await people.phone()
    async with Staff.signed_in(product.url) as staff:
        invited = await staff.invite()
    laptop = LaptopPages(inspector.page, product.url)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await PhonePages(enterprise.page).join(invited.link)
    await _until_seen(inspector, datetime.fromtimestamp(0, UTC))
    await asyncio.sleep(CALL_S)

    stopped_at = datetime.now(UTC)
    await asyncio.to_thread(product.stop)
    await asyncio.to_thread(product.start)
    await _until_seen(inspector, datetime.now(UTC))
    await asyncio.sleep(CALL_S)
    async with Staff.signed_in(product.url) as staff:
        await staff.end(invited.inspection_id)
        tracks = await until(
            lambda: folder_and_sqlite.all_stored(invited.inspection_id), within_s=20, what="the whole footage"
        )
        told = await staff.footage(invited.inspection_id)

    (track,) = [track for track in tracks if track.participant_name == ENTERPRISE]
    (gap,) = next(one["gaps"] for one in told["tracks"] if one["track_id"] == track.track.id)
    assert gap["reason"] == GapReason.RESTART
    # What arrived before the stop is whole.
    assert datetime.fromisoformat(gap["started_at"]) > stopped_at - timedelta(seconds=1)

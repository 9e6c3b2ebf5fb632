"""Stills and photos in a real call: what the laptop takes, what the phone sends, and what both see of it."""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import datetime

import pytest
from playwright.async_api import Route, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import JOIN_MS
from tests.e2e.staff import Invited, Staff
from tests.support import counter
from tests.support.chromium import Screen

EVIDENCE = "**/api/inspections/*/evidence/*"
DATED_WITHIN_S = 1
"""A still that is dated by the key and not by its frame would be off by the way of the picture at least."""

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


async def test_a_key_takes_a_still_of_what_is_in_sight(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    laptop, _ = await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await laptop.see_the_site()
    await laptop.open_pictures()
    # A reload before the still is on the server: the page goes on where the one before it was.
    await inspector.page.route(EVIDENCE, refuse)
    await inspector.page.keyboard.press("s")
    await expect(inspector.page.get_by_text("已截图")).to_be_visible()
    await expect(inspector.page.get_by_text("网络不通，稍后自动重传")).to_be_visible(timeout=JOIN_MS)
    # The page warns before it is left.
    inspector.page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await inspector.page.reload()
    await inspector.page.unroute(EVIDENCE)
    inspector.complaints.clear()  # of what was refused
    await laptop.see_the_site()
    await laptop.open_pictures()
    await expect(laptop.kept_pictures()).to_have_count(1, timeout=JOIN_MS)

    (still,) = (await staff.get(f"/api/inspections/{invited.inspection_id}/evidence"))["items"]
    original = await staff.get_bytes(f"/api/evidence/{still['id']}/original")
    assert hashlib.sha256(original).hexdigest() == still["sha256"]
    size = await laptop.site_video().evaluate("(v) => [v.videoWidth, v.videoHeight]")
    assert [still["width"], still["height"]] == size
    assert still["device"].startswith("Pixel 8 · Chrome ")
    off_s = abs((datetime.fromisoformat(still["taken_at"]) - await shown_at(original, enterprise)).total_seconds())
    assert off_s < DATED_WITHIN_S

    await laptop.kept_pictures().click()
    await expect(laptop.viewer().get_by_text(still["sha256"])).to_be_visible()
    assert await hindrances(inspector.page) == []
    await laptop.viewer().get_by_label("归入要点").select_option(index=2)
    await laptop.viewer().get_by_role("button", name="关闭").click()
    await expect(laptop.kept_pictures()).to_have_accessible_name(re.compile(r" · 2\. "), timeout=JOIN_MS)

    await laptop.kept_pictures().click()
    await laptop.viewer().get_by_role("button", name="撤回").click()
    await laptop.viewer().get_by_text("撤回后不再作为证据使用").get_by_role("button", name="撤回").click()
    await expect(laptop.kept_pictures()).to_have_count(0, timeout=JOIN_MS)
    assert (inspector.complaints, enterprise.complaints) == ([], [])


async def refuse(route: Route) -> None:
    if route.request.method == "PUT":
        await route.abort()
    else:
        await route.continue_()


async def shown_at(picture: bytes, camera: Screen) -> datetime:
    """When the camera of the other screen took what a still shows, by the counter in it."""
    reading = counter.read(counter.luma_of_png(picture))
    assert reading is not None
    return [frame.at for frame in (await camera.truth()).frames if frame.counter == reading.counter][-1]

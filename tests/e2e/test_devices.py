"""The laptop's devices: tried and chosen before a call, used in it, and changed while it runs."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.staff import Invited

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]


async def shows(dialog: Locator, camera: str) -> None:
    """This camera is the chosen one, and its picture moves."""
    await expect(dialog.get_by_label("摄像头", exact=True).locator("option:checked")).to_have_text(camera)
    preview = dialog.get_by_label("摄像头预览")
    await preview.evaluate("(v) => new Promise((done) => v.requestVideoFrameCallback(done))", timeout=WAIT_MS)


async def test_devices_are_tried_before_the_call_and_changed_in_it(
    people: People, invited: Invited, shared_deployment: Deployment
) -> None:
    inspector = await people.with_two_cameras("inspector")
    page, laptop = inspector.page, LaptopPages(inspector.page, shared_deployment.product.url)
    await laptop.sign_in()
    await laptop.open_case(invited.case_id)

    await page.get_by_role("button", name="测试设备").click()
    before = page.get_by_role("dialog", name="设备测试")
    cameras = before.get_by_label("摄像头", exact=True).locator("option")
    await expect(cameras).to_have_count(2, timeout=WAIT_MS)
    first, second = await cameras.all_inner_texts()
    await shows(before, first)
    await expect(before.get_by_text("麦克风正常，已听到声音")).to_be_visible(timeout=WAIT_MS)
    await before.get_by_role("button", name="播放测试音").click()
    await expect(before.get_by_text("没有听到？")).to_be_visible(timeout=WAIT_MS)
    await before.get_by_label("摄像头", exact=True).select_option(label=second)
    await shows(before, second)
    assert await hindrances(page) == []
    await before.get_by_role("button", name="完成").click()

    await laptop.enter_call(invited.inspection_id)
    await page.get_by_role("button", name="设备", exact=True).click()
    during = page.get_by_role("dialog", name="设备")
    await shows(during, second)
    await during.get_by_label("摄像头", exact=True).select_option(label=first)
    await shows(during, first)
    assert inspector.complaints == []

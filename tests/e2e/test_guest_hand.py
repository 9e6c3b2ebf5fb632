"""The hand of who joins by a link: an expert points and draws, a helper asks the phone too, an observer only looks."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import JOIN_MS, PhonePages
from tests.e2e.staff import Invited
from tests.e2e.waiting import until
from tests.support.chromium import Screen, operable_camera

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

EXPERT = "周教授"
HELPER = "孙帮办"
OBSERVER = "林观察"
WORDS = "编号看不清"
DRAWING = "指点与圈画"


async def test_what_an_expert_circles_is_seen_by_the_others_and_an_observer_has_no_tools(
    people: People, invited: Invited, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    expert, observer = await people.phone("expert"), await people.laptop("observer")
    laptop, _ = await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await laptop.see_the_site()
    page = expert.page
    await _joined(laptop, expert, "专家", EXPERT)
    await _joined(laptop, observer, "观察员", OBSERVER)
    await _sees(page, "王芳")

    await page.get_by_role("button", name=DRAWING).click()
    tools = page.get_by_role("group", name=DRAWING)
    await tools.get_by_role("button", name="圆圈").click()
    await _drag(page, (0.3, 0.4), (0.6, 0.55))
    for screen in (inspector, enterprise, observer):
        await expect(_strokes(screen.page)).to_have_count(1, timeout=WAIT_MS)
    assert await hindrances(page) == []

    # A tap elsewhere ends the words; only the next one begins others.
    await tools.get_by_role("button", name="文字").click()
    await page.touchscreen.tap(*await _spot(page, 0.3, 0.3))
    await page.get_by_label("写在画面上的文字").fill(WORDS)
    await page.touchscreen.tap(*await _spot(page, 0.5, 0.7))
    await expect(_strokes(enterprise.page).filter(has_text=WORDS)).to_have_count(1, timeout=WAIT_MS)
    await expect(page.get_by_label("写在画面上的文字")).to_have_count(0)
    await page.touchscreen.tap(*await _spot(page, 0.5, 0.7))
    await expect(page.get_by_label("写在画面上的文字")).to_be_focused()

    # What was drawn is told where another picture is large, and one tap brings it up.
    small = enterprise.page.get_by_role("button", name="放大画面").first
    await small.click()
    marked = enterprise.page.get_by_role("button", name="有标注")
    await expect(marked).to_be_visible()
    await expect(_strokes(enterprise.page)).to_have_count(0)
    await marked.click()
    await expect(_strokes(enterprise.page)).to_have_count(2)

    await tools.get_by_role("button", name="撤销").click()
    await tools.get_by_role("button", name="撤销").click()
    await expect(_strokes(inspector.page)).to_have_count(0, timeout=WAIT_MS)
    # A finger that points stays, so that the others have the time to look.
    await tools.get_by_role("button", name="指点").click()
    await page.touchscreen.tap(*await _spot(page, 0.4, 0.5))
    await expect(enterprise.page.locator(".drawing-layer .pointer")).to_contain_text(EXPERT, timeout=WAIT_MS)
    await tools.get_by_role("button", name="完成").click()
    await expect(enterprise.page.locator(".drawing-layer .pointer")).to_have_count(0, timeout=WAIT_MS)
    await expect(page.get_by_role("button", name=DRAWING)).to_be_focused()

    await expect(observer.page.get_by_role("button", name=DRAWING)).to_have_count(0)
    await expect(enterprise.page.get_by_role("button", name=DRAWING)).to_have_count(0)
    await expect(page.get_by_role("button", name="请对方调整")).to_have_count(0)
    assert [screen.complaints for screen in people.screens] == [[], [], [], []]


async def test_a_helper_asks_the_phone_of_the_enterprise_and_draws_by_keys(
    people: People, invited: Invited, shared_deployment: Deployment
) -> None:
    inspector = await people.laptop()
    enterprise = await people.phone(init_scripts=[operable_camera()])
    helper = await people.laptop("helper")
    laptop, _ = await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await laptop.see_the_site()
    page = helper.page
    await _joined(laptop, helper, "帮办员", HELPER)
    await page.get_by_role("button", name="王芳").click()
    await _sees(page, "王芳")

    await page.get_by_role("button", name="请对方调整").click()
    asking = page.get_by_role("group", name="请 王芳 调整镜头")
    # Its camera cannot be turned.
    await expect(asking.get_by_role("button", name="翻转镜头")).to_have_count(0)
    await asking.get_by_role("button", name="开补光灯").click()

    async def lit() -> bool:
        return (await enterprise.page.evaluate("window.__camera"))["torch"] is True

    await until(lit, within_s=WAIT_MS / 1000, what="the light of the phone")
    await expect(page.get_by_text("开补光灯：已完成")).to_be_visible(timeout=WAIT_MS)
    await asking.get_by_role("button", name="拿稳").click()
    await expect(enterprise.page.get_by_role("heading", name="拿稳手机")).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="请对方调整")).to_be_focused()

    await page.get_by_role("button", name=DRAWING).click()
    await page.get_by_role("group", name=DRAWING).get_by_role("button", name="圆圈").click()
    await expect(page.get_by_role("application", name="圆圈")).to_be_focused()
    for key in ("Enter", "ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        await page.keyboard.press(key)
    await expect(_strokes(inspector.page)).to_have_count(1, timeout=WAIT_MS)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name=DRAWING)).to_be_focused()
    assert [screen.complaints for screen in people.screens] == [[], [], []]


async def _joined(laptop: LaptopPages, guest: Screen, role: str, name: str) -> None:
    await laptop.open_people()
    pages = PhonePages(guest.page)
    await pages.open(await laptop.invite_as(role))
    await pages.introduce(name)
    await pages.consent()
    if role != "观察员":
        await pages.go_to_the_door()
    await laptop.admit(name)
    await pages.in_call()


async def _sees(page: Page, name: str) -> None:
    """Wait until their picture is large and moves."""
    video = page.locator(f".large video[aria-label^='{name}']")
    await video.evaluate("(v) => new Promise((done) => v.requestVideoFrameCallback(done))", timeout=JOIN_MS)


def _strokes(page: Page) -> Locator:
    return page.locator(".drawing-layer .stroke")


async def _spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """Of the picture that is large and shown whole; the site's is 16 to 9."""
    box = await page.locator(".large video").bounding_box()
    assert box is not None
    width = min(box["width"], box["height"] * 16 / 9)
    height = width * 9 / 16
    return (
        box["x"] + (box["width"] - width) / 2 + x * width,
        box["y"] + (box["height"] - height) / 2 + y * height,
    )


async def _drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    await page.mouse.move(*await _spot(page, *start))
    await page.mouse.down()
    await page.mouse.move(*await _spot(page, *end), steps=6)
    await page.mouse.up()

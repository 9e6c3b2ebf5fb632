"""The inspector's hand on the site: pointing, drawing, freezing, asking the phone, and writing to everybody."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.languages import in_both_languages
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import PhonePages
from tests.e2e.signalling_log import SignallingLog
from tests.e2e.staff import Invited, Staff
from tests.e2e.waiting import until
from tests.support.chromium import operable_camera

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

WORDS = "铭牌看不清"
ROWS = """() => ['.bar', '.controls'].map((bar) => {
  const middles = [...document.querySelectorAll(`.stage ${bar} button`)]
    .map((one) => one.getBoundingClientRect())
    .filter(({ width, height }) => width > 0 && height > 0)
    .map(({ top, bottom }) => Math.round((top + bottom) / 20));
  return new Set(middles).size;
})"""
"""How many rows of buttons there are below the picture: of its tools, and of the call's controls."""


async def test_what_the_inspector_points_at_draws_freezes_asks_and_writes_reaches_the_site(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    heard = SignallingLog.of(enterprise.page)
    laptop, phone = LaptopPages(inspector.page, shared_deployment.product.url), PhonePages(enterprise.page)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await phone.join(invited.link)
    await laptop.see_the_site()
    page = inspector.page
    box = await laptop.site_video().bounding_box()
    assert box is not None

    async def heard_of(kind: str, what: str) -> dict[str, Any]:
        async def newest() -> dict[str, Any] | None:
            return next(reversed(heard.of_type(kind)), None)

        return await until(newest, within_s=WAIT_MS / 1000, what=what)

    def spot(x: float, y: float) -> tuple[float, float]:
        assert box is not None
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    await page.keyboard.press("p")

    async def pointed() -> float | None:
        # As a hand that points: it never rests. What moves below a resting one lets the pointer go.
        for y in (0.49, 0.5):
            await page.mouse.move(*spot(0.4, y))
        places = (one["place"] for one in reversed(heard.of_type("pointer")))
        return next((place["x"] for place in places if place is not None), None)

    x = await until(pointed, within_s=WAIT_MS / 1000, what="the pointer at the phone")
    assert x == pytest.approx(0.4, abs=0.01)

    await page.keyboard.press("a")
    await page.mouse.move(*spot(0.3, 0.4))
    await page.mouse.down()
    await page.mouse.move(*spot(0.5, 0.5), steps=5)
    await page.mouse.up()
    assert (await heard_of("drawn", "the arrow at the phone"))["drawn"]["shape"]["kind"] == "arrow"

    # Frozen with a drawing on it, the others get the very picture.
    await page.keyboard.press("h")
    await expect(page.get_by_text("画面已定格，录像仍在继续")).to_be_visible(timeout=WAIT_MS)

    async def shown() -> bool:
        return any(one["frozen"] and one["frozen"]["jpeg"] for one in heard.of_type("board"))

    await until(shown, within_s=WAIT_MS / 1000, what="the frozen picture at the phone")
    await page.keyboard.press("t")
    await page.mouse.click(*spot(0.3, 0.6))
    await page.get_by_label("写在画面上的文字").fill(WORDS)
    await page.keyboard.press("Enter")

    async def written() -> bool:
        return any(one["drawn"]["shape"]["text"] == WORDS for one in heard.of_type("drawn"))

    await until(written, within_s=WAIT_MS / 1000, what="the words at the phone")
    await page.keyboard.press("s")

    async def kept() -> list[str]:
        items = (await staff.get(f"/api/inspections/{invited.inspection_id}/evidence"))["items"]
        return [shape["kind"] for one in items if one["kind"] == "still" for shape in one["drawing"]]

    assert await until(kept, within_s=WAIT_MS / 1000, what="the still with its drawing") == ["arrow", "text"]
    await page.keyboard.press("h")
    await expect(page.get_by_text("画面已定格，录像仍在继续")).to_be_hidden(timeout=WAIT_MS)

    await page.get_by_role("button", name="拿稳").click()
    assert (await heard_of("camera_asked", "the wish at the phone"))["wish"] == "steady"
    await expect(page.get_by_text("拿稳手机：已发出，等待对方")).to_be_visible(timeout=WAIT_MS)

    await page.get_by_role("tab", name="文字").click()
    await page.get_by_label("输入文字，回车发送").fill("请看铭牌")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log").get_by_text("请看铭牌")).to_be_visible(timeout=WAIT_MS)

    async def said() -> list[str]:
        items = (await staff.get(f"/api/inspections/{invited.inspection_id}/chat"))["items"]
        return [one["text"] for one in items]

    # The page shows what is on its way, too.
    assert await until(said, within_s=WAIT_MS / 1000, what="the words at the server") == ["请看铭牌"]
    assert await hindrances(page) == []
    assert (inspector.complaints, enterprise.complaints) == ([], [])


@pytest.mark.parametrize("width", [1280, 1440])
async def test_the_tools_below_the_picture_are_one_row_in_both_languages_and_work_by_keys(
    people: People, invited: Invited, shared_deployment: Deployment, width: int
) -> None:
    inspector = await people.laptop(viewport={"width": width, "height": 900})
    enterprise = await people.phone(init_scripts=[operable_camera()])
    laptop, _ = await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await laptop.see_the_site()
    page = inspector.page
    async for language in in_both_languages(page):
        rows = await page.evaluate(ROWS)
        assert rows == [1, 1], f"{language}: rows of tools and of controls"

    camera = page.get_by_role("button", name="镜头", exact=True)
    await camera.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="翻转镜头")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("开补光灯：已完成")).to_be_visible(timeout=WAIT_MS)
    assert await hindrances(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="关补光灯")).to_have_count(0)
    await expect(camera).to_be_focused()
    assert (inspector.complaints, enterprise.complaints) == ([], [])

"""The result at once: on the phone with its findings, signed or refused, printed for both sides; the link after."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Download, Locator, Page, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.phone import PhonePages
from tests.e2e.staff import Invited, Staff

pytestmark = pytest.mark.e2e

logger = logging.getLogger(__name__)
REMEDY = "重新检定并张贴标签"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A.240105.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160 MicroMessenger/8.0.47"
)


@dataclass
class BothSides:
    """A call with a picture of its first point, ready to be concluded."""

    staff: Staff
    invited: Invited
    laptop: LaptopPages
    phone: PhonePages

    async def conclude(self) -> float:
        """Find the first point wanting and all others in order; returns when the result was out (monotonic)."""
        path = f"/api/inspections/{self.invited.inspection_id}"
        (part,) = (await self.staff.get(f"{path}/checklist"))["parts"]
        now = datetime.now(UTC)
        for number, judged in enumerate(part["items"]):
            failing = {"judgement": "fail", "note": "标签已过期", "remedy": REMEDY}
            decision = failing | {"deadline": (now + timedelta(days=20)).date().isoformat()} if number == 0 else {}
            about = {"part_id": part["part_id"], "checklist_item_id": judged["item"]["id"], "judgement": "pass"}
            decision_id = f"decision-{number:08d}-{part['part_id']}"[:64]
            await self.staff.put(f"{path}/decisions/{decision_id}", about | {"decided_at": now.isoformat()} | decision)
        conclusion = {"part_id": part["part_id"], "conclusion": "rectify"}
        await self.staff.put(f"{path}/conclusions/conclusion-{part['part_id']}", conclusion)
        return time.monotonic()

    @property
    def sheet(self) -> Locator:
        """The result on the phone."""
        return self.phone.page.get_by_role("dialog", name="勘验结果与笔录")

    async def sign_by_finger(self) -> None:
        pad = self.phone.page.get_by_role("img", name="请在此用手指签名")
        await pad.scroll_into_view_if_needed()
        box = await pad.bounding_box()
        assert box is not None
        mouse = self.phone.page.mouse
        await mouse.move(box["x"] + 40, box["y"] + 120)
        await mouse.down()
        for step in range(1, 9):
            await mouse.move(box["x"] + 40 + step * 28, box["y"] + (60 if step % 2 else 140), steps=4)
        await mouse.up()
        await self.phone.page.get_by_role("button", name="确认签名").click()

    async def sign_official(self) -> float:
        await self.laptop.page.get_by_role("button", name="签名").click()
        return time.monotonic()


async def met(people: People, deployment: Deployment, staff: Staff) -> BothSides:
    invited = await staff.invite()
    laptop_screen, phone_screen = await people.laptop(), await people.phone()
    laptop = LaptopPages(laptop_screen.page, deployment.product.url)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    phone = PhonePages(phone_screen.page)
    await phone.join(invited.link)
    await laptop.see_the_site()
    both = BothSides(staff, invited, laptop, phone)
    await take_still(both)
    return both


async def take_still(both: BothSides) -> None:
    """Of the point that is looked at: the first one."""
    async with both.laptop.page.expect_response(lambda answer: "/evidence/" in answer.url and answer.ok):
        await both.laptop.page.keyboard.press("s")


async def saved(page: Page, button: Locator) -> bytes:
    async with page.expect_download() as downloading:
        await button.click()
    download: Download = await downloading.value
    return await asyncio.to_thread((await download.path()).read_bytes)


async def test_findings_are_told_at_once_signed_by_both_and_printed(
    people: People, shared_deployment: Deployment, staff: Staff
) -> None:
    both = await met(people, shared_deployment, staff)
    concluded = await both.conclude()
    await expect(both.sheet.get_by_text("需整改", exact=True).first).to_be_visible(timeout=WAIT_MS)
    logger.info("result on the phone after %.2f s", time.monotonic() - concluded)
    await expect(both.sheet.get_by_text(REMEDY).first).to_be_visible()
    await expect(both.sheet.get_by_role("img", name="图片：").first).to_have_js_property("complete", value=True)
    assert await hindrances(both.phone.page) == []
    await both.phone.page.get_by_role("button", name="我有异议").click()
    await both.phone.page.get_by_label("您的异议").fill("期限太短")
    await both.sign_by_finger()
    await expect(both.laptop.page.get_by_text("已签名：王芳")).to_be_visible(timeout=WAIT_MS)
    await expect(both.laptop.page.get_by_text("异议：期限太短")).to_be_visible()
    assert await hindrances(both.laptop.page) == []
    signed = await both.sign_official()
    buttons = [pages.page.get_by_role("button", name="下载笔录 PDF") for pages in (both.phone, both.laptop)]
    for button in buttons:
        await expect(button).to_be_visible(timeout=WAIT_MS)
    logger.info("PDF on both sides after %.2f s", time.monotonic() - signed)
    on_phone, on_laptop = [
        await saved(page, button) for page, button in zip((both.phone.page, both.laptop.page), buttons, strict=True)
    ]
    assert on_phone.startswith(b"%PDF")
    assert on_phone == on_laptop
    await both.laptop.end_inspection()
    page = both.phone.page
    await expect(page.get_by_role("heading", name="您的勘验")).to_be_visible(timeout=WAIT_MS)
    await page.reload()
    await expect(page.get_by_text(REMEDY).first).to_be_visible(timeout=WAIT_MS)
    await page.get_by_label("非常满意", exact=True).check()
    await page.get_by_role("button", name="提交评价").click()
    await expect(page.get_by_text("谢谢您的评价：非常满意")).to_be_visible(timeout=WAIT_MS)
    assert await hindrances(page) == []
    await page.reload()
    await expect(page.get_by_text("谢谢您的评价：非常满意")).to_be_visible(timeout=WAIT_MS)
    await expect(page.get_by_role("button", name="提交评价")).to_have_count(0)
    assert await saved_from_wechat(people, both.invited.link) == on_phone


async def saved_from_wechat(people: People, link: str) -> bytes:
    """WeChat's browser saves nothing; the link that it shows does, in another one."""
    in_wechat = (await people.phone("wechat", user_agent=WECHAT)).page
    await in_wechat.goto(link)
    await expect(in_wechat.get_by_text("微信里不能保存文件")).to_be_visible(timeout=WAIT_MS)
    await expect(in_wechat.get_by_role("button", name="下载笔录 PDF")).to_have_count(0)
    assert await hindrances(in_wechat) == []
    shown = await in_wechat.get_by_label("本次勘验的链接").input_value()
    elsewhere = (await people.phone("own browser")).page
    await elsewhere.goto(shown)
    button = elsewhere.get_by_role("button", name="下载笔录 PDF")
    await expect(button).to_be_visible(timeout=WAIT_MS)
    return await saved(elsewhere, button)


async def test_who_does_not_sign_says_why_and_the_record_is_closed_all_the_same(
    people: People, shared_deployment: Deployment, staff: Staff
) -> None:
    both = await met(people, shared_deployment, staff)
    await both.conclude()
    await both.sheet.get_by_role("button", name="我不签名").click(timeout=WAIT_MS)
    await both.sheet.get_by_label("不签名的理由").fill("不认可期限")
    await both.sheet.get_by_role("button", name="记录拒签").click()
    await expect(both.laptop.page.get_by_text("拒绝签名：不认可期限")).to_be_visible(timeout=WAIT_MS)
    await both.sign_official()
    await expect(both.sheet.get_by_text("笔录已封存，并记明您拒签及理由")).to_be_visible(timeout=WAIT_MS)
    await both.sheet.get_by_role("button", name="返回通话").click()
    await expect(both.phone.page.get_by_text("录制中")).to_be_visible()

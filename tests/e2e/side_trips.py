"""Pages that an inspection comes by only when something is otherwise: they lie beside the way of the walk."""

from __future__ import annotations

import io
import re

from PIL import Image, ImageDraw
from playwright.async_api import FilePayload, Page, expect

from tests.e2e.conftest import People
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.phone import JOIN_MS, PhonePages
from tests.e2e.staff import Invited, Staff
from tests.e2e.walk import Look
from tests.support.scenes import laboratory

PHOTO = (1600, 900)


async def new_case(laptop: LaptopPages, look: Look) -> None:
    """An inspector opens a case by hand."""
    page = laptop.page
    await page.goto(f"{laptop.url}/cases")
    await page.get_by_role("button", name="新建办件").click()
    await page.get_by_role("dialog").wait_for()
    await look("new-case", page)
    await page.keyboard.press("Escape")


async def link_trouble(people: People, staff: Staff, look: Look) -> None:
    """The link was taken back."""
    invited = await staff.invite()
    await staff.delete(f"/api/invitations/{invited.invitation_id}")
    screen = await people.phone("link trouble")
    await PhonePages(screen.page).open(invited.link)
    await PhonePages(screen.page).heading("邀请已被撤回").wait_for(timeout=JOIN_MS)
    await look("phone-link-trouble", screen.page)
    await screen.context.close()


async def photos_instead(people: People, staff: Staff, laptop: LaptopPages, look: Look) -> None:
    """A phone without a camera for the call goes by photos; the archive shows them point by point."""
    invited = await staff.invite()
    screen = await people.phone("photos", devices=False)
    page, phone = screen.page, PhonePages(screen.page)
    await phone.open(invited.link)
    await phone.introduce()
    await phone.consent()
    await phone.heading("无法使用摄像头").wait_for(timeout=JOIN_MS)
    await look("phone-camera-denied", page)
    await page.get_by_role("button", name="改为逐项拍照").click()
    await page.get_by_text(re.compile("第 1 项，共")).wait_for(timeout=JOIN_MS)
    await _take(page, 1)
    await look("phone-photo-round", page)
    await page.get_by_role("button", name="下一项").click()
    await _take(page, 2)
    await page.get_by_role("button", name="下一项").click()
    await page.get_by_role("button", name="跳过这一项").click()
    await page.get_by_label("为什么跳过？").fill("设备送检")
    await page.get_by_role("button", name="确认跳过").click()
    await expect(page.get_by_text(re.compile("已完成 3 / "))).to_be_visible(timeout=JOIN_MS)
    await screen.context.close()
    await _see_photos(staff, laptop, invited, look)


async def _see_photos(staff: Staff, laptop: LaptopPages, invited: Invited, look: Look) -> None:
    await staff.end(invited.inspection_id)
    await laptop.open_case(invited.case_id)
    await laptop.page.get_by_role("link", name="查看照片").click()
    articles = laptop.page.get_by_role("region", name="逐项照片").get_by_role("article")
    await expect(articles.first.locator("img").first).to_have_js_property("complete", value=True, timeout=WAIT_MS)
    await look("replay-photos", laptop.page)


async def _take(page: Page, sent: int) -> None:
    picture, file = Image.new("RGB", PHOTO), io.BytesIO()
    laboratory(ImageDraw.Draw(picture), *PHOTO)
    picture.save(file, "JPEG", quality=88)
    taken = FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=file.getvalue())
    await page.get_by_test_id("pick-photo-camera").set_input_files(taken)
    await expect(page.get_by_text(re.compile(f"已完成 {sent} / "))).to_be_visible(timeout=JOIN_MS)

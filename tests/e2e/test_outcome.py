"""The result at once: on the phone with its findings, signed or refused, printed for both sides; the link after."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Download, Locator, Page, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.both_sides import REMEDY, BothSides
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS
from tests.e2e.staff import Staff

pytestmark = pytest.mark.e2e

WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A.240105.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160 MicroMessenger/8.0.47"
)


async def saved(page: Page, button: Locator) -> bytes:
    async with page.expect_download() as downloading:
        await button.click()
    download: Download = await downloading.value
    return await asyncio.to_thread((await download.path()).read_bytes)


async def test_findings_are_told_at_once_signed_by_both_and_printed(
    people: People, shared_deployment: Deployment, staff: Staff
) -> None:
    both = await BothSides.met(people, shared_deployment, staff)
    await both.conclude()
    await expect(both.phone.result().get_by_text("需整改", exact=True).first).to_be_visible(timeout=WAIT_MS)
    await expect(both.phone.result().get_by_text(REMEDY).first).to_be_visible()
    await expect(both.phone.result().get_by_role("img", name="图片：").first).to_have_js_property(
        "complete", value=True
    )
    assert await hindrances(both.phone.page) == []
    await both.phone.page.get_by_role("button", name="我有异议").click()
    await both.phone.page.get_by_label("您的异议").fill("期限太短")
    await both.phone.sign_by_finger()
    await expect(both.laptop.page.get_by_text("已签名：王芳")).to_be_visible(timeout=WAIT_MS)
    await expect(both.laptop.page.get_by_text("异议：期限太短")).to_be_visible()
    assert await hindrances(both.laptop.page) == []
    await both.sign_official()
    for button in both.records:
        await expect(button).to_be_visible(timeout=WAIT_MS)
    on_phone, on_laptop = [await saved(button.page, button) for button in both.records]
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


async def test_who_does_not_sign_a_visit_on_site_says_why_and_the_record_is_closed_all_the_same(
    people: People, shared_deployment: Deployment, staff: Staff
) -> None:
    both = await BothSides.met(people, shared_deployment, staff)
    await both.conclude("needs_on_site_visit")
    await expect(both.phone.result().get_by_text("需现场勘验", exact=True).first).to_be_visible(timeout=WAIT_MS)
    await expect(both.phone.result().get_by_text("勘验员会与您预约现场勘验")).to_be_visible()
    await expect(both.phone.result().get_by_text("无药剂异味").first).to_be_visible()
    assert await hindrances(both.phone.page) == []
    await both.phone.result().get_by_role("button", name="我不签名").click(timeout=WAIT_MS)
    await both.phone.result().get_by_label("不签名的理由").fill("不认可期限")
    await both.phone.result().get_by_role("button", name="记录拒签").click()
    await expect(both.laptop.page.get_by_text("拒绝签名：不认可期限")).to_be_visible(timeout=WAIT_MS)
    await both.sign_official()
    await expect(both.phone.result().get_by_text("笔录已封存，并记明您拒签及理由")).to_be_visible(timeout=WAIT_MS)
    await both.phone.result().get_by_role("button", name="返回通话").click()
    await expect(both.phone.page.get_by_text("录制中")).to_be_visible()

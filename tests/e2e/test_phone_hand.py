"""The phone as it is operated by others: its camera, what is drawn on its picture, the chat; large letters, battery."""

from __future__ import annotations

import uuid
from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.office_voice import OfficeVoice
from tests.e2e.pages.phone import JOIN_MS, PhonePages
from tests.e2e.staff import Invited, Staff
from tests.e2e.waiting import until
from tests.support.chromium import operable_camera, with_battery

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

SMALL: dict[str, Any] = {"viewport": {"width": 360, "height": 640}}
ASPECT = 16 / 9
OVERLAPS = """() => {
  const shown = [...document.querySelectorAll('.head, .cards, .controls')].map((one) => one.getBoundingClientRect());
  const tops = shown.map(({ top }) => top), bottoms = shown.map(({ bottom }) => bottom);
  const buttons = [...document.querySelectorAll('.controls button')].map((one) => one.getBoundingClientRect());
  return [
    ...tops.slice(1).filter((top, i) => top < bottoms[i] - 1).map((top) => `parts overlap at ${top}`),
    ...buttons.filter(({ right, bottom }) => right > innerWidth || bottom > innerHeight).map(() => 'a button is cut'),
    ...(document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the screen'] : []),
  ];
}"""
"""Of the call's parts those that lie on each other, and what is not whole on the screen."""


async def test_what_is_asked_of_the_camera_is_done_and_what_only_the_person_can_do_is_shown(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    screen = await people.phone(init_scripts=[operable_camera()])
    page, phone = screen.page, PhonePages(screen.page)
    async with OfficeVoice.joined(shared_deployment.product.url, staff, invited.inspection_id) as office:
        await phone.join(invited.link)
        told = await office.hear("camera_abilities")
        assert told["abilities"] == {
            "can_turn": False,
            "torch": False,
            "zoom": {"min": 1, "max": 5, "step": 0.1, "value": 1},
        }
        await office.see_the_site()

        assert (await office.ask("torch_on"))["outcome"] == "done"
        zoomed = await office.ask("zoom", zoom=2.5)
        assert (zoomed["outcome"], zoomed["zoom"]) == ("done", 2.5)
        assert await page.evaluate("window.__camera") == {"torch": True, "zoom": 2.5}
        turned = await office.ask("turn")
        assert (turned["outcome"], turned["obstacle"]) == ("impossible", "no_other_camera")

        # The person does the same by hand, and has no button for what the camera cannot do.
        await page.get_by_role("button", name="手电筒", pressed=True).click()
        await page.get_by_role("button", name="缩小").click()
        await expect(page.get_by_text("现在放大 1.7 倍")).to_be_attached()
        assert await page.evaluate("window.__camera") == {"torch": False, "zoom": 1.7}
        await expect(page.get_by_role("button", name="翻转镜头")).to_have_count(0)

        asked = await office.begin_to_ask("steady")
        await expect(page.get_by_role("heading", name="拿稳手机")).to_be_in_viewport(timeout=JOIN_MS)
        assert await hindrances(page) == []
        # A newer wish of the same kind takes its place; the answer is for that one.
        newer = await office.begin_to_ask("steady")
        assert newer != asked
        await office.hear("camera_asked", request=newer)
        await page.get_by_role("button", name="好了").click()
        assert (await office.answer_to(newer))["outcome"] == "done"
        await expect(page.get_by_role("heading", name="拿稳手机")).to_have_count(0)
        closer = await office.begin_to_ask("closer")
        await page.get_by_role("button", name="做不到").click()
        assert (await office.answer_to(closer))["outcome"] == "declined"
    assert screen.complaints == []


async def test_what_others_draw_is_seen_on_the_own_picture_and_told_in_words(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    screen = await people.phone()
    page, phone = screen.page, PhonePages(screen.page)
    layer = page.locator(".drawing-layer")
    async with OfficeVoice.joined(shared_deployment.product.url, staff, invited.inspection_id) as office:
        await phone.join(invited.link)
        await office.see_the_site()
        here = {"participant_id": office.site_id, "aspect": ASPECT}
        arrow = {"id": "a", "kind": "arrow", "points": [{"x": 0.2, "y": 0.2}, {"x": 0.5, "y": 0.5}], "ink": "red"}
        await office.say("point", place={"x": 0.7, "y": 0.3}, **here)
        await expect(layer.locator(".pointer")).to_contain_text("勘验员", timeout=JOIN_MS)
        await office.say("draw", shape=arrow, **here)
        await expect(layer.locator(".stroke")).to_have_count(1, timeout=JOIN_MS)
        await expect(page.get_by_text("在画面上做了标注")).to_be_attached()

        freeze = uuid.uuid4().hex
        await office.say("freeze", freeze=freeze, participant_id=office.site_id)
        await expect(page.get_by_text("定格了这一刻的画面在看，录像继续")).to_be_visible(timeout=JOIN_MS)
        await office.say("show_frame", freeze=freeze, jpeg=_jpeg())
        await expect(layer.locator("img")).to_be_visible(timeout=JOIN_MS)
        assert await hindrances(page) == []
        # Who reloads sees it again.
        await page.reload()
        await expect(layer.locator("img")).to_be_visible(timeout=JOIN_MS)
        await expect(layer.locator(".stroke")).to_have_count(1)
        await office.say("unfreeze", freeze=freeze)
        await expect(layer.locator("img")).to_have_count(0, timeout=JOIN_MS)
        await expect(layer.locator(".stroke")).to_have_count(0)
    assert screen.complaints == []


async def test_words_stand_large_until_read_and_what_is_written_offline_arrives_once(
    people: People, invited: Invited, staff: Staff
) -> None:
    screen = await people.phone()
    page, phone = screen.page, PhonePages(screen.page)
    chat = f"/api/inspections/{invited.inspection_id}/chat"
    await phone.open(invited.link)
    await phone.agree()
    await phone.heading("您已在等候室").wait_for()
    await expect(page.get_by_role("button", name="文字")).to_have_count(0)
    await phone.be_let_in(invited.link)

    await staff.put(f"{chat}/{uuid.uuid4().hex}", {"text": "请看门牌"})
    await staff.put(f"{chat}/{uuid.uuid4().hex}", {"text": "再看营业执照"})
    caption = page.get_by_role("group", name="文字交流")
    await expect(caption).to_contain_text("再看营业执照", timeout=JOIN_MS)
    await expect(page.get_by_role("button", name="2 条未读")).to_be_visible()
    assert await hindrances(page) == []
    await caption.get_by_role("button", name="回复").click()
    sheet = page.get_by_role("dialog", name="文字交流")
    await expect(sheet.get_by_text("请看门牌")).to_be_visible()
    assert await hindrances(page) == []
    await sheet.get_by_role("button", name="好的").click()
    await _said(staff, chat, ["请看门牌", "再看营业执照", "好的"])

    await screen.context.set_offline(True)
    await sheet.get_by_label("输入文字").fill("这里没有信号")
    await sheet.get_by_role("button", name="发送").click()
    await expect(sheet.get_by_text("正在发送，网络恢复后自动重发")).to_be_visible()
    await screen.context.set_offline(False)
    await expect(sheet.get_by_text("正在发送，网络恢复后自动重发")).to_have_count(0, timeout=JOIN_MS)
    await _said(staff, chat, ["请看门牌", "再看营业执照", "好的", "这里没有信号"])
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    # What opened it is read and gone.
    await expect(page.get_by_role("button", name="文字")).to_be_focused()


async def test_large_letters_are_kept_from_the_invitation_into_the_call_where_everything_still_fits(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    screen = await people.phone(init_scripts=[operable_camera(), with_battery()], **SMALL)
    page, phone = screen.page, PhonePages(screen.page)
    async with OfficeVoice.joined(shared_deployment.product.url, staff, invited.inspection_id) as office:
        await phone.open(invited.link)
        await page.get_by_role("button", name="大字", pressed=False).click()
        await page.reload()
        await expect(page.get_by_role("button", name="大字", pressed=True)).to_be_visible(timeout=JOIN_MS)
        assert await hindrances(page) == []
        assert await _font_px(page) == 22
        await phone.agree()
        await phone.be_let_in(invited.link)
        await office.see_the_site()

        await expect(page.get_by_text("电量 62%, 本次通话已用流量")).to_be_attached()
        await office.begin_to_ask("closer")
        await expect(page.get_by_role("heading", name="再靠近一点")).to_be_in_viewport(timeout=JOIN_MS)
        assert await page.evaluate(OVERLAPS) == []
        await page.get_by_role("button", name="好了").click()

        await page.evaluate("window.__drain(0.15)")
        warning = page.get_by_text("手机电量只剩 15%")
        await expect(warning).to_be_visible()
        await page.evaluate("window.__drain(0.15, true)")
        await expect(warning).to_have_count(0)
        assert await hindrances(page) == []
        await page.get_by_role("button", name="大字", pressed=True).click()
        assert await _font_px(page) == 17
        assert await page.evaluate(OVERLAPS) == []


async def _font_px(page: Page) -> float:
    size: str = await page.evaluate("getComputedStyle(document.documentElement).fontSize")
    return float(size.removesuffix("px"))


async def _said(staff: Staff, chat: str, texts: list[str]) -> None:
    async def said() -> bool:
        return [each["text"] for each in (await staff.get(chat))["items"]] == texts

    await until(said, within_s=JOIN_MS / 1000, what=f"the chat to be {texts}")


def _jpeg() -> str:
    written = BytesIO()
    Image.new("RGB", (320, 180), (60, 120, 90)).save(written, "JPEG")
    return b64encode(written.getvalue()).decode()

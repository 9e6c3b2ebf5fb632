"""Where the phone is, whether its picture is live, and what codes it shows: the laptop's tab and the phone's cards."""

from __future__ import annotations

from typing import Any

import pytest
import segno
from playwright.async_api import Geolocation, Locator, Page, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import PhonePages
from tests.e2e.staff import Invited, Staff
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

SITE = {"latitude": 38.2412, "longitude": 104.6395}
NEAR = Geolocation(latitude=38.2416, longitude=104.6399, accuracy=15)
FAR = Geolocation(latitude=38.2712, longitude=104.6395, accuracy=15)
WAIT_MS = 30_000
SEEN_MS = 45_000
"""Codes and faults are looked for in keyframes only."""

DRAWN_CAMERA = """(() => {
  // A camera in front of which the test holds pictures: `__hold(url)`; `__dark`: the lens is covered.
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1280, 720];
  const pen = canvas.getContext('2d');
  let held = null;
  window.__hold = async (url) => {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    held = picture;
  };
  setInterval(() => {
    pen.fillStyle = '#8fa4b8';
    pen.fillRect(0, 0, 1280, 720);
    pen.fillStyle = '#345';
    pen.fillRect((performance.now() / 20) % 1200, 600, 80, 80);
    if (held !== null) pen.drawImage(held, 380, 60, 520, 520);
    if (window.__dark) {
      pen.fillStyle = '#020202';
      pen.fillRect(0, 0, 1280, 720);
    }
  }, 40);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await original(wanted);
    if (!wanted.video) return stream;
    stream.getVideoTracks().forEach((track) => { stream.removeTrack(track); track.stop(); });
    stream.addTrack(canvas.captureStream(25).getVideoTracks()[0]);
    return stream;
  };
})()"""
NOT_ASKED_YET = """(() => {
  const query = navigator.permissions.query.bind(navigator.permissions);
  navigator.permissions.query = async (what) => what.name === 'geolocation' ? { state: 'prompt' } : query(what);
})()"""


async def test_distance_is_told_and_warns_when_the_phone_goes_away(
    people: People, invited: Invited, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone(geolocation=NEAR)
    await enterprise.context.grant_permissions(["geolocation"])
    laptop, phone = LaptopPages(inspector.page, shared_deployment.product.url), PhonePages(enterprise.page)
    await laptop.sign_in()
    await laptop.open_case(invited.case_id)
    form = inspector.page.get_by_label("坐标（纬度, 经度）")
    await form.fill("现场")
    await inspector.page.get_by_role("button", name="登记坐标").click()
    await expect(inspector.page.get_by_text("看不懂这个坐标")).to_be_visible()
    await form.fill(f"{SITE['latitude']}, {SITE['longitude']}")
    await inspector.page.get_by_role("button", name="登记坐标").click()
    await expect(inspector.page.get_by_text("38.2412, 104.6395", exact=True)).to_be_visible(timeout=WAIT_MS)
    assert await hindrances(inspector.page) == []

    await laptop.enter_call(invited.inspection_id)
    await phone.join(invited.link)
    tab = await _site_tab(inspector.page)
    whereabouts = tab.get_by_role("region", name="位置", exact=True)
    await expect(whereabouts.get_by_text("在登记地点", exact=True)).to_be_visible(timeout=WAIT_MS)
    await expect(whereabouts.get_by_text("距登记地点 57 m，定位精度 ±15 m")).to_be_visible()
    await expect(enterprise.page.get_by_text("可以告诉勘验员您的位置吗？")).to_be_hidden()
    assert await hindrances(inspector.page) == []

    await enterprise.context.set_geolocation(FAR)
    await expect(whereabouts.get_by_text("不在登记地点", exact=True)).to_be_visible(timeout=WAIT_MS)
    await expect(whereabouts.get_by_text("距登记地点 3.3 km")).to_be_visible()
    await expect(laptop.site_video()).to_be_visible()

    await whereabouts.get_by_role("button", name="以手机的位置作为现场坐标").click()
    question = whereabouts.get_by_role("alertdialog")
    await expect(question).to_contain_text("由 38.2412, 104.6395 改为")
    await expect(question).to_contain_text("相距 3.3 km")
    assert await hindrances(inspector.page) == []
    await question.get_by_role("button", name="改为手机的位置").click()
    await expect(whereabouts.get_by_text("距登记地点 0 m")).to_be_visible(timeout=WAIT_MS)
    await whereabouts.get_by_role("button", name="恢复原坐标").click()
    await expect(whereabouts.get_by_text("距登记地点 3.3 km")).to_be_visible(timeout=WAIT_MS)

    # Allowed, but the phone finds none any more: in a cellar, say.
    await enterprise.context.set_geolocation(None)
    await expect(whereabouts.get_by_text("对方手机定位不可用")).to_be_visible(timeout=WAIT_MS)
    await expect(enterprise.page.get_by_role("heading", name="没有定位，请拍三张照片")).to_be_visible()
    await expect(enterprise.page.get_by_role("button", name="开始拍照")).to_be_visible()
    assert await hindrances(enterprise.page) == []
    assert (inspector.complaints, enterprise.complaints) == ([], [])


async def test_who_declines_is_offered_the_doorplate_route_and_codes_are_read_and_attached(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone(init_scripts=[NOT_ASKED_YET, DRAWN_CAMERA])
    await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await expect(enterprise.page.get_by_role("heading", name="可以告诉勘验员您的位置吗？")).to_be_visible(
        timeout=WAIT_MS
    )
    assert await hindrances(enterprise.page) == []
    await enterprise.page.get_by_role("button", name="不发送").click()
    tab = await _site_tab(inspector.page)
    await expect(tab.get_by_text("对方没有允许定位").first).to_be_visible(timeout=WAIT_MS)

    await enterprise.page.get_by_role("button", name="开始拍照").click()
    for step in ("街道或路牌", "门牌号", "墙上的证照"):
        await expect(enterprise.page.get_by_text(f"把镜头对准{step}")).to_be_visible(timeout=WAIT_MS)
        await enterprise.page.get_by_role("button", name="拍下").click()
    await expect(enterprise.page.get_by_text("照片已发给勘验员")).to_be_visible(timeout=WAIT_MS)
    evidence = await staff.get(f"/api/inspections/{invited.inspection_id}/evidence")
    assert [each["doorplate"] for each in evidence["items"]] == ["street", "number", "licence"]
    part = tab.get_by_role("region", name="门牌核对", exact=True)
    await expect(part.get_by_text("已收到")).to_have_count(3, timeout=WAIT_MS)

    await enterprise.page.get_by_role("button", name="知道了").click()
    await part.get_by_role("button", name="再拍一次").click()
    for step in ("街道或路牌", "门牌号", "墙上的证照"):
        asked = enterprise.page.get_by_role("alertdialog").filter(has_text=f"把镜头对准{step}")
        await expect(asked).to_be_visible(timeout=WAIT_MS)
        await asked.get_by_role("button", name="拍照", exact=True).click()
    await expect(part.get_by_text("已收到")).to_have_count(3, timeout=WAIT_MS)

    text = "https://example.org/licence/91990100MA7DEMO012"
    await enterprise.page.evaluate(
        "(url) => window.__hold(url)", segno.make(text).svg_data_uri(scale=8, border=4, light="white")
    )
    await tab.get_by_label("读取画面中的二维码和条形码").check()
    await expect(tab.get_by_text(text, exact=True)).to_be_visible(timeout=SEEN_MS)
    await tab.get_by_role("button", name="附到当前要点").click()
    await expect(tab.get_by_role("button", name="已附上")).to_be_disabled()

    async def attached() -> bool:
        kept = await staff.get(f"/api/inspections/{invited.inspection_id}/evidence")
        return f"二维码：{text}" in [each["note"] for each in kept["items"]]

    await until(attached, within_s=20, what="the code among the evidence")
    assert (inspector.complaints, enterprise.complaints) == ([], [])


async def test_a_challenge_is_confirmed_failed_and_recognised_and_a_covered_lens_is_told_to_both(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone(init_scripts=[DRAWN_CAMERA])
    await meet(inspector, enterprise, shared_deployment.product.url, invited)
    tab = await _site_tab(inspector.page)
    part = tab.get_by_role("region", name="现场核验", exact=True)
    card = enterprise.page.get_by_role("region", name="现场核验", exact=True)

    await part.get_by_role("button", name="手写验证码").click()
    code = await _newest_code(staff, invited)
    await expect(card.get_by_text(code, exact=True)).to_be_visible(timeout=WAIT_MS)
    assert await hindrances(enterprise.page) == []
    assert await hindrances(inspector.page) == []
    await part.get_by_role("button", name="确认完成").click()
    await expect(card.get_by_text("勘验员已确认")).to_be_visible(timeout=WAIT_MS)
    await card.get_by_role("button", name="知道了").click()

    await part.get_by_role("button", name="转向门口").click()
    await expect(card.get_by_text("请把镜头转向门口")).to_be_visible(timeout=WAIT_MS)
    await part.get_by_role("button", name="未通过").click()
    await expect(card.get_by_text("没有通过")).to_be_visible(timeout=WAIT_MS)

    await part.get_by_role("button", name="出示二维码").click()
    await card.get_by_role("button", name="全屏显示二维码").click()
    await expect(enterprise.page.get_by_role("img", name="现场核验的二维码")).to_be_visible(timeout=WAIT_MS)
    assert await hindrances(enterprise.page) == []
    shown = await enterprise.page.get_by_role("img", name="现场核验的二维码").get_attribute("src")
    await enterprise.page.get_by_role("button", name="返回").click()
    await enterprise.page.evaluate("(url) => window.__hold(url)", shown)
    await expect(card.get_by_text("系统读到了二维码")).to_be_visible(timeout=SEEN_MS)
    await expect(part.get_by_text("系统已在画面中读到二维码")).to_be_visible(timeout=WAIT_MS)
    challenges = (await staff.get(f"/api/inspections/{invited.inspection_id}/challenges"))["items"]
    assert [each["outcome"] for each in challenges] == ["confirmed", "failed", "seen"]

    async def proved() -> bool:
        kept = await staff.get(f"/api/inspections/{invited.inspection_id}/evidence")
        notes = [each["note"] for each in kept["items"] if each["kind"] == "still"]
        return notes == [f"现场核验：手写验证码 {code}", f"现场核验：出示二维码 {challenges[-1]['code']}"]

    await until(proved, within_s=20, what="a still of each challenge that was done")

    await enterprise.page.evaluate("window.__dark = true")
    told = enterprise.page.get_by_text("太暗了：请打开手电筒或开灯").or_(enterprise.page.get_by_text("镜头被挡住了"))
    await expect(told).to_be_visible(timeout=SEEN_MS)
    hints = inspector.page.get_by_role("list", name="画面提示").get_by_role("listitem")
    await expect(hints.filter(has_text="画面太暗").or_(hints.filter(has_text="镜头被挡住")).first).to_be_visible(
        timeout=WAIT_MS
    )
    assert await hindrances(inspector.page) == []
    assert await hindrances(enterprise.page) == []
    assert (inspector.complaints, enterprise.complaints) == ([], [])


async def _site_tab(page: Page) -> Locator:
    await page.get_by_role("tab", name="现场", exact=True).click()
    return page.get_by_role("tabpanel")


async def _newest_code(staff: Staff, invited: Invited) -> str:
    async def asked() -> Any:
        return (await staff.get(f"/api/inspections/{invited.inspection_id}/challenges"))["items"]

    challenges = await until(asked, within_s=20, what="the challenge")
    return str(challenges[-1]["code"])

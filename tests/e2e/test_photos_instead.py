"""Where video cannot work: photos point by point, without a camera, without a network, and on to result and record."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import FilePayload, Page, Route, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.phone import JOIN_MS, PhonePages
from tests.e2e.pictures import film, photo, sha256
from tests.e2e.staff import Invited, Staff
from tests.support.chromium import Screen

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

EVIDENCE = "**/api/visit/evidence/*"


async def test_a_denied_camera_is_no_end_and_nothing_is_lost_without_a_network(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    screen = await people.phone(devices=False, geolocation={"latitude": 36.65, "longitude": 117.12, "accuracy": 20})
    await screen.context.grant_permissions(["geolocation"])
    page, phone = screen.page, PhonePages(screen.page)
    await phone.open(invited.link)
    await phone.introduce()
    await phone.consent()
    await page.get_by_role("button", name="改为逐项拍照").click()
    await expect(page.get_by_text(re.compile("第 1 项，共"))).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(page) == []
    total = await points_of(page)
    await expect(page.get_by_text("照片会附上手机的位置")).to_be_visible(timeout=JOIN_MS)

    first, second = photo(), photo(pixels=700)
    await take(page, first)
    await expect(page.get_by_text(f"已完成 1 / {total}")).to_be_visible(timeout=JOIN_MS)
    await film_it(page, film(seconds=40))
    await expect(page.get_by_text("视频超过 30 秒")).to_be_visible(timeout=JOIN_MS)
    short = film(seconds=1)
    async with page.expect_response(lambda answer: "/evidence/" in answer.url and answer.ok):
        await film_it(page, short)
    await page.get_by_role("button", name="下一项").click()

    await screen.context.set_offline(True)
    await expect(page.get_by_text("现在没有网络")).to_be_visible()
    await take(page, second)
    await expect(page.get_by_text("网络不通，已保存")).to_be_visible(timeout=JOIN_MS)
    await page.get_by_role("button", name="下一项").click()
    await page.get_by_role("button", name="跳过这一项").click()
    await page.get_by_label("为什么跳过？").fill("设备送检")
    await page.get_by_role("button", name="确认跳过").click()
    await expect(page.get_by_text(f"已完成 2 / {total}")).to_be_visible()

    # Back, but not yet to where photos are taken in: a reload must still have what was not sent.
    await page.route(EVIDENCE, refuse)
    await screen.context.set_offline(False)
    await page.reload()
    await page.get_by_role("button", name="改为逐项拍照").click()
    await page.get_by_text("全部要点").click()
    second_point = page.get_by_role("listitem").filter(has_text=re.compile(r"^2\. "))
    await expect(second_point.get_by_text("待发送")).to_be_visible(timeout=JOIN_MS)

    # Whoever has the list of cases open sees that photos come.
    inspector = await people.laptop()
    laptop = LaptopPages(inspector.page, shared_deployment.product.url)
    await laptop.sign_in()
    come = inspector.page.locator(f'a[href="/inspections/{invited.inspection_id}/replay"]')
    await expect(come).to_have_text("照片与片段 2 件", timeout=WAIT_MS)
    await page.unroute(EVIDENCE)
    await expect(second_point.get_by_text("已送达")).to_be_visible(timeout=JOIN_MS)
    await expect(page.get_by_text(f"已完成 3 / {total}")).to_be_visible(timeout=JOIN_MS)

    kept = (await staff.get(f"/api/inspections/{invited.inspection_id}/evidence"))["items"]
    assert [each["sha256"] for each in kept] == [sha256(each) for each in (first, short, second)]
    assert {(each["position"]["latitude"], each["position"]["source"]) for each in kept} == {(36.65, "browser")}
    assert len({each["checklist_item_id"] for each in kept}) == 2
    noted = (await staff.get(f"/api/inspections/{invited.inspection_id}/moments"))["items"]
    assert [one["details"].get("reason") for one in noted] == [None, "设备送检"]
    assert [one["kind"] for one in noted] == ["photos.begun", "photos.skipped"]

    await expect(come).to_have_text("照片与片段 3 件", timeout=WAIT_MS)
    await come.click()
    await look_through(inspector.page, (first, short, second), total)
    await to_the_record(inspector, screen, total)


async def look_through(page: Page, files: tuple[FilePayload, ...], total: int) -> None:
    """The pictures stand under their points, each with its hash, and each opens."""
    record = page.get_by_role("region", name="逐项照片")
    articles = record.get_by_role("article")
    first, short, second = map(sha256, files)
    await expect(articles.first).to_contain_text(first, timeout=WAIT_MS)
    await expect(articles.first).to_contain_text(short)
    await expect(articles.nth(1)).to_contain_text(second)
    await expect(articles.nth(2)).to_contain_text("设备送检")
    await expect(articles).to_have_count(total)
    await articles.first.get_by_role("button", name=re.compile("照片")).click()
    viewer = page.get_by_role("dialog", name="照片")
    await expect(viewer.get_by_role("img")).to_be_visible(timeout=WAIT_MS)
    await expect(viewer.get_by_text("看这一秒")).to_have_count(0)
    await viewer.get_by_role("button", name="关闭").click()
    assert await hindrances(page) == []


async def to_the_record(inspector: Screen, enterprise: Screen, total: int) -> None:
    """Judged, concluded, signed, printed and ended without anybody ever having been in a call."""
    office, phone = inspector.page, PhonePages(enterprise.page)
    senders = office.get_by_role("region", name="照片由谁发送")
    await senders.get_by_role("button", name="确认").click()
    await expect(senders).to_have_count(0)
    for _ in range(total):
        await office.keyboard.press("1")
    await expect(office.get_by_text("必查要点已全部判定")).to_be_visible(timeout=WAIT_MS)
    await office.locator("#checklist-note").fill("企业已提交仓库气味检查记录")
    await office.get_by_role("button", name="作出结论").click()
    await office.get_by_role("radiogroup", name="作出结论").locator("label").first.click()
    await office.get_by_role("button", name="确定结论并告知企业").click()
    await expect(phone.result().get_by_text("通过", exact=True).first).to_be_visible(timeout=WAIT_MS)
    await phone.result().get_by_text("阅读完整笔录").click()
    assert await hindrances(phone.page) == []
    await phone.sign_by_finger()
    outcome = office.get_by_role("dialog", name="勘验结果与笔录")
    await expect(outcome.get_by_text("已签名：王芳")).to_be_visible(timeout=WAIT_MS)
    await outcome.get_by_role("button", name="签名").click()
    for page in (office, phone.page):
        await expect(page.get_by_role("button", name="下载笔录 PDF")).to_be_visible(timeout=WAIT_MS)
    await outcome.get_by_role("button", name=re.compile("^关闭")).click()
    await phone.result().get_by_role("button", name="返回").click()
    await expect(phone.page.get_by_text(re.compile("已完成"))).to_be_visible()

    await office.get_by_role("button", name="结束勘验").click()
    await office.get_by_role("dialog").get_by_role("button", name="结束勘验").click()
    await expect(phone.heading("您的勘验")).to_be_visible(timeout=WAIT_MS)
    await phone.page.get_by_label("非常满意", exact=True).check()
    await phone.page.get_by_role("button", name="提交评价").click()
    await expect(phone.page.get_by_text("谢谢您的评价：非常满意")).to_be_visible(timeout=WAIT_MS)
    await expect(office.get_by_role("button", name="结束勘验")).to_have_count(0, timeout=WAIT_MS)
    assert await hindrances(office) == []
    assert inspector.complaints == []


async def refuse(route: Route) -> None:
    await route.abort()


async def points_of(page: Page) -> int:
    text = await page.get_by_text(re.compile("第 1 项，共")).inner_text()
    match = re.search(r"共 (\d+) 项", text)
    assert match is not None
    return int(match[1])


async def take(page: Page, file: FilePayload) -> None:
    await page.get_by_test_id("pick-photo-camera").set_input_files(file)


async def film_it(page: Page, file: FilePayload) -> None:
    await page.get_by_test_id("pick-clip-camera").set_input_files(file)

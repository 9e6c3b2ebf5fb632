"""Photos from the phone: asked for, by the person's own wish, refused, and through a network that is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import SMALL_SITE, People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import JOIN_MS, PhonePages
from tests.e2e.pictures import HEIC, pdf, photo, sha256
from tests.e2e.staff import Invited, Staff
from tests.support.tcp_relay import TcpRelay

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

SLOW_MS = 60
"""One way for each 64 KiB: a photo of some megabytes takes a few seconds."""
GIVEN_UP_MS = 60_000


async def test_the_inspector_asks_and_one_tap_sends_a_photo_in_full_resolution(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    laptop, _ = await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await laptop.see_the_site()
    await laptop.open_pictures()
    await inspector.page.get_by_label("拍什么？").fill("烘箱铭牌")
    await inspector.page.get_by_role("button", name="请对方拍照").click()
    await expect(inspector.page.get_by_text("已请求，等待对方拍照")).to_be_visible(timeout=JOIN_MS)

    card = enterprise.page.get_by_role("alertdialog", name="勘验员请您拍一张照片")
    await expect(card.get_by_text("烘箱铭牌")).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(enterprise.page) == []
    await card.get_by_role("button", name="拍照", exact=True).click()
    await expect(laptop.kept_pictures()).to_have_count(1, timeout=JOIN_MS)
    await expect(card).to_be_hidden()
    await expect(inspector.page.get_by_role("list", name="等待中的照片")).to_be_hidden()
    (kept,) = (await staff.get(f"/api/inspections/{invited.inspection_id}/evidence"))["items"]
    assert (kept["kind"], kept["width"], kept["height"]) == ("photo", SMALL_SITE.width, SMALL_SITE.height)
    noted = await staff.get(f"/api/inspections/{invited.inspection_id}/moments")
    assert [one["details"]["note"] for one in noted["items"] if one["kind"] == "photo.asked"] == ["烘箱铭牌"]
    assert (inspector.complaints, enterprise.complaints) == ([], [])


async def test_files_of_the_persons_own_choice_arrive_or_are_refused_in_plain_words(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment, tmp_path: Path
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    laptop, _ = await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await enterprise.page.get_by_role("button", name="照片", exact=True).click()
    sheet = enterprise.page.get_by_role("dialog", name="照片和文件")
    choose = sheet.get_by_test_id("pick-document")

    located = photo(at=(34.5, 117.25))
    for chosen in (located, pdf()):
        await choose.set_input_files(chosen)
    await expect(sheet.get_by_text("已送达")).to_have_count(2, timeout=JOIN_MS)
    with (big := tmp_path / "big.jpg").open("wb") as file:
        file.truncate(31 << 20)
    await choose.set_input_files(big)
    await expect(sheet.get_by_text("文件太大")).to_be_visible()
    await choose.set_input_files(FilePayload(name="IMG_1.HEIC", mimeType="image/heic", buffer=HEIC))
    await expect(sheet.get_by_text("这种文件不能接收")).to_be_visible()
    await choose.set_input_files(FilePayload(name="named.jpg", mimeType="image/jpeg", buffer=HEIC))
    await expect(sheet.get_by_role("listitem").get_by_text("这种文件不能接收")).to_be_visible(timeout=JOIN_MS)
    await choose.set_input_files(
        FilePayload(name="cut.jpg", mimeType="image/jpeg", buffer=located["buffer"][: len(located["buffer"]) // 2])
    )
    await expect(sheet.get_by_role("listitem").get_by_text("文件损坏或不完整")).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(enterprise.page) == []

    kept = (await staff.get(f"/api/inspections/{invited.inspection_id}/evidence"))["items"]
    assert [(each["kind"], each["media_type"]) for each in kept] == [
        ("document", "image/jpeg"),
        ("document", "application/pdf"),
    ]
    await laptop.open_pictures()
    await laptop.kept_pictures().first.click()
    await expect(laptop.viewer().get_by_text("34.500000, 117.250000")).to_be_visible()
    await expect(laptop.viewer().get_by_text("来源：照片文件自带")).to_be_visible()
    await expect(laptop.viewer().get_by_text("文件自述拍摄时间")).to_be_visible()


async def test_a_network_that_is_lost_in_the_middle_of_a_photo_delays_it_and_nothing_more(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    product = shared_deployment.product
    network = await TcpRelay.listening("127.0.0.1", product.port, delay_ms=SLOW_MS)
    enterprise = await people.phone()
    page = enterprise.page
    link = invited.link.replace(f":{product.port}/", f":{network.port}/").replace("#", "?photos#")
    try:
        phone = PhonePages(page)
        await phone.open(link)
        await phone.introduce()
        await phone.consent()
        await expect(page.get_by_text(re.compile("第 1 项，共"))).to_be_visible(timeout=JOIN_MS)
        large = photo(pixels=3000)
        await page.get_by_test_id("pick-photo-camera").set_input_files(large)
        await expect(page.get_by_text(re.compile(r"发送中 [1-9]\d?%"))).to_be_visible(timeout=JOIN_MS)
        network.set_down(True)
        await expect(page.get_by_text("网络不通，已保存，稍后自动发送")).to_be_visible(timeout=GIVEN_UP_MS)
        network.set_down(False)
        await expect(page.get_by_text("已送达").first).to_be_visible(timeout=GIVEN_UP_MS)
    finally:
        network.close()
    kept = (await staff.get(f"/api/inspections/{invited.inspection_id}/evidence"))["items"]
    assert [each["sha256"] for each in kept] == [sha256(large)]

"""A second camera of the same person: added, seen by the other side, recorded, and taken away again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import ENTERPRISE, JOIN_MS, PhonePages
from tests.e2e.staff import Invited, Staff
from tests.e2e.waiting import until
from tests.support.archive import chain_faults, decode

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

INSPECTOR_NAME = "陈静"
BOTH = {"camera", "camera-2"}
TOGETHER_S = 5


async def test_a_phone_shows_both_sides_at_once(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.with_two_cameras("enterprise", phone=True)
    laptop, _ = await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await _moves(laptop.site_video())

    await enterprise.page.get_by_role("button", name="双镜头").click()
    await _moves(enterprise.page.get_by_label("您的镜头 2"))
    second = inspector.page.get_by_role("button", name=f"放大：{ENTERPRISE}（机位 2）")
    await expect(second).to_be_visible(timeout=JOIN_MS)
    await second.click()
    await expect(laptop.site_video()).to_have_attribute("aria-label", f"{ENTERPRISE}（机位 2） 的画面")
    await _moves(laptop.site_video())
    first = inspector.page.get_by_role("button", name=f"放大：{ENTERPRISE}", exact=True)
    await expect(first).to_be_visible()
    assert await hindrances(enterprise.page) == []
    assert await hindrances(inspector.page) == []
    await asyncio.sleep(TOGETHER_S)

    await enterprise.page.get_by_role("button", name="关掉一个").click()
    await expect(first).to_be_hidden(timeout=JOIN_MS)
    await expect(laptop.site_video()).to_have_attribute("aria-label", f"{ENTERPRISE} 的画面")
    await _moves(laptop.site_video())
    await _both_are_stored(staff, shared_deployment, invited, ENTERPRISE)
    assert (inspector.complaints, enterprise.complaints) == ([], [])


async def test_a_laptop_adds_a_camera_and_the_phone_makes_it_large(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.with_two_cameras("inspector"), await people.phone()
    _, phone = await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await _moves(phone.office_video())

    add = inspector.page.get_by_label("增加一个摄像头")
    await add.select_option(index=1)
    await _moves(inspector.page.get_by_label("我（机位 2） 的画面"))
    await expect(add.locator("option")).to_have_text(["没有另一个摄像头，请先插上"])
    second = enterprise.page.get_by_label("（机位 2） 的画面")
    await _moves(second)
    await enterprise.page.get_by_role("button").filter(has=second).click()
    await expect(enterprise.page.locator(".large").get_by_label("（机位 2） 的画面")).to_be_visible()
    assert await hindrances(inspector.page) == []
    await asyncio.sleep(TOGETHER_S)

    await inspector.page.get_by_role("button", name="停用这个机位").click()
    await expect(second).to_be_hidden(timeout=JOIN_MS)
    await _moves(phone.office_video())
    await _both_are_stored(staff, shared_deployment, invited, INSPECTOR_NAME)
    assert (inspector.complaints, enterprise.complaints) == ([], [])


async def test_a_phone_with_one_camera_says_so(people: People, invited: Invited) -> None:
    enterprise = await people.phone()
    phone = PhonePages(enterprise.page)
    await phone.join(invited.link)
    await enterprise.page.get_by_role("button", name="双镜头").click()
    said = enterprise.page.get_by_text("这台手机没有另一个可用的镜头")
    await expect(said).to_be_visible()
    await enterprise.page.get_by_role("button", name="关闭").click()
    await expect(said).to_be_hidden()


async def _moves(video: Locator) -> None:
    """Wait for pictures in this player, and for more of them."""

    async def drawn() -> int:
        return int(await video.evaluate("(v) => v.getVideoPlaybackQuality().totalVideoFrames"))

    await expect(video).to_be_visible(timeout=JOIN_MS)
    before = await until(drawn, within_s=20, what="a picture")

    async def more() -> bool:
        return await drawn() > before

    await until(more, within_s=20, what="the picture to move")


async def _both_are_stored(staff: Staff, deployment: Deployment, invited: Invited, name: str) -> None:
    await staff.end(invited.inspection_id)
    tracks = await until(lambda: deployment.all_stored(invited.inspection_id), within_s=20, what="the whole footage")
    theirs = {track.track.source: track for track in tracks if track.participant_name == name}
    assert theirs.keys() == BOTH
    for track in theirs.values():
        assert chain_faults(track.segments) == []
        content = await asyncio.to_thread(decode, track.segments)
        assert content.faults == []
        assert content.frames[-1].at - content.frames[0].at > timedelta(seconds=TOGETHER_S)
    assert theirs["camera"].segments[0].codecs.endswith("Opus")
    assert {segment.codecs.count("Opus") for segment in theirs["camera-2"].segments} == {0}

"""What a person sees whose way into the call is barred, and that it is said in the person's own words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from storage import engine
from storage.tables.inspections import invitations
from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.phone import JOIN_MS, PhonePages
from tests.e2e.staff import Invited, Staff
from tests.e2e.waiting import until
from tests.support.chromium import add_window, only_codecs

pytestmark = pytest.mark.e2e


async def test_camera_denied_says_how_to_allow_it(people: People, invited: Invited) -> None:
    screen = await people.phone(devices=False)
    phone = PhonePages(screen.page)
    await phone.open(invited.link)
    await phone.introduce()
    await phone.consent()
    await expect(phone.heading("无法使用摄像头")).to_be_visible(timeout=JOIN_MS)
    await expect(screen.page.get_by_text("把“摄像头”和“麦克风”改为“允许”")).to_be_visible()
    assert await hindrances(screen.page) == []

    await screen.context.grant_permissions(["camera", "microphone"])
    await screen.page.get_by_role("button", name="重试").click()
    await expect(phone.heading("无法使用摄像头")).to_be_hidden(timeout=JOIN_MS)
    await screen.page.get_by_role("button", name="进入等候室").click(timeout=JOIN_MS)
    await phone.be_let_in(invited.link)
    assert screen.complaints == []


@pytest.mark.parametrize("part", ["phone.zh-CN", "ReadinessScreen"])
async def test_a_part_that_did_not_load_is_there_when_the_network_is_back(
    part: str, people: People, invited: Invited
) -> None:
    """Chromium never asks again for a module that failed, so the page has to be loaded again."""
    screen = await people.phone()
    phone, blocked = PhonePages(screen.page), f"**/assets/{part}*"
    await screen.page.route(blocked, lambda route: route.abort())
    async with screen.page.expect_event("requestfailed", lambda request: part in request.url):
        await screen.page.goto(invited.link)
        if part == "ReadinessScreen":
            await phone.introduce()
            await phone.consent()
    await screen.page.unroute(blocked)
    if part == "phone.zh-CN":
        await phone.introduce()
        await phone.consent()
    await expect(screen.page.get_by_role("button", name="进入等候室")).to_be_visible(timeout=JOIN_MS)


async def test_a_revoked_link_says_so(people: People, staff: Staff, invited: Invited) -> None:
    await staff.delete(f"/api/invitations/{invited.invitation_id}")
    screen = await people.phone()
    phone = PhonePages(screen.page)
    await phone.open(invited.link)
    await expect(phone.heading("邀请已被撤回")).to_be_visible(timeout=JOIN_MS)


async def test_revoking_puts_the_person_out_of_the_call(
    people: People, staff: Staff, invited: Invited, shared_deployment: Deployment
) -> None:
    screen, inspector = await people.phone(), await people.laptop()
    phone, laptop = PhonePages(screen.page), LaptopPages(inspector.page, shared_deployment.product.url)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await phone.join(invited.link)
    await staff.delete(f"/api/invitations/{invited.invitation_id}")
    await expect(phone.heading("邀请已被撤回")).to_be_visible(timeout=JOIN_MS)
    await expect(inspector.page.get_by_text("对方的链接已失效")).to_be_visible(timeout=JOIN_MS)


async def test_an_expired_link_says_so(people: People, invited: Invited, shared_deployment: Deployment) -> None:
    database = engine.connect(shared_deployment.database_url)
    async with database.transaction() as tx:
        past = datetime.now(UTC) - timedelta(minutes=1)
        await tx.execute(invitations.update().values(expires_at=past).where(invitations.c.id == invited.invitation_id))
    await database.close()
    screen = await people.phone()
    phone = PhonePages(screen.page)
    await phone.open(invited.link)
    await expect(phone.heading("链接已过期")).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(screen.page) == []


async def test_a_mistyped_link_says_so(people: People, invited: Invited) -> None:
    screen = await people.phone()
    phone = PhonePages(screen.page)
    await phone.open(invited.link[:-1] + ("A" if invited.link[-1] != "A" else "B"))
    await expect(phone.heading("链接不正确")).to_be_visible(timeout=JOIN_MS)


async def test_an_ended_inspection_says_so(people: People, staff: Staff, invited: Invited) -> None:
    await staff.end(invited.inspection_id)
    screen = await people.phone()
    phone = PhonePages(screen.page)
    await phone.open(invited.link)
    await expect(phone.heading("勘验已结束")).to_be_visible(timeout=JOIN_MS)


async def test_a_second_window_takes_over_and_the_first_says_so(people: People, invited: Invited) -> None:
    first = await people.phone()
    await PhonePages(first.page).join(invited.link)
    second = await add_window(first.context, "second-window")
    people.screens.append(second)
    # The same person on the same link: consent was given, the call begins at once.
    await PhonePages(second.page).open(invited.link)
    await PhonePages(second.page).in_call()
    await expect(PhonePages(first.page).heading("已在另一个窗口打开")).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(first.page) == []

    await first.page.get_by_role("button", name="在这里继续").click()
    await PhonePages(first.page).in_call()
    await expect(PhonePages(second.page).heading("已在另一个窗口打开")).to_be_visible(timeout=JOIN_MS)


async def test_no_common_codec_is_said_on_the_phone(people: People, staff: Staff, invited: Invited) -> None:
    screen = await people.phone(init_scripts=[only_codecs("VP8")])
    phone = PhonePages(screen.page)
    await phone.open(invited.link)
    await phone.agree()
    await staff.let_in(invited.inspection_id)
    await expect(screen.page.get_by_text("这台手机不支持所需的视频格式")).to_be_visible(timeout=JOIN_MS)


async def test_leaving_and_coming_back(people: People, staff: Staff, invited: Invited) -> None:
    screen = await people.phone()
    phone = PhonePages(screen.page)
    await phone.join(invited.link)
    await phone.leave()
    await expect(phone.heading("您已离开勘验")).to_be_visible(timeout=JOIN_MS)
    await screen.page.get_by_role("button", name="重新进入").click()
    await phone.in_call()

    async def two_stretches() -> bool:
        tracks = (await staff.footage(invited.inspection_id))["tracks"]
        return bool(tracks) and len(tracks[0]["extents"]) == 2

    await until(two_stretches, within_s=20, what="footage before and after the absence")
    tracks = (await staff.footage(invited.inspection_id))["tracks"]
    assert [gap["reason"] for gap in tracks[0]["gaps"]] == ["left"]

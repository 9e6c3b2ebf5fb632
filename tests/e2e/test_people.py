"""Everybody at once: inspector, phone, expert and observer; an opinion, a silenced voice, and somebody put out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.phone import ENTERPRISE, JOIN_MS, PhonePages
from tests.e2e.staff import Invited, Staff
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

EXPERT = "周教授"
OBSERVER = "林观察"
LAST_PICTURES = timedelta(seconds=1)
"""May still have been on their way when the button was pressed."""
OPINION = "标签清楚，仪器在检定有效期内"


async def test_an_expert_writes_is_silenced_and_put_out_while_an_observer_looks_on(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    expert, observer = await people.laptop("expert"), await people.laptop("observer")
    laptop, phone = LaptopPages(inspector.page, shared_deployment.product.url), PhonePages(enterprise.page)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await phone.join(invited.link)
    await laptop.see_the_site()

    await laptop.open_people()
    expert_pages, observer_pages = PhonePages(expert.page), PhonePages(observer.page)
    await expert_pages.open(await laptop.invite_as("专家"))
    await expect(expert.page.get_by_text("请您一同参加")).to_be_visible()
    await expect(expert.page.get_by_text("人在现场，钥匙在手，灯打开")).to_have_count(0)
    await expect(expert.page.get_by_role("button", name="不参加视频勘验")).to_have_count(0)
    await expert_pages.agree(EXPERT)
    await laptop.admit(EXPERT)
    await expert_pages.in_call()
    await observer_pages.open(await laptop.invite_as("观察员"))
    await expect(observer.page.get_by_text("您以观察员身份旁听")).to_be_visible()
    # There is no device to try: from the consent straight to the door.
    await observer_pages.introduce(OBSERVER)
    await observer_pages.consent()
    await laptop.admit(OBSERVER)

    # The observer sees the site and is seen by all, the phone too; nothing of theirs is recorded.
    site = observer.page.locator(f"video[aria-label^='{ENTERPRISE}']")
    await site.evaluate("(v) => new Promise((done) => v.requestVideoFrameCallback(done))", timeout=JOIN_MS)
    await enterprise.page.get_by_role("button", name="4 人在场").click()
    present = enterprise.page.get_by_role("dialog", name="4 人在场").get_by_role("listitem")
    await expect(present.filter(has_text=OBSERVER)).to_contain_text("观察员 · 旁听，不发送画面和声音")
    assert await hindrances(enterprise.page) == []
    await enterprise.page.keyboard.press("Escape")
    await expect(laptop.person(OBSERVER)).to_contain_text("旁听，不发送画面和声音")
    assert await hindrances(inspector.page) == []
    assert await hindrances(observer.page) == []

    # What the expert writes stands beside the point.
    point = (await staff.get(f"/api/inspections/{invited.inspection_id}/checklist"))["parts"][0]["items"][0]["item"]
    await expert.page.get_by_role("button", name="写意见").click()
    sheet = expert.page.get_by_role("dialog", name="专家意见")
    await expect(sheet.get_by_role("button", name=point["text"])).to_contain_text("正在查看", timeout=JOIN_MS)
    await sheet.get_by_label("您的意见").fill(OPINION)
    await sheet.get_by_role("button", name="提交意见").click()
    await expect(sheet.get_by_text(OPINION)).to_be_visible()
    assert await hindrances(expert.page) == []
    await expert.page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await inspector.page.get_by_role("tab", name="要点").click()
    await expect(inspector.page.get_by_role("region", name="专家意见")).to_contain_text(OPINION, timeout=WAIT_MS)

    # Silenced, they are told, and speak again when they have something to say; the inspector sees both.
    await laptop.open_people()
    await laptop.person(EXPERT).get_by_role("button", name=f"静音：{EXPERT}", exact=True).click()
    await expect(expert.page.get_by_text("勘验员已将您静音，其他人听不到您")).to_be_visible(timeout=WAIT_MS)
    await expect(laptop.person(EXPERT)).to_contain_text("已被静音")
    await expert.page.get_by_role("button", name="取消静音").first.click()
    await expect(expert.page.get_by_role("button", name="静音", exact=True)).to_be_visible(timeout=WAIT_MS)
    await expect(laptop.person(EXPERT).get_by_role("button", name=f"静音：{EXPERT}", exact=True)).to_be_visible(
        timeout=WAIT_MS
    )
    await expect(laptop.person(EXPERT)).not_to_contain_text("静音")

    # Put out, they are told so in plain words, also after a reload; what was recorded of them stays.
    await laptop.person(EXPERT).get_by_role("button", name=f"移出：{EXPERT}").click()
    question = inspector.page.get_by_role("dialog", name=f"把 {EXPERT} 移出本次勘验？")
    put_out_at = datetime.now(UTC)
    await question.get_by_role("button", name="移出").click()
    await expect(expert_pages.heading("您已被移出本次勘验")).to_be_visible(timeout=WAIT_MS)
    await expert.page.reload()
    await expect(expert_pages.heading("您已被移出本次勘验")).to_be_visible(timeout=WAIT_MS)
    await expect(laptop.person(EXPERT)).to_be_hidden()
    await expect(enterprise.page.get_by_role("button", name="3 人在场")).to_be_visible()

    async def kept_to_the_end() -> bool:
        tracks = (await staff.footage(invited.inspection_id))["tracks"]
        assert OBSERVER not in {track["participant_name"] for track in tracks}
        (of_expert,) = [track["extents"] for track in tracks if track["participant_name"] == EXPERT]
        (extent,) = of_expert
        return datetime.fromisoformat(extent["ended_at"]) > put_out_at - LAST_PICTURES

    await until(kept_to_the_end, within_s=WAIT_MS / 1000, what="the footage of who was put out, up to then")
    assert (inspector.complaints, enterprise.complaints, observer.complaints) == ([], [], [])

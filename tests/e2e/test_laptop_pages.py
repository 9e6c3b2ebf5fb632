"""The laptop's pages: who may see what is said clearly, and they can be used by everybody."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.phone import PhonePages
from tests.e2e.staff import INSPECTOR, OTHER_OFFICE, REVIEWER, Account, Staff

pytestmark = pytest.mark.e2e


async def test_a_wrong_password_says_so_and_lets_nobody_in(people: People, shared_deployment: Deployment) -> None:
    screen = await people.laptop()
    laptop = LaptopPages(screen.page, shared_deployment.product.url)
    await screen.page.goto(laptop.url)
    await laptop.enter_credentials(Account(INSPECTOR.name, "wrong"))
    await expect(screen.page.get_by_role("alert")).to_contain_text("用户名或密码", timeout=WAIT_MS)
    await laptop.open_case("anything")
    await expect(screen.page.get_by_label("用户名")).to_be_visible(timeout=WAIT_MS)


async def test_a_reviewer_cannot_start_an_inspection(
    people: People, shared_deployment: Deployment, staff: Staff
) -> None:
    case_id = await staff.open_case()
    screen = await people.laptop()
    laptop = LaptopPages(screen.page, shared_deployment.product.url)
    await laptop.sign_in(REVIEWER)
    await laptop.open_case(case_id)
    await expect(screen.page.get_by_role("heading", name="测试企业")).to_be_visible(timeout=WAIT_MS)
    await expect(screen.page.get_by_role("button", name="发起勘验")).to_have_count(0)


async def test_a_case_of_another_office_is_not_there(
    people: People, shared_deployment: Deployment, staff: Staff
) -> None:
    case_id = await staff.open_case()
    screen = await people.laptop()
    laptop = LaptopPages(screen.page, shared_deployment.product.url)
    await laptop.sign_in(OTHER_OFFICE)
    await expect(screen.page.get_by_text("测试企业")).to_have_count(0)
    for unknown in (case_id, "00000000-0000-0000-0000-000000000000"):
        await laptop.open_case(unknown)
        await expect(screen.page.get_by_text("没有找到").first).to_be_visible(timeout=WAIT_MS)


async def test_cases_are_found_by_search(people: People, shared_deployment: Deployment, staff: Staff) -> None:
    await staff.open_case(enterprise="沐光种业有限公司")
    screen = await people.laptop()
    laptop = LaptopPages(screen.page, shared_deployment.product.url)
    await laptop.sign_in()
    await laptop.search("沐光种业")
    await expect(screen.page.get_by_role("row").filter(has_text="沐光种业有限公司")).to_have_count(1, timeout=WAIT_MS)
    await expect(screen.page.get_by_role("row")).to_have_count(2)
    await laptop.search("没有这样的企业")
    await expect(screen.page.get_by_role("heading", name="没有符合条件的办件")).to_be_visible(timeout=WAIT_MS)


async def test_the_laptop_speaks_english_after_a_switch(people: People, shared_deployment: Deployment) -> None:
    screen = await people.laptop()
    laptop = LaptopPages(screen.page, shared_deployment.product.url)
    await laptop.sign_in()
    await laptop.switch_to_english()
    await expect(screen.page.get_by_role("heading", name="Cases", exact=True)).to_be_visible(timeout=WAIT_MS)
    assert await screen.page.locator("html").get_attribute("lang") == "en"


async def test_the_laptop_hinders_nobody(people: People, shared_deployment: Deployment, staff: Staff) -> None:
    invited = await staff.invite()
    inspector, enterprise = await people.laptop(), await people.phone()
    laptop = LaptopPages(inspector.page, shared_deployment.product.url)
    await inspector.page.goto(laptop.url)
    await inspector.page.get_by_label("用户名").wait_for()
    assert await hindrances(inspector.page) == []
    await laptop.sign_in()
    await inspector.page.get_by_role("row").nth(1).wait_for()
    assert await hindrances(inspector.page) == []
    await inspector.page.get_by_role("button", name="新建办件").click()
    await inspector.page.get_by_role("dialog").wait_for()
    assert await hindrances(inspector.page) == []
    await inspector.page.goto(f"{laptop.url}/nowhere")
    await inspector.page.get_by_role("heading", name="没有这个页面").wait_for()
    assert await hindrances(inspector.page) == []
    await laptop.open_case(invited.case_id)
    await inspector.page.get_by_role("heading", name="勘验要点").wait_for()
    assert await hindrances(inspector.page) == []
    await laptop.enter_call(invited.inspection_id)
    assert await hindrances(inspector.page) == []
    await PhonePages(enterprise.page).join(invited.link)
    await laptop.site_video().wait_for()
    assert await hindrances(inspector.page) == []
    await laptop.end_inspection()
    assert await hindrances(inspector.page) == []

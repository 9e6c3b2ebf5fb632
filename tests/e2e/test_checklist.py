"""Judging in a real call: by keys, over a reload in mid-word, in two departments, and from the footage to a point."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import JOIN_MS, PhonePages
from tests.e2e.staff import Account, Invited, Staff

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

OTHER_DEPARTMENT = Account("liu", "liu-demo-2026")
CREDIT_CODE = "91370100MA3C0000XJ"
NOTE = "第二排第三块地砖破损"


async def test_a_point_is_judged_by_keys_and_the_phone_shows_what_comes(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    laptop, _ = await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await laptop.see_the_site()
    first, second, third = (each["item"] for each in (await _items(staff, invited))[:3])
    strip = enterprise.page.get_by_role("region", name="正在查看的要点")
    await expect(strip).to_contain_text(f"请展示：{first['show']}", timeout=JOIN_MS)
    await expect(strip).to_contain_text(f"接下来：{second['text']}")

    # Back from another tab, the keys are the checklist's again.
    await laptop.open_pictures()
    await inspector.page.get_by_role("tab", name="要点").click()
    await inspector.page.keyboard.press("1")
    await expect(strip).to_contain_text(f"请展示：{second['show']}")
    await inspector.page.keyboard.press("2")
    await inspector.page.keyboard.press("s")
    await inspector.page.keyboard.press("b")
    await inspector.page.get_by_role("button", name="损坏或不能正常使用").click()
    here = inspector.page.get_by_role("listitem").filter(has=inspector.page.get_by_role("button", expanded=True))
    await expect(here.get_by_text("证据 2 件").first).to_be_attached(timeout=WAIT_MS)
    await _saved(inspector.page)
    await inspector.page.keyboard.press("ArrowDown")
    await expect(strip).to_contain_text(third["text"])
    await inspector.page.keyboard.press("3")
    await inspector.page.keyboard.press("u")
    await _saved(inspector.page)

    passed, failed, taken_back = (each["decision"] for each in (await _items(staff, invited))[:3])
    assert (passed["judgement"], failed["judgement"], taken_back) == ("pass", "fail", None)
    assert (failed["note"], failed["remedy"]) == ("损坏或不能正常使用", "维修或更换")
    assert failed["deadline"] > failed["judged_at"][:10]
    evidence = (await staff.get(f"/api/inspections/{invited.inspection_id}/evidence"))["items"]
    assert {(each["kind"], each["checklist_item_id"]) for each in evidence} == {
        ("still", second["id"]),
        ("moment", second["id"]),
    }
    assert await hindrances(inspector.page) == []
    assert await hindrances(enterprise.page) == []

    await inspector.page.get_by_role("button", name="结束勘验").click()
    warning = inspector.page.get_by_role("dialog", name="结束勘验")
    await expect(warning).to_contain_text("必查要点未判定")
    await expect(warning).to_contain_text(f"{third['position']}. {third['text']}")
    assert await hindrances(inspector.page) == []
    await warning.get_by_role("button", name="继续勘验").click()
    await inspector.page.keyboard.press("?")
    await expect(inspector.page.get_by_role("dialog", name="快捷键")).to_contain_text("标记这一秒")
    assert await hindrances(inspector.page) == []
    await inspector.page.keyboard.press("Escape")

    # What no picture shows passes with a word only, and the word is asked for at once.
    unseen = next(each["item"] for each in await _items(staff, invited) if each["item"]["remote"] == "impossible")
    row = inspector.page.get_by_role("listitem").filter(has_text=unseen["text"])
    await row.get_by_role("button", expanded=False).click()
    await inspector.page.keyboard.press("1")
    await expect(row.get_by_text("缺依据")).to_be_visible()
    await expect(row.get_by_label("备注")).to_be_focused()
    assert await hindrances(inspector.page) == []
    await inspector.page.keyboard.insert_text("看过检测报告")
    await expect(row.get_by_text("缺依据")).to_have_count(0)
    await _saved(inspector.page)
    assert (inspector.complaints, enterprise.complaints) == ([], [])


async def test_a_reload_in_mid_word_without_a_network_loses_nothing(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector = await people.laptop()
    page, laptop = inspector.page, LaptopPages(inspector.page, shared_deployment.product.url)
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))  # the page warns before it is left
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await _saved(page)
    blocked = re.compile("/decisions/")
    await page.route(blocked, _unreachable)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("2")
    await page.keyboard.press("n")
    await page.keyboard.insert_text(NOTE[:5])
    await page.keyboard.insert_text(NOTE[5:])
    await page.reload()

    note = page.get_by_label("备注")
    await expect(note).to_have_value(NOTE, timeout=WAIT_MS)
    await expect(page.get_by_text("有 1 个尚未保存，已存在本机，会自动重试。")).to_be_visible(timeout=WAIT_MS)
    assert await hindrances(page) == []
    assert all(each["decision"] is None for each in await _items(staff, invited))
    async with page.expect_request(blocked):
        await page.get_by_role("button", name="立即重试").click()
    await page.unroute(blocked)
    await _saved(page)
    decision = (await _items(staff, invited))[1]["decision"]
    assert (decision["judgement"], decision["note"]) == ("fail", NOTE)
    moments = (await staff.get(f"/api/inspections/{invited.inspection_id}/moments"))["items"]
    assert [each["kind"] for each in moments if each["kind"].startswith("decision")] == ["decision.made"]

    # A second window goes on where the first one was; that says so, and takes the call back.
    second = await page.context.new_page()
    await second.goto(page.url)
    await expect(second.get_by_role("button", name="结束勘验")).to_be_visible(timeout=WAIT_MS)
    taken_over = "已在另一个窗口打开"
    await expect(page.get_by_role("heading", name=taken_over)).to_be_visible(timeout=WAIT_MS)
    assert await hindrances(page) == []
    await page.get_by_role("button", name="在这里继续").click()
    await expect(page.get_by_label("备注")).to_have_value(NOTE, timeout=WAIT_MS)
    await expect(second.get_by_role("heading", name=taken_over)).to_be_visible(timeout=WAIT_MS)


async def test_two_departments_judge_their_own_lists_in_one_call(
    people: People, staff: Staff, shared_deployment: Deployment
) -> None:
    url = shared_deployment.product.url
    async with Staff.signed_in(url, OTHER_DEPARTMENT) as other:
        case_id, theirs = await _open_case(staff, 0), await _open_case(other, 1)
        invited = await staff.invite(case_id)
        leading, joining = await people.laptop(), await people.laptop("second")
        first, second = LaptopPages(leading.page, url), LaptopPages(joining.page, url)
        await first.sign_in()
        await first.enter_call(invited.inspection_id)
        await second.sign_in(OTHER_DEPARTMENT)
        await second.open_case(theirs)
        await joining.page.get_by_role("button", name="以本办件加入联合勘验").click()
        await expect(joining.page.get_by_role("button", name="结束勘验")).to_be_visible(timeout=WAIT_MS)

        parts = (await other.get(f"/api/inspections/{invited.inspection_id}/checklist"))["parts"]
        assert [part["may_decide"] for part in parts] == [True, False]
        own, foreign = parts
        lists = joining.page.get_by_role("list", name="本次勘验的要点表").get_by_role("button")
        await expect(lists).to_have_count(2, timeout=WAIT_MS)
        await expect(lists.first).to_contain_text(f"{own['department']}本人负责")
        await joining.page.keyboard.press("1")
        await _saved(joining.page)
        mirrored = leading.page.get_by_role("list", name="本次勘验的要点表").get_by_role("progressbar")
        await expect(mirrored.nth(1)).to_have_attribute("aria-valuenow", "1", timeout=WAIT_MS)

        await lists.nth(1).click()
        await expect(joining.page.get_by_text(f"其他部门的要点表（{foreign['department']}），仅供查看")).to_be_visible()
        await expect(joining.page.get_by_role("button", name="不符合").first).to_be_disabled()
        assert await hindrances(joining.page) == []
        await lists.first.click()
        await joining.page.get_by_role("button", name="作出结论").click()
        dialog = joining.page.get_by_role("dialog", name="作出结论")
        await dialog.get_by_text("不通过", exact=True).click()
        await dialog.get_by_label("理由").fill("拒绝展示")
        # Whoever looks something up meanwhile finds the words again.
        await joining.page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await joining.page.get_by_role("button", name="作出结论").click()
        await expect(dialog.get_by_label("理由")).to_have_value("拒绝展示")
        assert await hindrances(joining.page) == []
        await dialog.get_by_role("button", name="确定结论并告知企业").click()
        await expect(joining.page.get_by_text("拒绝展示").first).to_be_visible(timeout=WAIT_MS)
        told = (await staff.get(f"/api/inspections/{invited.inspection_id}/checklist"))["parts"]
        concluded = {part["case_id"]: part["conclusion"] for part in told}
        assert concluded[theirs]["reason"] == "拒绝展示"
        assert concluded[case_id] is None


async def test_the_footage_leads_to_the_point_and_the_point_to_its_second(
    people: People, invited: Invited, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    page, laptop = inspector.page, LaptopPages(inspector.page, shared_deployment.product.url)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await PhonePages(enterprise.page).join(invited.link)
    await laptop.see_the_site()
    await page.keyboard.press("1")
    await _saved(page)
    await page.keyboard.press("2")
    await _saved(page)
    first, second = (await _items(staff, invited))[:2]
    async with page.context.expect_page() as opened:
        await page.get_by_role("button", name=re.compile("陈静 判定$")).click()
    replay = await opened.value
    await expect(replay).to_have_url(re.compile(r"/replay\?t="), timeout=WAIT_MS)
    at = second["decision"]["judged_at"]
    marks = replay.get_by_role("list", name="判定与标记").get_by_role("button")
    await expect(marks.last).to_be_visible(timeout=WAIT_MS)
    chosen = replay.get_by_role("button", expanded=True)

    let_in = marks.and_(replay.get_by_role("button", name=re.compile("获准进入")))
    await let_in.first.click()
    people_shown = replay.get_by_role("button", name=re.compile("^人员"))
    await expect(people_shown).to_have_attribute("aria-pressed", "true")
    await people_shown.click()
    await expect(let_in).to_have_count(0)
    await marks.and_(replay.get_by_role("button", name=first["item"]["text"])).click()
    await expect(chosen).to_contain_text(first["item"]["text"], timeout=WAIT_MS)
    await replay.get_by_role("button", name=f"2. {second['item']['text']} 必查 不符合").click()
    await expect(chosen).to_contain_text(second["item"]["text"], timeout=WAIT_MS)
    await replay.get_by_role("button", name=re.compile("陈静 判定$")).click()
    await expect(replay).to_have_url(re.compile(re.escape(_second_of(at))), timeout=WAIT_MS)
    assert await hindrances(replay) == []


async def _open_case(staff: Staff, item: int) -> str:
    items = (await staff.get("/api/permit-items"))["items"]
    enterprise = {"name": "联合勘验企业", "credit_code": CREDIT_CODE}
    body = {"permit_item_id": items[item]["permit_item_id"], "enterprise": enterprise}
    case_id: str = (await staff.post("/api/cases", body))["id"]
    return case_id


async def _items(staff: Staff, invited: Invited) -> list[dict[str, Any]]:
    parts = (await staff.get(f"/api/inspections/{invited.inspection_id}/checklist"))["parts"]
    items: list[dict[str, Any]] = parts[0]["items"]
    return items


async def _saved(page: Page) -> None:
    await expect(page.get_by_text("已保存", exact=True)).to_be_visible(timeout=WAIT_MS)


async def _unreachable(route: Route) -> None:
    await route.abort("connectionrefused")


def _second_of(at: str) -> str:
    """Minute and second of a moment, as the address of the replay carries them in any zone of whole hours."""
    return at[14:19]

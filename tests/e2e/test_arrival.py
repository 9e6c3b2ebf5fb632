"""The way into a call as guests and the inspector go it: identification, refusals, the phone's test, the door."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.async_api import FilePayload, expect

from storage import engine
from storage.tables.arrivals import appointments, consents, one_time_codes
from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import SITE, Clips, People, clips_of
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.phone import ENTERPRISE, JOIN_MS, PhonePages
from tests.e2e.pages.phone_texts import CHINESE, ENGLISH, PhoneTexts
from tests.e2e.staff import Invited, Staff
from tests.e2e.waiting import until
from tests.support.chromium import unhurried_camera
from tests.support.clip import ClipSpec

pytestmark = pytest.mark.e2e

PIXEL: dict[str, Any] = {"viewport": {"width": 412, "height": 839}}
IPHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 664},
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1",
}
WECHAT: dict[str, Any] = {
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 12_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/7.0.20(0x17001431)",
    "init_scripts": ["delete Object.getPrototypeOf(navigator).mediaDevices;"],
}


@pytest.fixture(scope="module")
def clips(pytestconfig: pytest.Config) -> Clips:
    """The phone's test is content with a sharp camera only."""
    return replace(clips_of(ClipSpec(source=SITE), pytestconfig), scripts=[unhurried_camera()])


async def arrivals(staff: Staff, invited: Invited) -> Any:
    return await staff.get(f"/api/inspections/{invited.inspection_id}/arrivals")


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("device", "texts"), [(PIXEL, CHINESE), (IPHONE, ENGLISH)], ids=["pixel in Chinese", "iphone in English"]
)
async def test_from_the_link_over_the_test_into_the_call(
    people: People,
    staff: Staff,
    invited: Invited,
    shared_deployment: Deployment,
    device: dict[str, Any],
    texts: PhoneTexts,
) -> None:
    inspector = await people.laptop()
    laptop = LaptopPages(inspector.page, shared_deployment.product.url)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    screen = await people.phone(geolocation={"latitude": 36.65, "longitude": 117.12, "accuracy": 20}, **device)
    await screen.context.grant_permissions(["camera", "microphone", "geolocation"])
    phone = PhonePages(screen.page, texts)
    await phone.open(invited.link)
    await expect(screen.page.get_by_text(texts.certificate)).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(screen.page) == []
    await phone.introduce()
    assert await hindrances(screen.page) == []
    await phone.consent()
    # Nothing is wrong with this phone: the page goes on by itself.
    await expect(phone.heading(texts.trying_out)).to_be_visible(timeout=JOIN_MS)
    await expect(phone.heading(texts.at_the_door)).to_be_visible(timeout=JOIN_MS)
    # The officer has other calls, too: of the tests that came before.
    await expect(screen.page.get_by_text(re.compile(texts.place))).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(screen.page) == []

    (guest,) = (await arrivals(staff, invited))["items"]
    assert guest["identity"]["method"] == "phone_code"
    verdicts = {check["subject"]: check["verdict"] for check in guest["readiness"]["checks"]}
    assert {name for name, verdict in verdicts.items() if verdict not in {"good", "untold"}} == set()
    door = inspector.page.get_by_role("region", name="等候室")
    await expect(door.get_by_text("手机号已用验证码核验")).to_be_visible(timeout=JOIN_MS)
    await expect(door.get_by_text("手机和网络正常")).to_be_visible()
    await laptop.admit(ENTERPRISE)
    await phone.in_call()
    assert screen.complaints == []
    (admitted,) = (await arrivals(staff, invited))["items"]

    async def recorded() -> list[str]:
        tracks = (await staff.footage(invited.inspection_id))["tracks"]
        own = [track for track in tracks if track["participant_id"] == guest["participant_id"]]
        return [extent["started_at"] for track in own for extent in track["extents"]]

    begins = await until(recorded, within_s=30, what="footage of the guest")
    # Neither the test of the phone nor the wait was recorded.
    assert min(map(datetime.fromisoformat, begins)) > datetime.fromisoformat(admitted["admitted_at"])


async def test_a_wrong_code_and_an_old_one_say_what_to_do(
    people: People, invited: Invited, shared_deployment: Deployment
) -> None:
    screen = await people.phone()
    phone = PhonePages(screen.page)
    await phone.open(invited.link)
    await phone.introduce()
    code = await phone.shown_code()
    await screen.page.get_by_label("短信验证码").fill(f"{(int(code) + 1) % 10**6:06d}")
    await phone.consent()
    await expect(screen.page.get_by_text("验证码不对，还可以试 4 次")).to_be_visible(timeout=JOIN_MS)

    database = engine.connect(shared_deployment.database_url)
    async with database.transaction() as tx:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await tx.execute(
            one_time_codes.update()
            .where(one_time_codes.c.invitation_id == invited.invitation_id)
            .values(expires_at=past)
        )
    await database.close()
    await screen.page.get_by_label("短信验证码").fill(code)
    await screen.page.get_by_role("button", name="同意并继续").click()
    await expect(screen.page.get_by_text("验证码已失效，请重新获取")).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(screen.page) == []


async def test_a_photo_and_an_authorisation_in_place_of_a_code(people: People, staff: Staff, invited: Invited) -> None:
    picture = BytesIO()
    Image.new("RGB", (800, 600), "#8a6").save(picture, "JPEG")
    file = FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=picture.getvalue())
    wrong = FilePayload(name="wrong.txt", mimeType="text/plain", buffer=b"no picture")
    screen = await people.phone()
    phone = PhonePages(screen.page)
    await phone.open(invited.link)
    await screen.page.get_by_role("button", name="接受邀请，下一步").click()
    await screen.page.get_by_label("您的姓名").fill(ENTERPRISE)
    await screen.page.get_by_label("手机号").fill("13800001234")
    await screen.page.get_by_role("button", name="改用拍照核验").click()
    await screen.page.get_by_label("我是受委托的代办人").check()
    await phone.consent()
    await expect(phone.heading("补充材料")).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(screen.page) == []
    await screen.page.locator("#identity-file").set_input_files(file)
    await screen.page.locator("#authorisation-file").set_input_files(wrong)
    await expect(screen.page.get_by_text("不支持这种文件，请用照片或 PDF")).to_be_visible(timeout=JOIN_MS)
    await screen.page.locator("#authorisation-file").set_input_files(file)
    await screen.page.get_by_role("button", name="下一步").click(timeout=JOIN_MS)
    await screen.page.get_by_role("button", name="跳过检测").click()
    await expect(phone.heading("您已在等候室")).to_be_visible(timeout=JOIN_MS)
    (guest,) = (await arrivals(staff, invited))["items"]
    assert guest["identity"]["method"] == "photo"
    assert guest["identity"]["acts_as_agent"] is True
    assert guest["authorisation_id"] is not None
    assert {check["verdict"] for check in guest["readiness"]["checks"]} >= {"not_tested"}


async def test_refusing_ends_politely_and_the_inspector_sees_it(
    people: People, invited: Invited, shared_deployment: Deployment
) -> None:
    inspector, screen = await people.laptop(), await people.phone()
    laptop, phone = LaptopPages(inspector.page, shared_deployment.product.url), PhonePages(screen.page)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await phone.open(invited.link)
    await expect(phone.heading("勘验时间")).to_be_visible(timeout=JOIN_MS)
    await screen.page.get_by_role("button", name="不参加视频勘验").click()
    await screen.page.get_by_role("button", name="确认不参加").click()
    await expect(screen.page.get_by_text("请选择或填写原因")).to_be_visible()
    await screen.page.get_by_label("希望现场勘验").check()
    await screen.page.get_by_role("button", name="确认不参加").click()
    await expect(phone.heading("已告知勘验员")).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(screen.page) == []
    await expect(inspector.page.get_by_text("希望现场勘验")).to_be_visible(timeout=JOIN_MS)
    # Coming back to the link does not begin anew; thinking better of it does.
    await screen.page.reload()
    await expect(phone.heading("已告知勘验员")).to_be_visible(timeout=JOIN_MS)
    await screen.page.get_by_role("button", name="改变主意").click()
    await phone.agree()
    await expect(phone.heading("您已在等候室")).to_be_visible(timeout=JOIN_MS)
    await expect(inspector.page.get_by_text("希望现场勘验")).to_be_hidden(timeout=JOIN_MS)


async def test_another_officer_is_asked_for_seen_on_the_case_page_and_comes(
    people: People, staff: Staff, invited: Invited, shared_deployment: Deployment
) -> None:
    inspector, screen = await people.laptop(), await people.phone()
    laptop, phone = LaptopPages(inspector.page, shared_deployment.product.url), PhonePages(screen.page)
    await phone.open(invited.link)
    await screen.page.get_by_role("button", name="申请回避").click()
    await screen.page.get_by_label("补充说明").fill("是我表哥")
    await screen.page.get_by_role("button", name="提交回避申请").click()
    await expect(screen.page.get_by_text("已申请回避")).to_be_visible(timeout=JOIN_MS)
    await laptop.sign_in()
    await laptop.open_case(invited.case_id)
    await expect(inspector.page.get_by_text("是我表哥")).to_be_visible(timeout=JOIN_MS)
    moments = await staff.get(f"/api/inspections/{invited.inspection_id}/moments")
    assert [one["kind"] for one in moments["items"]] == ["officer.recusal_asked"]
    await screen.page.get_by_role("button", name="撤回申请").click()
    await expect(screen.page.get_by_role("button", name="申请回避")).to_be_visible(timeout=JOIN_MS)


async def test_one_link_on_two_phones_is_one_seat_and_the_second_waits(
    people: People, staff: Staff, invited: Invited, shared_deployment: Deployment
) -> None:
    first, second = await people.phone(), await people.phone("somebody-else")
    await PhonePages(first.page).join(invited.link)
    # Consent, identity and admission are those of a person, not of a link.
    other = PhonePages(second.page)
    await other.open(invited.link)
    await other.agree("李梅")
    await expect(other.heading("您已在等候室")).to_be_visible(timeout=JOIN_MS)
    await expect(PhonePages(first.page).heading("已在另一个窗口打开")).to_be_visible(timeout=JOIN_MS)
    (guest,) = (await arrivals(staff, invited))["items"]
    assert (guest["display_name"], guest["admitted_at"]) == ("李梅", None)
    await other.be_let_in(invited.link)
    database = engine.connect(shared_deployment.database_url)
    async with database.reading() as tx:
        kept = (await tx.execute(consents.select().where(consents.c.inspection_id == invited.inspection_id))).all()
    await database.close()
    assert len(kept) == 2


async def test_who_joins_late_consents_too(people: People, staff: Staff, invited: Invited) -> None:
    first, late = await people.phone(), await people.phone("helper")
    await PhonePages(first.page).join(invited.link)
    invitation = await staff.post(f"/api/inspections/{invited.inspection_id}/invitations", {"role": "helper"})
    helper = PhonePages(late.page)
    await helper.open(invitation["link"])
    await helper.introduce("刘帮办")
    await late.page.get_by_role("button", name="同意并继续").click()
    await expect(late.page.get_by_text("请先勾选同意，未经同意不会录制")).to_be_visible()
    await helper.consent()
    await late.page.get_by_role("button", name="跳过检测").click()
    await helper.be_let_in(invitation["link"])
    given = {guest["display_name"]: guest["consent"] for guest in (await arrivals(staff, invited))["items"]}
    assert given["刘帮办"]["text_version"] == given[ENTERPRISE]["text_version"]
    assert given["刘帮办"]["given_at"] > given[ENTERPRISE]["given_at"]
    assert "Chrome" in given["刘帮办"]["device"]


async def test_a_browser_without_a_camera_leads_to_another_one(people: People, invited: Invited) -> None:
    screen = await people.phone(**WECHAT)
    phone = PhonePages(screen.page)
    await phone.open(invited.link)
    await expect(phone.heading("请在系统浏览器中打开")).to_be_visible(timeout=JOIN_MS)
    await expect(screen.page.get_by_role("img", name="微信右上角的三个点")).to_be_visible()
    assert await screen.page.get_by_label("本次勘验的链接").input_value() == invited.link
    await screen.page.get_by_role("button", name="复制链接").click()
    await expect(screen.page.get_by_text("已复制").or_(screen.page.get_by_text("请长按上面的链接"))).to_be_visible()
    assert await hindrances(screen.page) == []
    await screen.page.get_by_role("button", name="English").click()
    await expect(phone.heading("Please open in the system browser")).to_be_visible(timeout=JOIN_MS)


@pytest.mark.timeout(120)
async def test_denied_location_is_told_and_stops_nobody(people: People, staff: Staff, invited: Invited) -> None:
    screen = await people.phone()
    phone = PhonePages(screen.page)
    await phone.open(invited.link)
    await phone.introduce()
    await phone.consent()
    await expect(screen.page.get_by_text("未允许定位")).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(screen.page) == []
    await screen.page.get_by_role("button", name="进入等候室").click(timeout=JOIN_MS)
    await expect(phone.heading("您已在等候室")).to_be_visible(timeout=JOIN_MS)
    (guest,) = (await arrivals(staff, invited))["items"]
    (location,) = [check for check in guest["readiness"]["checks"] if check["subject"] == "location"]
    assert (location["verdict"], location["problem"]) == ("bad", "denied")


@pytest.mark.timeout(120)
async def test_an_appointment_is_made_shown_and_missed(
    people: People, staff: Staff, shared_deployment: Deployment
) -> None:
    inspector, screen = await people.laptop(), await people.phone()
    laptop, phone = LaptopPages(inspector.page, shared_deployment.product.url), PhonePages(screen.page)
    await laptop.sign_in()
    case_id = await staff.open_case()
    await laptop.open_case(case_id)
    await inspector.page.get_by_role("button", name="发起勘验").click()
    dialog = inspector.page.get_by_role("dialog")
    await dialog.get_by_text("预约时间").click()
    start = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(hours=2)
    await dialog.get_by_label("开始时间").fill(start.strftime("%Y-%m-%dT%H:%M"))
    await dialog.get_by_role("button", name="预约", exact=True).click()
    await expect(inspector.page.get_by_text("已预约")).to_be_visible(timeout=JOIN_MS)
    assert await hindrances(inspector.page) == []
    inspection_id = (await staff.get(f"/api/cases/{case_id}"))["inspections"][0]["id"]
    invitation = await staff.post(f"/api/inspections/{inspection_id}/invitations", {"role": "enterprise"})
    await phone.open(invitation["link"])
    await expect(screen.page.get_by_text("大约需要 20 分钟")).to_be_visible(timeout=JOIN_MS)
    await expect(phone.heading("预约时间")).to_be_visible()

    database = engine.connect(shared_deployment.database_url)
    async with database.transaction() as tx:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        await tx.execute(
            appointments.update().where(appointments.c.inspection_id == inspection_id).values(starts_at=long_ago)
        )
    await database.close()

    async def missed() -> bool:
        seen = await staff.get(f"/api/inspections/{inspection_id}")
        return bool(seen["appointment"]["state"] == "missed")

    await until(missed, within_s=40, what="the appointment to be missed")
    await inspector.page.reload()
    await expect(inspector.page.get_by_text("已错过")).to_be_visible(timeout=JOIN_MS)
    await screen.page.reload()
    await expect(screen.page.get_by_text("已过预约时间")).to_be_visible(timeout=JOIN_MS)
    await phone.agree()
    await staff.let_in(inspection_id)
    await phone.in_call()
    held = await staff.get(f"/api/inspections/{inspection_id}")
    assert held["appointment"]["state"] == "held"

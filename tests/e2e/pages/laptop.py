"""The laptop's pages as people of the office see and use them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect

from tests.e2e.staff import INSPECTOR, Account

WAIT_MS = 20_000
ZONE = ZoneInfo("Asia/Shanghai")


class LaptopPages:
    """One laptop. Texts are those of the Chinese pages, the default."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    # Sign-in and cases

    async def sign_in(self, account: Account = INSPECTOR) -> None:
        await self.page.goto(self.url)
        await self.enter_credentials(account)
        await expect(self.page.get_by_role("heading", name="办件", exact=True)).to_be_visible(timeout=WAIT_MS)

    async def enter_credentials(self, account: Account) -> None:
        await self.page.get_by_label("用户名").fill(account.name)
        await self.page.get_by_label("密码", exact=True).fill(account.password)
        await self.page.get_by_role("button", name="登录").click()

    async def open_first_case(self) -> str:
        """Open the first case of the list that nobody inspects at the moment; returns its id."""
        row = self.page.get_by_role("row").filter(has_text="待勘验").first
        await row.get_by_role("link").first.click()
        await self.page.wait_for_url(re.compile(r"/cases/[0-9a-f-]+$"))
        return self.page.url.rsplit("/", 1)[1]

    async def open_case(self, case_id: str) -> None:
        await self.page.goto(f"{self.url}/cases/{case_id}")

    async def switch_to_english(self) -> None:
        await self.page.get_by_role("button", name="English").click()

    async def search(self, text: str) -> None:
        await self.page.goto(f"{self.url}/cases")
        await self.page.get_by_role("search").get_by_role("textbox").fill(text)
        await self.page.get_by_role("search").get_by_role("button", name="搜索").click()

    # The call

    async def start_inspection(self) -> str:
        """Begin an inspection of the case that is open; returns its id."""
        await self.page.get_by_role("button", name="发起勘验").click()
        await self.page.get_by_role("dialog").get_by_role("button", name="开始").click()
        return await self._in_call()

    async def enter_call(self, inspection_id: str) -> None:
        await self.page.goto(f"{self.url}/inspections/{inspection_id}")
        await self._in_call()

    async def _in_call(self) -> str:
        await self.page.wait_for_url(re.compile(r"/inspections/[0-9a-f-]+$"))
        await expect(self.page.get_by_role("button", name="结束勘验")).to_be_visible(timeout=WAIT_MS)
        return self.page.url.rsplit("/", 1)[1]

    async def invitation_link(self) -> str:
        """The link for the enterprise, as the page shows it beside the QR code."""
        link = self.page.get_by_label("加入链接")
        make = self.page.get_by_role("button", name="生成链接和二维码")
        await expect(link.or_(make).first).to_be_visible(timeout=WAIT_MS)
        if not await link.is_visible():
            await make.click()
        await expect(self.page.get_by_role("img", name="加入通话的二维码")).to_be_visible(timeout=WAIT_MS)
        return await link.input_value()

    async def give_access(self, name: str, *, kind: str = "摄像设备") -> tuple[str, str]:
        """Let a camera or a wall in; its address and token."""
        await self.open_people()
        machines = self.page.get_by_role("group").filter(has_text="设备与大屏")
        if not await machines.get_by_label("在通话中显示的名称").is_visible():
            await machines.get_by_text("设备与大屏").first.click()
        await self.page.get_by_role("radiogroup", name="设备类型").get_by_text(kind, exact=True).click()
        await self.page.get_by_label("在通话中显示的名称").fill(name)
        await self.page.get_by_role("button", name="生成接入凭据").click()
        made = self.page.get_by_role("region", name=name, exact=True)
        await expect(made).to_be_visible(timeout=WAIT_MS)
        token = made.get_by_label("令牌（Bearer token）")
        return await made.get_by_label("地址", exact=False).first.input_value(), await token.input_value()

    async def open_people(self) -> None:
        await self.page.get_by_role("tab", name="人员").click()

    def person(self, name: str) -> Locator:
        """Somebody's line in the tab of the people."""
        here = self.page.get_by_role("region", name=re.compile("^在场"))
        return here.get_by_role("listitem").filter(has_text=name)

    async def invite_as(self, role: str) -> str:
        """A new link for this role, made in the tab of the people."""
        way_in = self.page.get_by_role("region", name="邀请更多人")
        await way_in.get_by_label("身份").select_option(label=role)
        await way_in.get_by_role("button", name="生成链接和二维码").click()
        link = way_in.get_by_label("加入链接")
        await expect(link).to_be_visible(timeout=WAIT_MS)
        return await link.input_value()

    async def admit(self, name: str) -> None:
        """Let somebody in who waits at the door."""
        door = self.page.get_by_role("region", name="等候室")
        guest = door.get_by_role("listitem").filter(has_text=name)
        await guest.get_by_role("button", name="准许进入").click(timeout=WAIT_MS)

    def site_video(self) -> Locator:
        """The enterprise's picture, large."""
        return self.page.get_by_role("region", name="现场画面").locator("video[aria-label$=' 的画面']")

    async def end_inspection(self) -> tuple[datetime, datetime]:
        """End it for everybody and wait until that is done; returns when the page asked for it and got its answer."""
        await self.page.get_by_role("button", name="结束勘验").click()
        async with self.page.expect_response(lambda response: response.url.endswith("/end")) as answered:
            await self.page.get_by_role("dialog").get_by_role("button", name="结束勘验").click()
        answered_at = datetime.now(UTC)
        asked_at = datetime.fromtimestamp((await answered.value).request.timing["startTime"] / 1000, UTC)
        await expect(self.page.get_by_role("heading", name="勘验已结束")).to_be_visible(timeout=WAIT_MS)
        return asked_at, answered_at

    # Pictures

    async def see_the_site(self) -> None:
        """Wait until the enterprise's picture moves."""
        await self.site_video().evaluate("(v) => new Promise((done) => v.requestVideoFrameCallback(done))")

    async def open_pictures(self) -> None:
        await self.page.get_by_role("tab", name="图片").click()

    def kept_pictures(self) -> Locator:
        """Those in the list that the server has; named by kind, time and point."""
        return self.page.get_by_role("list", name="图片与证据").get_by_role("button", name=re.compile("^查看："))

    def viewer(self) -> Locator:
        return self.page.get_by_role("dialog")

    # Replay

    async def open_replay(self) -> None:
        """From the case page to its last inspection's footage."""
        await self.page.get_by_role("link", name="回放").first.click()
        await self.page.wait_for_url(re.compile(r"/replay"))

    async def open_replay_at(self, inspection_id: str, moment: datetime) -> None:
        """By a link to a moment."""
        there = quote(moment.astimezone(ZONE).isoformat())
        await self.page.goto(f"{self.url}/inspections/{inspection_id}/replay?t={there}")

    async def open_live_replay(self, inspection_id: str) -> None:
        """Look back at a call that still runs, as near to now as there is footage."""
        await self.page.goto(f"{self.url}/inspections/{inspection_id}/replay")
        live = self.page.get_by_role("button", name=re.compile("^(回到直播|直播)"))
        await expect(live).to_be_visible(timeout=WAIT_MS)
        await live.click()

    async def seek(self, moment: datetime) -> None:
        """Jump to a moment by its clock time, to the second."""
        clock = self.page.get_by_label("跳转到时刻")
        await clock.fill(moment.astimezone(ZONE).strftime("%H:%M:%S"))
        await self.page.get_by_role("button", name="跳转", exact=True).click()

    async def play(self) -> None:
        await self.page.get_by_role("button", name="播放", exact=True).click()

    async def pause(self) -> None:
        await self.page.get_by_role("button", name="暂停", exact=True).click()

    def replayed_video(self, name: str) -> Locator:
        """The player of one participant."""
        return self.page.get_by_label(f"{name} 的画面", exact=True)

    # What the case tells of its footage

    async def see_gaps(self, count: int, reason: str) -> None:
        """Wait until the case page counts these holes in the footage, and its replay says from when to when and why."""
        await expect(self.page.get_by_text(f"断录 {count} 处")).to_be_visible(timeout=WAIT_MS)
        await self.open_replay()
        await expect(self.page.get_by_role("heading", name="断录记录")).to_be_visible(timeout=WAIT_MS)
        gaps = self.page.get_by_role("region", name="断录记录").get_by_role("listitem")
        await expect(gaps.filter(has_text=reason)).to_have_count(count, timeout=WAIT_MS)

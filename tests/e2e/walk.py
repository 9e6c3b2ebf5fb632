"""A whole inspection as both sides live it: from the case to the rating, with a pause wherever there is much to see.

The inspector's keys and clicks and the enterprise's taps are the person's own: nothing goes past the pages. The phone
stands at the registered place (``AT_THE_SITE``) and may tell so.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from playwright.async_api import Geolocation, Page, expect

from tests.e2e.hands import Hands
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.phone import ENTERPRISE, JOIN_MS, PhonePages
from tests.e2e.pages.signature import draw_signature
from tests.support.chromium import Screen

logger = logging.getLogger(__name__)

Look = Callable[[str, Page], Awaitable[None]]
"""Called with the name of a page, in words that can be the name of a file, while it stands still."""

AT_THE_SITE = Geolocation(latitude=38.2413, longitude=104.6396, accuracy=15)
"""A few steps from where the demonstration's first case is registered."""


@dataclass
class Walk:
    """One inspection of the first case that waits. ``look`` sees each page; times are monotonic seconds."""

    inspector: Screen
    enterprise: Screen
    url: str
    look: Look
    laptop_hands: Hands = field(default_factory=Hands)
    phone_hands: Hands = field(default_factory=Hands)
    result_after_s: float = 0.0
    pdf_after_s: float = 0.0

    @property
    def laptop(self) -> LaptopPages:
        return LaptopPages(self.inspector.page, self.url)

    @property
    def phone(self) -> PhonePages:
        return PhonePages(self.enterprise.page)

    async def go(self) -> None:
        """All of it, in order."""
        self.laptop_hands = await Hands.of(self.inspector.context)
        self.phone_hands = await Hands.of(self.enterprise.context)
        link = await self.open_the_call()
        await self.come_in(link)
        await self.prove_the_place()
        await self.check_every_point()
        await self.conclude_and_sign()
        await self.end_and_rate()

    async def open_the_call(self) -> str:
        """From the sign-in to the call that waits for its guest; returns the guest's link."""
        laptop, page = self.laptop, self.inspector.page
        await page.goto(self.url)
        await page.get_by_label("用户名").wait_for()
        await self.look("sign-in", page)
        await laptop.sign_in()
        await page.get_by_role("row").nth(1).wait_for()
        await self.look("cases", page)
        await laptop.open_first_case()
        await page.get_by_role("heading", name="勘验要点").wait_for()
        await self.look("case", page)
        await page.get_by_role("button", name="发起勘验").click()
        await page.get_by_role("dialog").wait_for()
        await self.look("start-inspection", page)
        await page.keyboard.press("Escape")
        await laptop.start_inspection()
        await self.look("call-alone", page)
        link = await laptop.invitation_link()
        await self.look("invitation", page)
        return link

    async def come_in(self, link: str) -> None:
        """The enterprise's person follows the link; the inspector opens the door."""
        page = self.enterprise.page
        await self.phone.open(link)
        await page.get_by_role("heading").first.wait_for()
        await self.look("phone-invitation", page)
        await self.phone.introduce()
        await self.look("phone-introduction", page)
        await self.phone.consent()
        await expect(self.phone.heading("检测手机和网络")).to_be_visible(timeout=JOIN_MS)
        await self.look("phone-readiness", page)
        # Where nothing is wrong with the phone, the page goes on by itself.
        again, door = page.get_by_role("button", name="重试"), self.phone.heading("您已在等候室")
        await expect(again.or_(door)).to_be_visible(timeout=WAIT_MS)
        if await again.is_visible():
            await page.get_by_role("button", name="进入等候室").click()
        await expect(door).to_be_visible(timeout=JOIN_MS)
        await self.look("phone-waiting", page)
        await self.inspector.page.get_by_role("region", name="等候室").wait_for()
        await self.look("call-door", self.inspector.page)
        await self.laptop.admit(ENTERPRISE)
        await self.phone.in_call()
        await self.laptop.see_the_site()
        await self.look("call", self.inspector.page)
        await self.look("phone-call", page)

    async def prove_the_place(self) -> None:
        """The phone is where the enterprise is registered, and its picture is no recording."""
        page, phone = self.inspector.page, self.enterprise.page
        await page.get_by_role("tab", name="现场", exact=True).click()
        place = page.get_by_role("region", name="位置", exact=True)
        await expect(place.get_by_text("在登记地点", exact=True)).to_be_visible(timeout=WAIT_MS)
        asked = page.get_by_role("region", name="现场核验", exact=True)
        await asked.get_by_role("button", name="手写验证码").click()
        card = phone.get_by_role("region", name="现场核验", exact=True)
        await card.wait_for(timeout=WAIT_MS)
        await self.look("phone-challenge", phone)
        await self.look("call-challenge", page)
        await asked.get_by_role("button", name="确认完成").click()
        await expect(card.get_by_text("勘验员已确认")).to_be_visible(timeout=WAIT_MS)
        await card.get_by_role("button", name="知道了").click()
        await page.get_by_role("tab", name="要点", exact=True).click()

    async def check_every_point(self) -> None:
        """One key for each point; one is found wanting, with a picture, a note, and what is to be done.

        What no picture can show is left to somebody who goes there.
        """
        page = self.inspector.page
        rows = page.get_by_role("listitem").filter(has=page.get_by_role("button", expanded=True))
        strip = self.enterprise.page.get_by_role("region", name="正在查看的要点")
        await expect(strip).to_be_visible(timeout=JOIN_MS)
        async with page.expect_response(lambda answer: "/evidence/" in answer.url and answer.ok):
            await page.keyboard.press("s")
        await page.keyboard.press("2")
        await page.get_by_role("button", name="损坏或不能正常使用").click()
        await expect(rows.get_by_text("证据 1 件").first).to_be_attached(timeout=WAIT_MS)
        await self._saved()
        await self.look("call-finding", page)
        await page.keyboard.press("ArrowDown")
        for _ in range(await self._open_points()):
            if await rows.get_by_text(re.compile("^须现场查看")).is_visible():
                await page.keyboard.press("4")
                await page.keyboard.press("ArrowDown")
            else:
                await page.keyboard.press("1")
        await self._saved()
        await expect(page.get_by_text("必查要点已全部判定")).to_be_visible(timeout=WAIT_MS)
        await self.look("call-checked", page)

    async def conclude_and_sign(self) -> None:
        """The result is on the phone at once; both sign; the record is printed for both."""
        page, phone = self.inspector.page, self.enterprise.page
        await page.get_by_role("button", name="作出结论").click()
        dialog = page.get_by_role("dialog", name="作出结论")
        await dialog.wait_for()
        await self.look("conclude", page)
        concluded = time.monotonic()
        await dialog.get_by_role("button", name="确定结论并告知企业").click()
        sheet = phone.get_by_role("dialog", name="勘验结果与笔录")
        await expect(sheet.get_by_text("需整改", exact=True).first).to_be_visible(timeout=WAIT_MS)
        self.result_after_s = time.monotonic() - concluded
        await self.look("phone-result", phone)
        await draw_signature(phone, phone.get_by_role("img", name="请在此用手指签名"))
        await self.look("phone-signature", phone)
        await phone.get_by_role("button", name="确认签名").click()
        await expect(page.get_by_text(f"已签名：{ENTERPRISE}")).to_be_visible(timeout=WAIT_MS)
        await self.look("record", page)
        signed = time.monotonic()
        await page.get_by_role("button", name="签名").click()
        for side in (phone, page):
            await expect(side.get_by_role("button", name="下载笔录 PDF")).to_be_visible(timeout=WAIT_MS)
        self.pdf_after_s = time.monotonic() - signed
        await self.look("phone-record", phone)

    async def end_and_rate(self) -> None:
        """The call ends for both; the enterprise's link is the page of its case now."""
        page, phone = self.inspector.page, self.enterprise.page
        await self.laptop.end_inspection()
        await self.look("call-over", page)
        await expect(self.phone.heading("您的勘验")).to_be_visible(timeout=WAIT_MS)
        await self.look("phone-case", phone)
        await phone.get_by_label("非常满意", exact=True).check()
        await phone.get_by_role("button", name="提交评价").click()
        await expect(phone.get_by_text("谢谢您的评价：非常满意")).to_be_visible(timeout=WAIT_MS)
        await self.look("phone-rated", phone)

    async def _saved(self) -> None:
        await expect(self.inspector.page.get_by_text("已保存", exact=True)).to_be_visible(timeout=WAIT_MS)

    async def _open_points(self) -> int:
        progress = self.inspector.page.get_by_role("progressbar", name="全部要点")
        done, all_of_them = [await progress.get_attribute(name) for name in ("aria-valuenow", "aria-valuemax")]
        assert done is not None
        assert all_of_them is not None
        return int(all_of_them) - int(done)

"""The phone's pages as the enterprise sees and touches them."""

from __future__ import annotations

import random

from playwright.async_api import Locator, Page, expect

from tests.e2e.pages.phone_texts import CHINESE, PhoneTexts
from tests.e2e.pages.signature import draw_signature
from tests.e2e.staff import let_in

JOIN_MS = 20_000
ENTERPRISE = "王芳"


def a_phone_number() -> str:
    """One that nobody had before: codes to the same phone are limited."""
    return f"13{random.randrange(10**9):09d}"


class PhonePages:
    """One phone. Pages are Chinese by default; on the way into a call they can be another language's."""

    def __init__(self, page: Page, texts: PhoneTexts = CHINESE) -> None:
        self.page = page
        self.texts = texts

    async def open(self, link: str) -> None:
        await self.page.goto(link)
        if self.texts.switch is not None:
            await self.page.get_by_role("button", name=self.texts.switch).click()

    async def introduce(self, name: str = ENTERPRISE, *, phone: str = "") -> None:
        """Accept the invitation and say who one is, up to the code that the demonstration shows."""
        await self.page.get_by_role("button", name=self.texts.accept).click()
        await self.page.get_by_label(self.texts.name).fill(name)
        await self.page.get_by_label(self.texts.job).fill("店长")
        await self.page.get_by_label(self.texts.phone).fill(phone or a_phone_number())
        await self.page.get_by_role("button", name=self.texts.get_code).click()
        await self.page.get_by_label(self.texts.code).fill(await self.shown_code())

    async def shown_code(self) -> str:
        """The one-time code, which stands on the page in the demonstration."""
        told = self.page.get_by_text(self.texts.code_shown)
        await expect(told).to_be_visible(timeout=JOIN_MS)
        return (await told.inner_text()).split()[-1]

    async def consent(self) -> None:
        await self.page.get_by_label(self.texts.consent).check()
        await self.page.get_by_role("button", name=self.texts.agree).click()

    async def agree(self, name: str = ENTERPRISE) -> None:
        """Say who one is, agree to the recording, go to the door without waiting for the phone's test."""
        await self.introduce(name)
        await self.consent()
        await self.go_to_the_door()

    async def go_to_the_door(self) -> None:
        """Without waiting for what the phone's test still tries; what was sent so far was no part of the call."""
        skip = self.page.get_by_role("button", name=self.texts.skip)
        await skip.or_(self.page.get_by_role("button", name=self.texts.to_the_door)).click()
        await self.page.evaluate("window.__callBegins()")

    async def in_call(self) -> None:
        """Wait until the call is up and recorded."""
        await expect(self.page.get_by_text(self.texts.recorded)).to_be_visible(timeout=JOIN_MS)

    async def join(self, link: str, name: str = ENTERPRISE) -> None:
        """All the way into the call; the inspector lets them in."""
        await self.open(link)
        await self.agree(name)
        await self.be_let_in(link)

    async def be_let_in(self, link: str) -> None:
        """Wait at the door; the inspector opens it."""
        await let_in(link)
        await self.in_call()

    def heading(self, text: str) -> Locator:
        return self.page.get_by_role("heading", name=text)

    def office_video(self) -> Locator:
        """The inspector's picture."""
        return self.page.locator("video[aria-label^='勘验员'][aria-label$=' 的画面']")

    def result(self) -> Locator:
        """Result and record, over what else the phone shows."""
        return self.page.get_by_role("dialog", name="勘验结果与笔录")

    async def sign_by_finger(self) -> None:
        """Sign the record that is shown."""
        await draw_signature(self.page, self.page.get_by_role("img", name="请在此用手指签名"))
        await self.page.get_by_role("button", name="确认签名").click()

    async def leave(self) -> None:
        await self.page.get_by_role("button", name="离开").click()
        await self.page.get_by_role("alertdialog").get_by_role("button", name="离开").click()

    async def see_the_end(self) -> None:
        """Wait for the page that thanks after the inspector ended the inspection."""
        await expect(self.heading("勘验已结束")).to_be_visible(timeout=JOIN_MS)

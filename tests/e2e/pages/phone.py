"""The phone's pages as the enterprise sees and touches them."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

JOIN_MS = 20_000
ENTERPRISE = "王芳"


class PhonePages:
    """One phone. Texts are those of the Chinese pages, the default."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def open(self, link: str) -> None:
        await self.page.goto(link)

    async def agree(self, name: str = ENTERPRISE) -> None:
        """Fill in the name, agree to the recording, enter."""
        await self.page.get_by_label("您的姓名").fill(name)
        await self.page.get_by_label("我已知晓并同意全程录音录像").check()
        await self.page.get_by_role("button", name="同意并开始").click()

    async def in_call(self) -> None:
        """Wait until the call is up and recorded."""
        await expect(self.page.get_by_text("录制中")).to_be_visible(timeout=JOIN_MS)

    async def join(self, link: str, name: str = ENTERPRISE) -> None:
        await self.open(link)
        await self.agree(name)
        await self.in_call()

    def heading(self, text: str) -> Locator:
        return self.page.get_by_role("heading", name=text)

    def office_video(self) -> Locator:
        """The inspector's picture."""
        return self.page.locator("video[aria-label^='勘验员'][aria-label$=' 的画面']")

    async def leave(self) -> None:
        await self.page.get_by_role("button", name="离开").click()
        await self.page.get_by_role("alertdialog").get_by_role("button", name="离开").click()

    async def see_the_end(self) -> None:
        """Wait for the page that thanks after the inspector ended the inspection."""
        await expect(self.heading("勘验已结束")).to_be_visible(timeout=JOIN_MS)

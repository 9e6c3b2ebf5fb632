"""Photographs every page in both languages, laptop and phone, as one inspection comes by them.

``python -m tests.e2e.screenshots docs/screenshots`` writes ``<page>.<language>.webp``, laptop 1440 wide, phone 390.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

from tests.e2e.conftest import Clips, People
from tests.e2e.deployments import on_folder
from tests.e2e.languages import in_both_languages
from tests.e2e.pages.laptop import WAIT_MS
from tests.e2e.pages.phone import PhonePages
from tests.e2e.side_trips import link_trouble, new_case, photos_instead
from tests.e2e.staff import Staff
from tests.e2e.walk import AT_THE_SITE, Walk
from tests.support.chromium import Screen
from tests.support.clip import ClipSpec
from tests.support.scenes import laboratory, make_scene, office

QUALITY = 70
"""Of 100, of WebP: small writing can still be read."""


EXPERT = "周教授"
END = {"zh-CN": "结束勘验", "en": "End inspection"}
OPINION = "铭牌清楚，天平在检定有效期内；建议看一下干燥剂的颜色。"


@dataclass
class Tour(Walk):
    """The walk, and what else its call has to show. ``checked_at``: when the points begin to be judged."""

    expert: Screen = field(kw_only=True)
    folder: Path = field(kw_only=True)
    checked_at: datetime = field(init=False)

    async def check_every_point(self) -> None:
        page, phone = self.inspector.page, self.enterprise.page
        for tab in await page.get_by_role("tab").all():
            await tab.click()
            await self.look(f"call-{(await tab.get_attribute('id') or '').removeprefix('tab-')}", page)
        await page.get_by_role("tab").first.click()
        await phone.get_by_role("button", name="照片", exact=True).click()
        await phone.get_by_role("dialog").wait_for()
        await self.look("phone-photos", phone)
        await phone.keyboard.press("Escape")
        await page.keyboard.press("?")
        await page.get_by_role("dialog", name="快捷键").wait_for()
        await self.look("call-keys", page)
        await page.keyboard.press("Escape")
        await self.be_warned()
        await self.ask_an_expert()
        self.checked_at = datetime.now(UTC)
        await super().check_every_point()

    async def be_warned(self) -> None:
        """Too early to end it. A question that is on the page keeps the language in which it was asked."""
        page = self.inspector.page
        async for language in in_both_languages(page):
            await page.get_by_role("button", name=END[language]).click()
            await page.get_by_role("dialog").wait_for()
            await picture(page, self.folder / f"call-end-warning.{language}.webp")
            await page.keyboard.press("Escape")
            await page.get_by_role("dialog").wait_for(state="hidden")

    async def ask_an_expert(self) -> None:
        """Somebody joins by a link of their own and writes what they think of the point."""
        page, expert = self.expert.page, PhonePages(self.expert.page)
        await self.laptop.open_people()
        await expert.open(await self.laptop.invite_as("专家"))
        await expert.agree(EXPERT)
        await self.laptop.admit(EXPERT)
        await expert.in_call()
        await page.get_by_role("button", name="写意见").click()
        await page.get_by_role("dialog", name="专家意见").get_by_label("您的意见").fill(OPINION)
        await self.look("phone-opinion", page)
        await page.get_by_role("button", name="提交意见").click()
        await page.get_by_role("dialog", name="专家意见").get_by_text(OPINION).wait_for()
        await page.keyboard.press("Escape")
        await self.look("phone-expert", page)
        await self.inspector.page.get_by_role("tab", name="要点", exact=True).click()

    async def end_and_rate(self) -> None:
        await super().end_and_rate()
        page = self.inspector.page
        inspection_id = page.url.rsplit("/", 1)[1]
        await self.laptop.open_replay_at(inspection_id, self.checked_at)
        await page.get_by_role("region", name="断录记录").wait_for(timeout=WAIT_MS)
        await self.look("replay", page)


async def picture(page: Page, file: Path) -> None:
    """Of what is in sight, without a pixel more than people see."""
    await page.wait_for_load_state("networkidle")
    taken = Image.open(io.BytesIO(await page.screenshot(animations="disabled", scale="css")))
    taken.save(file, quality=QUALITY, method=6)


async def photograph(folder: Path) -> None:
    """A product of its own, one inspection, and the pages of those who cannot come in."""

    async def look(name: str, page: Page) -> None:
        async for language in in_both_languages(page):
            await picture(page, folder / f"{name}.{language}.webp")

    with tempfile.TemporaryDirectory() as scratch:
        clips = Clips(
            site=make_scene("site", laboratory, ClipSpec(), Path(scratch)),
            office=make_scene("office", office, ClipSpec(width=640, height=360), Path(scratch)),
        )
        product = on_folder(Path(scratch)).product
        product.start()
        try:
            async with AsyncExitStack() as stack:
                people = People(clips, stack)
                inspector, enterprise = await people.laptop(), await people.phone(geolocation=AT_THE_SITE)
                await enterprise.context.grant_permissions(["camera", "microphone", "geolocation"])
                tour = Tour(
                    inspector, enterprise, product.url, look, expert=await people.phone("expert"), folder=folder
                )
                await tour.go()
                async with Staff.signed_in(product.url) as staff:
                    await new_case(tour.laptop, look)
                    await link_trouble(people, staff, look)
                    await photos_instead(people, staff, tour.laptop, look)
        finally:
            product.stop()


def main() -> None:
    """The command's line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go; those of the same name are written anew")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(photograph(folder))


if __name__ == "__main__":
    main()

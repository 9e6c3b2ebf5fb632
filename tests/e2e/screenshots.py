"""Photographs every page in both languages, laptop and phone, as one inspection comes by them.

``python -m tests.e2e.screenshots docs/screenshots`` writes ``<page>.<language>.webp``, laptop 1440 wide, phone 390.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

from tests.e2e.conftest import Clips, People
from tests.e2e.deployments import on_folder
from tests.e2e.languages import in_both_languages
from tests.e2e.pages.laptop import WAIT_MS
from tests.e2e.walk import AT_THE_SITE, Walk
from tests.support.clip import ClipSpec
from tests.support.scenes import laboratory, make_scene, office

QUALITY = 70
"""Of 100, of WebP: small writing can still be read."""


class Tour(Walk):
    """The walk, and what lies beside its way. ``checked_at``: when the points begin to be judged."""

    checked_at: datetime

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
        self.checked_at = datetime.now(UTC)
        await super().check_every_point()

    async def end_and_rate(self) -> None:
        await super().end_and_rate()
        page = self.inspector.page
        inspection_id = page.url.rsplit("/", 1)[1]
        await self.laptop.open_replay_at(inspection_id, self.checked_at)
        await page.get_by_role("region", name="断录记录").wait_for(timeout=WAIT_MS)
        await self.look("replay", page)


async def photograph(folder: Path) -> None:
    """A product of its own, one inspection, and the pages of those who cannot come in."""

    async def look(name: str, page: Page) -> None:
        async for language in in_both_languages(page):
            await page.wait_for_load_state("networkidle")
            picture = Image.open(io.BytesIO(await page.screenshot(animations="disabled", scale="css")))
            picture.save(folder / f"{name}.{language}.webp", quality=QUALITY, method=6)

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
                await Tour(inspector, enterprise, product.url, look).go()
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

"""How soon the pages answer: ``make waits``. Needs the built pages and Chromium.

Starts the product as it is delivered, and one call between a laptop's and a phone's browser, all on this machine and
loopback, so that the pages' clocks are one clock. Prints one row for each thing that a person waits for.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from tests.e2e.conftest import Clips, People
from tests.e2e.deployments import on_folder
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import PhonePages
from tests.e2e.pages.waits import until_a_still_is_in_its_point, until_the_call_can_be_used, until_the_phone_points
from tests.e2e.staff import Invited, Staff
from tests.support.clip import ClipSpec
from tests.support.scenes import laboratory, make_scene, office

FIRST_LOAD = """() => performance.getEntriesByType('navigation')
  .concat(performance.getEntriesByType('resource').filter(({ name }) => !name.includes('/api/')))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""


def row(what: str, wanted: str, measured: str) -> str:
    return f"| {what} | {wanted} | {measured} |"


def milliseconds(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ms; at most {max(values):.0f} of {len(values)}"


async def first_load(people: People, invited: Invited) -> str:
    page = (await people.phone("first load")).page
    await PhonePages(page).open(invited.link)
    await page.get_by_role("button", name="接受邀请，下一步").wait_for()
    await page.wait_for_load_state("networkidle")
    size: int = await page.evaluate(FIRST_LOAD)
    return row("phone page before the call, compressed", "150 KB", f"{size / 1024:.0f} KB")


async def measure() -> None:
    """All rows, one after the other."""
    with tempfile.TemporaryDirectory(prefix="inspect-bench-") as folder:
        scratch = Path(folder)
        clips = Clips(
            site=make_scene("site", laboratory, ClipSpec(), scratch),
            office=make_scene("office", office, ClipSpec(width=640, height=360), scratch),
        )
        product = on_folder(scratch).product
        await asyncio.to_thread(product.start)
        try:
            async with AsyncExitStack() as stack, Staff.signed_in(product.url) as staff:
                people = People(clips, stack)
                invited = await staff.invite()
                print("| What | Wanted | Median |\n|---|---|---|", flush=True)
                print(await first_load(people, invited), flush=True)
                inspector, enterprise = await people.laptop(), await people.phone()
                laptop, _ = await meet(inspector, enterprise, product.url, invited)
                await laptop.see_the_site()
                pointing = await until_the_phone_points(inspector.page, enterprise.page)
                print(row("the pointer's move is seen on the phone", "100 ms", milliseconds(pointing)), flush=True)
                stills = await until_a_still_is_in_its_point(inspector.page)
                print(row("a still is in the point", "1000 ms", milliseconds(stills)), flush=True)
                loads = await until_the_call_can_be_used(laptop)
                print(row("the laptop's call page can be used", "1500 ms", milliseconds(loads)), flush=True)
        finally:
            await asyncio.to_thread(product.stop)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    asyncio.run(measure())

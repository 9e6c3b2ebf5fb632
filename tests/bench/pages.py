"""How soon the pages answer: ``python -m tests.bench.pages``. Needs the built pages and Chromium.

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

from playwright.async_api import Page, expect

from tests.e2e.conftest import Clips, People
from tests.e2e.deployments import on_folder
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import PhonePages
from tests.e2e.staff import Invited, Staff
from tests.support.clip import ClipSpec
from tests.support.scenes import laboratory, make_scene, office

REPEATED = 15
APART_S = 0.4

WRITE_DOWN_MOVES = "addEventListener('pointermove', () => (window.__movedAt = Date.now()), { capture: true })"
WRITE_DOWN_POINTER = """() => {
  window.__pointerAt = [];
  let before = null;
  const look = () => {
    const place = document.querySelector('.pointer')?.getAttribute('transform') ?? null;
    if (place !== before) window.__pointerAt.push(Date.now());
    before = place;
    requestAnimationFrame(look);
  };
  look();
}"""
KEY_TO_PICTURE = """() => new Promise((done) => {
  const pictures = () => [...document.querySelectorAll('#panel-content img')].filter((one) => one.complete).length;
  const before = pictures();
  addEventListener('keydown', () => {
    const pressedAt = performance.now();
    const look = () => (pictures() > before ? done(performance.now() - pressedAt) : requestAnimationFrame(look));
    look();
  }, { once: true, capture: true });
})"""
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


async def call_page(laptop: LaptopPages) -> str:
    """From the beginning of the page's load until its last button can be pressed."""
    times = []
    for _ in range(REPEATED // 3):
        await laptop.page.reload(wait_until="commit")
        await expect(laptop.page.get_by_role("button", name="结束勘验")).to_be_enabled(timeout=WAIT_MS)
        times.append(await laptop.page.evaluate("performance.now()"))
    return row("the laptop's call page can be used", "1500 ms", milliseconds(times))


async def pointer(laptop: Page, phone: Page) -> str:
    """From the pointer's move in the laptop's page until the phone draws it there."""
    box = await LaptopPages(laptop, "").site_video().bounding_box()
    assert box is not None
    await laptop.evaluate(WRITE_DOWN_MOVES)
    await phone.evaluate(WRITE_DOWN_POINTER)
    await laptop.keyboard.press("p")
    times = []
    for number in range(REPEATED):
        await laptop.mouse.move(box["x"] + box["width"] * (0.3 + 0.02 * number), box["y"] + box["height"] / 2)
        await asyncio.sleep(APART_S)
        moved_at: float = await laptop.evaluate("window.__movedAt")
        seen: list[float] = await phone.evaluate("window.__pointerAt")
        times += [min(at for at in seen if at >= moved_at) - moved_at] if seen and seen[-1] >= moved_at else []
    await laptop.keyboard.press("Escape")
    if len(times) < REPEATED // 2:
        raise RuntimeError("the phone did not show the pointer")
    return row("the pointer's move is seen on the phone", "100 ms", milliseconds(times))


async def still(laptop: Page) -> str:
    """From the key until the picture stands in the point that is checked."""
    times = []
    for _ in range(REPEATED // 3):
        measured = asyncio.create_task(laptop.evaluate(KEY_TO_PICTURE))
        await asyncio.sleep(APART_S)
        await laptop.keyboard.press("s")
        times.append(await measured)
    return row("a still is in the point", "1000 ms", milliseconds(times))


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
                print(await pointer(inspector.page, enterprise.page), flush=True)
                print(await still(inspector.page), flush=True)
                print(await call_page(laptop), flush=True)
        finally:
            await asyncio.to_thread(product.stop)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    asyncio.run(measure())

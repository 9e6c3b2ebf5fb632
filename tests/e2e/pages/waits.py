"""How long people wait in a call, as the pages' own clocks tell it. Needs laptop and phone on one machine.

Each function does the same thing again and again and returns how long each took, in milliseconds.
"""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, expect

from tests.e2e.pages.laptop import WAIT_MS, LaptopPages

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


async def until_the_call_can_be_used(laptop: LaptopPages) -> list[float]:
    """From the beginning of the page's load until its last button can be pressed."""
    times = []
    for _ in range(REPEATED // 3):
        await laptop.page.reload(wait_until="commit")
        await expect(laptop.page.get_by_role("button", name="结束勘验")).to_be_enabled(timeout=WAIT_MS)
        times.append(await laptop.page.evaluate("performance.now()"))
    return times


async def until_the_phone_points(laptop: Page, phone: Page) -> list[float]:
    """From the pointer's move in the laptop's page until the phone draws it there.

    Raises:
        RuntimeError: it did not, most times.
    """
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
    return times


async def until_a_still_is_in_its_point(laptop: Page) -> list[float]:
    """From the key until the picture stands in the point that is checked."""
    times = []
    for _ in range(REPEATED // 3):
        measured = asyncio.create_task(laptop.evaluate(KEY_TO_PICTURE))
        await asyncio.sleep(APART_S)
        await laptop.keyboard.press("s")
        times.append(await measured)
    return times

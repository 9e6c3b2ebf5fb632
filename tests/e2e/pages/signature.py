"""A signature by finger."""

from __future__ import annotations

from playwright.async_api import Locator, Page

SIGNATURE = [(40 + 28 * step, 60 if step % 2 else 140) for step in range(9)]


async def draw_signature(page: Page, pad: Locator) -> None:
    """Draw a line with turns."""
    await pad.scroll_into_view_if_needed()
    box = await pad.bounding_box()
    assert box is not None
    (x, y), *turns = [(box["x"] + x, box["y"] + y) for x, y in SIGNATURE]
    await page.mouse.move(x, y)
    await page.mouse.down()
    for x, y in turns:
        await page.mouse.move(x, y, steps=4)
    await page.mouse.up()

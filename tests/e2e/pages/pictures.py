"""Reading the clip's counter off a screen."""

from __future__ import annotations

from playwright.async_api import Locator

from tests.support import counter


async def read_counter(video: Locator) -> counter.Reading | None:
    """What a person sees in this player now: a screenshot of it, read; None while nothing is shown."""
    if not await video.count():
        return None
    size = await video.evaluate("(v) => [v.videoWidth, v.videoHeight]")
    if not all(size):
        return None
    return counter.read_screenshot(await video.screenshot(), aspect=size[0] / size[1])

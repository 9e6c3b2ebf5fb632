"""The laptop's pages as an inspector sees and uses them."""

from __future__ import annotations

from playwright.async_api import Locator, Page

from tests.support import counter

WAIT_MS = 20_000


class LaptopPages:
    """One laptop. Texts are those of the Chinese pages, the default."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url


async def read_counter(video: Locator) -> counter.Reading | None:
    """Read the clip's counter off the screen: a screenshot of what the person sees in this player."""
    if not await video.count():
        return None
    size = await video.evaluate("(v) => [v.videoWidth, v.videoHeight]")
    if not all(size):
        return None
    return counter.read_screenshot(await video.screenshot(), aspect=size[0] / size[1])

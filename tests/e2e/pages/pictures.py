"""Reading the clip's counter off a screen."""

from __future__ import annotations

from datetime import datetime

from playwright.async_api import Locator

from tests.support import counter
from tests.support.chromium import Screen


async def read_counter(video: Locator) -> counter.Reading | None:
    """What a person sees in this player now: a screenshot of it, read; None while nothing is shown."""
    if not await video.count():
        return None
    size = await video.evaluate("(v) => [v.videoWidth, v.videoHeight]")
    if not all(size):
        return None
    return counter.read_screenshot(await video.screenshot(), aspect=size[0] / size[1])


async def shows_a_picture_after(moment: datetime, video: Locator, camera: Screen) -> bool:
    """Whether this player shows a picture that the camera of the other screen took after this moment."""
    reading = await read_counter(video)
    if reading is None:
        return False
    truth = await camera.truth()
    return any(frame.counter == reading.counter and frame.at > moment for frame in truth.frames)

"""A phone whose page really goes to the background and falls asleep.

Playwright tells every page of a context that it makes that it is in front, whatever is: ``visibilitychange`` and
``freeze`` never come. Of a browser's first context, reached through the debugging port, it keeps its hands off; there a
page is hidden by a tab in front of it, by the browser itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Page, async_playwright

from tests.support.chromium import PHONE, Screen, add_window, executable, flags_for, log_scripts
from tests.support.clip import Clip
from tests.support.processes import free_port


@dataclass(frozen=True)
class PocketPhone:
    """A phone, and another app to look at."""

    screen: Screen
    other: Page

    async def put_away(self) -> None:
        """Look at the other app: the page is in the background."""
        await self.other.bring_to_front()

    async def take_out(self) -> None:
        await self.screen.page.bring_to_front()

    async def fall_asleep(self) -> None:
        """After ``put_away``: the page runs nothing any more. What the phone sends is the network's to stop."""
        await self._live("frozen")

    async def wake(self) -> None:
        await self._live("active")

    async def _live(self, state: Literal["frozen", "active"]) -> None:
        devtools = await self.screen.context.new_cdp_session(self.screen.page)
        await devtools.send("Page.setWebLifecycleState", {"state": state})
        await devtools.detach()


@asynccontextmanager
async def pocket_phone(clip: Clip, name: str, *, init_scripts: Sequence[str] = ()) -> AsyncIterator[PocketPhone]:
    """A browser process of its own with this camera; its page is empty and in front."""
    port = free_port()
    size = PHONE["viewport"]
    flags = [
        *flags_for(clip),
        f"--remote-debugging-port={port}",
        f"--window-size={size['width']},{size['height']}",
        "--accept-lang=zh-CN",
    ]
    async with async_playwright() as playwright:
        process = await playwright.chromium.launch(executable_path=executable(), args=flags)
        try:
            browser = await playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}", no_defaults=True)
            (context,) = browser.contexts
            await context.grant_permissions(["camera", "microphone"])
            for script in [*log_scripts(), *init_scripts]:
                await context.add_init_script(script)
            other = await context.new_page()
            yield PocketPhone(await add_window(context, name), other)
        finally:
            await process.close()

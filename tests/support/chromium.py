"""Real headless Chromium for the tests: one browser process per fake camera, laptop and phone as contexts of them.

A ``Screen`` is one page with what it complained about. Nothing of the product is replaced; the init scripts only write
down what the devices delivered (``truth``) or bend the network (``relay``).
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tests.support import truth
from tests.support.clip import Clip

# "Failed to load resource: … 401 (Unauthorized)": the page handles refused requests itself, Chromium reports them too.
REFUSED_REQUEST = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream=fps=30",
)
TWO_CAMERAS = "--use-fake-device-for-media-stream=device-count=3,fps=30"
"""Chromium's own test pictures, for its file camera is one alone; see ``without_depth_camera``."""
PHONE_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{version} Mobile Safari/537.36"
)
LOGS = ("sent_frames", "shown_frames", "decoded_frames", "limits", "received_pictures")
LAPTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
LOCALE: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


def executable() -> str:
    """The path of Chromium.

    Raises:
        FileNotFoundError: it is not installed.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise FileNotFoundError("no Chromium found; on Debian: apt-get install chromium")


def _moment(wall_ms: float) -> datetime:
    return datetime.fromtimestamp(wall_ms / 1000, UTC)


def flags_for(clip: Clip | None) -> list[str]:
    """Chromium's, with this before its camera and microphone."""
    if clip is None:
        return [*FLAGS]
    devices = [f"--use-file-for-fake-video-capture={clip.video}", f"--use-file-for-fake-audio-capture={clip.audio}"]
    return [*FLAGS, *devices]


@asynccontextmanager
async def launched(clip: Clip | None, *, extra_flags: Sequence[str] = ()) -> AsyncIterator[Browser]:
    """A browser whose camera and microphone play the clip; without a clip they show Chromium's own test picture."""
    flags = [*flags_for(clip), *extra_flags]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=flags)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(frozen=True)
class SentFrame:
    """One encoded picture on its way to the server; each video sender of a page is a ``stream``."""

    stream: int
    rtp_timestamp: int
    is_key: bool
    at: datetime


@dataclass(frozen=True)
class SentSound:
    """One encoded packet of sound on its way to the server."""

    rtp_timestamp: int
    at: datetime


@dataclass(frozen=True)
class ShownFrame:
    """A received picture as the page drew it."""

    at: datetime
    width: int
    height: int


@dataclass
class Screen:
    """One page of one person, and everything that went wrong in it."""

    name: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSED_REQUEST.match(message.text):
            self.complaints.append(f"console: {message.text}")

    def threw(self, error: object) -> None:
        self.complaints.append(f"page: {error}")

    async def truth(self) -> truth.Truth:
        """What this page's devices delivered so far."""
        log: dict[str, Any] = await self.page.evaluate("window.__truth")
        return truth.parse(log)

    async def sent(self) -> list[SentFrame]:
        """Every encoded picture that left this page so far."""
        return [
            SentFrame(stream, rtp_timestamp, is_key, _moment(wall_ms))
            for stream, rtp_timestamp, is_key, wall_ms in await self.page.evaluate("window.__sent")
        ]

    async def sent_sound(self) -> list[SentSound]:
        """Every encoded packet of sound that left this page so far."""
        return [
            SentSound(rtp_timestamp, _moment(wall_ms))
            for rtp_timestamp, wall_ms in await self.page.evaluate("window.__sentSound")
        ]

    async def shown(self) -> list[ShownFrame]:
        """Every received picture that this page drew so far, in order."""
        return [
            ShownFrame(_moment(wall_ms), width, height)
            for wall_ms, width, height in await self.page.evaluate("window.__shown")
        ]

    async def decoded(self) -> list[tuple[datetime, int]]:
        """How many received pictures this page had been able to draw by each moment, drawn or not."""
        return [(_moment(wall_ms), count) for wall_ms, count in await self.page.evaluate("window.__decoded")]

    async def late(self) -> list[tuple[datetime, float]]:
        """When this page ran late because the machine was busy, and by how many seconds."""
        return [(_moment(wall_ms), late_ms / 1000) for wall_ms, late_ms in await self.page.evaluate("window.__late")]

    async def held_down_by_bandwidth_s(self) -> float:
        """For how long this page sent worse pictures than it could, for it was told that the network is narrow."""
        limits: dict[str, float] = await self.page.evaluate("window.__limits()")
        return limits["bandwidth"]

    async def received(self) -> dict[str, float]:
        """The browser's own figures of the pictures that this page received (W3C webrtc-stats, inbound-rtp)."""
        figures: dict[str, float] = await self.page.evaluate("window.__received()")
        return figures

    async def screenshot(self, folder: Path) -> Path:
        """Write ``<name>.png``; Playwright makes the folder."""
        path = folder / f"{self.name}.png"
        await self.page.screenshot(path=path)
        return path


async def open_screen(
    browser: Browser,
    name: str,
    *,
    phone: bool = False,
    devices: bool = True,
    init_scripts: Sequence[str] = (),
    **context_options: Any,
) -> Screen:
    """A new context with one empty page; ``devices``: camera and microphone are granted, else denied.

    Chromium without a window answers its permission prompt with "denied", so no flag that answers it is wanted.
    """
    options = {**(PHONE if phone else LAPTOP), **LOCALE, **context_options}
    if phone:
        options.setdefault("user_agent", PHONE_AGENT.format(version=browser.version))
    context = await browser.new_context(permissions=["camera", "microphone"] if devices else [], **options)
    for script in [*log_scripts(), *init_scripts]:
        await context.add_init_script(script)
    return await add_window(context, name)


def log_scripts() -> list[str]:
    """Init scripts: what the devices delivered, what was sent and what was shown."""
    return [truth.init_script(), *((truth.SCRIPTS / f"{name}.js").read_text() for name in LOGS)]


async def add_window(context: BrowserContext, name: str) -> Screen:
    """One more window of the same person (same cookies and storage)."""
    page = await context.new_page()
    screen = Screen(name, context, page)
    page.on("console", screen.heard)
    page.on("pageerror", screen.threw)
    return screen


def unhurried_camera() -> str:
    """An init script: the page's cameras give 10 pictures a second."""
    return (truth.SCRIPTS / "unhurried_camera.js").read_text()


def wake_lock() -> str:
    """Script after which ``window.__wakeLocks`` counts how often the page asked that the screen stay on."""
    return (truth.SCRIPTS / "wake_lock.js").read_text()


def phone_call() -> str:
    """An init script: ``__ring()`` gives the page's devices to a phone call until ``__hangUp()``."""
    return (truth.SCRIPTS / "phone_call.js").read_text()


def camera_in_use() -> str:
    """An init script: another program has the camera until the page calls ``__freeCamera()``."""
    return (truth.SCRIPTS / "camera_in_use.js").read_text()


def operable_camera() -> str:
    """An init script: the page's camera has a light and a zoom; ``window.__camera`` says how they are."""
    return (truth.SCRIPTS / "operable_camera.js").read_text()


def with_battery() -> str:
    """An init script: the page knows its battery; ``window.__drain(level, charging)`` changes it."""
    return (truth.SCRIPTS / "battery.js").read_text()


def without_depth_camera() -> str:
    """An init script: of ``TWO_CAMERAS`` only those that send pictures are there."""
    return (truth.SCRIPTS / "without_depth_camera.js").read_text()


def only_codecs(*names: str) -> str:
    """An init script: the page's browser has no other video codecs than these ("VP9")."""
    return (truth.SCRIPTS / "only_codecs.js").read_text().replace("/*KEEP*/ []", json.dumps(names))

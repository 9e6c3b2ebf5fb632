"""Browsers with fake cameras, and the product to point them at."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error

from tests.e2e.deployments import Deployment, on_folder, on_services
from tests.e2e.staff import Invited, Staff
from tests.support.chromium import (
    TWO_CAMERAS,
    Screen,
    launched,
    open_screen,
    unhurried_camera,
    without_depth_camera,
)
from tests.support.clip import Clip, ClipSpec, make_clip
from tests.support.seaweedfs import S3Access

SITE = 1
OFFICE = 2

SMALL_SITE = ClipSpec(source=SITE, width=640, height=360)

FAILED = pytest.StashKey[bool]()


@dataclass(frozen=True)
class Clips:
    """What the two cameras show: the site with flash and beep, the office small and silent.

    ``scripts``: run in each page before these cameras.
    """

    site: Clip
    office: Clip
    scripts: Sequence[str] = ()


@pytest.fixture(scope="session")
def clips(pytestconfig: pytest.Config) -> Clips:
    """A small site, too, and few pictures: what these tests look at is the pages, and two of them run at a time."""
    return replace(clips_of(SMALL_SITE, pytestconfig), scripts=[unhurried_camera()])


def clips_of(site: ClipSpec, pytestconfig: pytest.Config) -> Clips:
    assert pytestconfig.cache is not None
    folder = Path(pytestconfig.cache.mkdir("clips"))
    office = ClipSpec(source=OFFICE, width=640, height=360, beep_hz=0)
    return Clips(make_clip(site, folder), make_clip(office, folder))


@dataclass
class People:
    """Opens screens; each person has a browser process of their own, for each has a camera of their own."""

    clips: Clips
    stack: AsyncExitStack
    screens: list[Screen] = field(default_factory=list)
    browsers: dict[str, Browser] = field(default_factory=dict)

    async def laptop(self, name: str = "inspector", **options: Any) -> Screen:
        return await self._open(name, self.clips.office, options)

    async def phone(self, name: str = "enterprise", **options: Any) -> Screen:
        return await self._open(name, self.clips.site, {"phone": True, **options})

    async def with_two_cameras(self, name: str, **options: Any) -> Screen:
        """A laptop, or a phone if told so, whose two cameras show Chromium's own test picture."""
        browser = await self.stack.enter_async_context(launched(None, extra_flags=[TWO_CAMERAS]))
        return await self._on(browser, name, {"init_scripts": [without_depth_camera()], **options})

    async def _open(self, name: str, clip: Clip, options: dict[str, Any]) -> Screen:
        if name not in self.browsers:
            self.browsers[name] = await self.stack.enter_async_context(launched(clip))
        return await self._on(self.browsers[name], name, options)

    async def _on(self, browser: Browser, name: str, options: dict[str, Any]) -> Screen:
        scripts = [*self.clips.scripts, *options.pop("init_scripts", ())]
        screen = await open_screen(browser, name, init_scripts=scripts, **options)
        self.screens.append(screen)
        return screen


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


def _left_behind(request: pytest.FixtureRequest) -> Path:
    """Where a failed test leaves its pictures and logs (inside pytest's cache, which git ignores)."""
    assert request.config.cache is not None
    folder = Path(request.config.cache.mkdir("failed")) / str(request.node.name).replace("/", "_")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    return folder


@pytest_asyncio.fixture
async def people(clips: Clips, request: pytest.FixtureRequest) -> AsyncIterator[People]:
    async with AsyncExitStack() as stack:
        here = People(clips, stack)
        yield here
        if request.node.stash.get(FAILED, False):
            await _photograph(here.screens, _left_behind(request))
            if "shared_deployment" in request.fixturenames:
                print(request.getfixturevalue("shared_deployment").product.output())  # noqa: T201 - as below


async def _photograph(screens: Sequence[Screen], folder: Path) -> None:
    for screen in screens:
        try:
            await screen.screenshot(folder)
            logs = await screen.page.evaluate("({ truth: window.__truth, sent: window.__sent })")
            (folder / f"{screen.name}.json").write_text(json.dumps(logs))
        except Error as error:  # a closed page has nothing to show
            screen.complaints.append(str(error))
        (folder / f"{screen.name}.txt").write_text("\n".join([screen.page.url, *screen.complaints]))
    print(f"\nscreens: {folder}")  # noqa: T201 - shown with the failure


@pytest.fixture(scope="session")
def shared_deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """One installation for all tests that open a case of their own and leave the server alone."""
    deployment = on_folder(tmp_path_factory.mktemp("shared"))
    deployment.product.start()
    yield deployment
    deployment.product.stop()


@pytest_asyncio.fixture
async def staff(shared_deployment: Deployment) -> AsyncIterator[Staff]:
    """The demo's inspector, signed in past the pages."""
    async with Staff.signed_in(shared_deployment.product.url) as signed_in:
        yield signed_in


@pytest_asyncio.fixture
async def invited(staff: Staff) -> Invited:
    """An inspection of a new case, and a link into it."""
    return await staff.invite()


@pytest.fixture
def folder_and_sqlite(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """A fresh installation as ``make run`` makes it, running."""
    yield from running(on_folder(tmp_path), request)


@pytest.fixture
def two_media_workers(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """A fresh installation whose calls are spread over two processes, running."""
    yield from running(on_folder(tmp_path, {"INSPECT_MEDIA_WORKERS": "2"}), request)


@pytest.fixture
def postgres_and_s3(
    tmp_path: Path, postgres_url: str, s3_access: S3Access, request: pytest.FixtureRequest
) -> Iterator[Deployment]:
    """A fresh installation on PostgreSQL and S3, running."""
    yield from running(on_services(tmp_path, postgres_url, s3_access), request)


def running(deployment: Deployment, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    deployment.product.start()
    yield deployment
    try:
        deployment.product.stop()
    finally:
        if request.node.stash.get(FAILED, False):
            print(f"\nserver log:\n{deployment.product.output()}")  # noqa: T201 - shown with the failure

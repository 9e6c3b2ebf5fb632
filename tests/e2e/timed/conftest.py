"""Cameras as good and as restless as real ones, for calls that are measured."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.bad_network import Browsers
from tests.e2e.conftest import SITE, Clips, clips_of
from tests.support.chromium import launched
from tests.support.clip import ClipSpec, make_clip

NOISE = 6.0
"""Without grain the picture takes no more than 0.6 Mbit/s, whatever the network carries."""


@pytest.fixture(scope="session")
def clips(pytestconfig: pytest.Config) -> Clips:
    return clips_of(ClipSpec(source=SITE), pytestconfig)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browsers(clips: Clips, pytestconfig: pytest.Config) -> AsyncIterator[Browsers]:
    """One pair for all calls of a module."""
    assert pytestconfig.cache is not None
    grainy = make_clip(ClipSpec(source=SITE, frames=240, noise=NOISE), Path(pytestconfig.cache.mkdir("clips")))
    async with AsyncExitStack() as stack:
        phone = await stack.enter_async_context(launched(grainy))
        yield Browsers(phone, await stack.enter_async_context(launched(clips.office)))

"""A whole inspection by its pages alone: hands are counted, and every page is asked for what hinders people."""

from __future__ import annotations

import logging
import time

import pytest
from playwright.async_api import Page

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.walk import Walk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

logger = logging.getLogger(__name__)

INSPECTOR_TOUCHES = 16
INSPECTOR_KEYS = 20
"""One for each of fourteen points, and what one finding takes."""
ENTERPRISE_TOUCHES = 12


async def test_a_whole_inspection_takes_few_touches_and_hinders_nobody(
    people: People, folder_and_sqlite: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    hindering: dict[str, object] = {}

    async def look(name: str, page: Page) -> None:
        if found := await hindrances(page):
            hindering[name] = found

    walk = Walk(inspector, enterprise, folder_and_sqlite.product.url, look)
    began = time.monotonic()
    await walk.go()
    logger.info(
        "%.0f s; inspector: %s, enterprise: %s; result on the phone after %.2f s, record on both sides after %.2f s",
        time.monotonic() - began, walk.laptop_hands, walk.phone_hands, walk.result_after_s, walk.pdf_after_s,
    )  # fmt: skip
    assert hindering == {}
    # Signing in and going through the list included; words that are typed are not.
    assert walk.laptop_hands.touches <= INSPECTOR_TOUCHES
    assert walk.laptop_hands.keys <= INSPECTOR_KEYS
    assert walk.phone_hands.touches <= ENTERPRISE_TOUCHES
    assert (inspector.complaints, enterprise.complaints) == ([], [])

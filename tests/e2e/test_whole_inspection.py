"""A whole inspection by its pages alone: hands are counted, and every page is asked for what hinders people."""

from __future__ import annotations

import logging
import time

import pytest
from playwright.async_api import Page

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.walk import AT_THE_SITE, Walk

WHOLE_S = 600

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(WHOLE_S + 60)]

logger = logging.getLogger(__name__)

INSPECTOR_TOUCHES = 17
INSPECTOR_KEYS = 18
"""One for each of fourteen points, what one finding takes, and a step on from the point that takes a visit."""
ENTERPRISE_TOUCHES = 10
"""One of them only where the phone's test finds something."""


async def test_a_whole_inspection_takes_few_touches_and_hinders_nobody(
    people: People, folder_and_sqlite: Deployment
) -> None:
    inspector, enterprise = await people.laptop(), await people.phone(geolocation=AT_THE_SITE)
    await enterprise.context.grant_permissions(["camera", "microphone", "geolocation"])
    hindering: dict[str, object] = {}

    async def look(name: str, page: Page) -> None:
        if found := await hindrances(page):
            hindering[name] = found

    walk = Walk(inspector, enterprise, folder_and_sqlite.product.url, look)
    began = time.monotonic()
    await walk.go()
    took_s = time.monotonic() - began
    logger.info(
        "%.0f s; inspector: %s, enterprise: %s; result on the phone after %.2f s, record on both sides after %.2f s",
        took_s, walk.laptop_hands, walk.phone_hands, walk.result_after_s, walk.pdf_after_s,
    )  # fmt: skip
    assert hindering == {}
    assert took_s < WHOLE_S
    # Signing in and going through the list included; words that are typed are not.
    assert walk.laptop_hands.touches <= INSPECTOR_TOUCHES
    assert walk.laptop_hands.keys <= INSPECTOR_KEYS
    assert walk.phone_hands.touches <= ENTERPRISE_TOUCHES
    assert (inspector.complaints, enterprise.complaints) == ([], [])

"""A camera that opens later than the microphone: the call begins with the sound, and the picture follows."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import OFFICE, People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import JOIN_MS
from tests.e2e.pages.pictures import read_counter
from tests.e2e.staff import Invited
from tests.e2e.waiting import until
from tests.support.chromium import camera_in_use

pytestmark = pytest.mark.e2e


async def test_a_camera_that_was_in_use_joins_the_call_when_it_is_free(
    people: People, invited: Invited, shared_deployment: Deployment
) -> None:
    inspector, enterprise = await people.laptop(init_scripts=[camera_in_use()]), await people.phone()
    laptop, phone = await meet(inspector, enterprise, shared_deployment.product.url, invited)
    await expect(laptop.site_video()).to_be_visible(timeout=JOIN_MS)
    assert await read_counter(phone.office_video()) is None
    await inspector.page.evaluate("window.__freeCamera()")
    office = await until(lambda: read_counter(phone.office_video()), within_s=15, what="the office on the phone")
    assert office.source == OFFICE
    assert inspector.complaints == []
    assert enterprise.complaints == []

"""How long people wait in a call: for a pointer, a still, the page, the result and the record."""

from __future__ import annotations

import statistics
import time

import pytest
from playwright.async_api import expect

from tests.e2e.both_sides import BothSides
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS
from tests.e2e.pages.waits import until_a_still_is_in_its_point, until_the_call_can_be_used, until_the_phone_points
from tests.e2e.staff import Staff

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

POINTER_MS = 100
STILL_MS = 1000
CALL_PAGE_MS = 1500
RESULT_S = 1
RECORD_S = 5


async def test_nobody_waits_long_for_what_the_other_side_does(
    people: People, shared_deployment: Deployment, staff: Staff
) -> None:
    both = await BothSides.met(people, shared_deployment, staff)
    laptop, phone = both.laptop.page, both.phone.page
    # The usual one of many: a browser's own pauses are no fault of the pages.
    assert statistics.median(await until_the_phone_points(laptop, phone)) <= POINTER_MS
    assert statistics.median(await until_a_still_is_in_its_point(laptop)) <= STILL_MS
    assert statistics.median(await until_the_call_can_be_used(both.laptop)) <= CALL_PAGE_MS

    concluded = await both.conclude()
    await expect(both.phone.result().get_by_text("需整改", exact=True).first).to_be_visible(timeout=WAIT_MS)
    assert time.monotonic() - concluded <= RESULT_S
    await both.phone.sign_by_finger()
    await expect(laptop.get_by_text("已签名：王芳")).to_be_visible(timeout=WAIT_MS)
    signed = await both.sign_official()
    for button in both.records:
        await expect(button).to_be_visible(timeout=WAIT_MS)
    assert time.monotonic() - signed <= RECORD_S

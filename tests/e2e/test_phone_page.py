"""The phone's page is small and can be used by everybody."""

from __future__ import annotations

import pytest

from tests.e2e.accessibility import hindrances
from tests.e2e.conftest import People
from tests.e2e.pages.phone import PhonePages
from tests.e2e.staff import Invited

pytestmark = pytest.mark.e2e

MAX_FIRST_LOAD_BYTES = 150 * 1024
TRANSFERRED = """() => performance.getEntriesByType('navigation')
  .concat(performance.getEntriesByType('resource').filter(({ name }) => !name.includes('/api/')))
  .map(({ name, encodedBodySize, decodedBodySize }) => [name, encodedBodySize, decodedBodySize])"""


async def test_the_first_load_is_at_most_150_kb_compressed(people: People, invited: Invited) -> None:
    screen = await people.phone()
    await PhonePages(screen.page).open(invited.link)
    await screen.page.get_by_role("button", name="接受邀请，下一步").wait_for()
    await screen.page.wait_for_load_state("networkidle")
    loaded = await screen.page.evaluate(TRANSFERRED)
    assert any(encoded < decoded for _, encoded, decoded in loaded), "the server does not compress"
    assert sum(encoded for _, encoded, _ in loaded) <= MAX_FIRST_LOAD_BYTES, loaded


async def test_the_phone_hinders_nobody(people: People, invited: Invited) -> None:
    screen = await people.phone()
    phone = PhonePages(screen.page)
    await phone.open(invited.link)
    await screen.page.get_by_role("button", name="接受邀请，下一步").wait_for()
    assert await hindrances(screen.page) == []
    await phone.agree()
    await phone.heading("您已在等候室").wait_for()
    assert await hindrances(screen.page) == []
    await phone.be_let_in(invited.link)
    assert await hindrances(screen.page) == []
    await screen.page.get_by_role("button", name="离开").click()
    await screen.page.get_by_role("alertdialog").wait_for()
    assert await hindrances(screen.page) == []
    await screen.page.get_by_role("alertdialog").get_by_role("button", name="离开").click()
    await phone.heading("您已离开勘验").wait_for()
    assert await hindrances(screen.page) == []

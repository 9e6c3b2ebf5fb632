"""Looking back while the call still runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.conftest import SITE, People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.phone import ENTERPRISE, PhonePages
from tests.e2e.pages.pictures import read_counter
from tests.e2e.staff import INSPECTOR, Staff
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e

MOST_BEHIND = timedelta(seconds=12)


async def test_the_replay_of_a_live_call_is_at_most_12_s_behind(
    people: People, shared_deployment: Deployment, staff: Staff
) -> None:
    invited = await staff.invite()
    watcher, enterprise = await people.laptop("watcher"), await people.phone()
    laptop = LaptopPages(watcher.page, shared_deployment.product.url)
    await laptop.sign_in(INSPECTOR)
    await PhonePages(enterprise.page).join(invited.link)

    async def footage() -> bool:
        return bool((await staff.footage(invited.inspection_id))["tracks"])

    await until(footage, within_s=20, what="the first footage")
    await laptop.open_live_replay(invited.inspection_id)
    behind: list[timedelta] = []

    async def seen_ten_times() -> bool:
        reading = await read_counter(laptop.replayed_video(ENTERPRISE))
        if reading is not None and reading.source == SITE:
            now = datetime.now(UTC)
            taken = [frame.at for frame in (await enterprise.truth()).frames if frame.counter == reading.counter]
            behind.append(now - max(taken))
        return len(behind) >= 10

    await until(seen_ten_times, within_s=40, what="the live replay")
    assert max(behind[5:]) <= MOST_BEHIND, behind
    await staff.end(invited.inspection_id)

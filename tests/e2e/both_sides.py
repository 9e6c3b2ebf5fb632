"""A call with both sides in it, up to the record that both signed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Locator

from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import PhonePages
from tests.e2e.staff import Invited, Staff

REMEDY = "重新检定并张贴标签"
FAULT = {"judgement": "fail", "note": "标签已过期", "remedy": REMEDY}


@dataclass
class BothSides:
    """Laptop and phone in one call."""

    staff: Staff
    invited: Invited
    laptop: LaptopPages
    phone: PhonePages

    @classmethod
    async def met(cls, people: People, deployment: Deployment, staff: Staff) -> BothSides:
        """In a call of a new case, with the site in sight and a picture of the first point."""
        invited = await staff.invite()
        laptop, phone = await meet(await people.laptop(), await people.phone(), deployment.product.url, invited)
        await laptop.see_the_site()
        async with laptop.page.expect_response(lambda answer: "/evidence/" in answer.url and answer.ok):
            await laptop.page.keyboard.press("s")
        return cls(staff, invited, laptop, phone)

    async def conclude(self, conclusion: str = "rectify") -> float:
        """Judge every point and conclude; returns when the result was out (monotonic).

        What no picture can show is left to a visit. To rectify there is the first point; all others pass.
        """
        path = f"/api/inspections/{self.invited.inspection_id}"
        (part,) = (await self.staff.get(f"{path}/checklist"))["parts"]
        for number, judged in enumerate(part["items"]):
            about = {"part_id": part["part_id"], "checklist_item_id": judged["item"]["id"]}
            decision = FAULT if conclusion == "rectify" and number == 0 else _seen(judged["item"])
            now = datetime.now(UTC)
            when = {"decided_at": now.isoformat()}
            if decision is FAULT:
                when["deadline"] = (now + timedelta(days=20)).date().isoformat()
            decision_id = f"decision-{number:08d}-{part['part_id']}"[:64]
            await self.staff.put(f"{path}/decisions/{decision_id}", about | decision | when)
        concluded = {"part_id": part["part_id"], "conclusion": conclusion}
        await self.staff.put(f"{path}/conclusions/conclusion-{part['part_id']}", concluded)
        return time.monotonic()

    async def sign_official(self) -> float:
        """As the inspector; returns when that was asked for (monotonic)."""
        asked = time.monotonic()
        await self.laptop.page.get_by_role("button", name="签名").click()
        return asked

    @property
    def records(self) -> list[Locator]:
        """The buttons that save the record, on the phone and on the laptop."""
        return [pages.page.get_by_role("button", name="下载笔录 PDF") for pages in (self.phone, self.laptop)]


def _seen(item: dict[str, Any]) -> dict[str, str]:
    return {"judgement": "cannot_be_judged_remotely" if item["remote"] == "impossible" else "pass"}

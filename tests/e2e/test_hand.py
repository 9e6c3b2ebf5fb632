"""The inspector's hand on the site: pointing, drawing, freezing, asking the phone, and writing to each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.accessibility import serious_findings
from tests.e2e.conftest import People
from tests.e2e.deployments import Deployment
from tests.e2e.pages.laptop import WAIT_MS, LaptopPages
from tests.e2e.pages.phone import PhonePages
from tests.e2e.signalling_log import SignallingLog
from tests.e2e.staff import Invited, Staff

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


async def test_look(people: People, invited: Invited, staff: Staff, shared_deployment: Deployment) -> None:
    inspector, enterprise = await people.laptop(), await people.phone()
    heard = SignallingLog.of(enterprise.page)
    laptop, phone = LaptopPages(inspector.page, shared_deployment.product.url), PhonePages(enterprise.page)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await phone.join(invited.link)
    await laptop.see_the_site()
    page = inspector.page
    out = Path("/tmp/hand"); out.mkdir(exist_ok=True)
    await page.screenshot(path=out / "1.png")
    await page.keyboard.press("p")
    box = await laptop.site_video().bounding_box()
    await page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    await page.keyboard.press("a")
    x, y, w, h = (box[k] for k in ("x", "y", "width", "height"))
    async def drag(a, b):
        await page.mouse.move(x + a[0] * w, y + a[1] * h)
        await page.mouse.down()
        await page.mouse.move(x + b[0] * w, y + b[1] * h, steps=8)
        await page.mouse.up()
    await drag((.3, .3), (.5, .5))
    await page.keyboard.press("h")
    await page.keyboard.press("c")
    await page.keyboard.press("i")
    await drag((.5, .5), (.6, .7))
    await page.keyboard.press("l")
    await drag((.6, .3), (.7, .5))
    await page.keyboard.press("t")
    await page.mouse.click(x + .3 * w, y + .6 * h)
    await page.keyboard.type("铭牌看不清")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="拿稳").click()
    await page.get_by_role("button", name="开补光灯").click()
    await page.wait_for_timeout(1500)
    await page.screenshot(path=out / "2.png")
    await page.keyboard.press("s")
    await enterprise.page.screenshot(path=out / "phone.png")
    print([m["type"] for m in heard.messages if m["type"] in ("pointer", "drawn", "board", "camera_asked", "erased")])
    print([len(m["frozen"]["jpeg"] or "") for m in heard.of_type("board") if m["frozen"]])
    await page.wait_for_timeout(1500)
    await page.keyboard.press("?")
    await page.wait_for_timeout(500)
    await page.screenshot(path=out / "3.png")
    print(await serious_findings(page))
    print(inspector.complaints, enterprise.complaints)
    ev = await staff.get(f"/api/inspections/{invited.inspection_id}/evidence")
    print(ev["items"][-1]["drawing"])
    (out / "marked.jpg").write_bytes(await staff.get_bytes(f"/api/evidence/{ev['items'][-1]['id']}/copies/marked"))

"""How most calls begin: both sides on their usual ways in."""

from __future__ import annotations

from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.phone import PhonePages
from tests.e2e.staff import Invited
from tests.support.chromium import Screen


async def meet(inspector: Screen, enterprise: Screen, url: str, invited: Invited) -> tuple[LaptopPages, PhonePages]:
    """The inspector signs in and enters the call, the phone comes by its link and is let in.

    Args:
        url: where the laptop finds the product; the phone's is in its link.
    """
    laptop, phone = LaptopPages(inspector.page, url), PhonePages(enterprise.page)
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await phone.join(invited.link)
    return laptop, phone

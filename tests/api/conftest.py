"""The whole HTTP side over an office at work; browsers are real HTTP clients with cookie jars."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.site import Site, open_site
from tests.services.office import Office
from tests.services.office_fixtures import founded, office

__all__ = ["founded", "office", "site"]


@pytest.fixture
async def site(office: Office, tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(office, tmp_path) as opened:
        yield opened

"""The whole HTTP side over an office at work; browsers are real HTTP clients with cookie jars."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from inspect_server.api.application import make_application
from inspect_server.api.signalling.rooms import Rooms
from inspect_server.domain.errors import MediaUnavailable
from inspect_server.media import messages
from inspect_server.media.client import MediaClient
from tests.api.site import Site
from tests.services.office import Office
from tests.services.office_fixtures import founded, office
from tests.storage.records import NOW

__all__ = ["founded", "office", "site"]


class NoWorker(MediaClient):
    """The end of a wire with nobody behind it."""

    def __init__(self) -> None:
        super().__init__(
            messages.Configure(spool_dir="", spool_min_free_mb=1, object_store=""),
            events=lambda _: None,
            on_worker_lost=lambda: None,
        )

    async def request(self, command: messages.Command) -> messages.Reply:
        raise MediaUnavailable(command.request_id)


@pytest.fixture
async def site(office: Office, tmp_path: Path) -> AsyncIterator[Site]:
    rooms = Rooms(office.context, NoWorker(), ice_servers=lambda _: [], server_started_at=NOW, max_participants=4)
    context = replace(office.context, announce=rooms.announce, uploads_pending=rooms.uploads_pending)
    web_dir = tmp_path / "pages"
    (web_dir / "m").mkdir(parents=True)
    (web_dir / "assets").mkdir()
    (web_dir / "index.html").write_text("<title>laptop</title>" + " " * 2000)
    (web_dir / "m" / "index.html").write_text("<title>phone</title>")
    (web_dir / "icon.svg").write_text("<svg/>")
    (web_dir / "assets" / "main-4f3c.js").write_text("export {}\n" * 500)
    (tmp_path / "secret.txt").write_text("not for the web")
    application = make_application(context, rooms, web_dir=web_dir, media_available=lambda: True)
    running = asyncio.create_task(rooms.run())
    async with TestServer(application) as server:
        made = Site(replace(office, context=context), server, application, web_dir)
        yield made
        await made.close()
    running.cancel()
    await asyncio.wait([running])

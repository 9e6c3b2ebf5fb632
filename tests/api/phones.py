"""A guest's browser over HTTP, and what it sends."""

import io
import json
from typing import Any

from aiohttp import FormData

from inspect_server.domain.inspections import ParticipantRole
from inspect_server.services import inviting
from tests.api.site import Answer, Browser, Site
from tests.media.darkroom.pictures import phone_jpeg
from tests.storage.records import NOW

EVIDENCE_ID = "evidence-0123456789"
PHOTO = phone_jpeg(at=(34.5, 117.25))


def about(**more: Any) -> dict[str, Any]:
    return {"kind": "photo", "taken_at": NOW.isoformat(), **more}


def form(about: dict[str, Any], file: bytes | None = PHOTO) -> FormData:
    data = FormData()
    data.add_field("about", io.BytesIO(json.dumps(about).encode()), content_type="application/json")
    if file is not None:
        data.add_field("file", io.BytesIO(file), filename="a.jpg", content_type="image/jpeg")
    return data


class Phone:
    """One guest's."""

    def __init__(self, browser: Browser, token: str) -> None:
        self.browser, self.token = browser, token
        self.headers = {"Authorization": f"Bearer {token}"}

    async def send(self, evidence_id: str = EVIDENCE_ID, body: FormData | None = None) -> Answer:
        return await self.put(f"/api/visit/evidence/{evidence_id}", data=body or form(about()))

    async def put(self, path: str, **how: Any) -> Answer:
        return await self.browser.ask("PUT", path, headers=self.headers, **how)

    async def get(self, path: str) -> Answer:
        return await self.browser.get(path, headers=self.headers)

    async def delete(self, path: str) -> Answer:
        return await self.browser.ask("DELETE", path, headers=self.headers)


async def a_phone(
    site: Site, inspection_id: str, role: ParticipantRole = ParticipantRole.ENTERPRISE, *, consents: bool = True
) -> Phone:
    made = await inviting.invite(site.office.context, site.office.inspector, inspection_id, role)
    token = made.link.rpartition("#")[2]
    if consents:
        await site.office.admit(await site.office.accept(token))
    return Phone(site.browser(), token)

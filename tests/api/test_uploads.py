"""Files on their way in: only from who is known, a few from each at once, and none for ever."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from inspect_server.api import uploads
from inspect_server.api.uploads import MAX_OF_ONE, UploadDesk
from inspect_server.domain.errors import TooManyUploads
from inspect_server.services import inviting
from tests.api.phones import EVIDENCE_ID, a_phone
from tests.api.site import Site

ANSWERED_S = 10
BEGUN = b'--x\r\nContent-Disposition: form-data; name="about"\r\n\r\n{"kind": "ph'


async def answered(site: Site, path: str, token: str, *, sent: bytes = b"") -> str:
    """What a guest with this token hears who says that a lot will come and then sends ``sent`` only."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port)
    lines = [
        f"PUT {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token}",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Length: 100000000",
    ]
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + sent)
        async with asyncio.timeout(ANSWERED_S):
            head = await reader.readuntil(b"\r\n\r\n")
            answer = head.decode() + (await reader.read(1000)).decode()
    finally:
        writer.close()
    return answer


@pytest.mark.parametrize(
    "path", [f"/api/visit/evidence/{EVIDENCE_ID}", f"/api/visit/records/record/answers/{EVIDENCE_ID}"]
)
async def test_a_stranger_is_refused_before_a_byte_of_the_file_is_read(site: Site, path: str) -> None:
    assert "invitation_invalid" in await answered(site, path, "no-such-token")


async def test_so_is_a_guest_whose_seat_is_taken_back_or_was_never_taken(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    without_consent = await a_phone(site, inspection_id, consents=False)
    path = f"/api/visit/evidence/{EVIDENCE_ID}"
    assert "consent_missing" in await answered(site, path, without_consent.token)
    invitation_id, token = await site.office.invite(inspection_id)
    await inviting.revoke_invitation(site.office.context, site.office.inspector, invitation_id)
    assert "invitation_revoked" in await answered(site, path, token)


async def test_a_file_that_hardly_comes_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "GRACE_S", 0.05)
    phone = await a_phone(site, await site.office.open_inspection())
    answer = await answered(site, f"/api/visit/evidence/{EVIDENCE_ID}", phone.token, sent=BEGUN)
    assert "upload_broken" in answer


def test_nobody_takes_all_places(tmp_path: Path) -> None:
    desk = UploadDesk(tmp_path)
    with ExitStack() as taken:
        for _ in range(MAX_OF_ONE):
            taken.enter_context(desk.place("participant:1"))
        with pytest.raises(TooManyUploads), desk.place("participant:1"):
            pass
        with desk.place("participant:2"):
            pass
    with desk.place("participant:1"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_all_places_are_bounded(tmp_path: Path) -> None:
    desk = UploadDesk(tmp_path)
    with ExitStack() as taken:
        for number in range(uploads.MAX_AT_ONCE):
            taken.enter_context(desk.place(f"participant:{number}"))
        with pytest.raises(TooManyUploads), desk.place("participant:late"):
            pass

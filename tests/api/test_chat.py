"""Chat over HTTP, for staff and for guests."""

import pytest

from tests.api.site import Site

ID = "message-0123456789"


async def test_staff_and_guest_write_to_each_other(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    _, token = await site.office.invite(inspection_id)
    await site.office.admit(await site.office.accept(token))
    staff, phone, bearer = await site.signed_in(), site.browser(), {"Authorization": f"Bearer {token}"}
    said = await staff.ask("PUT", f"/api/inspections/{inspection_id}/chat/{ID}", json={"text": " 请走近一点 "})
    assert (said.status, said.json["text"]) == (200, "请走近一点")
    for _ in range(2):
        answer = await phone.ask("PUT", f"/api/visit/chat/{ID}-2", json={"text": "好的"}, headers=bearer)
        assert answer.status == 200, answer.data
    seen = (await phone.get("/api/visit/chat", headers=bearer)).json["items"]
    assert [(each["role"], each["text"]) for each in seen] == [("inspector", "请走近一点"), ("enterprise", "好的")]
    assert (await staff.get(f"/api/inspections/{inspection_id}/chat")).json["items"] == seen


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
async def test_nothing_and_too_much_are_refused(site: Site, text: str) -> None:
    inspection_id = await site.office.open_inspection()
    staff = await site.signed_in()
    answer = await staff.ask("PUT", f"/api/inspections/{inspection_id}/chat/{ID}", json={"text": text})
    assert (answer.status, answer.json["code"]) == (400, "bad_request")


async def test_the_neighbours_office_does_not_know_of_it(site: Site) -> None:
    inspection_id = await site.office.open_inspection()
    stranger = await site.signed_in("stranger")
    assert (await stranger.get(f"/api/inspections/{inspection_id}/chat")).status == 404
    said = await stranger.ask("PUT", f"/api/inspections/{inspection_id}/chat/{ID}", json={"text": "你好"})
    assert said.status == 404

"""Accesses as the inspector's page makes them and takes them back."""

from typing import Any

import pytest

from tests.api.machines.conftest import SENDING, Yard, code


async def given(yard: Yard, **body: Any) -> Any:
    browser = await yard.site.signed_in()
    answer = await browser.post(f"/api/inspections/{yard.inspection_id}/accesses", {"name": "仓库机位", **body})
    assert answer.status == 201, answer.data
    return answer.json


@pytest.mark.parametrize(("role", "path"), [("device", "whip"), ("screen", "whep")])
async def test_an_access_is_a_url_and_a_token(yard: Yard, role: str, path: str) -> None:
    access = await given(yard, role=role)
    assert access["url"].endswith(f"/api/{path}/{yard.inspection_id}")
    assert len(access["token"]) > 40
    assert (access["role"], access["name"]) == (role, "仓库机位")


async def test_it_stands_among_the_invitations_and_is_revoked_like_one(yard: Yard) -> None:
    access = await given(yard)
    browser = await yard.site.signed_in()
    shown = (await browser.get(f"/api/inspections/{yard.inspection_id}")).json
    (invitation,) = shown["invitations"]
    assert (invitation["id"], invitation["role"]) == (access["id"], "device")
    assert invitation["accepted_by"] == "仓库机位"
    assert access["token"] not in str(shown)
    assert (await browser.ask("DELETE", f"/api/invitations/{access['id']}")).status == 204
    assert code(await yard.post("whip", access["token"], SENDING)) == (401, "access_invalid")


@pytest.mark.parametrize("role", ["enterprise", "inspector", "helper", "expert"])
async def test_people_get_no_access(yard: Yard, role: str) -> None:
    browser = await yard.site.signed_in()
    answer = await browser.post(f"/api/inspections/{yard.inspection_id}/accesses", {"name": "王强", "role": role})
    assert code(answer) == (400, "bad_request")


@pytest.mark.parametrize("role", ["device", "screen"])
async def test_machines_get_no_link(yard: Yard, role: str) -> None:
    browser = await yard.site.signed_in()
    answer = await browser.post(f"/api/inspections/{yard.inspection_id}/invitations", {"role": role})
    assert code(answer) == (400, "bad_request")


@pytest.mark.parametrize("who", ["reviewer", "administrator"])
async def test_only_inspectors_let_machines_in(yard: Yard, who: str) -> None:
    browser = await yard.site.signed_in(who)
    answer = await browser.post(f"/api/inspections/{yard.inspection_id}/accesses", {"name": "仓库机位"})
    assert code(answer) == (403, "not_allowed")

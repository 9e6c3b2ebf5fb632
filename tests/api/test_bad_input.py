"""Bad input over HTTP: a typed problem, never a 500, and nothing is changed."""

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from inspect_server.api.operations import MAX_BODY_BYTES
from inspect_server.api.routes import OPERATIONS
from tests.api.site import Browser, Site

WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]


async def send(browser: Browser, path: str, body: bytes, content_type: str = "application/json") -> tuple[int, str]:
    answer = await browser.ask("POST", path, data=body, headers={"Content-Type": content_type})
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status, answer.json["code"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"name": 1, "password": "x"}',
        b'{"name": "a", "password": "b", "more": 1}',
        b'{"name": "\xff", "password": "b"}',
        b'{"name": "\\ud800", "password": "b"}',
        b'{"name": "a\\u0000b", "password": "b"}',
        b'{"name": " ", "password": "b"}',
        b'{"name": "a", "password": ""}',
        json.dumps({"name": "n" * 201, "password": "b"}).encode(),
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[" * 30000,
        b"NaN",
        '{"name": "a", "password": "b"}'.encode("utf-16"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused(site: Site, body: bytes) -> None:
    before = await site.office.count_audited()
    assert await send(site.browser(), "/api/sign-in", body) == (400, "bad_request")
    assert await site.office.count_audited() == before


async def test_the_problem_names_the_field_but_never_repeats_the_value(site: Site) -> None:
    answer = await site.browser().post("/api/sign-in", {"name": "chen", "password": {"secret": "hunter2"}})
    assert answer.json["params"] == {"where": "body", "field": "password"}
    assert b"hunter2" not in answer.data


async def test_an_oversized_body_is_refused(site: Site) -> None:
    padding = b" " * MAX_BODY_BYTES
    assert await send(site.browser(), "/api/sign-in", b"{}" + padding) == (413, "bad_request")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_what_a_form_of_another_site_could_send_is_refused(site: Site, content_type: str) -> None:
    body = json.dumps({"name": "inspector", "password": "correct horse"}).encode()
    assert await send(site.browser(), "/api/sign-in", body, content_type) == (400, "bad_request")


async def test_a_method_that_a_path_lacks_is_refused(site: Site) -> None:
    answer = await (await site.signed_in()).ask("PUT", "/api/cases")
    assert (answer.status, answer.json["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("path", ["-1/0", "0/-1", "x/0", "0/x", "2147483648/0", "9" * 30 + "/0", "1.5/0"])
async def test_a_segment_number_that_is_none_is_refused(site: Site, path: str) -> None:
    answer = await (await site.signed_in()).get(f"/api/footage/some-track/{path}.mp4")
    assert (answer.status, answer.json["code"]) == (400, "bad_request")


async def test_nul_in_a_path_or_a_query_does_not_reach_the_database(site: Site) -> None:
    browser = await site.signed_in()
    assert (await browser.get("/api/cases/a%00b")).json["code"] == "bad_request"
    assert (await browser.get("/api/cases?query=a%00b")).json["code"] == "bad_request"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.text(string.ascii_letters, max_size=8), children, max_size=4)
    ),
    max_leaves=10,
)


@st.composite
def bodies(draw: st.DrawFn, model: type[BaseModel]) -> object:
    """Something like the model: its own field names, any values, now and then one too many."""
    names = [*model.model_fields, draw(st.text(string.ascii_lowercase, min_size=1, max_size=8))]
    return draw(st.dictionaries(st.sampled_from(names), JSON_VALUES, max_size=len(names)) | JSON_VALUES)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_no_body_makes_the_server_fail(site: Site, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(WITH_BODY))
    assert operation.body is not None
    body = data.draw(bodies(operation.body))
    browser = site.browser()
    answer = await browser.post(operation.path.replace("{case_id}", "c").replace("{inspection_id}", "i"), body or {})
    assert answer.status < 500
    if answer.status >= 400:
        assert set(answer.json) == {"type", "title", "status", "code", "detail", "params"}

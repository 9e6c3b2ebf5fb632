"""The OpenAPI document and the signalling schema: complete, fresh, and true to the router."""

import json
from pathlib import Path

from aiohttp import web

from inspect_server.api import openapi
from inspect_server.api.callers import Anybody, Machine, Staff
from inspect_server.api.routes import OPERATIONS
from inspect_server.domain import errors
from tests.api.site import Site

WEB = Path(__file__).parents[2] / "web"
UNDOCUMENTED_ON_PURPOSE = {
    ("GET", "/api/openapi.json"),  # the document itself
    ("GET", "/api/signalling"),  # the WebSocket, in docs/protocol.md
    ("GET", "/{path}"),  # the pages
}


def test_the_files_that_the_pages_types_come_from_are_fresh(tmp_path: Path) -> None:
    openapi.write(tmp_path)
    for name in ("openapi.json", "signalling.schema.json"):
        assert (WEB / name).read_text() == (tmp_path / name).read_text(), f"run: make generate ({name} is stale)"


def routes_of(application: web.Application) -> set[tuple[str, str]]:
    return {
        (route.method, route.resource.canonical)
        for route in application.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }


async def test_every_route_is_documented(site: Site) -> None:
    answer = await site.browser().get("/api/openapi.json")
    documented = {(method.upper(), path) for path, methods in answer.json["paths"].items() for method in methods}
    assert routes_of(site.application) == documented | UNDOCUMENTED_ON_PURPOSE
    assert answer.json == json.loads((WEB / "openapi.json").read_text())


def test_the_signalling_route_is_in_the_protocol() -> None:
    assert "/api/signalling" in (WEB.parent / "docs" / "protocol.md").read_text()


def test_every_operation_says_what_it_does_and_what_can_go_wrong() -> None:
    paths = json.loads((WEB / "openapi.json").read_text())["paths"]
    for operation in OPERATIONS:
        described = paths[operation.path][operation.method.lower()]
        assert described["summary"], operation.name
        assert ("security" in described) == (operation.caller is not Anybody)
        assert [status for status in described["responses"] if status.startswith("2")] == [str(operation.status)]
        if operation.caller in {Machine, Staff}:
            assert "401" in described["responses"]


def test_names_of_operations_are_unique() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(set(names)) == len(names)


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in _below(errors.InspectError)]
    assert len(set(codes)) == len(codes)
    assert all(code == code.lower() and code.replace("_", "").isalnum() for code in codes)


def _below(error: type[errors.InspectError]) -> list[type[errors.InspectError]]:
    return [each for child in error.__subclasses__() for each in (child, *_below(child))]

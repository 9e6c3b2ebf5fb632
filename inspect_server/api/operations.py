"""From a typed Python function to an HTTP route and its OpenAPI entry.

A handler says everything in its signature, and this module reads it once at import::

    @operations.get("/api/cases/{case_id}", NotFound)
    async def show_case(staff: Staff, case_id: str) -> CaseDetail: ...

* the first parameter says who may call: ``Staff`` (signed in; unsafe methods also need the CSRF token), ``Invited``
  or ``Machine`` (bearer token), or ``Anybody``;
* ``body`` and ``query`` are pydantic models, the other parameters come from the path; a ``body: str`` is the text of
  the media type that ``takes`` names; with a ``file: ReceivedFile`` beside it, both come as multipart/form-data,
  and are read only from a ``Sender`` with the right to send any;
* the return type is the response: a pydantic model, ``None`` (204), or a ready aiohttp response.

Why not aiohttp-pydantic: it answers bad input in its own shape from several places, lets undecodable and deeply nested
JSON become a 500, writes OpenAPI 3.0 from docstrings, and has no type information, so that every handler would be
untyped. The part of it that is needed here is this file.
"""

from __future__ import annotations

import contextlib
import inspect
import typing
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from inspect_server.api.callers import Anybody, Caller, Invited, Machine, Sender, Staff
from inspect_server.api.nul import holds_nul
from inspect_server.api.problems import bad_input
from inspect_server.api.uploads import received
from inspect_server.domain.errors import BadRequest, InspectError, UnsupportedContent

Handler = Callable[..., Awaitable[object]]
H = typing.TypeVar("H", bound=Handler)
M = typing.TypeVar("M", bound=BaseModel)

MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. ``result`` is None where the handler answers with a ready response or nothing."""

    method: str
    path: str
    handler: Handler
    caller: type[Caller]
    path_parameters: dict[str, TypeAdapter[object]]
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    takes: str
    takes_file: bool
    result: type[BaseModel] | None
    status: int
    media_type: str
    errors: tuple[type[InspectError], ...]

    @property
    def name(self) -> str:
        """The handler's name; unique, so that generated clients can use it."""
        return self.handler.__name__

    @property
    def summary(self) -> str:
        """First paragraph of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Bind the request to the handler's parameters, call it and render what it returns.

        Raises:
            InspectError: whatever the handler raises, and ``BadRequest`` for input that does not fit.
        """
        caller = await self.caller.of(request)
        arguments: dict[str, object] = {}
        for name, adapter in self.path_parameters.items():
            try:
                arguments[name] = adapter.validate_python(request.match_info[name])
            except ValidationError as error:
                raise bad_input(error, "path", name) from error
        if self.query is not None:
            try:
                arguments["query"] = self.query.model_validate(dict(request.query))
            except ValidationError as error:
                raise bad_input(error, "query") from error
        if self.body is not None and not self.takes_file:
            arguments["body"] = await _read_body(request, self.body)
        elif self.takes:
            arguments["body"] = await _read_text(request, self.takes)
        async with contextlib.AsyncExitStack() as until_answered:
            if self.takes_file and self.body is not None and isinstance(caller, Sender):
                upload = received(request, self.body, sender=await caller.sender())
                arguments |= await until_answered.enter_async_context(upload)
            if holds_nul(arguments):
                raise BadRequest("Text must not contain the NUL character.", where="body", field="")
            result = await self.handler(caller, **arguments)
        if isinstance(result, web.StreamResponse):
            return result
        if isinstance(result, BaseModel):
            return json_response(result, self.status)
        return web.Response(status=self.status, headers={"Cache-Control": "no-store"})


class Operations:
    """The operations of one or more modules, in the order in which they were written down."""

    def __init__(self, *parts: Operations) -> None:
        self._operations: list[Operation] = [operation for part in parts for operation in part]

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations)

    def get(self, path: str, *errors: type[InspectError], media_type: str = "application/json") -> Callable[[H], H]:
        """Declare a GET."""
        return self._declare("GET", path, errors, 200, media_type)

    def post(
        self,
        path: str,
        *errors: type[InspectError],
        status: int = 200,
        result: type[BaseModel] | None = None,
        takes: str = "",
        media_type: str = "application/json",
    ) -> Callable[[H], H]:
        """Declare a POST; ``result`` where the handler renders this model itself, to set a cookie beside it."""
        return self._declare("POST", path, errors, status, media_type, result=result, takes=takes)

    def put(self, path: str, *errors: type[InspectError]) -> Callable[[H], H]:
        """Declare a PUT: the same again changes nothing."""
        return self._declare("PUT", path, errors, 200, "application/json")

    def patch(self, path: str, *errors: type[InspectError], takes: str) -> Callable[[H], H]:
        """Declare a PATCH."""
        return self._declare("PATCH", path, errors, 204, "application/json", takes=takes)

    def options(self, path: str) -> Callable[[H], H]:
        """Declare an OPTIONS."""
        return self._declare("OPTIONS", path, (), 200, "text/plain")

    def delete(self, path: str, *errors: type[InspectError]) -> Callable[[H], H]:
        """Declare a DELETE."""
        return self._declare("DELETE", path, errors, 204, "application/json")

    def _declare(
        self,
        method: str,
        path: str,
        errors: tuple[type[InspectError], ...],
        status: int,
        media_type: str,
        *,
        result: type[BaseModel] | None = None,
        takes: str = "",
    ) -> Callable[[H], H]:
        def register(handler: H) -> H:
            operation = replace(_read_signature(method, path, handler, errors, status, media_type), takes=takes)
            self._operations.append(replace(operation, result=result) if result else operation)
            return handler

        return register


def json_response(body: BaseModel, status: int = 200) -> web.Response:
    """A model as JSON. Answers hold personal data: they are not cached."""
    return web.Response(
        body=body.model_dump_json().encode(),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _read_signature(
    method: str, path: str, handler: Handler, errors: tuple[type[InspectError], ...], status: int, media_type: str
) -> Operation:
    hints = typing.get_type_hints(handler, include_extras=True)
    returns = hints.pop("return")
    first, *rest = inspect.signature(handler).parameters
    caller = hints[first]
    if caller not in {Anybody, Invited, Machine, Staff}:
        raise TypeError(f"{handler.__name__} does not say who may call it")
    if "file" in hints and not issubclass(caller, Sender):
        raise TypeError(f"{handler.__name__} takes files from somebody who is not known")
    return Operation(
        method=method,
        path=path,
        handler=handler,
        caller=caller,
        path_parameters={name: TypeAdapter(hints[name]) for name in rest if name not in {"query", "body", "file"}},
        query=hints.get("query"),
        body=hints["body"] if hints.get("body") not in {None, str} else None,
        takes="",
        takes_file="file" in hints,
        result=returns if isinstance(returns, type) and issubclass(returns, BaseModel) else None,
        status=204 if returns is type(None) else status,
        media_type=media_type,
        errors=errors,
    )


async def _read_body(request: web.Request, model: type[M]) -> M:
    if request.content_type != "application/json":
        raise BadRequest("The body must be application/json.", where="body", field="Content-Type")
    body = await _read_bytes(request)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise bad_input(error, "body") from error


async def _read_text(request: web.Request, media_type: str) -> str:
    if request.content_type != media_type:
        raise UnsupportedContent(f"The body must be {media_type}.", expected=media_type)
    try:
        return (await _read_bytes(request)).decode()
    except UnicodeDecodeError as error:
        raise BadRequest("The body is no UTF-8.", where="body", field="") from error


async def _read_bytes(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.RequestPayloadError as error:
        raise BadRequest("The body cannot be decoded.", where="body", field="Content-Encoding") from error

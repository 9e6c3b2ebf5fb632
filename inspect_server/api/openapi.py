"""The OpenAPI 3.1 document of the HTTP routes and the JSON Schema of the signalling protocol.

``python -m inspect_server.api.openapi <folder>`` writes both (``openapi.json``, ``signalling.schema.json``); the pages
generate their TypeScript types from these files, and a test fails when they are stale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import CoreSchema

from inspect_server import __version__
from inspect_server.api.callers import COOKIE_NAME, CSRF_HEADER, Invited, Machine, Staff
from inspect_server.api.operations import Operation
from inspect_server.api.schemas import Problem
from inspect_server.api.signalling.messages import CLIENT_MESSAGE, SERVER_MESSAGE
from inspect_server.domain.errors import (
    AccessInvalid,
    BadRequest,
    CsrfRejected,
    InspectError,
    InvitationInvalid,
    NotSignedIn,
)

JsonObject = dict[str, object]
References = dict[tuple[type[BaseModel], JsonSchemaMode], JsonObject]
_REF = "#/components/schemas/{model}"


class _PlainTitles(GenerateJsonSchema):
    """No titles on fields: type generators would make a named type of each."""

    def field_title_should_be_set(self, schema: CoreSchema | FieldInfo) -> bool:
        return False


def document(operations: Iterable[Operation]) -> JsonObject:
    """The OpenAPI document of ``operations``."""
    listed = list(operations)
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
    for operation in listed:
        models += [(model, "validation") for model in (operation.body, operation.query) if model]
        models += [(operation.result, "serialization")] if operation.result else []
    found, schemas = models_json_schema(models, ref_template=_REF, schema_generator=_PlainTitles)
    references: References = {key: found[key] for key in models}
    paths: dict[str, JsonObject] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "inspect-server", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "sign_in": {"type": "apiKey", "in": "cookie", "name": COOKIE_NAME},
                "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
                "machine": {"type": "http", "scheme": "bearer"},
                "invitation": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def signalling_schema() -> JsonObject:
    """JSON Schema whose two properties are the unions of everything a client and the server may send."""
    definitions: JsonObject = {}
    properties: JsonObject = {}
    modes: tuple[tuple[str, JsonSchemaMode], ...] = (
        ("ClientMessage", "validation"),
        ("ServerMessage", "serialization"),
    )
    for name, mode in modes:
        adapter = CLIENT_MESSAGE if name == "ClientMessage" else SERVER_MESSAGE
        schema = adapter.json_schema(mode=mode, schema_generator=_PlainTitles)
        definitions |= schema.pop("$defs")
        schema.pop("discriminator", None)
        definitions[name] = {"title": name, **schema}
        properties[name] = {"$ref": f"#/$defs/{name}"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "SignallingProtocol",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties),
        "$defs": definitions,
    }


def _describe(operation: Operation, references: References) -> JsonObject:
    described: JsonObject = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": _responses(operation, references),
    }
    if operation.body:
        about = references[operation.body, "validation"]
        content: JsonObject = {"application/json": {"schema": about}}
        if operation.takes_file:
            file: JsonObject = {"type": "string", "contentMediaType": "application/octet-stream"}
            parts: JsonObject = {"type": "object", "required": ["about"], "properties": {"about": about, "file": file}}
            content = {"multipart/form-data": {"schema": parts}}
        described["requestBody"] = {"required": True, "content": content}
    if operation.takes:
        text: JsonObject = {operation.takes: {"schema": {"type": "string"}}}
        described["requestBody"] = {"required": True, "content": text}
    if operation.caller is Machine:
        described["security"] = [{"machine": []}]
    if operation.caller is Invited:
        described["security"] = [{"invitation": []}]
    if operation.caller is Staff:
        needs: JsonObject = {"sign_in": []}
        described["security"] = [needs if operation.method == "GET" else {**needs, "csrf": []}]
    return described


def _parameters(operation: Operation) -> list[JsonObject]:
    parameters: list[JsonObject] = [
        {"name": name, "in": "path", "required": True, "schema": adapter.json_schema()}
        for name, adapter in operation.path_parameters.items()
    ]
    if operation.query:
        schema = operation.query.model_json_schema(ref_template=_REF, schema_generator=_PlainTitles)
        required = schema.get("required", [])
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": field}
            for name, field in schema["properties"].items()
        ]
    return parameters


def _responses(operation: Operation, references: References) -> JsonObject:
    success: JsonObject = {"description": operation.summary}
    if operation.result:
        success["content"] = {operation.media_type: {"schema": references[operation.result, "serialization"]}}
    elif operation.status != 204:
        success["content"] = {operation.media_type: {"schema": {"type": "string"}}}
    responses: JsonObject = {str(operation.status): success}
    problem = {"application/problem+json": {"schema": references[Problem, "serialization"]}}
    codes: dict[int, list[str]] = {}
    for error in _possible_errors(operation):
        codes.setdefault(error.http_status, []).append(error.code)
    for status, names in sorted(codes.items()):
        responses[str(status)] = {"description": ", ".join(f"`{name}`" for name in names), "content": problem}
    return responses


def _possible_errors(operation: Operation) -> list[type[InspectError]]:
    errors = list(operation.errors)
    if operation.body or operation.takes or operation.query or operation.path_parameters:
        errors.append(BadRequest)
    if operation.caller is Machine:
        errors.append(AccessInvalid)
    if operation.caller is Invited:
        errors.append(InvitationInvalid)
    if operation.caller is Staff:
        errors += [NotSignedIn] if operation.method == "GET" else [NotSignedIn, CsrfRejected]
    return list(dict.fromkeys(errors))


def write(folder: Path) -> None:
    """Write both files into ``folder``."""
    from inspect_server.api.routes import OPERATIONS

    for name, content in (("openapi.json", document(OPERATIONS)), ("signalling.schema.json", signalling_schema())):
        text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))

"""The one place that turns errors into HTTP: every failure leaves as problem+json (RFC 9457, ``schemas.Problem``)."""

from __future__ import annotations

import logging
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from inspect_server.api.schemas import Problem
from inspect_server.domain.errors import AccessInvalid, BadRequest, InspectError, TooManyAttempts

logger = logging.getLogger(__name__)

# A media worker that died is back by then.
RETRY_AFTER_S = "3"
_CODE_OF_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "bad_request", 503: "storage_unavailable"}


def bad_input(error: ValidationError, where: str, field: str = "") -> BadRequest:
    """A ``BadRequest`` naming the first thing that did not fit; the value itself is not repeated (it may be secret)."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    location = ".".join(str(part) for part in first["loc"]) or field
    return BadRequest(f"{where}: {location}: {first['msg']}"[:300], where=where, field=location[:100])


def problem_response(problem: Problem) -> web.Response:
    """Render a problem. Problems are never cached."""
    return web.Response(
        body=problem.model_dump_json().encode(),
        status=problem.status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )


def describe(error: InspectError) -> Problem:
    """The problem that tells of ``error``; unexpected details of server faults stay in the log."""
    status = error.http_status
    return Problem(
        type=f"urn:inspect-server:problem:{error.code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=error.code,
        detail=error.detail,
        params=error.params,
    )


def _describe_http(error: web.HTTPException) -> Problem:
    code = _CODE_OF_STATUS.get(error.status, "bad_request")
    return Problem(
        type=f"urn:inspect-server:problem:{code}",
        title=error.reason or "",
        status=error.status,
        code=code,
        detail="The body is too large." if error.status == 413 else "",
    )


@web.middleware
async def problems_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost but for the headers: no error passes it unrendered."""
    try:
        return await handler(request)
    except TooManyAttempts as error:
        response = problem_response(describe(error))
        response.headers["Retry-After"] = str(error.params.get("retry_after_s", 1))
        return response
    except InspectError as error:
        response = problem_response(describe(error))
        if error.http_status >= 500:
            logger.warning("%s %s: %s %s", request.method, request.path, error.code, error)
        if error.http_status == 503:
            response.headers["Retry-After"] = RETRY_AFTER_S
        if isinstance(error, AccessInvalid):
            response.headers["WWW-Authenticate"] = "Bearer"
        return response
    except web.HTTPException as error:
        if error.status < 400:
            raise
        response = problem_response(_describe_http(error))
        if isinstance(error, web.HTTPMethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
        return response
    except Exception:
        logger.exception("%s %s failed", request.method, request.path)
        return problem_response(describe(InspectError()))

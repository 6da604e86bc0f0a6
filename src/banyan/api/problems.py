"""The one renderer of errors: RFC 9457 problem documents in the caller's language."""

import secrets
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from banyan.api.caller import language_of
from banyan.api.edge import REFUSED
from banyan.api.metering import note_denial
from banyan.kernel.errors import BanyanError, InvalidInput, TooLarge
from banyan.kernel.faults import problems_of
from banyan.kernel.messages import message

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger("banyan.api")
_CONFLICT = 409
_BY_STATUS = {404: "unknown_route", 405: "method_not_allowed", 400: "bad_request", 413: "too_large"}


def problem_document(error: BanyanError, language: str, reference: str) -> dict[str, Any]:
    """The body of a problem; `errors` lists every place that is wrong."""
    document: dict[str, Any] = {
        "type": f"/errors/{error.code}",
        "title": message(error.code, language, error.params),
        "status": error.status,
        "code": error.code,
        "detail": _detail(error, language),
        "reference": reference,
        "errors": [
            {
                "pointer": problem.pointer,
                "code": problem.code,
                "message": message(problem.code, language, problem.params),
            }
            for problem in error.problems
        ],
    }
    return document | error.extra


def _detail(error: BanyanError, language: str) -> str:
    if error.problems:
        first = error.problems[0]
        return message(first.code, language, first.params)
    return message(error.code, language, error.params)


def _render(request: Request, error: BanyanError) -> Response:
    reference = secrets.token_hex(6)
    language = getattr(request.state, "language", None) or language_of(request)
    headers = {}
    if "retry_after" in error.params:
        headers["Retry-After"] = str(error.params["retry_after"])
    elif error.status == 503:  # noqa: PLR2004 - HTTP
        headers["Retry-After"] = "1"
    note_denial(request, error)
    if error.status >= 500:  # noqa: PLR2004 - HTTP
        # Its kind alone: what others say may repeat what the caller gave.
        cause = type(error.__cause__).__name__ if error.__cause__ else None
        _log.error("request_failed", reference=reference, code=error.code, path=request.url.path, cause=cause)
    body = problem_document(error, language, reference)
    return JSONResponse(body, status_code=error.status, media_type=MEDIA_TYPE, headers=headers)


def _log_plainly() -> None:
    """Tracebacks without the values of variables: those may be secret, and rendering them takes seconds."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


def install(app: FastAPI) -> None:
    """Route every failure through the renderer."""
    _log_plainly()

    @app.exception_handler(BanyanError)
    async def ours(request: Request, error: BanyanError) -> Response:
        return _render(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # The framework says first where it found it: body, query, path.
        found = [{**each, "loc": each["loc"][1:]} for each in error.errors()]
        return _render(request, InvalidInput(problems=problems_of(found)))

    @app.exception_handler(ValidationError)
    async def invalid_value(request: Request, error: ValidationError) -> Response:
        return _render(request, InvalidInput(problems=problems_of(error.errors())))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if request.scope.get(REFUSED):
            return _render(request, TooLarge())
        refusal = BanyanError(_BY_STATUS.get(error.status_code, "bad_request"))
        refusal.status = error.status_code
        return _render(request, refusal)


async def unexpected(request: Request, error: Exception) -> Response:
    """What nobody foresaw: told in the log, answered with a reference to it."""
    _log.exception("unexpected", exc_info=error, path=request.url.path)
    return _render(request, BanyanError())

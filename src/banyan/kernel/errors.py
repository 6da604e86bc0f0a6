"""The one error base. Every refusal that reaches a person is a BanyanError with a stable code.

Texts are not written here: `code` plus `params` are rendered in the caller's language by `kernel.messages`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong at one place. `pointer` is an RFC 6901 JSON pointer into the caller's document."""

    pointer: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class BanyanError(Exception):
    """Base of all refusals. `status` is the HTTP status the API renders it with."""

    status = 500
    code = "internal_error"

    def __init__(
        self,
        code: str | None = None,
        *,
        problems: Sequence[FieldProblem] = (),
        extra: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> None:
        self.code = code or type(self).code
        self.params: Mapping[str, Any] = params
        self.problems = tuple(problems)
        self.extra = dict(extra or {})
        super().__init__(f"{self.code} {params or ''} {self.problems or ''}".strip())


class InvalidInput(BanyanError):
    """The request cannot be understood or breaks a rule of the data (422)."""

    status = 422
    code = "validation_failed"


class BadRequest(BanyanError):
    status = 400
    code = "bad_request"


class NotSignedIn(BanyanError):
    status = 401
    code = "not_signed_in"


class Denied(BanyanError):
    """The thing is visible but the action is not allowed (403). Rows out of scope raise NotFound instead."""

    status = 403
    code = "denied"


class NotFound(BanyanError):
    status = 404
    code = "not_found"


class Conflict(BanyanError):
    status = 409
    code = "conflict"


class Gone(NotFound):
    """It was here and is something else now (410); `extra` says what."""

    status = 410
    code = "record_merged"


class TooLarge(BanyanError):
    status = 413
    code = "too_large"


class TooMany(BanyanError):
    """Back-pressure or throttling; `retry_after` (seconds) is in params."""

    status = 429
    code = "too_many_requests"


class Unavailable(BanyanError):
    status = 503
    code = "unavailable"


class StartRefused(BanyanError):
    """The process must not start; commands print the rendered message in one line and exit 1."""

    status = 503
    code = "start_refused"

"""Opaque page cursors: the sort values of the last row given, so that inserts elsewhere never shift a page."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from banyan.kernel.errors import FieldProblem, InvalidInput

Segment = Literal["all", "values", "nulls"]
_SEGMENTS: tuple[Segment, ...] = ("all", "values", "nulls")


@dataclass(frozen=True)
class Cursor:
    """`segment` is the part of the order reached; `values` are the sort keys as text, the id last.

    `values` is empty at the beginning of a segment.
    """

    segment: Segment
    values: tuple[str | None, ...]

    @property
    def shape(self) -> Any:
        return (self.segment, tuple(value is None for value in self.values))


def encode(cursor: Cursor, order: str) -> str:
    document = [cursor.segment, list(cursor.values), order]
    return base64.urlsafe_b64encode(orjson.dumps(document)).rstrip(b"=").decode()


def decode(text: str, order: str, keys: int) -> Cursor:
    """Read a cursor made for the same `order`. Raises InvalidInput for anything else."""
    try:
        padded = text + "=" * (-len(text) % 4)
        segment, values, made_for = orjson.loads(base64.urlsafe_b64decode(padded))
        valid = segment in _SEGMENTS and made_for == order and len(values) in (0, keys)
        valid = valid and all(value is None or isinstance(value, str) for value in values)
    except (ValueError, TypeError, binascii.Error) as error:
        raise _invalid() from error
    if not valid:
        raise _invalid()
    return Cursor(segment, tuple(values))


def _invalid() -> InvalidInput:
    return InvalidInput("invalid_query", problems=(FieldProblem("/cursor", "invalid_cursor"),))

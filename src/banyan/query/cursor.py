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
    """Read a cursor made for the same `order`, of `keys` sort keys. Raises InvalidInput for anything else.

    The segment without values is keyed by the id alone; only the general keyset ("all") knows empty keys.
    """
    try:
        padded = text + "=" * (-len(text) % 4)
        segment, values, made_for = orjson.loads(base64.urlsafe_b64decode(padded))
        expected = 1 if segment == "nulls" else keys
        valid = segment in _SEGMENTS and made_for == order
        valid = valid and isinstance(values, list) and len(values) in (0, expected)
        valid = valid and all(
            isinstance(value, str) or (value is None and segment == "all") for value in values
        )
        valid = valid and (not values or values[-1] is not None)
    except (ValueError, TypeError, binascii.Error) as error:
        raise invalid_cursor() from error
    if not valid:
        raise invalid_cursor()
    return Cursor(segment, tuple(values))


def invalid_cursor() -> InvalidInput:
    return InvalidInput("invalid_query", problems=(FieldProblem("/cursor", "invalid_cursor"),))

"""Long lists of ids and whole numbers on their way to PostgreSQL.

The driver asks for each element how it is written and whether it must be quoted; a load sends arrays of twenty thousand
ids many times, and neither ids nor numbers need any of that.
"""

from typing import Any
from uuid import UUID

from psycopg.abc import Buffer, DumperKey, PyFormat
from psycopg.types.array import BaseListDumper, ListDumper

_UUID_ARRAY = 2951  # the server's own number of the type uuid[]
_UUIDS = {UUID}


class PlainListDumper(ListDumper):
    """As the driver's, the text of UUIDs and of integers made at once."""

    def get_key(self, obj: list[Any], format: PyFormat) -> DumperKey:  # noqa: A002 - the driver's name
        if set(map(type, obj)) == _UUIDS:
            # A key that the driver never makes: under its own it would keep this dumper for lists with gaps, too.
            return (self.cls, _UuidListDumper)
        return super().get_key(obj, format)

    def upgrade(self, obj: list[Any], format: PyFormat) -> BaseListDumper:  # noqa: A002 - the driver's name
        if set(map(type, obj)) == _UUIDS:
            return _UuidListDumper(self.cls)
        return super().upgrade(obj, format)

    def dump(self, obj: list[Any]) -> Buffer | None:
        if set(map(type, obj)) == {int}:
            return f"{{{','.join(map(str, obj))}}}".encode()
        return super().dump(obj)


class _UuidListDumper(BaseListDumper):
    oid = _UUID_ARRAY

    def dump(self, obj: list[UUID]) -> Buffer | None:
        return f"{{{','.join([each.hex for each in obj])}}}".encode()

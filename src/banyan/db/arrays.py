"""Long lists of ids and whole numbers on their way to PostgreSQL.

The driver asks for each element how it is written and whether it must be quoted; a load sends arrays of twenty thousand
ids many times, and neither ids nor numbers need any of that.
"""

from typing import Any
from uuid import UUID

from psycopg.abc import Buffer
from psycopg.types.array import ListDumper


class PlainListDumper(ListDumper):
    """As the driver's, the text of UUIDs and of integers made at once."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        kinds = set(map(type, obj))
        if kinds == {UUID}:
            return f"{{{','.join([each.hex for each in obj])}}}".encode()
        if kinds == {int}:
            return f"{{{','.join(map(str, obj))}}}".encode()
        return super().dump(obj)

"""Indexes that nothing has read since the database counts: those of a field and those that were asked for here.

What holds a rule (unique, a relation) or a scope stands for other reasons, and is not told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from banyan.advisor.making import Asked
from banyan.advisor.plans import MANY
from banyan.db.constraints import constraint_name
from banyan.db.database import Connection
from banyan.db.indexes import counted_since, counted_tables, uses_of
from banyan.metadata.catalog import Catalog, Field, Object


@dataclass(frozen=True)
class Unused:
    """`asked` where an administrator asked for it; else the field is marked as indexed."""

    object: Object
    fields: tuple[Field, ...]
    size: int
    asked: Asked | None


async def unused_indexes(
    connection: Connection, catalog: Catalog, asked: list[Asked]
) -> tuple[list[Unused], datetime | None]:
    """The largest first, and since when uses are counted. Indexes of small tables cost nothing worth a word."""
    large = await counted_tables(connection, catalog.schema, MANY)
    ready = {each.name: each for each in asked if each.state == "ready" and each.object is not None}
    of_fields = {name: (obj, field) for obj, field, name in _of_fields(catalog) if name not in ready}
    uses = await uses_of(connection, catalog.schema, [*ready, *of_fields])
    found = []
    for name, use in uses.items():
        if use.scans or not use.is_valid:
            continue
        if name in ready and (obj := ready[name].object) is not None:
            found.append(Unused(obj, ready[name].fields, use.size, ready[name]))
        elif name in of_fields:
            obj, field = of_fields[name]
            found.append(Unused(obj, (field,), use.size, None))
    found = [each for each in found if each.object.table_name in large]
    return sorted(found, key=lambda each: -each.size), await counted_since(connection)


def _of_fields(catalog: Catalog) -> Iterator[tuple[Object, Field, str]]:
    for obj in catalog.objects:
        for field in obj.custom_fields:
            if field is obj.title or field.kind.pointing or field.definition.unique:
                continue
            if field.definition.indexed:
                for suffix in field.kind.index_columns(field)[:1]:
                    yield obj, field, constraint_name("ix", obj.table_name, field.physical(suffix))

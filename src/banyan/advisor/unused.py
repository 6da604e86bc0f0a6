"""Indexes that nothing has read for a month: those of a field and those that were asked for here.

What holds a rule (unique, a relation) or a scope stands for other reasons, and is not told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from banyan.advisor.making import Asked
from banyan.advisor.plans import MANY
from banyan.db.constraints import constraint_name
from banyan.db.database import Connection
from banyan.db.indexes import counted_since, counted_tables, uses_of
from banyan.metadata.catalog import Catalog, Field, Object

# What is asked once a month is used.
COUNTED_FOR = timedelta(days=30)


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
    """The largest first, and since when uses are counted: none before that is a month ago.

    Indexes of small tables cost nothing worth a word.
    """
    since = await counted_since(connection)
    begun = datetime.now(UTC) - COUNTED_FOR
    if since is None or since > begun:
        return [], since
    large = await counted_tables(connection, catalog.schema, MANY)
    stands = {each.name: each for each in asked if each.state == "ready" and each.object is not None}
    ready = {name: each for name, each in stands.items() if datetime.fromisoformat(each.created_at) <= begun}
    of_fields = {name: (obj, field) for obj, field, name in _of_fields(catalog) if name not in stands}
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
    return sorted(found, key=lambda each: -each.size), since


def _of_fields(catalog: Catalog) -> Iterator[tuple[Object, Field, str]]:
    for obj in catalog.objects:
        for field in obj.custom_fields:
            if field is obj.title or field.kind.pointing or field.definition.unique:
                continue
            if field.definition.indexed:
                for suffix in field.kind.index_columns(field)[:1]:
                    yield obj, field, constraint_name("ix", obj.table_name, field.physical(suffix))

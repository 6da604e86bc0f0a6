"""Defaults given by a formula: computed over the row that is about to be, before it is written."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from psycopg import sql

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.computing import id_array
from banyan.metadata.field_types.base import ValueProblem
from banyan.metadata.formulas.facade import LowerContext, check, lower, sources_of
from banyan.query import writes
from banyan.records.session import Session
from banyan.records.values import Stored


def with_formula(obj: Object) -> tuple[Field, ...]:
    """Fields whose default is a formula."""
    return tuple(field for field in obj.stored_fields if field.definition.default_formula is not None)


def withheld(session: Session, obj: Object) -> set[UUID]:
    """Fields whose default would show the writer what they may not read; these are left empty.

    A default for a field that the writer does not see tells nothing and is given.
    """
    full, seen = session.full, {field.id for field in session.catalog.by_id[obj.id].fields}
    sources = full.keep(("default sources", obj.id), lambda: _sources(full, full.by_id[obj.id]))
    return {field_id for field_id, nodes in sources.items() if field_id in seen and not _open(session, nodes)}


def _sources(catalog: Catalog, obj: Object) -> dict[UUID, frozenset[tuple[UUID, UUID]]]:
    return {
        field.id: frozenset(sources_of(str(field.definition.default_formula), catalog, obj))
        for field in with_formula(obj)
    }


def _open(session: Session, nodes: Iterable[tuple[UUID, UUID]]) -> bool:
    """Whether the actor may read every one of these fields."""
    for object_id, field_id in nodes:
        obj = session.catalog.by_id[object_id]
        shown = any(field.id == field_id and not field.masked for field in obj.fields)
        if not shown or not session.policy.allows(obj.grant_key, "read"):
            return False
    return True


def _statement(catalog: Catalog, obj: Object, context: LowerContext) -> CompiledStatement:
    """Over rows given as JSON: per row the JSON value of each default; errors are empty."""
    base = _written(obj, "r")
    return compile_statement(sa.select(base.c.id, *_values(catalog, obj, base, with_formula(obj), context)))


def _written(obj: Object, name: str) -> Any:
    """The bound `rows`, as rows of the object's table."""
    row_type = sql.SQL("NULL::{}").format(sql.Identifier(obj.schema, obj.table_name)).as_string()
    rows = sa.cast(sa.bindparam("rows", type_=sa.types.NULLTYPE), sa.dialects.postgresql.JSONB)
    columns = [sa.column(column.name, column.type) for column in obj.table.columns]
    found = sa.func.jsonb_populate_recordset(sa.literal_column(row_type), rows)
    return found.table_valued(*columns, name=name)


def _values(
    catalog: Catalog, obj: Object, base: Any, fields: Sequence[Field], context: LowerContext
) -> list[Any]:
    checked = [check(str(field.definition.default_formula), catalog, obj) for field in fields]
    return [sa.func.to_jsonb(lower(each, base, obj.schema, context).value) for each in checked]


async def fill_defaults(
    connection: Connection, session: Session, obj: Object, rows: Sequence[Stored]
) -> None:
    """Give each row, in place, what its formulas say for the fields that it does not have."""
    fields = with_formula(obj)
    if not any(field.physical() not in row for row in rows for field in fields):
        return
    kept = withheld(session, obj)
    whole = session.full.by_id[obj.id]
    context = LowerContext(timezone=session.timezone, currency=session.currency)
    key = ("defaults", obj.id, context)
    statement = session.full.keep(key, lambda: _statement(session.full, whole, context))
    cursor = await connection.execute(statement.sql, {**statement.params, "rows": writes.as_rows(rows)})
    found = {str(row[0]): row[1:] for row in await cursor.fetchall()}
    for row in rows:
        for field, value in zip(fields, found[row["id"]], strict=True):
            if field.physical() not in row and field.id not in kept:
                row.update(_stored(field, value, session))


async def fill_loaded(
    connection: Connection, session: Session, obj: Object, fields: Sequence[Field], ids: Sequence[UUID]
) -> None:
    """As `fill_defaults`, for rows that a load has already put into the table."""
    base, table = obj.table.alias("r"), cast("Any", obj.table.alias("t"))
    context = LowerContext(timezone=session.timezone, currency=session.currency)
    values = _values(session.full, obj, base, fields, context)
    asked = compile_statement(sa.select(base.c.id, *values).where(base.c.id == sa.any_(id_array("ids"))))
    cursor = await connection.execute(asked.sql, {**asked.params, "ids": list(ids)})
    rows: list[Stored] = []
    for key, *found in await cursor.fetchall():
        row: Stored = {"id": str(key)}
        for field, value in zip(fields, found, strict=True):
            row.update(_stored(field, value, session))
        rows.append(row)
    columns = [field.physical(spec.suffix) for field in fields for spec in field.specs]
    fresh = _written(obj, "n")
    written = compile_statement(
        sa.update(table)
        .values({table.c[name]: fresh.c[name] for name in columns})
        .where(table.c.id == fresh.c.id)
    )
    await connection.execute(written.sql, {**written.params, "rows": writes.as_rows(rows)})


def _stored(field: Field, found: Any, session: Session) -> Stored:
    """What the formula gave, as any written value; one that the field cannot hold is left out."""
    value = None if found is None else json.loads(found, parse_float=str, parse_int=str)
    if value is None:
        return {}
    try:
        values = field.kind.parse(field, value, session.context)
    except ValueProblem:
        return {}
    return {field.physical(suffix): each for suffix, each in values.items()}

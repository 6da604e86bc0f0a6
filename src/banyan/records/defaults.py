"""Defaults given by a formula: computed over the row that is about to be, before it is written."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from psycopg import sql

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.field_types.base import ValueProblem
from banyan.metadata.formulas.facade import LowerContext, check, lower
from banyan.query import writes
from banyan.records.session import Session
from banyan.records.values import Stored


def with_formula(obj: Object) -> tuple[Field, ...]:
    """Fields whose default is a formula."""
    return tuple(field for field in obj.stored_fields if field.definition.default_formula is not None)


def _statement(catalog: Catalog, obj: Object, context: LowerContext) -> CompiledStatement:
    """Over rows given as JSON: per row the JSON value of each default; errors are empty."""
    row_type = sql.SQL("NULL::{}").format(sql.Identifier(obj.schema, obj.table_name)).as_string()
    rows = sa.cast(sa.bindparam("rows", type_=sa.types.NULLTYPE), sa.dialects.postgresql.JSONB)
    columns = [sa.column(column.name, column.type) for column in obj.table.columns]
    base = sa.func.jsonb_populate_recordset(sa.literal_column(row_type), rows).table_valued(
        *columns, name="r"
    )
    values = []
    for field in with_formula(obj):
        checked = check(str(field.definition.default_formula), catalog, obj)
        values.append(sa.func.to_jsonb(lower(checked, base, obj.schema, context).value))
    return compile_statement(sa.select(base.c.id, *values))


async def fill_defaults(
    connection: Connection, session: Session, obj: Object, rows: Sequence[Stored]
) -> None:
    """Give each row, in place, what its formulas say for the fields that it does not have."""
    fields = with_formula(obj)
    if not any(field.physical() not in row for row in rows for field in fields):
        return
    whole = session.full.by_id[obj.id]
    context = LowerContext(timezone=session.timezone, currency=session.currency)
    key = ("defaults", obj.id, context)
    statement = session.full.keep(key, lambda: _statement(session.full, whole, context))
    cursor = await connection.execute(statement.sql, {**statement.params, "rows": writes.as_rows(rows)})
    found = {str(row[0]): row[1:] for row in await cursor.fetchall()}
    for row in rows:
        for field, value in zip(fields, found[row["id"]], strict=True):
            if field.physical() not in row and value is not None:
                row.update(_stored(field, json.loads(value, parse_float=str, parse_int=str), session))


def _stored(field: Field, value: Any, session: Session) -> Stored:
    """What the formula gave, as any written value; one that the field cannot hold is left out."""
    if value is None:
        return {}
    try:
        values = field.kind.parse(field, value, session.context)
    except ValueProblem:
        return {}
    return {field.physical(suffix): each for suffix, each in values.items()}

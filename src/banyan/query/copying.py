"""Streaming values out of a record table: for work on a whole base that is done elsewhere."""

import sqlalchemy as sa
from psycopg import sql

from banyan.db.compile import compile_statement
from banyan.metadata.catalog import Field, Object


def copy_texts(obj: Object, columns: dict[str, tuple[Field, ...]]) -> sql.Composed:
    """COPY of all live rows as CSV: id, and per name the first of its fields that holds something."""
    base = obj.table
    nothing: sa.ColumnClause[str] = sa.literal_column("''")

    def first(fields: tuple[Field, ...]) -> sa.ColumnElement[str]:
        texts = [sa.func.nullif(sa.cast(field.columns(base)[""], sa.Text), nothing) for field in fields]
        return sa.func.coalesce(*texts, nothing)

    picked = [first(fields).label(name) for name, fields in columns.items()]
    statement = compile_statement(sa.select(base.c.id, *picked).where(base.c.deleted_at.is_(None)))
    return sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(sql.SQL(statement.sql))

"""How full the fields of an object are, and when each was last written."""

from typing import Any

import sqlalchemy as sa
from psycopg import sql

from banyan.db.database import Connection
from banyan.metadata.catalog import Object

_LOOKED_AT = 20_000  # of the newest entries of history


async def filling(connection: Connection, obj: Object, most: int) -> tuple[sa.Select[Any], bool]:
    """The statement that counts rows and values of each stored field; of more than about `most` rows a sample's."""
    size = sql.SQL("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = {}::regclass").format(
        sql.Literal(f'"{obj.schema}"."{obj.table_name}"')
    )
    row = await (await connection.execute(size)).fetchone()
    rows = int(row[0]) if row else 0
    table: Any = obj.table
    sampled = rows > most
    if sampled:
        table = sa.tablesample(
            obj.table, sa.func.system(sa.literal_column(f"{100 * most / rows:.4f}")), name="r"
        )
    columns = [table.c[field.physical()] for field in obj.custom_fields if field.specs]
    counted: Any = sa.select(sa.func.count(), *(sa.func.count(column) for column in columns)).select_from(
        table
    )
    return counted.where(table.c.deleted_at.is_(None)), sampled


async def last_written(connection: Connection, obj: Object) -> dict[str, Any]:
    """By physical column the last time a record's value of it was written, among the newest entries."""
    text = sql.SQL(
        "SELECT k, max(at) FROM (SELECT at, changes FROM {} WHERE object_id = %(object)s ORDER BY id DESC "
        "LIMIT %(limit)s) h, jsonb_object_keys(h.changes) k GROUP BY k"
    ).format(sql.Identifier(obj.schema, "record_history"))
    rows = await (await connection.execute(text, {"object": obj.id, "limit": _LOOKED_AT})).fetchall()
    return {row[0]: row[1] for row in rows}

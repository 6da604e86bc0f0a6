"""Which of several predicates hold for one record: one statement, whatever their number."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from banyan.db.compile import compile_statement
from banyan.db.database import Connection
from banyan.metadata.catalog import Object
from banyan.query.lower import Binds, Source, bind_values, lower
from banyan.query.resolved import ResolvedFilter

_AT_ONCE = 60  # columns of one statement


async def holding(
    connection: Connection, obj: Object, record_id: UUID, nodes: Sequence[ResolvedFilter]
) -> list[bool]:
    """One answer per node; all false for an unknown record. Deleted records count: rights reach the trash too."""
    found: list[bool] = []
    for start in range(0, len(nodes), _AT_ONCE):
        part = list(nodes[start : start + _AT_ONCE])
        binds = Binds()
        for node in part:
            binds.number(node)
        table = obj.table.alias("r")
        source = Source(table, {}, binds)
        columns = [
            sa.func.coalesce(lower(node, source, binds), sa.false()).label(f"n{index}")
            for index, node in enumerate(part)
        ]
        key = sa.cast(sa.bindparam("record", type_=sa.types.NULLTYPE), sa.Uuid)
        statement = compile_statement(sa.select(*columns).where(table.c.id == key))
        values: dict[str, Any] = {**statement.params, **bind_values(*part), "record": record_id}
        row = await (await connection.execute(statement.sql, values)).fetchone()
        found += [False] * len(part) if row is None else [bool(value) for value in row]
    return found


async def place_of(connection: Connection, obj: Object, record_id: UUID, via: str | None) -> Any:
    """Owner, department and (through the column `via`) parent of a record; None for an unknown one."""
    table = obj.table.alias("r")
    key = sa.cast(sa.bindparam("record", type_=sa.types.NULLTYPE), sa.Uuid)
    parent = table.c[via] if via else sa.cast(sa.null(), sa.Uuid)
    columns = (table.c.owner_id, table.c.department_id, parent)
    statement = compile_statement(sa.select(*columns).where(table.c.id == key))
    return await (
        await connection.execute(statement.sql, {**statement.params, "record": record_id})
    ).fetchone()

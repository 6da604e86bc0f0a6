"""Computed values of rows that are about to be, put in with the row.

Set by an UPDATE afterwards they would cost each row a second version and a second entry in every index.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from psycopg import sql

from banyan.db.compile import DIALECT, compile_statement
from banyan.metadata.catalog import Object
from banyan.metadata.computing import Computed, Node
from banyan.metadata.formulas.facade import LowerContext

FRESH, ROW = "fresh", "load_row_no"
# What a new row has that the load does not give: the defaults of the table.
_BEGINS = {"version": "1", "created_at": "now()", "updated_at": "now()"}


@dataclass(frozen=True)
class Foreseen:
    """Computed values of rows that are about to be: a SELECT over `fresh`, whole rows of the table with `load_row_no`.

    They decide nothing: once the rows stand, whoever computes sets what came out differently. That is what a row reads
    of other rows of the same load.
    """

    obj: Object
    columns: tuple[str, ...] = ()
    text: str = ""
    binds: Mapping[str, Any] = field(default_factory=dict)


def foresee(
    obj: Object, computed: Computed, context: LowerContext, nodes: Collection[Node] | None = None
) -> Foreseen:
    """The computed fields of `obj`, whole as the catalog knows it, each level of them over the one before.

    `nodes`: these alone; what they are computed from must be among them.
    """
    asked = computed.computations if nodes is None else nodes
    mine = [node for node in computed.computations if node[0] == obj.id and node in asked]
    known: list[str] = []
    base: Any = sa.table(
        FRESH,
        *(sa.column(column.name, column.type) for column in obj.table.columns),
        sa.column(ROW, sa.BigInteger()),
    ).alias("r")
    for level in sorted({computed.levels[node] for node in mine}):
        made = {
            computed.computations[node].field.physical(suffix): value
            for node in mine
            if computed.levels[node] == level
            for suffix, value in computed.computations[node].values(base, context).items()
        }
        known += made
        kept = [column for column in base.c if column.name not in made]
        # OFFSET 0 keeps each expression computed once, however often the next level reads it.
        chosen = sa.select(*kept, *(value.label(name) for name, value in made.items()))
        base = chosen.offset(sa.literal_column("0")).subquery("r")
    if not known:
        return Foreseen(obj)
    compiled = compile_statement(sa.select(base))
    return Foreseen(obj, tuple(known), compiled.sql, compiled.params)


def beginnings(obj: Object) -> dict[str, sql.Composable]:
    """Every column of the table as it begins."""
    return {
        column.name: sql.SQL("{}::{}").format(
            sql.SQL(_BEGINS.get(column.name, "NULL")), sql.SQL(column.type.compile(dialect=DIALECT))
        )
        for column in obj.table.columns
    }

"""Bulk loads: the statements that put good new rows of a staging table into the record table, and into history.

Computed values are put in with the row. Set by an UPDATE afterwards they would cost each row a second version and a
second entry in every index.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from psycopg import sql

from banyan.db.compile import DIALECT, compile_statement
from banyan.metadata.catalog import DEPARTMENT_COLUMN, Object
from banyan.metadata.computing import Computed
from banyan.metadata.formulas.facade import LowerContext
from banyan.query.loads import GOOD, Staging, Statement
from banyan.query.writes import department_of

_FRESH, _ROW = "fresh", "load_row_no"
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


def foresee(obj: Object, computed: Computed, context: LowerContext) -> Foreseen:
    """The computed fields of `obj`, whole as the catalog knows it, each level of them over the one before."""
    mine = [node for node in computed.computations if node[0] == obj.id]
    known: list[str] = []
    base: Any = sa.table(
        _FRESH,
        *(sa.column(column.name, column.type) for column in obj.table.columns),
        sa.column(_ROW, sa.BigInteger()),
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


def insert_records(
    staging: Staging, extra: Sequence[tuple[str, sql.Composable]], foreseen: Foreseen
) -> Statement:
    """Move good new rows into the record table. `extra` are columns given by expression. Binds: actor, `foreseen`'s."""
    owner = next((expression for name, expression in extra if name == "owner_id"), sql.SQL("s.owner_id"))
    actor = sql.SQL("%(actor)s::uuid")
    given: dict[str, sql.Composable] = {
        "id": sql.SQL("s.id"),
        "created_by": actor,
        "updated_by": actor,
        DEPARTMENT_COLUMN: department_of(staging.obj, owner),
        **{name: sql.SQL("s.{}").format(sql.Identifier(name)) for name in staging.columns},
        **dict(extra),
    }
    rows = sql.SQL(
        "SELECT {chosen} FROM (SELECT *, row_number() OVER (ORDER BY row_no) AS place "
        "FROM {rows} s WHERE s.existing IS NULL AND " + GOOD + ") s"
    )
    if not foreseen.columns:
        return sql.SQL("INSERT INTO {table} ({names}) {rows} ORDER BY s.row_no").format(
            table=staging.table,
            names=_listed(given),
            rows=rows.format(
                chosen=sql.SQL(", ").join(given.values()), rows=staging.rows, problems=staging.problems
            ),
        )
    whole = {**_others(foreseen.obj), **given, _ROW: sql.SQL("s.row_no")}
    chosen = [sql.SQL("{} AS {}").format(value, sql.Identifier(name)) for name, value in whole.items()]
    return sql.SQL(
        "WITH {fresh} AS ({rows}) INSERT INTO {table} ({names}) SELECT {names} FROM ({values}) n ORDER BY {row}"
    ).format(
        fresh=sql.Identifier(_FRESH),
        rows=rows.format(chosen=sql.SQL(", ").join(chosen), rows=staging.rows, problems=staging.problems),
        table=staging.table,
        names=_listed([*given, *(name for name in foreseen.columns if name not in given)]),
        values=sql.SQL(foreseen.text),
        row=sql.Identifier(_ROW),
    )


def _listed(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _others(obj: Object) -> dict[str, sql.Composable]:
    """Every column of the table as it begins."""
    return {
        column.name: sql.SQL("{}::{}").format(
            sql.SQL(_BEGINS.get(column.name, "NULL")), sql.SQL(column.type.compile(dialect=DIALECT))
        )
        for column in obj.table.columns
    }


def insert_history(staging: Staging, untracked: Collection[str]) -> Statement:
    """What the load created, as history. Binds: object_id, actor, kind, import_id.

    What is left out is not made into JSON first: that would be half of the work.
    """
    tracked = [column.name for column in staging.obj.table.columns if column.name not in untracked]
    return sql.SQL(
        "INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, import_id, changes) "
        "SELECT %(object_id)s::uuid, r.id, r.version, 'import', %(actor)s::uuid, %(kind)s, %(import_id)s::uuid, "
        "jsonb_strip_nulls(to_jsonb(x.*)) FROM {table} r JOIN {rows} s ON s.id = r.id "
        "CROSS JOIN LATERAL (SELECT {tracked} OFFSET 0) x"
    ).format(
        history=sql.Identifier(staging.obj.schema, "record_history"),
        table=staging.table,
        rows=staging.rows,
        tracked=sql.SQL(", ").join(sql.SQL("r.{}").format(sql.Identifier(name)) for name in tracked),
    )

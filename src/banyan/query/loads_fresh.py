"""Bulk loads: the statements that put good new rows of a staging table into the record table, and into history."""

from collections.abc import Collection, Iterable, Sequence

from psycopg import sql

from banyan.metadata.catalog import DEPARTMENT_COLUMN
from banyan.query.foreseen import FRESH, ROW, Foreseen, beginnings
from banyan.query.loads import GOOD, Staging, Statement
from banyan.query.writes import department_of


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
    whole = {**beginnings(foreseen.obj), **given, ROW: sql.SQL("s.row_no")}
    chosen = [sql.SQL("{} AS {}").format(value, sql.Identifier(name)) for name, value in whole.items()]
    return sql.SQL(
        "WITH {fresh} AS ({rows}) INSERT INTO {table} ({names}) SELECT {names} FROM ({values}) n ORDER BY {row}"
    ).format(
        fresh=sql.Identifier(FRESH),
        rows=rows.format(chosen=sql.SQL(", ").join(chosen), rows=staging.rows, problems=staging.problems),
        table=staging.table,
        names=_listed([*given, *(name for name in foreseen.columns if name not in given)]),
        values=sql.SQL(foreseen.text),
        row=sql.Identifier(ROW),
    )


def _listed(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


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

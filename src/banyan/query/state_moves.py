"""Rows of a load whose state may not follow the one the record is in, asked of the database's own table of moves."""

from collections.abc import Mapping

from psycopg import sql

from banyan.metadata.states import Machine
from banyan.query.loads import Staging


def forbidden_moves(staging: Staging, machine: Machine, defaults: Mapping[str, str | None]) -> sql.Composed:
    """Row number, states before and after, and the pipeline, of each good row that the trigger would refuse.

    `defaults`: what a new record gets by physical column where the file has none.
    """
    chooser = machine.pipeline_field
    state = machine.field.physical()
    line: sql.Composable = sql.SQL("NULL::text")
    if chooser is not None:
        line = _after(staging, chooser.physical(), defaults)
    return sql.SQL(
        "SELECT m.row_no, m.was, m.now, m.line FROM (SELECT s.row_no, r.{state} AS was, {now} AS now, {line} AS line, "
        "{was_line} AS was_line, s.existing IS NULL AS fresh "
        "FROM {rows} s LEFT JOIN {table} r ON r.id = s.existing WHERE "
        "NOT EXISTS (SELECT 1 FROM {problems} p WHERE p.row_no = s.row_no)) m "
        "WHERE (m.was IS DISTINCT FROM m.now OR m.line IS DISTINCT FROM m.was_line) "
        "AND NOT {allowed}(%(field)s::uuid, m.line, m.was, m.now, false, m.fresh) ORDER BY m.row_no"
    ).format(
        state=sql.Identifier(state),
        now=_after(staging, state, defaults),
        line=line,
        was_line=sql.SQL("NULL::text")
        if chooser is None
        else sql.SQL("r.{}").format(sql.Identifier(chooser.physical())),
        rows=staging.rows,
        table=staging.table,
        problems=staging.problems,
        allowed=sql.Identifier(staging.obj.schema, "move_allowed"),
    )


def _after(staging: Staging, column: str, defaults: Mapping[str, str | None]) -> sql.Composable:
    """The value of a column once the row is written: an empty cell leaves a known record's value alone."""
    name = sql.Identifier(column)
    if column not in staging.columns:
        return sql.SQL("CASE WHEN s.existing IS NULL THEN {}::text ELSE r.{} END").format(
            sql.Literal(defaults.get(column)), name
        )
    return sql.SQL("coalesce(s.{0}, r.{0})").format(name)

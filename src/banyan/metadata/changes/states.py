"""What the database itself holds of a state machine: its allowed moves as rows, and the trigger that asks them.

Kept in the transaction of the change that says so, for every path of a change alike: drafts, files, packages, the way
back. A record table without state machines has no trigger and pays nothing.
"""

from collections.abc import Sequence

from psycopg import sql

from banyan.db.constraints import constraint_name
from banyan.db.database import Connection
from banyan.metadata.catalog import Catalog
from banyan.metadata.changes.state import State
from banyan.metadata.changes.steps import Statement
from banyan.metadata.states import Machine, machines_of

_Key = tuple[str, ...]


async def keep_states(connection: Connection, before: State, after: State) -> None:
    """Bring moves and triggers from what they were to what they are to be."""
    was, now = _machines(before.catalog()), _machines(after.catalog())
    for key in was.keys() - now.keys():
        await _run(connection, _undone(was[key]))
    for key, machine in now.items():
        known = was.get(key)
        if known is None or _shape(known) != _shape(machine):
            await _run(connection, [_dropped(machine), *_trigger(machine)])
        if known is None or known.moves != machine.moves:
            await _write_moves(connection, machine)
        if known is None:
            await begin_periods(connection, machine)


def _machines(catalog: Catalog) -> dict[_Key, Machine]:
    return {(each.field.id.hex,): each for found in machines_of(catalog).values() for each in found}


def _shape(machine: Machine) -> tuple[str, ...]:
    chooser = machine.pipeline_field
    return machine.field.physical(), "" if chooser is None else chooser.physical()


async def _run(connection: Connection, statements: Sequence[Statement]) -> None:
    for statement in statements:
        await connection.execute(statement)


def _parts(machine: Machine) -> dict[str, sql.Composable]:
    obj, chooser = machine.object, machine.pipeline_field
    return {
        "name": sql.Identifier(constraint_name("ck", obj.table_name, machine.field.physical())),
        "table": sql.Identifier(obj.schema, obj.table_name),
        "function": sql.Identifier(obj.schema, "hold_state"),
        "column": sql.Identifier(machine.field.physical()),
        "field": sql.Literal(str(machine.field.id)),
        "column_name": sql.Literal(machine.field.physical()),
        "chooser": sql.Literal("" if chooser is None else chooser.physical()),
    }


def _dropped(machine: Machine) -> Statement:
    return sql.SQL("DROP TRIGGER IF EXISTS {name} ON {table}").format(**_parts(machine))


def _trigger(machine: Machine) -> list[Statement]:
    """Asked when a row comes with a state, and when the state or the pipeline becomes another."""
    chooser = machine.pipeline_field
    columns = [machine.field.physical(), *([] if chooser is None else [chooser.physical()])]
    return [
        sql.SQL(
            "CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {columns} ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION {function}({field}, {column_name}, {chooser})"
        ).format(columns=sql.SQL(", ").join(map(sql.Identifier, columns)), **_parts(machine))
    ]


def _undone(machine: Machine) -> list[Statement]:
    """The rows and the trigger of a machine that is no more. Its table may be gone with it."""
    forget = sql.SQL("DELETE FROM {moves} WHERE field_id = {field}::uuid").format(
        moves=sql.Identifier(machine.object.schema, "state_move"), **_parts(machine)
    )
    return [_dropped(machine), forget]


async def _write_moves(connection: Connection, machine: Machine) -> None:
    table = sql.Identifier(machine.object.schema, "state_move")
    await connection.execute(
        sql.SQL("DELETE FROM {} WHERE field_id = %(field)s").format(table), {"field": machine.field.id}
    )
    # Of a move that is both the house's and anybody's, it is anybody's.
    moves = sorted({move[:3]: move for move in sorted(machine.moves, key=lambda each: not each[3])}.values())
    await connection.execute(
        sql.SQL(
            "INSERT INTO {} (field_id, pipeline, from_state, to_state, by_house) SELECT %(field)s, m.* FROM "
            "unnest(%(pipelines)s::text[], %(froms)s::text[], %(tos)s::text[], %(house)s::boolean[]) m "
            "ON CONFLICT (field_id, pipeline, from_state, to_state) DO UPDATE "
            "SET by_house = state_move.by_house AND EXCLUDED.by_house"
        ).format(table),
        {
            "field": machine.field.id,
            "pipelines": [move[0] for move in moves],
            "froms": [move[1] for move in moves],
            "tos": [move[2] for move in moves],
            "house": [move[3] for move in moves],
        },
    )


async def begin_periods(connection: Connection, machine: Machine) -> None:
    """Records that were there before the machine stand in their state since history last told of it."""
    obj, chooser = machine.object, machine.pipeline_field
    pipeline: sql.Composable = sql.SQL("NULL::text")
    if chooser is not None:
        pipeline = sql.SQL("r.{}").format(sql.Identifier(chooser.physical()))
    await connection.execute(
        sql.SQL(
            "INSERT INTO {periods} (object_id, record_id, field_id, pipeline, stage, entered_at) "
            "SELECT %(object)s, r.id, %(field)s, {pipeline}, r.{column}, coalesce((SELECT max(h.at) FROM {history} h "
            "WHERE h.object_id = %(object)s AND h.record_id = r.id AND h.changes ? %(slug)s), r.created_at) "
            "FROM {table} r WHERE r.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {periods} p "
            "WHERE p.record_id = r.id AND p.field_id = %(field)s AND p.left_at IS NULL)"
        ).format(
            periods=sql.Identifier(obj.schema, "stage_period"),
            history=sql.Identifier(obj.schema, "record_history"),
            pipeline=pipeline,
            **{name: part for name, part in _parts(machine).items() if name in ("table", "column")},
        ),
        {"object": obj.id, "field": machine.field.id, "slug": machine.field.physical()},
    )

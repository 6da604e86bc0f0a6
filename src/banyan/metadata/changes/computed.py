"""Computed fields in a change: their configuration completed by what the formula gives, their values set at the end."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from banyan.db.compile import compile_statement
from banyan.db.control import read_currency
from banyan.db.database import Connection
from banyan.db.recalculations import write_recalculation
from banyan.kernel.settings import TIMEZONE
from banyan.metadata.changes.state import State
from banyan.metadata.computing import Computed, Node, field_by_id, set_values
from banyan.metadata.definitions import StoredField
from banyan.metadata.formulas.facade import LowerContext, computation

# Values of so many rows are set in the change itself; of more, by a recalculation that begins when it is published.
MOST_AT_ONCE = 20_000


def completed(state: State, stored: StoredField) -> State:
    """State with the field's configuration as it is kept: names of today, the type of its result."""
    catalog = state.catalog()
    obj = catalog.by_id[stored.object_id]
    found = computation(catalog, obj, field_by_id(obj, stored.id))
    definition = stored.definition.model_copy(update={"config": dict(found.config)})
    return state.with_field(replace(stored, definition=definition))


def to_set(before: State, after: State) -> list[Node]:
    """Computed fields that are new, or compute something else than before, and all that follows from them, in order."""
    computed = Computed(after.catalog())
    if not computed.graph.nodes:
        return []
    was = Computed(before.catalog()).graph.sources
    fresh = []
    for node in computed.graph.nodes:
        known, now = before.fields.get(node[1]), after.fields[node[1]]
        same = known is not None and not known.archived and known.definition.config == now.definition.config
        if not same or was.get(node) != computed.graph.sources[node]:
            fresh.append(node)
    return computed.downstream(fresh)


async def set_new(connection: Connection, before: State, after: State) -> None:
    """Set what is new: at once in small tables; in large ones it is written down and follows the change."""
    nodes = to_set(before, after)
    if not nodes:
        return
    catalog = after.catalog()
    computed = Computed(catalog)
    context = LowerContext(timezone=TIMEZONE, currency=await read_currency(connection, after.schema))
    for object_id, field_id in nodes:
        each = computed.computations[object_id, field_id]
        table = each.obj.table
        some: sa.Select[Any] = (
            sa.select(sa.literal_column("1"))
            .select_from(table)
            .limit(sa.literal_column(str(MOST_AT_ONCE + 1)))
        )
        count = compile_statement(sa.select(sa.func.count()).select_from(some.subquery()))
        row = await (await connection.execute(count.sql, dict(count.params))).fetchone()
        if row is not None and row[0] > MOST_AT_ONCE:
            await write_recalculation(connection, after.schema, object_id, [field_id], "change")
        else:
            setting = compile_statement(set_values([each], context))
            await connection.execute(setting.sql, dict(setting.params))

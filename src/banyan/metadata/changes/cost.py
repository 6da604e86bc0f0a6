"""What a step costs while it runs: whether others wait for it, and about how long.

Rates were measured on two cores over 200,000 rows of one object (search: over a million); they tell seconds from
minutes, no more.
"""

from typing import Literal

from psycopg import sql

from banyan.db.database import Connection
from banyan.metadata.changes.state import State
from banyan.metadata.changes.steps import Step

Lock = Literal["none", "brief", "writes", "all"]
INDEX, SEARCH, FILL = 1.2e-6, 9e-6, 12.5e-6  # seconds for each row
NOTICED = 0.2  # seconds from which on a wait is worth a word


async def cost_of(connection: Connection, step: Step, before: State) -> tuple[Lock, float]:
    """The lock and the estimated seconds. `writes`: others may read meanwhile; `all`: they wait."""
    texts = [statement.as_string() for statement in (*step.statements, *step.finish)]
    if not texts and step.fill is None:
        return "none", 0.0
    rows = await _rows(connection, step, before)
    each = FILL if step.fill is not None else 0.0
    for text in texts:
        if text.startswith("CREATE") and " INDEX " in text:
            each += SEARCH if "control.grams" in text else INDEX
    seconds = rows * each
    if seconds < NOTICED:
        return "brief", round(seconds, 2)
    return ("all" if any(text.startswith("ALTER TABLE") for text in texts) else "writes"), round(seconds, 1)


async def _rows(connection: Connection, step: Step, before: State) -> int:
    """About how many rows the table has; none for an object that is only made now."""
    name = getattr(step.operation, "object", None)
    tables = [
        stored.table_name
        for stored in before.objects.values()
        if name in (stored.definition.api_name, *stored.definition.aliases)
    ]
    if name is None or not tables:
        return 0
    query = sql.SQL("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = {}::regclass").format(
        sql.Literal(f'"{before.schema}"."{tables[0]}"')
    )
    row = await (await connection.execute(query)).fetchone()
    return int(row[0]) if row else 0

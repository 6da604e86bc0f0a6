"""The plan of a statement without its values."""

from banyan.db.database import Connection


async def generic_plan(connection: Connection, statement: str) -> str:
    """The generic plan of a statement with places `$1` …, as text without costs. Nothing is executed.

    Raises:
        psycopg.Error: the server cannot tell, as for a parameter whose type only a value would say.
    """
    asked = "EXPLAIN (GENERIC_PLAN, COSTS OFF) " + statement
    cursor = await connection.execute(asked, prepare=False)
    return "\n".join(str(row[0]) for row in await cursor.fetchall())

"""Running SQLAlchemy Core statements on a psycopg connection: for platform tables, whose statements are few."""

from typing import Any

import sqlalchemy as sa
from psycopg import AsyncCursor
from sqlalchemy.sql.elements import ClauseElement

from banyan.db.compile import compile_once
from banyan.db.database import Connection


async def run(connection: Connection, statement: ClauseElement) -> AsyncCursor[tuple[Any, ...]]:
    """Execute and return the cursor; json and jsonb values arrive as raw bytes."""
    compiled = compile_once(statement)
    return await connection.execute(compiled.sql, dict(compiled.params))


def as_text(moment: Any) -> Any:
    """A moment as answers of the API write it, made by the database: what passes through Python could lose digits."""
    return sa.func.to_json(moment).op("#>>")(sa.text("'{}'"))

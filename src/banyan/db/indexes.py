"""What the database knows of indexes: whether they stand, how much they are used, how far one is that is being made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from banyan.db.database import Connection

_USES = """
SELECT s.indexrelname, s.idx_scan, pg_relation_size(s.indexrelid), i.indisvalid
FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid
WHERE s.schemaname = %s AND s.indexrelname = ANY(%s)
"""
_SINCE = """
SELECT coalesce(d.stats_reset, pg_postmaster_start_time()) FROM pg_stat_database d
WHERE d.datname = current_database()
"""
_COUNTED = """
SELECT t.relname, t.reltuples FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = %s AND t.relkind = 'r' AND t.reltuples >= %s
"""
_PROGRESS = """
SELECT p.phase, p.blocks_done, p.blocks_total, p.tuples_done, p.tuples_total
FROM pg_stat_progress_create_index p JOIN pg_class t ON t.oid = p.relid
JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = %s AND t.relname = %s
"""


@dataclass(frozen=True)
class Use:
    """Of one index: how often it was read since statistics count, its bytes, whether it is whole."""

    scans: int
    size: int
    is_valid: bool


@dataclass(frozen=True)
class Progress:
    """The phase the server names, and the part of it that is done (0 to 1)."""

    phase: str
    part: float


async def uses_of(connection: Connection, schema: str, names: Sequence[str]) -> dict[str, Use]:
    """Of the named indexes those that stand."""
    rows = await (await connection.execute(_USES, (schema, list(names)))).fetchall()
    return {row[0]: Use(int(row[1] or 0), int(row[2]), bool(row[3])) for row in rows}


async def counted_since(connection: Connection) -> datetime | None:
    """Since when uses are counted: their last reset, or at the earliest what the server can vouch for."""
    row = await (await connection.execute(_SINCE)).fetchone()
    return row[0] if row else None


async def counted_tables(connection: Connection, schema: str, least: int) -> dict[str, float]:
    """Rows of the tables that the planner knows to have at least so many; what nobody has counted yet is not told."""
    rows = await (await connection.execute(_COUNTED, (schema, least))).fetchall()
    return {str(row[0]): float(row[1]) for row in rows}


async def progress_on(connection: Connection, schema: str, table: str) -> Progress | None:
    """How far an index of the table is; the connection must be of the role that makes it."""
    row = await (await connection.execute(_PROGRESS, (schema, table))).fetchone()
    if row is None:
        return None
    done, total = (row[3], row[4]) if row[4] else (row[1], row[2])
    return Progress(str(row[0]), min(1.0, done / total) if total else 0.0)

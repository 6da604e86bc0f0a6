"""A table without what every inserted row pays for, and how it gets that back: for loads of millions of rows.

All in the caller's transaction, so a load that breaks off leaves the table as it was. The table is locked meanwhile.
"""

from collections.abc import Sequence

from psycopg import sql

from banyan.db.database import Connection
from banyan.metadata.changes.steps import Statement

_INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %(table)s::regclass AND NOT EXISTS (
  SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY c.relname
"""
_REFERENCES = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %(table)s::regclass AND contype = 'f' ORDER BY conname
"""


async def unload(connection: Connection, schema: str, table: str) -> Sequence[Statement]:
    """Drop the indexes and references of a table and silence its triggers; the statements that undo this, in order.

    The primary key stays: other tables refer to it, and ids that rise cost it little. References that were not
    validated come back so, the others read the whole table.
    """
    name = sql.Identifier(schema, table)
    place = {"table": name.as_string(connection)}
    indexes = await (await connection.execute(_INDEXES, place)).fetchall()
    references = await (await connection.execute(_REFERENCES, place)).fetchall()
    back: list[Statement] = []
    for index, definition in indexes:
        await connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(schema, index)))
        back.append(sql.Composed([sql.SQL(definition)]))
    for constraint, definition in references:
        await connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(name, sql.Identifier(constraint))
        )
        back.append(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(name, sql.Identifier(constraint))
            + sql.SQL(definition)
        )
    await connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
    back.append(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))
    return back


def vacuum(schema: str, table: str) -> Statement:
    """After a load, outside a transaction: which pages index scans need not look into is written down."""
    return sql.SQL("VACUUM {}").format(sql.Identifier(schema, table))

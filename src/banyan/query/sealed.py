"""Sealed values as they are stored: for who opens one with a reason, and for changing keys. Never for a list."""

from psycopg import sql

from banyan.metadata.catalog import Field, Object

Statement = sql.Composed


def stored(obj: Object, field: Field) -> Statement:
    """The sealed text of one record, whose reader has been let through before. Binds: id."""
    return sql.SQL("SELECT {} FROM {} WHERE id = %(id)s::uuid").format(_column(field), _table(obj))


def chunk(obj: Object, field: Field) -> Statement:
    """Sealed texts in the order of their records. Binds: last, limit."""
    return sql.SQL(
        "SELECT id, {0} FROM {1} WHERE id > %(last)s::uuid AND {0} IS NOT NULL ORDER BY id LIMIT %(limit)s"
    ).format(_column(field), _table(obj))


def replace(obj: Object, field: Field) -> Statement:
    """The same values sealed anew, where they are still what was read; no version, no history. Binds: ids, old, new."""
    return sql.SQL(
        "UPDATE {1} r SET {0} = d.fresh FROM unnest(%(ids)s::uuid[], %(old)s::text[], %(new)s::text[]) "
        "AS d(id, was, fresh) WHERE r.id = d.id AND r.{0} = d.was"
    ).format(_column(field), _table(obj))


def _column(field: Field) -> sql.Identifier:
    return sql.Identifier(field.physical())


def _table(obj: Object) -> sql.Identifier:
    return sql.Identifier(obj.schema, obj.table_name)

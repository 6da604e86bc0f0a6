"""Holding one record until the end of the transaction: what is decided about it is decided once."""

from psycopg import sql

from banyan.metadata.catalog import Object


def lock_row(obj: Object) -> sql.Composed:
    """Wait for whoever holds the record, then hold it. Binds: id. Returns its id where it is live."""
    return sql.SQL("SELECT r.id FROM {} r WHERE r.id = %(id)s AND r.deleted_at IS NULL FOR UPDATE").format(
        sql.Identifier(obj.schema, obj.table_name)
    )


def as_house(*, on: bool) -> sql.Composed:
    """For this transaction: moves of a state that only the house makes may pass, or no longer."""
    return sql.SQL("SELECT set_config('banyan.house', {}, true)").format(sql.Literal("on" if on else ""))

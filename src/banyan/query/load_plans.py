"""What the planner knows of a table while a load fills it, and afterwards."""

from psycopg import sql

from banyan.metadata.catalog import Object
from banyan.query.loads import Staging

Statement = sql.Composed


def unhurried() -> Statement:
    """For this transaction no statement time-out: one statement moves a whole file.

    And no kept plans: those made while a table was empty are not fit for what the load makes of it.
    """
    return sql.SQL(
        "SELECT set_config('statement_timeout', '0', true), set_config('plan_cache_mode', 'force_custom_plan', true)"
    ).format()


def weighty(staging: Staging) -> Statement:
    """Whether what has just been written is much beside what the planner knows of. Binds: written."""
    return sql.SQL("SELECT reltuples < 100 * %(written)s FROM pg_class WHERE oid = {}::regclass").format(
        sql.Literal(staging.table.as_string(None))
    )


def count_afresh(staging: Staging) -> Statement:
    """Counts the transaction's own rows too, and keeps vacuum off the table until its end.

    One column is enough for the count; with a list of columns the expressions of indexes are left alone, and the grams
    of the search index are nine tenths of the work.
    """
    return sql.SQL("ANALYZE {} (id)").format(staging.table)


def tidy_statements(obj: Object, search_index: str) -> list[Statement]:
    """After a large load, as the table's owner: fresh statistics, and the search index's pending list merged."""
    statements = [sql.SQL("ANALYZE {}").format(sql.Identifier(obj.schema, obj.table_name))]
    if obj.searched and obj.definition.searchable:
        index = sql.Literal(f'"{obj.schema}"."{search_index}"')
        statements.append(sql.SQL("SELECT gin_clean_pending_list({}::regclass)").format(index))
    return statements

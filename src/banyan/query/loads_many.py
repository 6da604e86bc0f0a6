"""Bulk loads of lists of records: cells that name several, apart by separators. The twin of the single look-ups."""

from psycopg import sql

from banyan.query.loads import Lookup, Staging, lookup_parts

Statement = sql.Composed
# Each name of each cell, in lower case, with the row it stands in.
_NAMES = (
    "n AS (SELECT DISTINCT s.row_no, lower(btrim(p.name)) AS k, btrim(p.name) AS name FROM {rows} s "
    "CROSS JOIN LATERAL regexp_split_to_table(s.{raw}, '[;；,，、|\\n]') AS p(name) "
    "WHERE s.{raw} IS NOT NULL AND btrim(p.name) <> '')"
)
_FOUND = (
    "t AS (SELECT lower({match}::text) AS k, (array_agg(r.id))[1] AS id, count(*) AS hits FROM {target} r "
    "WHERE r.deleted_at IS NULL AND {predicate} AND lower({match}::text) IN (SELECT k FROM n) GROUP BY 1)"
)


def match_lookup(staging: Staging, lookup: Lookup, predicate: str) -> Statement:
    """Point at the visible records named in the cell, as far as each name means just one."""
    return sql.SQL(
        f"WITH {_NAMES}, {_FOUND}, "
        "g AS (SELECT n.row_no, array_agg(DISTINCT t.id) AS ids FROM n JOIN t ON t.k = n.k AND t.hits = 1 GROUP BY 1) "
        "UPDATE {rows} s SET {column} = g.ids FROM g WHERE s.row_no = g.row_no"
    ).format(**lookup_parts(staging, lookup), predicate=sql.SQL(predicate))


def ambiguous_lookup(staging: Staging, lookup: Lookup, predicate: str) -> Statement:
    return sql.SQL(
        f"WITH {_NAMES}, {_FOUND} "
        "INSERT INTO {problems} (row_no, column_no, code, params, value) "
        "SELECT n.row_no, %(column_no)s, 'related_ambiguous', %(params)s::jsonb, n.name "
        "FROM n JOIN t ON t.k = n.k AND t.hits > 1"
    ).format(**lookup_parts(staging, lookup), predicate=sql.SQL(predicate), problems=staging.problems)


# What a row's records are called, to tell which of its names were found.
_MISSING = (
    "FROM n JOIN {rows} s ON s.row_no = n.row_no WHERE NOT EXISTS (SELECT 1 FROM {target} r "
    "WHERE r.id = ANY(s.{column}) AND lower({match}::text) = n.k)"
)


def unmatched_values(staging: Staging, lookup: Lookup) -> Statement:
    """Distinct names without a record, in the spelling of their first row."""
    return sql.SQL(
        f"WITH {_NAMES} SELECT (array_agg(n.name ORDER BY n.row_no))[1] {_MISSING} "
        "AND NOT EXISTS (SELECT 1 FROM {problems} p WHERE p.row_no = s.row_no) GROUP BY n.k ORDER BY min(n.row_no)"
    ).format(**lookup_parts(staging, lookup), problems=staging.problems)


def unmatched_problems(staging: Staging, lookup: Lookup, *, own_column: str | None) -> Statement:
    """Names without a record become problems of their rows. Rows of the file itself cannot be named in a list."""
    del own_column
    return sql.SQL(
        f"WITH {_NAMES} INSERT INTO {{problems}} (row_no, column_no, code, params, value) "
        "SELECT n.row_no, %(column_no)s, 'related_not_matched', "
        f"%(params)s::jsonb || jsonb_build_object('value', n.name), n.name {_MISSING} "
        "AND NOT EXISTS (SELECT 1 FROM {problems} p WHERE p.row_no = s.row_no AND p.column_no = %(column_no)s)"
    ).format(**lookup_parts(staging, lookup), problems=staging.problems)

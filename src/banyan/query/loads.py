"""Bulk loads: a staging table beside the workspace, filled by COPY, checked and moved in whole sets.

Each statement works on all rows at once. Problems of rows are rows themselves, so a report is a query.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from banyan.metadata.catalog import DEPARTMENT_COLUMN, Field, Object
from banyan.query.writes import department_of

Statement = sql.Composed


@dataclass(frozen=True)
class Lookup:
    """A relation matched by a column of its target: `raw` holds the text of the cell in staging."""

    field: Field
    target: Object
    match: Field
    raw: str

    @property
    def many(self) -> bool:
        """Whether a cell may name several."""
        return self.field.kind.is_list


@dataclass(frozen=True)
class Staging:
    """The staging tables of one load and the object it feeds."""

    schema: str
    name: str
    obj: Object
    columns: tuple[str, ...]  # physical columns filled by COPY
    lookups: tuple[Lookup, ...]

    @property
    def rows(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.name)

    @property
    def problems(self) -> sql.Identifier:
        return sql.Identifier(self.schema, f"{self.name}_p")

    @property
    def table(self) -> sql.Identifier:
        return sql.Identifier(self.obj.schema, self.obj.table_name)


def _ddl(obj: Object, column: str) -> str:
    if column == "owner_id":
        return "uuid"
    field = obj.by_slug[column]
    return next(spec.ddl for spec in field.specs if field.physical(spec.suffix) == column)


def create_staging(staging: Staging) -> list[Statement]:
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(_ddl(staging.obj, column)))
        for column in staging.columns
    ]
    columns += [sql.SQL("{} text").format(sql.Identifier(lookup.raw)) for lookup in staging.lookups]
    return [
        sql.SQL(
            "CREATE UNLOGGED TABLE {} (row_no integer NOT NULL, id uuid NOT NULL DEFAULT uuidv7(), "
            "existing uuid, {})"
        ).format(staging.rows, sql.SQL(", ").join(columns)),
        sql.SQL(
            "CREATE UNLOGGED TABLE {} (row_no integer NOT NULL, column_no integer, code text NOT NULL, "
            "params jsonb NOT NULL DEFAULT '{{}}', value text)"
        ).format(staging.problems),
    ]


def catalog_version(schema: str) -> Statement:
    return sql.SQL("SELECT version FROM {}").format(sql.Identifier(schema, "meta_version"))


def drop_staging(staging: Staging) -> Statement:
    return sql.SQL("DROP TABLE IF EXISTS {}, {}").format(staging.rows, staging.problems)


def copy_rows(staging: Staging) -> Statement:
    names = ["row_no", *staging.columns, *(lookup.raw for lookup in staging.lookups)]
    return sql.SQL("COPY {} ({}) FROM STDIN").format(
        staging.rows, sql.SQL(", ").join(sql.Identifier(name) for name in names)
    )


def copy_problems(staging: Staging) -> Statement:
    return sql.SQL("COPY {} (row_no, column_no, code, params, value) FROM STDIN").format(staging.problems)


def index_staging(staging: Staging) -> list[Statement]:
    return [
        sql.SQL("CREATE INDEX ON {} (row_no)").format(staging.problems),
        sql.SQL("ANALYZE {}").format(staging.rows),
        sql.SQL("ANALYZE {}").format(staging.problems),
    ]


def order_staging(staging: Staging) -> Statement:
    """By the order of the file: without it each chunk of rows would be looked for in all of them."""
    return sql.SQL("CREATE INDEX ON {} (row_no)").format(staging.rows)


def match_lookup(staging: Staging, lookup: Lookup, predicate: str) -> Statement:
    """Point the relation at the one live, visible record whose match field is the cell's text, case aside.

    `predicate` is compiled text over the alias `r`; its binds are the caller's.
    """
    return sql.SQL(
        "WITH t AS (SELECT lower({match}::text) AS k, (array_agg(r.id))[1] AS id FROM {target} r "
        "WHERE r.deleted_at IS NULL AND {predicate} "
        "AND lower({match}::text) IN (SELECT DISTINCT lower({raw}) FROM {rows} WHERE {raw} IS NOT NULL) "
        "GROUP BY 1 HAVING count(*) = 1) "
        "UPDATE {rows} s SET {column} = t.id FROM t WHERE lower(s.{raw}) = t.k"
    ).format(**lookup_parts(staging, lookup), predicate=sql.SQL(predicate))


def ambiguous_lookup(staging: Staging, lookup: Lookup, predicate: str) -> Statement:
    """Cells that name several visible records become problems."""
    return sql.SQL(
        "WITH t AS (SELECT lower({match}::text) AS k FROM {target} r WHERE r.deleted_at IS NULL AND {predicate} "
        "AND lower({match}::text) IN (SELECT DISTINCT lower({raw}) FROM {rows} WHERE {raw} IS NOT NULL) "
        "GROUP BY 1 HAVING count(*) > 1) "
        "INSERT INTO {problems} (row_no, column_no, code, params, value) "
        "SELECT s.row_no, %(column_no)s, 'related_ambiguous', %(params)s::jsonb, s.{raw} "
        "FROM {rows} s JOIN t ON lower(s.{raw}) = t.k"
    ).format(**lookup_parts(staging, lookup), predicate=sql.SQL(predicate), problems=staging.problems)


def unmatched_values(staging: Staging, lookup: Lookup) -> Statement:
    """Distinct texts that match nothing yet, in the spelling of their first row."""
    return sql.SQL(
        "SELECT (array_agg(s.{raw} ORDER BY s.row_no))[1] FROM {rows} s "
        "WHERE s.{raw} IS NOT NULL AND s.{column} IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM {problems} p WHERE p.row_no = s.row_no) "
        "GROUP BY lower(s.{raw}) ORDER BY min(s.row_no)"
    ).format(**lookup_parts(staging, lookup), problems=staging.problems)


def unmatched_problems(staging: Staging, lookup: Lookup, *, own_column: str | None) -> Statement:
    """Cells without a record become problems; for a relation to the object itself, rows of this file count too."""
    own: sql.Composable = sql.SQL("")
    if own_column is not None:
        own = sql.SQL(" AND NOT EXISTS (SELECT 1 FROM {} o WHERE lower(o.{}::text) = lower(s.{}))").format(
            staging.rows, sql.Identifier(own_column), sql.Identifier(lookup.raw)
        )
    return sql.SQL(
        "INSERT INTO {problems} (row_no, column_no, code, params, value) "
        "SELECT s.row_no, %(column_no)s, 'related_not_matched', "
        "%(params)s::jsonb || jsonb_build_object('value', s.{raw}), s.{raw} "
        "FROM {rows} s WHERE s.{raw} IS NOT NULL AND s.{column} IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM {problems} p WHERE p.row_no = s.row_no AND p.column_no = %(column_no)s){own}"
    ).format(**lookup_parts(staging, lookup), problems=staging.problems, own=own)


def lookup_parts(staging: Staging, lookup: Lookup) -> dict[str, sql.Composable]:
    return {
        "match": sql.SQL("r.{}").format(sql.Identifier(lookup.match.physical())),
        "target": sql.Identifier(lookup.target.schema, lookup.target.table_name),
        "raw": sql.Identifier(lookup.raw),
        "rows": staging.rows,
        "column": sql.Identifier(lookup.field.physical()),
    }


def values_in_file(staging: Staging, column: str) -> Statement:
    return sql.SQL("SELECT lower({}) FROM {}").format(sql.Identifier(column), staging.rows)


def copy_into(obj: Object, columns: Sequence[str]) -> Statement:
    """Straight into the record table, past staging."""
    return sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(obj.schema, obj.table_name),
        sql.SQL(", ").join(sql.Identifier(name) for name in columns),
    )


def match_key(staging: Staging, key: Field, predicate: str) -> Statement:
    """Rows whose key belongs to a record the actor may update become updates of it."""
    return sql.SQL(
        "UPDATE {rows} s SET existing = r.id FROM {table} r "
        "WHERE r.deleted_at IS NULL AND r.{column} = s.{column} AND {predicate}"
    ).format(
        rows=staging.rows,
        table=staging.table,
        column=sql.Identifier(key.physical()),
        predicate=sql.SQL(predicate),
    )


def duplicate_in_file(staging: Staging, field: Field) -> Statement:
    """Later rows with a value an earlier one has."""
    return sql.SQL(
        "INSERT INTO {problems} (row_no, column_no, code, params, value) SELECT d.row_no, %(column_no)s, "
        "'row_duplicate_key', jsonb_build_object('field', %(label)s::text, 'first', d.first), d.v FROM "
        "(SELECT row_no, {column}::text AS v, min(row_no) OVER (PARTITION BY {column}) AS first FROM {rows} "
        "WHERE {column} IS NOT NULL) d WHERE d.row_no <> d.first"
    ).format(problems=staging.problems, rows=staging.rows, column=sql.Identifier(field.physical()))


def taken_values(staging: Staging, field: Field) -> Statement:
    """Values another live record has already, seen or not: uniqueness holds across the whole table."""
    return sql.SQL(
        "INSERT INTO {problems} (row_no, column_no, code, value) SELECT s.row_no, %(column_no)s, 'not_unique', "
        "s.{column}::text FROM {rows} s JOIN {table} r ON r.{column} = s.{column} AND r.deleted_at IS NULL "
        "WHERE s.existing IS DISTINCT FROM r.id"
    ).format(
        problems=staging.problems,
        rows=staging.rows,
        table=staging.table,
        column=sql.Identifier(field.physical()),
    )


def twice_together(staging: Staging, fields: Sequence[Field]) -> Statement:
    """Later rows that are alike an earlier one in all of `fields`. Binds: column_no, label."""
    return sql.SQL(
        "INSERT INTO {problems} (row_no, column_no, code, params) SELECT d.row_no, %(column_no)s, "
        "'not_unique_together', jsonb_build_object('fields', %(label)s::text) FROM (SELECT row_no, "
        "min(row_no) OVER (PARTITION BY {columns}) AS first FROM {rows} WHERE {filled}) d WHERE d.row_no <> d.first"
    ).format(problems=staging.problems, rows=staging.rows, **_together(fields))


def taken_together(staging: Staging, fields: Sequence[Field]) -> Statement:
    """Rows alike another live record in all of `fields`, seen or not. Binds: column_no, label."""
    same = sql.SQL(" AND ").join(
        sql.SQL("r.{0} = s.{0}").format(sql.Identifier(field.physical())) for field in fields
    )
    return sql.SQL(
        "INSERT INTO {problems} (row_no, column_no, code, params) SELECT s.row_no, %(column_no)s, "
        "'not_unique_together', jsonb_build_object('fields', %(label)s::text) FROM {rows} s JOIN {table} r ON {same} "
        "AND r.deleted_at IS NULL WHERE s.existing IS DISTINCT FROM r.id"
    ).format(problems=staging.problems, rows=staging.rows, table=staging.table, same=same)


def _together(fields: Sequence[Field]) -> dict[str, sql.Composable]:
    columns = [sql.Identifier(field.physical()) for field in fields]
    filled = [sql.SQL("{} IS NOT NULL").format(column) for column in columns]
    return {"columns": sql.SQL(", ").join(columns), "filled": sql.SQL(" AND ").join(filled)}


def own_by_default(staging: Staging, raw: str) -> Statement:
    """New rows whose owner is left blank belong to the one who imports. Binds: me."""
    return sql.SQL(
        "UPDATE {} SET owner_id = %(me)s::uuid WHERE owner_id IS NULL AND {} IS NULL AND existing IS NULL"
    ).format(staging.rows, sql.Identifier(raw))


def foreign_owner(staging: Staging, transfer: str) -> Statement:
    """Rows that would belong to somebody they may not be given to.

    New rows: to one of `people` or somebody in `departments` (when `creating` says that this is all there is to check).
    Known rows: another owner needs the right to transfer (`transfer` is compiled text over the alias `r`).
    """
    return sql.SQL(
        "INSERT INTO {problems} (row_no, column_no, code) SELECT s.row_no, NULL, 'outside_own_scope' FROM {rows} s "
        "LEFT JOIN {table} r ON r.id = s.existing WHERE CASE WHEN s.existing IS NULL THEN %(creating)s AND NOT "
        "(coalesce(s.owner_id = ANY(%(people)s::uuid[]), false) "
        "OR coalesce({department} = ANY(%(departments)s::uuid[]), false)) "
        "ELSE s.owner_id IS NOT NULL AND s.owner_id IS DISTINCT FROM r.owner_id "
        "AND NOT coalesce(({transfer}), false) END"
    ).format(
        problems=staging.problems,
        rows=staging.rows,
        table=staging.table,
        department=department_of(staging.obj, sql.SQL("s.owner_id")),
        transfer=sql.SQL(transfer),
    )


def beyond_reach(staging: Staging, predicate: str) -> Statement:
    """How many rows of this load the actor could not have created one by one. `predicate` is text over `r`."""
    return sql.SQL(
        "SELECT count(*) FROM {} s JOIN {} r ON r.id = s.id WHERE s.existing IS NULL AND NOT coalesce({}, false)"
    ).format(staging.rows, staging.table, sql.SQL(predicate))


def updated_beyond_reach(staging: Staging, predicate: str) -> Statement:
    """How many rows this load has changed so that the actor could not have, one by one. `predicate` is text over `r`.

    A record given away leaves one's reach: that is what the right to transfer is for. Binds: object_id, import_id.
    """
    return sql.SQL(
        "SELECT count(*) FROM {history} h JOIN {table} r ON r.id = h.record_id WHERE h.import_id = %(import_id)s::uuid "
        "AND h.object_id = %(object_id)s::uuid AND h.action = 'update' AND NOT h.changes ? 'owner_id' "
        "AND h.record_id IN (SELECT s.existing FROM {rows} s) AND NOT coalesce({predicate}, false)"
    ).format(
        history=sql.Identifier(staging.obj.schema, "record_history"),
        table=staging.table,
        rows=staging.rows,
        predicate=sql.SQL(predicate),
    )


def tally(staging: Staging) -> Statement:
    """Rows, to create, to update, to reject."""
    return sql.SQL(
        "WITH bad AS (SELECT DISTINCT row_no FROM {problems}) SELECT count(*), "
        "count(*) FILTER (WHERE bad.row_no IS NULL AND s.existing IS NULL), "
        "count(*) FILTER (WHERE bad.row_no IS NULL AND s.existing IS NOT NULL), "
        "count(bad.row_no) FROM {rows} s LEFT JOIN bad USING (row_no)"
    ).format(problems=staging.problems, rows=staging.rows)


def problem_counts(staging: Staging) -> Statement:
    return sql.SQL(
        "SELECT column_no, code, count(*) FROM {} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 200"
    ).format(staging.problems)


def problem_rows(staging: Staging) -> Statement:
    """Binds: limit."""
    return sql.SQL(
        "SELECT row_no, column_no, code, params, value FROM {} ORDER BY row_no, column_no LIMIT %(limit)s"
    ).format(staging.problems)


GOOD = "NOT EXISTS (SELECT 1 FROM {problems} p WHERE p.row_no = s.row_no)"


def rows_to_create(staging: Staging) -> sql.Composed:
    """The good new rows of a load."""
    return sql.SQL("SELECT * FROM {rows} s WHERE s.existing IS NULL AND " + GOOD).format(
        rows=staging.rows, problems=staging.problems
    )


def relate_to_itself(staging: Staging, lookup: Lookup) -> Statement:
    """A relation to the object itself: the one good row of this file that is so called. Before anything is moved."""
    return sql.SQL(
        "UPDATE {rows} s SET {column} = o.id FROM (SELECT lower(n.{match}::text) AS k, "
        "(array_agg(coalesce(n.existing, n.id)))[1] AS id FROM {rows} n WHERE NOT EXISTS (SELECT 1 FROM {problems} p "
        "WHERE p.row_no = n.row_no) GROUP BY 1 HAVING count(*) = 1) o "
        "WHERE o.k = lower(s.{raw}) AND s.{column} IS NULL AND o.id <> coalesce(s.existing, s.id)"
    ).format(**_own_parts(staging, lookup))


def unrelated_to_itself(staging: Staging, lookup: Lookup) -> Statement:
    """Good rows that name none or several good rows of this file become problems; repeat until none is left.

    A rejected row takes those that hang on it with it: a record must not lose its relation in silence.
    """
    return sql.SQL(
        "INSERT INTO {problems} (row_no, column_no, code, params, value) SELECT s.row_no, %(column_no)s, "
        "CASE WHEN o.found > 1 THEN 'related_ambiguous' ELSE 'related_not_matched' END, "
        "%(params)s::jsonb || jsonb_build_object('value', s.{raw}), s.{raw} "
        "FROM {rows} s LEFT JOIN (SELECT lower(n.{match}::text) AS k, count(*) AS found FROM {rows} n "
        "WHERE NOT EXISTS (SELECT 1 FROM {problems} p WHERE p.row_no = n.row_no) GROUP BY 1) o ON o.k = lower(s.{raw}) "
        "WHERE s.{raw} IS NOT NULL AND s.{column} IS NULL AND o.found IS DISTINCT FROM 1 "
        "AND EXISTS (SELECT 1 FROM {rows} n WHERE lower(n.{match}::text) = lower(s.{raw})) "
        "AND NOT EXISTS (SELECT 1 FROM {problems} p WHERE p.row_no = s.row_no)"
    ).format(**_own_parts(staging, lookup))


def _own_parts(staging: Staging, lookup: Lookup) -> dict[str, sql.Composable]:
    return {
        "rows": staging.rows,
        "problems": staging.problems,
        "column": sql.Identifier(lookup.field.physical()),
        "match": sql.Identifier(lookup.match.physical()),
        "raw": sql.Identifier(lookup.raw),
    }


def good_rows(staging: Staging) -> Statement:
    """A chunk of good rows: row number, id, id of the record it is an update of. Binds: last, limit."""
    return sql.SQL(
        "SELECT s.row_no, s.id, s.existing FROM {rows} s WHERE s.row_no > %(last)s AND "
        + GOOD
        + " ORDER BY s.row_no LIMIT %(limit)s"
    ).format(rows=staging.rows, problems=staging.problems)


def loaded_ids(staging: Staging) -> Statement:
    """Ids of the records this load has written, new and known."""
    return sql.SQL("SELECT coalesce(s.existing, s.id) FROM {rows} s WHERE " + GOOD).format(
        rows=staging.rows, problems=staging.problems
    )


def update_records(staging: Staging, columns: Sequence[str], predicate: str) -> Statement:
    """Bring matched records to the file's values, with history. An empty cell leaves the record's value alone."""
    sets: list[sql.Composable] = [
        sql.SQL("{0} = coalesce(s.{0}, r.{0})").format(sql.Identifier(c)) for c in columns
    ]
    if "owner_id" in columns:
        of_owner = department_of(staging.obj, sql.SQL("coalesce(s.owner_id, r.owner_id)"))
        sets.append(sql.SQL("{} = {}").format(sql.Identifier(DEPARTMENT_COLUMN), of_owner))
    return sql.SQL(
        "WITH w AS (UPDATE {table} r SET {sets}, version = r.version + 1, updated_at = now(), "
        "updated_by = %(actor)s::uuid FROM {rows} s WHERE r.id = s.existing AND r.deleted_at IS NULL "
        "AND {predicate} AND " + GOOD + " "
        "RETURNING r.id, new.version, to_jsonb(old.*) AS o, to_jsonb(new.*) AS n), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, import_id, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'update', %(actor)s::uuid, %(kind)s, %(import_id)s::uuid, "
        "(SELECT coalesce(jsonb_object_agg(e.key, jsonb_build_array(w.o -> e.key, e.value)), '{{}}') "
        "FROM jsonb_each(w.n) e WHERE (w.o -> e.key IS DISTINCT FROM e.value "
        "OR w.o -> (%(companions)s::jsonb ->> e.key) IS DISTINCT FROM w.n -> (%(companions)s::jsonb ->> e.key)) "
        "AND e.key <> ALL (%(untracked)s::text[])) FROM w) SELECT count(*) FROM w"
    ).format(
        table=staging.table,
        sets=sql.SQL(", ").join(sets),
        rows=staging.rows,
        problems=staging.problems,
        predicate=sql.SQL(predicate),
        history=sql.Identifier(staging.obj.schema, "record_history"),
    )


def undoable_ids(obj: Object, predicate: str) -> Statement:
    """Records that `undo_load` would remove. Binds: import_id."""
    return sql.SQL(
        "SELECT r.id FROM {table} r JOIN {history} h ON h.record_id = r.id WHERE h.import_id = %(import_id)s::uuid "
        "AND h.action = 'import' AND r.version = 1 AND r.deleted_at IS NULL AND {predicate}"
    ).format(
        history=sql.Identifier(obj.schema, "record_history"),
        table=sql.Identifier(obj.schema, obj.table_name),
        predicate=sql.SQL(predicate),
    )


def undo_load(obj: Object, predicate: str) -> Statement:
    """Into the trash what a load created and nobody has changed since, with history. Returns removed, kept."""
    return sql.SQL(
        "WITH made AS (SELECT record_id FROM {history} WHERE import_id = %(import_id)s::uuid AND action = 'import'), "
        "w AS (UPDATE {table} r SET deleted_at = now(), version = r.version + 1, updated_at = now(), "
        "updated_by = %(actor)s::uuid FROM made WHERE r.id = made.record_id AND r.version = 1 "
        "AND r.deleted_at IS NULL AND {predicate} RETURNING r.id, r.version), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'delete', %(actor)s::uuid, %(kind)s, '{{}}' FROM w) "
        "SELECT (SELECT count(*) FROM w), (SELECT count(*) FROM made m JOIN {table} r ON r.id = m.record_id "
        "WHERE r.deleted_at IS NULL) - (SELECT count(*) FROM w)"
    ).format(
        history=sql.Identifier(obj.schema, "record_history"),
        table=sql.Identifier(obj.schema, obj.table_name),
        predicate=sql.SQL(predicate),
    )

"""Write statements over sets of rows. A row travels as JSON under physical column names; PostgreSQL types it.

Each statement writes the rows and their history in one round trip: of a new row its values, of a changed one old and
new (from RETURNING) of each column that differs. Row predicates of the actor stand in the WHERE of updates, so a row
out of scope is never touched.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg import sql

from banyan.access.model import Action
from banyan.access.policy import Policy
from banyan.db.compile import compile_statement
from banyan.metadata.catalog import DEPARTMENT_COLUMN, Object
from banyan.query.foreseen import FRESH, ROW, Foreseen, beginnings
from banyan.query.lower import Binds, Source, bind_values, lower
from banyan.query.predicates import row_predicate
from banyan.query.resolve import Resolver
from banyan.query.resolved import ResolvedFilter

_KEPT: OrderedDict[Hashable, str] = OrderedDict()
_MOST_KEPT = 1_000


def _kept(key: Hashable, make: Callable[[], sql.Composed]) -> str:
    """Statement text by key: put together once, so that the driver finds it prepared."""
    found = _KEPT.get(key)
    if found is None:
        found = _KEPT[key] = make().as_string()
        if len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    return found


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)


def insert_rows(obj: Object, columns: Sequence[str], foreseen: Foreseen) -> str:
    """Binds: rows (JSON array), object_id, actor, kind, untracked, and those of `foreseen`. Returns id and version."""
    return _kept(
        ("insert", obj.schema, obj.table_name, tuple(columns), obj.owner_department, foreseen.text),
        lambda: _insert(obj, columns, foreseen),
    )


def _insert(obj: Object, columns: Sequence[str], foreseen: Foreseen) -> sql.Composed:
    actor = sql.SQL("%(actor)s::uuid")
    given: dict[str, sql.Composable] = {
        "id": sql.SQL("i.id"),
        "created_by": actor,
        "updated_by": actor,
        DEPARTMENT_COLUMN: department_of(obj, sql.SQL("i.owner_id")),
        **{name: sql.SQL("i.{}").format(sql.Identifier(name)) for name in columns},
    }
    table = sql.Identifier(obj.schema, obj.table_name)
    rows = sql.SQL("FROM jsonb_populate_recordset(NULL::{}, %(rows)s::jsonb) i").format(table)
    names = list(given)
    chosen = sql.SQL("SELECT {} {}").format(sql.SQL(", ").join(given.values()), rows)
    fresh: sql.Composable = sql.SQL("")
    if foreseen.columns:
        names = [*given, *(name for name in foreseen.columns if name not in given)]
        whole = {**beginnings(foreseen.obj), **given, ROW: sql.SQL("NULL::bigint")}
        begun = [sql.SQL("{} AS {}").format(value, sql.Identifier(name)) for name, value in whole.items()]
        fresh = sql.SQL("{} AS (SELECT {} {}), ").format(
            sql.Identifier(FRESH), sql.SQL(", ").join(begun), rows
        )
        chosen = sql.SQL("SELECT {} FROM ({}) n").format(_names(names), sql.SQL(foreseen.text))
    return sql.SQL(
        "WITH {fresh}w AS (INSERT INTO {table} AS t ({names}) {chosen} "
        "RETURNING t.id, t.version, to_jsonb(t.*) AS n), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'create', %(actor)s::uuid, %(kind)s, "
        "jsonb_strip_nulls(w.n - %(untracked)s::text[]) FROM w) "
        "SELECT id, version FROM w"
    ).format(
        fresh=fresh,
        table=table,
        names=_names(names),
        chosen=chosen,
        history=sql.Identifier(obj.schema, "record_history"),
    )


def department_of(obj: Object, owner: sql.Composable) -> sql.Composable:
    """The department of the person `owner`, which becomes the record's: stamped by every statement that sets one."""
    people = obj.owner_department
    if people is None:
        return sql.SQL("NULL::uuid")
    return sql.SQL("(SELECT u.{} FROM {} u WHERE u.id = {})").format(
        sql.Identifier(people.column), sql.Identifier(obj.schema, people.table_name), owner
    )


def update_rows(
    obj: Object, columns: Sequence[str], predicate: ResolvedFilter, *, action: str = "update"
) -> tuple[str, dict[str, Any]]:
    """Update `columns` of rows given as JSON with `id` and the expected `version` (null: any).

    `action` delete and restore set `deleted_at` and take no columns. Binds beside the returned ones: rows, object_id,
    actor, kind, untracked. Returns id and version of each row touched.
    """
    key = (
        "update",
        obj.schema,
        obj.table_name,
        tuple(columns),
        predicate.shape,
        action,
        obj.owner_department,
    )
    return _kept(key, lambda: _update(obj, columns, predicate, action)), bind_values(predicate)


def _update(obj: Object, columns: Sequence[str], predicate: ResolvedFilter, action: str) -> sql.Composed:
    assignments: list[sql.Composable] = [
        sql.SQL("{0} = i.{0}").format(sql.Identifier(column)) for column in columns
    ]
    if "owner_id" in columns:
        of_owner = department_of(obj, sql.SQL("i.owner_id"))
        assignments.append(sql.SQL("{} = {}").format(sql.Identifier(DEPARTMENT_COLUMN), of_owner))
    if action in ("delete", "restore"):
        assignments.append(sql.SQL("deleted_at = now()" if action == "delete" else "deleted_at = NULL"))
    state = sql.SQL("IS NOT NULL" if action == "restore" else "IS NULL")
    return sql.SQL(
        "WITH w AS (UPDATE {table} AS r SET {assignments}version = r.version + 1, updated_at = now(), "
        "updated_by = %(actor)s::uuid "
        "FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(id uuid, expected integer), "
        "jsonb_populate_recordset(NULL::{table}, %(rows)s::jsonb) AS i "
        "WHERE r.id = i.id AND x.id = i.id AND (x.expected IS NULL OR r.version = x.expected) "
        "AND r.deleted_at {state} AND {predicate} "
        "RETURNING r.id, new.version, to_jsonb(old.*) AS o, to_jsonb(new.*) AS n), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, {action}, %(actor)s::uuid, %(kind)s, "
        "(SELECT coalesce(jsonb_object_agg(e.key, jsonb_build_array(w.o -> e.key, e.value)), '{{}}') "
        "FROM jsonb_each(w.n) e WHERE (w.o -> e.key IS DISTINCT FROM e.value "
        "OR w.o -> (%(companions)s::jsonb ->> e.key) IS DISTINCT FROM w.n -> (%(companions)s::jsonb ->> e.key)) "
        "AND e.key <> ALL (%(untracked)s::text[])) FROM w) "
        "SELECT id, version FROM w"
    ).format(
        table=sql.Identifier(obj.schema, obj.table_name),
        assignments=sql.SQL("").join(sql.SQL("{}, ").format(each) for each in assignments),
        state=state,
        predicate=sql.SQL(predicate_sql(obj, predicate)),
        history=sql.Identifier(obj.schema, "record_history"),
        action=sql.Literal(action),
    )


def predicate_sql(obj: Object, predicate: ResolvedFilter) -> str:
    """The row predicate over the alias `r`, with its numbered binds. Compiled text, never caller's text.

    In parentheses: statements put more conditions beside it, and an OR must not reach past its own.
    """
    binds = Binds()
    binds.number(predicate)
    table = obj.table.alias("r")
    return f"({compile_statement(lower(predicate, Source(table, {}, binds), binds)).sql})"


def predicate_binds(predicate: ResolvedFilter) -> dict[str, Any]:
    return bind_values(predicate)


def write_predicate(policy: Policy, resolver: Resolver, obj: Object, action: Action) -> ResolvedFilter:
    """Rows of `obj` the actor may `action`. Raises Denied when none could be."""
    policy.require(obj.grant_key, action)
    return row_predicate(policy, resolver, obj, action)


def visible_ids(
    obj: Object, predicate: ResolvedFilter, *, include_deleted: bool = False
) -> tuple[str, dict[str, Any]]:
    """Which of the bound `ids` satisfy `predicate`: id, version, deleted."""

    def make() -> sql.Composed:
        return sql.SQL(
            "SELECT r.id, r.version, r.deleted_at IS NOT NULL FROM {} AS r WHERE r.id = ANY(%(ids)s::uuid[]) AND {}{}"
        ).format(
            sql.Identifier(obj.schema, obj.table_name),
            sql.SQL(predicate_sql(obj, predicate)),
            sql.SQL("" if include_deleted else " AND r.deleted_at IS NULL"),
        )

    key = ("visible", obj.schema, obj.table_name, predicate.shape, include_deleted)
    return _kept(key, make), bind_values(predicate)


def owners_of(obj: Object) -> str:
    """Owners of the bound `ids`, locked until the end of the transaction: who owns decides who may give away."""
    return _kept(
        ("owners", obj.schema, obj.table_name),
        lambda: sql.SQL(
            "SELECT r.id, r.owner_id FROM {} AS r WHERE r.id = ANY(%(ids)s::uuid[]) FOR UPDATE"
        ).format(sql.Identifier(obj.schema, obj.table_name)),
    )


_NEXT = (
    "INSERT INTO {} AS a (field_id, period, last) VALUES (%(field)s, %(period)s, %(count)s) "
    "ON CONFLICT (field_id, period) DO UPDATE SET last = a.last + EXCLUDED.last RETURNING a.last"
)


@lru_cache(maxsize=256)
def next_numbers(schema: str) -> str:
    """Take `count` numbers of a counter; the row lock makes them unique. Binds: field, period, count."""
    return sql.SQL(_NEXT).format(sql.Identifier(schema, "autonumber")).as_string()


@lru_cache(maxsize=256)
def next_numbers_apart(schema: str) -> str:
    """As `next_numbers`, in a transaction of its own. `commit`: whether that waits for the disk, on or off."""
    return next_numbers(schema) + ", set_config('synchronous_commit', %(commit)s, true)"


@lru_cache(maxsize=256)
def history_page(schema: str) -> str:
    """History of records, newest first. Binds: object_id, records, before and by (ids or null), limit."""
    return (
        sql.SQL(
            "SELECT id, to_json(at) #>> '{{}}', actor_id, actor_kind, action, version, changes, record_id FROM {} "
            "WHERE record_id = ANY(%(records)s::uuid[]) AND object_id = %(object_id)s "
            "AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid) "
            "AND (%(by)s::uuid IS NULL OR actor_id = %(by)s::uuid) ORDER BY id DESC LIMIT %(limit)s"
        )
        .format(sql.Identifier(schema, "record_history"))
        .as_string()
    )


def key_matches(obj: Object, column: str) -> sql.Composed:
    """Ids of live rows whose unique column equals one of the bound `values` (as text): value, id, version."""
    return sql.SQL(
        "SELECT {column}::text, id, version FROM {table} WHERE deleted_at IS NULL AND {column} = "
        "ANY(%(values)s::{type}[])"
    ).format(
        column=sql.Identifier(column),
        table=sql.Identifier(obj.schema, obj.table_name),
        type=sql.SQL(_ddl_of(obj, column)),
    )


def _ddl_of(obj: Object, column: str) -> str:
    field = obj.by_slug[column]
    return next(spec.ddl for spec in field.specs if field.physical(spec.suffix) == column)


def as_document(value: Mapping[str, Any]) -> str:
    import orjson

    return orjson.dumps(dict(value)).decode()


def as_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as the JSON text the statements take."""
    import orjson

    return orjson.dumps(rows).decode()

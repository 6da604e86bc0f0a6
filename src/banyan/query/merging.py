"""Statements of merging: everything that names one record comes to name another, set by set, and is noted for undoing.

Each moving statement writes the rows, their history and the ledger in one go, for any number of merges at once. Binds
of all: others, survivors and merges, arrays side by side.
"""

from dataclasses import dataclass

from psycopg import sql

from banyan.metadata.catalog import Field, Object

Statement = sql.Composed


@dataclass(frozen=True)
class Attached:
    """A table of the house whose rows hang on a record. `keys` tell rows of one record apart; `where` which go."""

    table: str
    keys: tuple[str, ...] = ("id",)
    distinct: tuple[str, ...] = ()  # of rows that are alike in these, one stays with the survivor
    where: str = "true"


# Who owned the merged records until when goes too; a period that is open ends with the record it is of.
ATTACHED = (
    Attached("comment"),
    Attached("timeline_pin", ("item_key",), ("item_key",)),
    Attached("record_share", ("id",), ("object_id", "kind", "principal")),
    Attached("recent", ("user_id",), ("user_id",)),
    Attached("today_snooze", ("user_id", "reason"), ("user_id", "reason")),
    Attached("owner_period", ("id",), (), "t.until_at IS NOT NULL"),
    Attached("file", ("id",)),
)
_GROUPS = "unnest(%(others)s::uuid[], %(survivors)s::uuid[], %(merges)s::uuid[]) AS g(other, survivor, merge)"
_LEDGER = "INSERT INTO {ledger} (merge_id, place, row_key, from_id, before, after) "
_HISTORY = (
    "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
    "SELECT %(object_id)s::uuid, w.id, w.version, 'update', %(actor)s::uuid, %(kind)s, "
    "jsonb_build_object({name}::text, jsonb_build_array(to_jsonb(w.o), to_jsonb(w.n))) FROM w)"
)
_STAMP = "version = r.version + 1, updated_at = now(), updated_by = %(actor)s::uuid"


def _parts(obj: Object, field: Field) -> dict[str, sql.Composable]:
    column = field.physical()
    return {
        "table": sql.Identifier(obj.schema, obj.table_name),
        "column": sql.Identifier(column),
        "name": sql.Literal(column),
        "history": sql.Identifier(obj.schema, "record_history"),
        "ledger": sql.Identifier(obj.schema, "record_moved"),
        "stamp": sql.SQL(_STAMP),
    }


def _of_kind(field: Field) -> sql.Composable:
    """Of a relation to one of several objects, the rows that mean this one."""
    kinds = [spec.suffix for spec in field.specs if spec.suffix == "__obj"]
    if not kinds:
        return sql.SQL("true")
    return sql.SQL("r.{} = ANY(%(names)s::text[])").format(sql.Identifier(field.physical("__obj")))


def pointing_ids(obj: Object, field: Field) -> Statement:
    """Live and trashed rows of `obj` that name one of `others`, without these themselves; locked."""
    test = (
        "r.{column} && %(others)s::uuid[]" if field.kind.is_list else "r.{column} = ANY(%(others)s::uuid[])"
    )
    return sql.SQL(
        f"SELECT r.id FROM {{table}} r WHERE {test} AND {{kind}} AND r.id <> ALL(%(others)s::uuid[]) FOR UPDATE"
    ).format(**_parts(obj, field), kind=_of_kind(field))


def count_pointing(obj: Object, field: Field) -> Statement:
    """How many live rows name each of the bound `ids`: id, count."""
    parts = {**_parts(obj, field), "kind": _of_kind(field)}
    if field.kind.is_list:
        text = (
            "SELECT e.id, count(*) FROM {table} r CROSS JOIN LATERAL unnest(r.{column}) AS e(id) "
            "WHERE r.{column} && %(ids)s::uuid[] AND e.id = ANY(%(ids)s::uuid[]) AND r.deleted_at IS NULL GROUP BY 1"
        )
    else:
        text = (
            "SELECT r.{column}, count(*) FROM {table} r WHERE r.{column} = ANY(%(ids)s::uuid[]) "
            "AND r.deleted_at IS NULL AND {kind} GROUP BY 1"
        )
    return sql.SQL(text).format(**parts)


def move_single(obj: Object, field: Field) -> Statement:
    """The bound `ids` name their survivor now, never themselves. Binds also: ids, place, object_id, actor, kind."""
    return sql.SQL(
        "WITH w AS (UPDATE {table} r SET {column} = CASE WHEN r.id = g.survivor THEN NULL ELSE g.survivor END, {stamp} "
        "FROM {groups} WHERE r.id = ANY(%(ids)s::uuid[]) AND r.{column} = g.other AND {kind} "
        "RETURNING r.id, r.version, g.merge, old.{column} AS o, new.{column} AS n), "
        + _HISTORY
        + " "
        + _LEDGER
        + "SELECT w.merge, %(place)s, w.id::text, w.o, to_jsonb(w.o), to_jsonb(w.n) FROM w"
    ).format(**_parts(obj, field), kind=_of_kind(field), groups=sql.SQL(_GROUPS))


def move_list(obj: Object, field: Field) -> Statement:
    """In lists the survivor stands where the first of the merged ones stood, once. For one `survivor`, `merge`."""
    return sql.SQL(
        "WITH w AS (UPDATE {table} r SET {column} = (SELECT array_agg(d.id ORDER BY d.place) FROM ("
        "SELECT CASE WHEN e.id = ANY(%(others)s::uuid[]) THEN %(survivor)s::uuid ELSE e.id END AS id, min(e.place) "
        "AS place FROM unnest(r.{column}) WITH ORDINALITY AS e(id, place) GROUP BY 1) d), {stamp} "
        "WHERE r.id = ANY(%(ids)s::uuid[]) AND r.{column} && %(others)s::uuid[] "
        "RETURNING r.id, r.version, old.{column} AS o, new.{column} AS n), "
        + _HISTORY
        + " "
        + _LEDGER
        + "SELECT %(merge)s::uuid, %(place)s, w.id::text, %(survivor)s::uuid, to_jsonb(w.o), to_jsonb(w.n) FROM w"
    ).format(**_parts(obj, field))


def return_ids(obj: Object, field: Field) -> Statement:
    """Rows that a merge moved and that still stand as it left them: id. Binds: merge, place. Locked."""
    return sql.SQL(
        "SELECT r.id FROM {table} r JOIN {ledger} m ON m.row_key = r.id::text WHERE m.merge_id = %(merge)s::uuid "
        "AND m.place = %(place)s AND coalesce(to_jsonb(r.{column}), 'null') = coalesce(m.after, 'null') FOR UPDATE OF r"
    ).format(**_parts(obj, field))


def give_back(obj: Object, field: Field) -> Statement:
    """The bound `ids` name again what they named before. Binds: merge, place, ids, object_id, actor, kind."""
    value = (
        "(SELECT array_agg(e.id::uuid ORDER BY e.place) FROM jsonb_array_elements_text(m.before) "
        "WITH ORDINALITY AS e(id, place))"
        if field.kind.is_list
        else "m.from_id"
    )
    return sql.SQL(
        f"WITH w AS (UPDATE {{table}} r SET {{column}} = {value}, {{stamp}} FROM {{ledger}} m "
        "WHERE r.id = ANY(%(ids)s::uuid[]) AND m.merge_id = %(merge)s::uuid AND m.place = %(place)s "
        "AND m.row_key = r.id::text RETURNING r.id, r.version, old.{column} AS o, new.{column} AS n), "
        + _HISTORY
        + " SELECT count(*) FROM w"
    ).format(**_parts(obj, field))


def _key(attached: Attached, alias: str) -> sql.Composable:
    parts: list[sql.Composable] = [
        sql.SQL("{}.{}::text").format(sql.SQL(alias), sql.Identifier(key)) for key in attached.keys
    ]
    return sql.SQL(" || '|' || ").join(parts)


def move_attached(schema: str, attached: Attached) -> Statement:
    """Rows of a house table go to their survivor, but for what it has already. Binds: place."""
    keys = [sql.Identifier(key) for key in attached.distinct]
    same: list[sql.Composable] = [sql.SQL("s.{0} = t.{0}").format(key) for key in keys]
    alike = sql.SQL(" AND ").join(same or [sql.SQL("false")])
    apart = sql.SQL(", ").join([sql.SQL("g.survivor"), *(sql.SQL("t.{}").format(key) for key in keys)])
    picked = sql.SQL("DISTINCT ON ({}) ").format(apart) if keys else sql.SQL("")
    order = sql.SQL("ORDER BY {}").format(apart) if keys else sql.SQL("")
    return sql.SQL(
        "WITH pick AS (SELECT {picked}t.ctid AS place, g.survivor, g.merge FROM {groups} "
        "JOIN {table} t ON t.record_id = g.other WHERE {where} AND NOT EXISTS (SELECT 1 FROM {table} s "
        "WHERE s.record_id = g.survivor AND {alike}) {order}), "
        "w AS (UPDATE {table} t SET record_id = pick.survivor FROM pick WHERE t.ctid = pick.place "
        "RETURNING old.record_id AS o, pick.survivor AS n, pick.merge, {key} AS k) "
        + _LEDGER
        + "SELECT w.merge, %(place)s, w.k, w.o, to_jsonb(w.o), to_jsonb(w.n) FROM w"
    ).format(
        picked=picked,
        order=order,
        alike=alike,
        groups=sql.SQL(_GROUPS),
        where=sql.SQL(attached.where),
        key=_key(attached, "t"),
        table=sql.Identifier(schema, attached.table),
        ledger=sql.Identifier(schema, "record_moved"),
    )


def return_attached(schema: str, attached: Attached) -> Statement:
    """What of a house table still hangs on the survivor goes back. Binds: merge, place, survivor."""
    return sql.SQL(
        "UPDATE {table} t SET record_id = m.from_id FROM {ledger} m WHERE m.merge_id = %(merge)s::uuid "
        "AND m.place = %(place)s AND t.record_id = %(survivor)s::uuid AND {key} = m.row_key"
    ).format(
        table=sql.Identifier(schema, attached.table),
        ledger=sql.Identifier(schema, "record_moved"),
        key=_key(attached, "t"),
    )


def moved_counts(schema: str) -> Statement:
    """How many rows a merge moved, by place. Binds: merge."""
    return sql.SQL(
        "SELECT place, count(*) FROM {} WHERE merge_id = %(merge)s::uuid GROUP BY 1 ORDER BY 1"
    ).format(sql.Identifier(schema, "record_moved"))


def note_history(schema: str) -> Statement:
    """Entries in records' histories. Binds: object_id, records and versions side by side, action, actor, kind."""
    return sql.SQL(
        "INSERT INTO {} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s, e.record, e.version, %(action)s, %(actor)s, %(kind)s, '{{}}' "
        "FROM unnest(%(records)s::uuid[], %(versions)s::int[]) AS e(record, version)"
    ).format(sql.Identifier(schema, "record_history"))


def tell_merges(schema: str) -> Statement:
    """Write what survivors were and became. Binds side by side: merges, befores, afters, tolds (as text)."""
    return sql.SQL(
        "UPDATE {} m SET before = e.before::jsonb, after = e.after::jsonb, told = e.told::jsonb "
        "FROM unnest(%(merges)s::uuid[], %(befores)s::text[], %(afters)s::text[], %(tolds)s::text[]) "
        "AS e(id, before, after, told) WHERE m.id = e.id"
    ).format(sql.Identifier(schema, "record_merge"))


def moved_by_place(schema: str) -> Statement:
    """How many rows several merges moved: merge, place, count. Binds: merges."""
    return sql.SQL(
        "SELECT merge_id, place, count(*) FROM {} WHERE merge_id = ANY(%(merges)s::uuid[]) GROUP BY 1, 2"
    ).format(sql.Identifier(schema, "record_moved"))


def ancestors(schema: str) -> Statement:
    """Records merged into the bound `record`, directly or by way of others, and not undone: id, title."""
    return sql.SQL(
        "WITH RECURSIVE gone AS (SELECT d.record_id, d.title FROM {merged} d JOIN {merge} m ON m.id = d.merge_id "
        "WHERE d.survivor_id = %(record)s::uuid AND m.state = 'done' UNION SELECT d.record_id, d.title FROM gone "
        "JOIN {merged} d ON d.survivor_id = gone.record_id JOIN {merge} m ON m.id = d.merge_id AND m.state = 'done') "
        "SELECT record_id, title FROM gone LIMIT 1000"
    ).format(merged=sql.Identifier(schema, "record_merged"), merge=sql.Identifier(schema, "record_merge"))


def merged_into(schema: str) -> Statement:
    """What the bound `record` has become in the end: id; nothing where it was not merged."""
    return sql.SQL(
        "WITH RECURSIVE way AS (SELECT d.survivor_id AS id, 1 AS depth FROM {merged} d "
        "JOIN {merge} m ON m.id = d.merge_id WHERE d.record_id = %(record)s::uuid AND m.state = 'done' "
        "UNION SELECT d.survivor_id, way.depth + 1 FROM way "
        "JOIN {merged} d ON d.record_id = way.id JOIN {merge} m ON m.id = d.merge_id AND m.state = 'done' "
        "WHERE way.depth < 100) SELECT id FROM way ORDER BY depth DESC LIMIT 1"
    ).format(merged=sql.Identifier(schema, "record_merged"), merge=sql.Identifier(schema, "record_merge"))

"""Statements over the organisation and over everything a person owns: cycles, stamping, handing over."""

from psycopg import sql

from banyan.metadata.catalog import DEPARTMENT_COLUMN, Object

Statement = sql.Composed
_PEOPLE, _DEPARTMENTS = "r_user", "r_department"


def cycle(obj: Object, column: str) -> Statement:
    """A row of `obj` that is above itself through `column`, with the names on the way. Binds: ids (where to look)."""
    return sql.SQL(
        "WITH RECURSIVE up AS (SELECT r.id AS start, r.{column} AS above, ARRAY[r.{title}::text] AS way, 1 AS depth "
        "FROM {table} r WHERE r.id = ANY(%(ids)s::uuid[]) AND r.deleted_at IS NULL AND r.{column} IS NOT NULL "
        "UNION ALL SELECT up.start, r.{column}, up.way || r.{title}::text, up.depth + 1 FROM up "
        "JOIN {table} r ON r.id = up.above WHERE up.above <> up.start AND up.depth < 100) "
        "SELECT way FROM up WHERE above = start OR depth >= 100 LIMIT 1"
    ).format(
        column=sql.Identifier(column),
        title=sql.Identifier(obj.title.physical()),
        table=sql.Identifier(obj.schema, obj.table_name),
    )


def restamp(obj: Object, column: str) -> Statement:
    """Records follow their owner into another department; nothing else of them changes. Returns their ids.

    Binds: ids of people.
    """
    return sql.SQL(
        "UPDATE {table} r SET {department} = u.{column} FROM {people} u WHERE u.id = ANY(%(ids)s::uuid[]) "
        "AND r.owner_id = u.id AND r.{department} IS DISTINCT FROM u.{column} RETURNING r.id"
    ).format(
        table=sql.Identifier(obj.schema, obj.table_name),
        department=sql.Identifier(DEPARTMENT_COLUMN),
        column=sql.Identifier(column),
        people=sql.Identifier(obj.schema, _PEOPLE),
    )


def occupied_departments(schema: str) -> Statement:
    """Of the bound `ids`, a live department that still has people or departments in it: its id."""
    return sql.SQL(
        "SELECT d.id FROM unnest(%(ids)s::uuid[]) AS d(id) WHERE "
        "EXISTS (SELECT 1 FROM {people} u WHERE u.f_department = d.id AND u.deleted_at IS NULL) OR "
        "EXISTS (SELECT 1 FROM {departments} c WHERE c.f_parent = d.id AND c.deleted_at IS NULL "
        "AND c.id <> ALL(%(ids)s::uuid[])) LIMIT 1"
    ).format(people=sql.Identifier(schema, _PEOPLE), departments=sql.Identifier(schema, _DEPARTMENTS))


def owned_count(obj: Object) -> Statement:
    """How many live records of `obj` a person owns. Binds: person."""
    return sql.SQL("SELECT count(*) FROM {} WHERE owner_id = %(person)s AND deleted_at IS NULL").format(
        sql.Identifier(obj.schema, obj.table_name)
    )


def hand_over(obj: Object, department: sql.Composable) -> Statement:
    """Everything of `obj` that `from` owns becomes `to`'s, with history, and is noted for undoing. Returns the count.

    `department` is the expression of the new owner's department. Binds: from, to, actor, kind, object_id, handover.
    """
    return sql.SQL(
        "WITH w AS (UPDATE {table} r SET owner_id = %(to)s::uuid, {column} = {department}, version = r.version + 1, "
        "updated_at = now(), updated_by = %(actor)s::uuid WHERE r.owner_id = %(from)s::uuid AND r.deleted_at IS NULL "
        "RETURNING r.id, r.version), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'update', %(actor)s::uuid, %(kind)s, "
        "jsonb_build_object('owner_id', jsonb_build_array(%(from)s::text, %(to)s::text)) FROM w), "
        "n AS (INSERT INTO {items} (handover_id, object_id, record_id, version) "
        "SELECT %(handover)s::uuid, %(object_id)s::uuid, w.id, w.version FROM w) SELECT count(*) FROM w"
    ).format(**_parts(obj), department=department)


def handed_over(obj: Object) -> Statement:
    """Ids of the records of `obj` that a handover moved. Binds: handover, object_id."""
    return sql.SQL(
        "SELECT record_id FROM {} WHERE handover_id = %(handover)s::uuid AND object_id = %(object_id)s::uuid"
    ).format(sql.Identifier(obj.schema, "handover_item"))


def take_back(obj: Object, department: sql.Composable) -> Statement:
    """Undo `hand_over` for records that are still the receiver's. Returns how many came back and how many did not."""
    return sql.SQL(
        "WITH i AS (SELECT record_id FROM {items} WHERE handover_id = %(handover)s::uuid "
        "AND object_id = %(object_id)s::uuid), "
        "w AS (UPDATE {table} r SET owner_id = %(to)s::uuid, {column} = {department}, version = r.version + 1, "
        "updated_at = now(), updated_by = %(actor)s::uuid FROM i WHERE r.id = i.record_id "
        "AND r.owner_id = %(from)s::uuid AND r.deleted_at IS NULL RETURNING r.id, r.version), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'update', %(actor)s::uuid, %(kind)s, "
        "jsonb_build_object('owner_id', jsonb_build_array(%(from)s::text, %(to)s::text)) FROM w) "
        "SELECT (SELECT count(*) FROM w), (SELECT count(*) FROM i) - (SELECT count(*) FROM w)"
    ).format(**_parts(obj), department=department)


def _parts(obj: Object) -> dict[str, sql.Composable]:
    return {
        "table": sql.Identifier(obj.schema, obj.table_name),
        "column": sql.Identifier(DEPARTMENT_COLUMN),
        "history": sql.Identifier(obj.schema, "record_history"),
        "items": sql.Identifier(obj.schema, "handover_item"),
    }


def linked(obj: Object, column: str) -> Statement:
    """Live rows that name a person in `column`. Binds: person."""
    return sql.SQL("SELECT id FROM {} WHERE {} = %(person)s AND deleted_at IS NULL ORDER BY id").format(
        sql.Identifier(obj.schema, obj.table_name), sql.Identifier(column)
    )


def relink(obj: Object, column: str) -> Statement:
    """A person's place in `column` (head of department, manager) goes to another; nobody becomes their own.

    With history. Binds: from, to, actor, kind, object_id.
    """
    changed = sql.SQL(
        "UPDATE {table} r SET {column} = CASE WHEN r.id = %(to)s::uuid THEN NULL ELSE %(to)s::uuid END, "
        "version = r.version + 1, updated_at = now(), updated_by = %(actor)s::uuid "
        "WHERE r.{column} = %(from)s::uuid AND r.deleted_at IS NULL"
    )
    return _relinked(obj, column, changed)


def relink_some(obj: Object, column: str) -> Statement:
    """The way back for the bound `ids`, as far as they still name the receiver (or nobody). Binds as for `relink`."""
    changed = sql.SQL(
        "UPDATE {table} r SET {column} = %(to)s::uuid, version = r.version + 1, updated_at = now(), "
        "updated_by = %(actor)s::uuid WHERE r.id = ANY(%(ids)s::uuid[]) AND r.deleted_at IS NULL "
        "AND r.id <> %(to)s::uuid AND (r.{column} = %(from)s::uuid OR r.{column} IS NULL)"
    )
    return _relinked(obj, column, changed)


def _relinked(obj: Object, column: str, changed: sql.SQL) -> Statement:
    names = {"table": sql.Identifier(obj.schema, obj.table_name), "column": sql.Identifier(column)}
    return sql.SQL(
        "WITH w AS ({changed} RETURNING r.id, r.version, old.{column} AS o, new.{column} AS n) "
        "INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'update', %(actor)s::uuid, %(kind)s, "
        "jsonb_build_object({name}::text, jsonb_build_array(w.o, w.n)) FROM w"
    ).format(
        changed=changed.format(**names),
        column=names["column"],
        history=sql.Identifier(obj.schema, "record_history"),
        name=sql.Literal(column),
    )

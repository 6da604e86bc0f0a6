"""Records changing hands as set statements: out of a pool, back into it, from one person to another.

Each writes the rows, their history and the owner's period in one statement. What makes a claim safe stands in its
WHERE: nobody owns the record. Of any number of claimers the first to write it wins; the others then find it owned.
"""

from dataclasses import dataclass
from functools import lru_cache

from psycopg import sql

from banyan.metadata.catalog import DEPARTMENT_COLUMN, Object

Statement = sql.Composed
_NAMES = (
    "pool",
    "pooled_at",
    "pool_reason",
    "claimed_at",
    "first_contacted_at",
    "recycle_at",
    "protected_until",
    "pool_locked",
)


@dataclass(frozen=True)
class Kept:
    """Physical columns by which records of an object go in and out of pools."""

    pool: str
    pooled_at: str
    pool_reason: str
    claimed_at: str
    first_contacted_at: str
    recycle_at: str
    protected_until: str
    pool_locked: str

    @property
    def names(self) -> dict[str, sql.Composable]:
        return {name: sql.Identifier(getattr(self, name)) for name in _NAMES}


def kept_of(obj: Object) -> Kept | None:
    """None where the object keeps no pools, or somebody has taken one of the fields away."""
    found = {name: obj.field(name) for name in _NAMES}
    if any(field is None or not field.definition.managed for field in found.values()):
        return None
    return Kept(**{name: field.physical() for name, field in found.items() if field is not None})


def _parts(obj: Object, kept: Kept) -> dict[str, sql.Composable]:
    return {
        **kept.names,
        "table": sql.Identifier(obj.schema, obj.table_name),
        "department": sql.Identifier(DEPARTMENT_COLUMN),
        "history": sql.Identifier(obj.schema, "record_history"),
        "period": sql.Identifier(obj.schema, "owner_period"),
        "of_owner": _department(obj),
        "name_pool": sql.Literal(kept.pool),
        "name_claimed": sql.Literal(kept.claimed_at),
        "name_reason": sql.Literal(kept.pool_reason),
    }


def _department(obj: Object) -> sql.Composable:
    people = obj.owner_department
    if people is None:
        return sql.SQL("NULL::uuid")
    return sql.SQL("(SELECT u.{} FROM {} u WHERE u.id = x.person)").format(
        sql.Identifier(people.column), sql.Identifier(obj.schema, people.table_name)
    )


def give(obj: Object, kept: Kept) -> Statement:
    """Unowned records of a pool to people: claim, assignment, a request granted. Returns id, version, new owner.

    Binds: ids and people (side by side), pool, now, protected (moment or null), respond (moment or null), began, actor,
    kind, object_id, claimed_now.
    """
    return sql.SQL(
        "WITH w AS (UPDATE {table} r SET owner_id = x.person, {department} = {of_owner}, "
        "{claimed_at} = %(now)s::timestamptz, {first_contacted_at} = NULL, {pool_reason} = NULL, {recycle_at} = NULL, "
        "{protected_until} = %(protected)s::timestamptz, version = r.version + 1, updated_at = now(), "
        "updated_by = %(actor)s::uuid FROM unnest(%(ids)s::uuid[], %(people)s::uuid[]) AS x(id, person) "
        "WHERE r.id = x.id AND r.{pool} = %(pool)s::uuid AND r.owner_id IS NULL AND r.deleted_at IS NULL "
        "AND r.{pool_locked} IS NOT TRUE "
        "RETURNING r.id, new.version, new.owner_id, old.{claimed_at} AS claimed, old.{pool_reason} AS reason), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'update', %(actor)s::uuid, %(kind)s, "
        "jsonb_strip_nulls(jsonb_build_object('owner_id', jsonb_build_array(NULL, w.owner_id), "
        "{name_claimed}::text, jsonb_build_array(w.claimed, %(now)s::timestamptz), "
        "{name_reason}::text, CASE WHEN w.reason IS NOT NULL THEN jsonb_build_array(w.reason, NULL) END)) FROM w), "
        "p AS (INSERT INTO {period} (object_id, record_id, user_id, pool_id, from_at, began, began_by, respond_by) "
        "SELECT %(object_id)s::uuid, w.id, w.owner_id, %(pool)s::uuid, %(now)s::timestamptz, %(began)s, "
        "%(actor)s::uuid, %(respond)s::timestamptz FROM w) SELECT id, version, owner_id FROM w"
    ).format(**_parts(obj, kept))


def give_in_order(obj: Object) -> Statement:
    """Lock several rows in one order before they are given: two batches never wait for each other. Binds: ids."""
    return sql.SQL(
        "SELECT r.id FROM {} r WHERE r.id = ANY(%(ids)s::uuid[]) ORDER BY r.id FOR NO KEY UPDATE"
    ).format(sql.Identifier(obj.schema, obj.table_name))


def take(obj: Object, kept: Kept, *, owned: bool = True) -> Statement:
    """Records into a pool, out of somebody's hands (`owned`) or as they are. Returns id, version, former owner.

    Binds: ids, pool, now, reason, ended, run (or null), actor, kind, object_id.
    """
    whose = sql.SQL("r.owner_id IS NOT NULL" if owned else "true")
    return _taken(obj, kept, sql.SQL("r.id = ANY(%(ids)s::uuid[]) AND {}").format(whose))


def take_due(obj: Object, kept: Kept, due: str) -> Statement:
    """As `take`, of a pool (`source`) the next records after `last` of which `due` holds; rows at work are passed over.

    Binds beside those of `take` but ids: source, last, limit, and what `due` binds.
    """
    some = sql.SQL(
        "r.id = ANY(ARRAY(SELECT r.id FROM {table} r WHERE r.{pool} = %(source)s::uuid AND r.id > %(last)s::uuid "
        "AND r.deleted_at IS NULL AND r.owner_id IS NOT NULL AND {due} ORDER BY r.id LIMIT %(limit)s "
        "FOR NO KEY UPDATE SKIP LOCKED)) AND r.owner_id IS NOT NULL"
    ).format(due=sql.SQL(due), **_parts(obj, kept))
    return _taken(obj, kept, some)


def _taken(obj: Object, kept: Kept, which: sql.Composable) -> Statement:
    return sql.SQL(
        "WITH w AS (UPDATE {table} r SET owner_id = NULL, {department} = NULL, {pool} = %(pool)s::uuid, "
        "{pooled_at} = %(now)s::timestamptz, {pool_reason} = %(reason)s, {claimed_at} = NULL, {recycle_at} = NULL, "
        "{protected_until} = NULL, version = r.version + 1, updated_at = now(), updated_by = %(actor)s::uuid "
        "WHERE {which} AND r.deleted_at IS NULL RETURNING r.id, new.version, old.owner_id, old.{pool} AS was, "
        "new.{pool} AS is_now, old.{pool_reason} AS said), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'update', %(actor)s::uuid, %(kind)s, "
        "jsonb_strip_nulls(jsonb_build_object("
        "'owner_id', CASE WHEN w.owner_id IS NOT NULL THEN jsonb_build_array(w.owner_id, NULL) END, "
        "{name_pool}::text, CASE WHEN w.was IS DISTINCT FROM w.is_now THEN jsonb_build_array(w.was, w.is_now) END, "
        "{name_reason}::text, CASE WHEN w.said IS DISTINCT FROM %(reason)s::text "
        "THEN jsonb_build_array(w.said, %(reason)s::text) END)) FROM w), "
        "p AS (UPDATE {period} p SET until_at = greatest(%(now)s::timestamptz, p.from_at), ended = %(ended)s, "
        "ended_by = %(actor)s::uuid, reason = %(reason)s, run_id = %(run)s::uuid FROM w "
        "WHERE p.record_id = w.id AND p.until_at IS NULL) SELECT id, version, owner_id FROM w"
    ).format(which=which, **_parts(obj, kept))


def hand(obj: Object, kept: Kept) -> Statement:
    """Owned records to another person; the former owner's period ends. Returns id, version, former owner.

    Binds: ids, to, now, reason, ended, actor, kind, object_id. The new period is `open_periods`'.
    """
    return sql.SQL(
        "WITH w AS (UPDATE {table} r SET owner_id = x.person, {department} = {of_owner}, "
        "{claimed_at} = CASE WHEN r.{pool} IS NULL THEN r.{claimed_at} ELSE %(now)s::timestamptz END, "
        "{first_contacted_at} = CASE WHEN r.{pool} IS NULL THEN r.{first_contacted_at} END, "
        "version = r.version + 1, updated_at = now(), updated_by = %(actor)s::uuid "
        "FROM (SELECT %(to)s::uuid AS person) x WHERE r.id = ANY(%(ids)s::uuid[]) AND r.owner_id IS NOT NULL "
        "AND r.owner_id <> x.person AND r.deleted_at IS NULL RETURNING r.id, new.version, old.owner_id), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'update', %(actor)s::uuid, %(kind)s, "
        "jsonb_build_object('owner_id', jsonb_build_array(w.owner_id, %(to)s::uuid)) FROM w), "
        "p AS (UPDATE {period} p SET until_at = greatest(%(now)s::timestamptz, p.from_at), ended = %(ended)s, "
        "ended_by = %(actor)s::uuid, reason = %(reason)s FROM w WHERE p.record_id = w.id AND p.until_at IS NULL) "
        "SELECT id, version, owner_id FROM w"
    ).format(**_parts(obj, kept))


def standing(obj: Object, kept: Kept) -> Statement:
    """Of the bound `ids` those whose owner is another than their open period says, and those owned out of a pool.

    Returns id, owner, the period's person, pool.
    """
    return sql.SQL(
        "SELECT r.id, r.owner_id, p.user_id, r.{pool} FROM {table} r "
        "LEFT JOIN {period} p ON p.record_id = r.id AND p.until_at IS NULL WHERE r.id = ANY(%(ids)s::uuid[]) "
        "AND (r.owner_id IS DISTINCT FROM p.user_id OR (r.{pool} IS NOT NULL AND r.owner_id IS NOT NULL) "
        "OR (r.{pool} IS NULL AND r.owner_id IS NULL))"
    ).format(**_parts(obj, kept))


def close_periods(obj: Object, kept: Kept) -> Statement:
    """Binds: ids, now, ended, actor."""
    return sql.SQL(
        "UPDATE {period} p SET until_at = greatest(%(now)s::timestamptz, p.from_at), ended = %(ended)s, "
        "ended_by = %(actor)s::uuid WHERE p.record_id = ANY(%(ids)s::uuid[]) AND p.until_at IS NULL"
    ).format(**_parts(obj, kept))


def open_periods(obj: Object, kept: Kept) -> Statement:
    """A period for each of the records that somebody owns. Binds: ids, now, began, actor, respond, object_id."""
    return sql.SQL(
        "INSERT INTO {period} (object_id, record_id, user_id, pool_id, from_at, began, began_by, respond_by) "
        "SELECT %(object_id)s::uuid, r.id, r.owner_id, r.{pool}, %(now)s::timestamptz, %(began)s, %(actor)s::uuid, "
        "CASE WHEN r.{pool} IS NOT NULL THEN %(respond)s::timestamptz END FROM {table} r "
        "WHERE r.id = ANY(%(ids)s::uuid[]) AND r.owner_id IS NOT NULL"
    ).format(**_parts(obj, kept))


def stamp_owners(obj: Object, kept: Kept) -> Statement:
    """Times of records of a pool that changed hands by another path. Binds: ids, now."""
    return sql.SQL(
        "UPDATE {table} r SET {claimed_at} = CASE WHEN r.owner_id IS NOT NULL THEN %(now)s::timestamptz END, "
        "{pooled_at} = CASE WHEN r.owner_id IS NULL THEN %(now)s::timestamptz ELSE r.{pooled_at} END, "
        "{first_contacted_at} = CASE WHEN r.owner_id IS NULL THEN r.{first_contacted_at} END, "
        "{pool_reason} = CASE WHEN r.owner_id IS NULL THEN r.{pool_reason} END, {recycle_at} = NULL "
        "WHERE r.id = ANY(%(ids)s::uuid[]) AND r.{pool} IS NOT NULL"
    ).format(**_parts(obj, kept))


def let_in(obj: Object, kept: Kept, condition: str) -> Statement:
    """Records of nobody and of no pool lie in this one, where `condition` holds. Binds: ids, pool, now and its own."""
    return sql.SQL(
        "UPDATE {table} r SET {pool} = %(pool)s::uuid, {pooled_at} = %(now)s::timestamptz "
        "WHERE r.id = ANY(%(ids)s::uuid[]) AND r.owner_id IS NULL AND r.{pool} IS NULL AND r.deleted_at IS NULL "
        "AND {condition} RETURNING r.id"
    ).format(condition=sql.SQL(condition), **_parts(obj, kept))


def state_of(obj: Object, kept: Kept, level: str | None) -> Statement:
    """How records stand before a claim: id, owner, pool, locked, deleted, level, since when the person lost it last.

    Binds: ids, me. A plain read: nobody waits for it, and what it says is asked again by the claim itself.
    """
    return sql.SQL(
        "SELECT r.id, r.owner_id, r.{pool}, r.{pool_locked} IS TRUE, r.deleted_at IS NOT NULL, {level}, "
        "(SELECT max(p.until_at) FROM {period} p WHERE p.record_id = r.id AND p.user_id = %(me)s::uuid "
        "AND p.ended IN ('released', 'recycled', 'taken')), r.version FROM {table} r WHERE r.id = ANY(%(ids)s::uuid[])"
    ).format(
        level=sql.SQL("r.{}").format(sql.Identifier(level)) if level else sql.SQL("NULL"), **_parts(obj, kept)
    )


def held(obj: Object, kept: Kept, level: str | None, counted: str) -> Statement:
    """What people hold of a pool: person, level, records of which `counted` holds, those never contacted.

    Binds: people, pool, and what `counted` binds.
    """
    return sql.SQL(
        "SELECT r.owner_id, {level}, count(*) FILTER (WHERE {counted}), "
        "count(*) FILTER (WHERE r.{first_contacted_at} IS NULL AND {counted}) FROM {table} r "
        "WHERE r.owner_id = ANY(%(people)s::uuid[]) AND r.{pool} = %(pool)s::uuid AND r.deleted_at IS NULL "
        "GROUP BY 1, 2"
    ).format(
        level=sql.SQL("r.{}").format(sql.Identifier(level)) if level else sql.SQL("NULL"),
        counted=sql.SQL(counted),
        **_parts(obj, kept),
    )


def first_contact(
    obj: Object, kept: Kept, child: Object, link: str, happened: str, kind: str | None
) -> Statement:
    """The first thing that happened since the owner has it: on the record and in the period. Returns ids.

    Binds: ids (of the children), now. What is planned, and tasks, do not count.
    """
    return sql.SQL(
        "WITH s AS (SELECT c.{link} AS parent, min(c.{happened}) AS at FROM {child} c "
        "WHERE c.id = ANY(%(ids)s::uuid[]) AND c.deleted_at IS NULL "
        "AND c.{happened} <= %(now)s::timestamptz + interval '1 minute' AND {counts} "
        "AND c.{link} IS NOT NULL GROUP BY 1), "
        "p AS (UPDATE {period} p SET contacted_at = greatest(s.at, p.from_at) FROM s WHERE p.record_id = s.parent "
        "AND p.until_at IS NULL AND p.contacted_at IS NULL AND s.at >= date_trunc('minute', p.from_at)) "
        "UPDATE {table} r SET {first_contacted_at} = greatest(s.at, r.{claimed_at}) FROM s WHERE r.id = s.parent "
        "AND r.{first_contacted_at} IS NULL "
        "AND (r.{claimed_at} IS NULL OR s.at >= date_trunc('minute', r.{claimed_at})) RETURNING r.id"
    ).format(
        **_parts(obj, kept),
        child=sql.Identifier(child.schema, child.table_name),
        link=sql.Identifier(link),
        happened=sql.Identifier(happened),
        counts=sql.SQL("c.{} IS DISTINCT FROM 'task'").format(sql.Identifier(kind))
        if kind
        else sql.SQL("true"),
    )


def pools_of_parents(obj: Object, kept: Kept, child: Object, link: str) -> str:
    """Owned records of a pool that the children `ids` name: pool, id."""
    return _pools_of_parents(obj.schema, obj.table_name, kept.pool, child.table_name, link)


@lru_cache(maxsize=256)
def _pools_of_parents(schema: str, table: str, pool: str, child: str, link: str) -> str:
    """One text per pair of tables: it goes with every write of a child."""
    return (
        sql.SQL(
            "SELECT DISTINCT r.{pool}, r.id FROM {child} c JOIN {table} r ON r.id = c.{link} "
            "WHERE c.id = ANY(%(ids)s::uuid[]) AND r.{pool} IS NOT NULL AND r.owner_id IS NOT NULL"
        )
        .format(
            table=sql.Identifier(schema, table),
            pool=sql.Identifier(pool),
            child=sql.Identifier(schema, child),
            link=sql.Identifier(link),
        )
        .as_string()
    )


def mark(obj: Object, kept: Kept, column: str) -> Statement:
    """Set one of the kept columns with history: lock, protection. Binds: ids, value, actor, kind, object_id. Ids."""
    return sql.SQL(
        "WITH w AS (UPDATE {table} r SET {column} = {value}, version = r.version + 1, updated_at = now(), "
        "updated_by = %(actor)s::uuid WHERE r.id = ANY(%(ids)s::uuid[]) AND r.deleted_at IS NULL "
        "AND r.{column} IS DISTINCT FROM {value} RETURNING r.id, new.version, old.{column} AS o, new.{column} AS n), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'update', %(actor)s::uuid, %(kind)s, "
        "jsonb_build_object({name}::text, jsonb_build_array(w.o, w.n)) FROM w) SELECT id, version FROM w"
    ).format(
        **_parts(obj, kept),
        column=sql.Identifier(column),
        value=sql.SQL("%(value)s::boolean" if column == kept.pool_locked else "%(value)s::timestamptz"),
        name=sql.Literal(column),
    )


def restore(obj: Object, kept: Kept) -> Statement:
    """What a run recycled and nobody has taken since goes back to who had it, as it was. Returns id, owner.

    Binds: run, now, actor, kind, object_id.
    """
    return sql.SQL(
        "WITH d AS (SELECT p.record_id, p.user_id, p.pool_id, p.from_at, p.contacted_at, p.until_at FROM {period} p "
        "WHERE p.run_id = %(run)s::uuid AND NOT EXISTS (SELECT 1 FROM {period} l WHERE l.record_id = p.record_id "
        "AND l.from_at >= p.until_at AND l.id <> p.id)), "
        "w AS (UPDATE {table} r SET owner_id = x.person, {department} = {of_owner}, {pool} = x.pool_id, "
        "{claimed_at} = x.from_at, {pool_reason} = NULL, {pooled_at} = NULL, version = r.version + 1, "
        "updated_at = now(), updated_by = %(actor)s::uuid "
        "FROM (SELECT d.record_id AS id, d.user_id AS person, d.pool_id, d.from_at FROM d) x "
        "WHERE r.id = x.id AND r.owner_id IS NULL AND r.deleted_at IS NULL "
        "RETURNING r.id, new.version, new.owner_id, old.{pool} AS was, new.{pool} AS is_now), "
        "h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object_id)s::uuid, w.id, w.version, 'update', %(actor)s::uuid, %(kind)s, "
        "jsonb_strip_nulls(jsonb_build_object('owner_id', jsonb_build_array(NULL, w.owner_id), "
        "{name_pool}::text, CASE WHEN w.was IS DISTINCT FROM w.is_now THEN jsonb_build_array(w.was, w.is_now) END)) "
        "FROM w), "
        "p AS (INSERT INTO {period} (object_id, record_id, user_id, pool_id, from_at, began, began_by, contacted_at) "
        "SELECT %(object_id)s::uuid, w.id, w.owner_id, w.is_now, %(now)s::timestamptz, 'restored', %(actor)s::uuid, "
        "(SELECT d.contacted_at FROM d WHERE d.record_id = w.id) FROM w) SELECT id, owner_id FROM w"
    ).format(**_parts(obj, kept))

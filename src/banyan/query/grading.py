"""Statements of rules over records: which begin to satisfy a condition, which end, and how complete records are.

Conditions are the house's own, resolved with trust. `every` record is another text than those of `ids`: with both in
one the plan that a connection keeps would read them all.
"""

from typing import Any

from psycopg import sql

from banyan.metadata.catalog import Field, Object
from banyan.query.resolved import ResolvedFilter
from banyan.query.writes import predicate_binds, predicate_sql

MARKS = "grading_mark"
Statement = tuple[sql.Composed, dict[str, Any]]


def _among(column: str, *, every: bool) -> sql.SQL:
    return sql.SQL("true") if every else sql.SQL(f"{column} = ANY(%(ids)s::uuid[])")


def _names(obj: Object) -> dict[str, sql.Composable]:
    return {
        "marks": sql.Identifier(obj.schema, MARKS),
        "table": sql.Identifier(obj.schema, obj.table_name),
    }


def begin(obj: Object, condition: ResolvedFilter, *, every: bool) -> Statement:
    """Marks for records that satisfy a rule from now on. Binds: rule, object, field, value, now, until, ids.

    A long transaction may know a rule that has let go of everything since: nobody would end its marks.
    """
    statement = sql.SQL(
        "INSERT INTO {marks} (rule_id, record_id, object_id, field_id, value, since, until) "
        "SELECT %(rule)s::uuid, r.id, %(object)s::uuid, %(field)s::uuid, %(value)s, %(now)s, %(until)s::timestamptz "
        "FROM {table} r WHERE r.deleted_at IS NULL AND {among} AND {condition} AND NOT EXISTS "
        "(SELECT 1 FROM {marks} m WHERE m.rule_id = %(rule)s::uuid AND m.record_id = r.id) "
        "AND EXISTS (SELECT 1 FROM {rules} g WHERE g.id = %(rule)s::uuid AND g.active) "
        "ON CONFLICT DO NOTHING RETURNING record_id"
    ).format(
        **_names(obj),
        rules=sql.Identifier(obj.schema, "grading_rule"),
        among=_among("r.id", every=every),
        condition=sql.SQL(predicate_sql(obj, condition)),
    )
    return statement, predicate_binds(condition)


def end(obj: Object, condition: ResolvedFilter, *, every: bool) -> Statement:
    """Marks whose record satisfies the rule no longer are gone. Binds: rule, ids."""
    statement = sql.SQL(
        "UPDATE {marks} m SET state = 'gone' WHERE m.rule_id = %(rule)s::uuid AND m.state <> 'gone' AND {among} "
        "AND NOT EXISTS (SELECT 1 FROM {table} r WHERE r.id = m.record_id AND r.deleted_at IS NULL AND {condition}) "
        "RETURNING m.record_id"
    ).format(
        **_names(obj),
        among=_among("m.record_id", every=every),
        condition=sql.SQL(predicate_sql(obj, condition)),
    )
    return statement, predicate_binds(condition)


def end_all(schema: str) -> sql.Composed:
    """Everything a rule holds is gone: it was switched off, or says something else now. Binds: rule."""
    return sql.SQL(
        "UPDATE {} SET state = 'gone' WHERE rule_id = %(rule)s::uuid AND state <> 'gone' RETURNING record_id"
    ).format(sql.Identifier(schema, MARKS))


def expire(schema: str, *, every: bool) -> sql.Composed:
    """What has been held long enough. Binds: rule, now, ids."""
    return sql.SQL(
        "UPDATE {} SET state = 'expired' WHERE rule_id = %(rule)s::uuid AND state = 'held' AND until <= %(now)s AND {} "
        "RETURNING record_id"
    ).format(sql.Identifier(schema, MARKS), _among("record_id", every=every))


def marked(obj: Object, field: Field) -> sql.Composed:
    """Live records `ids` with the value of a field and every mark on it in the order of the rules.

    Locked, so that a person's change and the rule's do not pass each other. Binds: ids, field.
    """
    return sql.SQL(
        "SELECT r.id, r.{column}, m.rule_id, m.value, m.state, m.placed FROM {table} r "
        "LEFT JOIN {marks} m ON m.record_id = r.id AND m.field_id = %(field)s::uuid "
        "LEFT JOIN {rules} g ON g.id = m.rule_id "
        "WHERE r.id = ANY(%(ids)s::uuid[]) AND r.deleted_at IS NULL "
        "ORDER BY r.id, g.position, m.rule_id FOR UPDATE OF r"
    ).format(
        **_names(obj),
        column=sql.Identifier(field.physical()),
        rules=sql.Identifier(obj.schema, "grading_rule"),
    )


def settle(schema: str) -> sql.Composed:
    """Note which marks put their value there. Binds: rules, records, placed (arrays of one length)."""
    return sql.SQL(
        "UPDATE {} m SET placed = x.placed FROM unnest(%(rules)s::uuid[], %(records)s::uuid[], %(placed)s::boolean[]) "
        "AS x(rule_id, record_id, placed) WHERE m.rule_id = x.rule_id AND m.record_id = x.record_id "
        "AND m.placed IS DISTINCT FROM x.placed"
    ).format(sql.Identifier(schema, MARKS))


def forget(schema: str) -> sql.Composed:
    """Marks that are gone and done with. Binds: field, ids."""
    return sql.SQL(
        "DELETE FROM {} WHERE field_id = %(field)s::uuid AND state = 'gone' AND record_id = ANY(%(ids)s::uuid[])"
    ).format(sql.Identifier(schema, MARKS))


def marks_of(schema: str) -> sql.Composed:
    """What rules hold of one record now. Binds: record."""
    return sql.SQL(
        "SELECT rule_id, field_id, value, to_json(since) #>> '{{}}', to_json(until) #>> '{{}}', placed FROM {} "
        "WHERE record_id = %(record)s::uuid AND state = 'held' ORDER BY since, rule_id"
    ).format(sql.Identifier(schema, MARKS))


def held_counts(schema: str) -> sql.Composed:
    """How many records each rule holds. Binds: object."""
    return sql.SQL(
        "SELECT rule_id, count(*) FROM {} WHERE object_id = %(object)s::uuid AND state = 'held' GROUP BY 1"
    ).format(sql.Identifier(schema, MARKS))


def preview(obj: Object, field: Field, condition: ResolvedFilter, *, tags: bool) -> Statement:
    """How many records satisfy a condition, how many would change, how many hold something a person has set.

    Binds: value, folded, field.
    """
    column = sql.SQL("r.{}").format(sql.Identifier(field.physical()))
    if tags:
        folded = sql.SQL("r.{}").format(sql.Identifier(field.physical("__f")))
        there = sql.SQL("coalesce(%(folded)s = ANY({}), false)").format(folded)
        kept = there
    else:
        there = sql.SQL("coalesce({}::text = %(value)s, false)").format(column)
        kept = sql.SQL(
            "({0} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {1} m WHERE m.record_id = r.id "
            "AND m.field_id = %(field)s::uuid AND m.placed AND m.value = {0}::text))"
        ).format(column, sql.Identifier(obj.schema, MARKS))
    statement = sql.SQL(
        "SELECT count(*), count(*) FILTER (WHERE NOT {there} AND NOT {kept}), count(*) FILTER (WHERE {kept}) "
        "FROM {table} r WHERE r.deleted_at IS NULL AND {condition}"
    ).format(**_names(obj), there=there, kept=kept, condition=sql.SQL(predicate_sql(obj, condition)))
    return statement, predicate_binds(condition)


def completeness(
    obj: Object, weights: list[tuple[Field, int]], by: str | None, rights: ResolvedFilter
) -> Statement:
    """Records, filled and required weights by a column of the table. Binds beside those returned: none."""
    filled = _filled(weights)
    key = sql.SQL("NULL") if by is None else sql.SQL("r.{}").format(sql.Identifier(by))
    statement = sql.SQL(
        "SELECT {key}, count(*), sum({filled})::bigint, count(*) FILTER (WHERE {filled} = {whole}) FROM {table} r "
        "WHERE r.deleted_at IS NULL AND {rights} GROUP BY 1"
    ).format(
        **_names(obj),
        key=key,
        filled=filled,
        whole=sql.Literal(sum(weight for _, weight in weights)),
        rights=sql.SQL(predicate_sql(obj, rights)),
    )
    return statement, predicate_binds(rights)


def least_complete(obj: Object, weights: list[tuple[Field, int]], rights: ResolvedFilter) -> Statement:
    """Records of an owner with what they lack, the emptiest first. Binds beside those returned: owner, limit."""
    missing = sql.SQL(", ").join(
        sql.SQL("CASE WHEN {} THEN NULL ELSE {} END").format(_is_filled(field), sql.Literal(field.api_name))
        for field, _ in weights
    )
    statement = sql.SQL(
        "SELECT r.id, {filled}, array_remove(ARRAY[{missing}]::text[], NULL) FROM {table} r "
        "WHERE r.deleted_at IS NULL AND {rights} AND {filled} < {whole} "
        "AND (%(owner)s::uuid IS NULL OR r.owner_id = %(owner)s::uuid) ORDER BY 2, r.id LIMIT %(limit)s"
    ).format(
        **_names(obj),
        filled=_filled(weights),
        missing=missing,
        whole=sql.Literal(sum(weight for _, weight in weights)),
        rights=sql.SQL(predicate_sql(obj, rights)),
    )
    return statement, predicate_binds(rights)


def _filled(weights: list[tuple[Field, int]]) -> sql.Composed:
    parts = [
        sql.SQL("CASE WHEN {} THEN {} ELSE 0 END").format(_is_filled(field), sql.Literal(weight))
        for field, weight in weights
    ]
    return sql.SQL("({})").format(sql.SQL(" + ").join(parts))


def _is_filled(field: Field) -> sql.Composed:
    return sql.SQL("r.{} IS NOT NULL").format(sql.Identifier(field.physical()))

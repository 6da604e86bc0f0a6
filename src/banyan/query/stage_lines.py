"""Statements over the lines of records: what they come to, and what of them was won. One currency, or no sum."""

from dataclasses import dataclass

from psycopg import sql

from banyan.metadata.catalog import Field, Object

Statement = sql.Composed


@dataclass(frozen=True)
class Lines:
    """The object's lines: link to it, amount with its currency's column, and how each line ended."""

    object: Object
    link: Field
    amount: Field
    currency: str | None
    outcome: Field | None = None


def column(prefix: str, name: Field | str | None, kind: str = "text") -> sql.Composable:
    if name is None:
        return sql.SQL("NULL::{}").format(sql.SQL(kind))
    column = name if isinstance(name, str) else name.physical()
    return sql.SQL("{}.{}").format(sql.SQL(prefix), sql.Identifier(column))


def currency(prefix: str, money: Field | None) -> sql.Composable:
    suffixes = () if money is None else tuple(spec.suffix for spec in money.specs)
    return column(prefix, money.physical("__cur") if money is not None and "__cur" in suffixes else None)


def table_of(obj: Object) -> sql.Identifier:
    return sql.Identifier(obj.schema, obj.table_name)


def history_of(obj: Object, unsaid: Field | None, *, new: bool) -> Statement:
    """What came out differently, as history of the version that moved the stage; of a new record nothing is said."""
    if new:
        return sql.SQL("h AS (SELECT 1) SELECT id FROM w WHERE o IS DISTINCT FROM n").format()
    return sql.SQL(
        "d AS (SELECT w.id, w.version, (SELECT jsonb_object_agg(e.key, jsonb_build_array(w.o -> e.key, e.value)) "
        "FROM jsonb_each(w.n) e WHERE (w.o -> e.key IS DISTINCT FROM e.value "
        "OR w.o -> (%(companions)s::jsonb ->> e.key) IS DISTINCT FROM w.n -> (%(companions)s::jsonb ->> e.key)) "
        "AND e.key <> ALL (%(untracked)s::text[]) AND e.key <> {unsaid}) AS changes, w.o IS DISTINCT FROM w.n AS other "
        "FROM w), h AS (INSERT INTO {history} (object_id, record_id, version, action, actor_id, actor_kind, changes) "
        "SELECT %(object)s, d.id, d.version, 'update', %(actor)s, %(kind)s, d.changes FROM d "
        "WHERE d.changes IS NOT NULL) SELECT id FROM d WHERE other"
    ).format(
        unsaid=sql.Literal("" if unsaid is None else unsaid.physical()),
        history=sql.Identifier(obj.schema, "record_history"),
    )


def won_of_lines(lines: Lines, parent: str) -> sql.Composable:
    """Sum of the lines won; where none is marked so, of those not lost; null without lines in one currency."""
    outcome = column("l", lines.outcome)
    code = column("l", lines.currency)
    return sql.SQL(
        "(SELECT CASE WHEN count(DISTINCT {currency}) > 1 THEN NULL "
        "WHEN bool_or({outcome} = 'won') THEN sum({amount}) FILTER (WHERE {outcome} = 'won') "
        "ELSE sum({amount}) FILTER (WHERE {outcome} IS DISTINCT FROM 'lost') END "
        "FROM {table} l WHERE l.{link} = {parent}.id AND l.deleted_at IS NULL AND {amount} IS NOT NULL)"
    ).format(
        currency=code,
        outcome=outcome,
        amount=column("l", lines.amount),
        table=table_of(lines.object),
        link=sql.Identifier(lines.link.physical()),
        parent=sql.SQL(parent),
    )


def amounts_of_lines(parent: Object, amount: Field, lines: Lines) -> Statement:
    """Bring the amount of parents to the sum of their lines, where these are in one currency. With history.

    Binds: ids (parents), currency (of the workspace), and those of history. Returns the ids that changed.
    """
    money = "coalesce({}, r.{}, %(currency)s)"
    code = sql.SQL(money).format(
        sql.SQL("NULL") if lines.currency is None else sql.SQL("min({})").format(column("l", lines.currency)),
        sql.Identifier(amount.physical("__cur")),
    )
    return sql.SQL(
        "WITH s AS (SELECT r.id, round(sum({line}), 2) AS total, {code} AS code FROM {table} r "
        "JOIN {lines} l ON l.{link} = r.id AND l.deleted_at IS NULL AND {line} IS NOT NULL "
        "WHERE r.id = ANY(%(ids)s) AND r.deleted_at IS NULL GROUP BY r.id HAVING count(DISTINCT {currency}) <= 1), "
        "w AS (UPDATE {table} r SET {amount} = s.total, {amount_code} = s.code FROM s WHERE r.id = s.id "
        "AND (r.{amount}, r.{amount_code}) IS DISTINCT FROM (s.total, s.code) "
        "RETURNING r.id, new.version, to_jsonb(old.*) AS o, to_jsonb(new.*) AS n), {history}"
    ).format(
        line=column("l", lines.amount),
        code=code,
        currency=column("l", lines.currency),
        table=table_of(parent),
        lines=table_of(lines.object),
        link=sql.Identifier(lines.link.physical()),
        amount=sql.Identifier(amount.physical()),
        amount_code=sql.Identifier(amount.physical("__cur")),
        history=history_of(parent, None, new=False),
    )


def off_their_lines(parent: Object, amount: Field, lines: Lines) -> Statement:
    """Of the bound `ids`, those whose amount is not the sum of their lines (in one currency)."""
    return sql.SQL(
        "SELECT r.id FROM {table} r JOIN {lines} l ON l.{link} = r.id AND l.deleted_at IS NULL AND {line} IS NOT NULL "
        "WHERE r.id = ANY(%(ids)s) GROUP BY r.id HAVING count(DISTINCT {currency}) <= 1 "
        "AND round(sum({line}), 2) IS DISTINCT FROM r.{amount}"
    ).format(
        table=table_of(parent),
        lines=table_of(lines.object),
        link=sql.Identifier(lines.link.physical()),
        line=column("l", lines.amount),
        currency=column("l", lines.currency),
        amount=sql.Identifier(amount.physical()),
    )


def parents_of_lines(lines: Lines) -> Statement:
    """Records that the bound `ids` of lines belong to, and those they belonged to before their last change.

    Binds: ids, object (of the lines).
    """
    return sql.SQL(
        "SELECT DISTINCT p.parent FROM {table} l CROSS JOIN LATERAL (SELECT l.{link} AS parent UNION ALL "
        "SELECT (h.changes -> {name} ->> 0)::uuid FROM {history} h WHERE h.record_id = l.id "
        "AND h.object_id = %(object)s AND h.version = l.version AND h.action = 'update' "
        "AND jsonb_typeof(h.changes -> {name}) = 'array') p WHERE l.id = ANY(%(ids)s) AND p.parent IS NOT NULL"
    ).format(
        table=table_of(lines.object),
        link=sql.Identifier(lines.link.physical()),
        name=sql.Literal(lines.link.physical()),
        history=sql.Identifier(lines.object.schema, "record_history"),
    )

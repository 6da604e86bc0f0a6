"""Statements of forecasts over deals: as they stand now, as they stood in a snapshot, and what lies between the two.

A deal has one row per person whose revenue it is, with that person's share in percent; whoever splits nothing has 100.
Every statement for a reader carries the reader's predicate on the deal as it stands today, over the alias `r`.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import sql

from banyan.metadata.catalog import Field, Object
from banyan.query.resolved import ResolvedFilter
from banyan.query.writes import predicate_binds, predicate_sql

ROWS = "forecast_row"
# Movements that a report tells, in the order of a waterfall.
KINDS = (
    "new", "pulled_in", "returned", "came", "raised", "won", "category_up", "reopened",
    "category_down", "lost", "lowered", "went", "pushed_out", "currency", "gone",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Splits:
    """The object whose rows share a deal out: how a row names its deal, its person, its part, and which rows count."""

    object: Object
    deal: Field
    person: Field
    share: Field
    kind: Field | None
    counted: str = "revenue"


@dataclass(frozen=True, eq=False)
class DealFields:
    """What of an object is its amount, its date and its stage. `open_categories` from the surest to the least sure."""

    object: Object
    amount: Field
    close: Field
    stage: Field
    won: Field | None
    category: Field | None
    probability: Field | None
    splits: Splits | None
    currency: str
    won_stages: tuple[str, ...]
    lost_stages: tuple[str, ...]
    stage_odds: dict[str, str]
    open_categories: tuple[str, ...]
    closed: str
    omitted: str

    @property
    def fields(self) -> tuple[Field, ...]:
        known = (self.amount, self.close, self.stage, self.won, self.category, self.probability)
        return tuple(field for field in known if field is not None)

    def binds(self) -> dict[str, Any]:
        return {
            "won_stages": list(self.won_stages),
            "lost_stages": list(self.lost_stages),
            "odd_stages": list(self.stage_odds),
            "odds": list(self.stage_odds.values()),
            "open_categories": list(self.open_categories),
            "closed": self.closed,
            "omitted": self.omitted,
            "least": self.open_categories[-1],
            "home_currency": self.currency,
            "counted": self.splits.counted if self.splits else "",
        }


@dataclass(frozen=True, eq=False)
class Side:
    """Deals at one moment: now, or in a snapshot."""

    snapshot: UUID | None


def _column(field: Field, suffix: str = "") -> sql.Composed:
    return sql.SQL("r.{}").format(sql.Identifier(field.physical(suffix)))


def _table(obj: Object) -> sql.Identifier:
    return sql.Identifier(obj.schema, obj.table_name)


def _amount(deal: DealFields, suffix: str) -> sql.Composed:
    plain = _column(deal.amount, suffix)
    if deal.won is None:
        return plain
    return sql.SQL(
        "CASE WHEN {stage} = ANY(%(won_stages)s::text[]) AND {won} IS NOT NULL THEN {part} ELSE {plain} END"
    ).format(stage=_column(deal.stage), won=_column(deal.won), part=_column(deal.won, suffix), plain=plain)


def _category(deal: DealFields) -> sql.Composed:
    kept: sql.Composable = sql.SQL("%(least)s")
    if deal.category is not None:
        kept = sql.SQL(
            "CASE WHEN {0} = ANY(%(open_categories)s::text[]) OR {0} = %(omitted)s THEN {0} ELSE %(least)s END"
        ).format(_column(deal.category))
    return sql.SQL(
        "CASE WHEN {stage} = ANY(%(won_stages)s::text[]) THEN %(closed)s "
        "WHEN {stage} = ANY(%(lost_stages)s::text[]) THEN %(omitted)s ELSE {kept} END"
    ).format(stage=_column(deal.stage), kept=kept)


def _probability(deal: DealFields) -> sql.Composed:
    own: sql.Composable = sql.SQL("NULL::numeric")
    if deal.probability is not None:
        own = _column(deal.probability)
    return sql.SQL(
        "CASE WHEN {stage} = ANY(%(won_stages)s::text[]) THEN 100 WHEN {stage} = ANY(%(lost_stages)s::text[]) THEN 0 "
        "ELSE coalesce({own}, (%(odds)s::numeric[])[array_position(%(odd_stages)s::text[], {stage})], 0) END"
    ).format(stage=_column(deal.stage), own=own)


def _now(deal: DealFields, where: sql.Composable) -> sql.Composed:
    """Live deals as rows of `forecast_row` would hold them."""
    person: sql.Composable = sql.SQL("r.owner_id")
    share: sql.Composable = sql.SQL("100::numeric")
    joined: sql.Composable = sql.SQL("")
    if deal.splits is not None:
        split = deal.splits
        person = sql.SQL("CASE WHEN s.id IS NULL THEN r.owner_id ELSE s.{} END").format(
            sql.Identifier(split.person.physical())
        )
        share = sql.SQL("coalesce(s.{}, 100)").format(sql.Identifier(split.share.physical()))
        counted = (
            sql.SQL(" AND s.{} = %(counted)s").format(sql.Identifier(split.kind.physical()))
            if split.kind is not None
            else sql.SQL("")
        )
        joined = sql.SQL(" LEFT JOIN {} s ON s.{} = r.id AND s.deleted_at IS NULL{}").format(
            _table(split.object), sql.Identifier(split.deal.physical()), counted
        )
    return sql.SQL(
        "SELECT r.id AS record_id, {person} AS person_id, {share} AS share, coalesce({amount}, 0) AS amount, "
        "coalesce({currency}, %(home_currency)s) AS currency, {probability} AS probability, {category} AS category, "
        "{stage} AS stage, {close} AS close_date FROM {table} r{joined} WHERE r.deleted_at IS NULL{where}"
    ).format(
        person=person,
        share=share,
        amount=_amount(deal, ""),
        currency=_amount(deal, "__cur"),
        probability=_probability(deal),
        category=_category(deal),
        stage=_column(deal.stage),
        close=_column(deal.close),
        table=_table(deal.object),
        joined=joined,
        where=where,
    )


def _kept(deal: DealFields) -> sql.Composed:
    return sql.SQL(
        " AND (({stage} <> ALL(%(won_stages)s::text[]) AND {stage} <> ALL(%(lost_stages)s::text[])) "
        "OR {stage} IS NULL OR {close} >= %(since)s)"
    ).format(stage=_column(deal.stage), close=_column(deal.close))


def take_snapshot(deal: DealFields) -> tuple[sql.Composed, dict[str, Any]]:
    """Write every open deal and those closing since `since` down. Binds beside those returned: snapshot, since."""
    statement = sql.SQL(
        "INSERT INTO {rows} (snapshot_id, record_id, person_id, share, amount, currency, probability, "
        "category, stage, close_date) SELECT %(snapshot)s::uuid, d.* FROM ({now}) d"
    ).format(rows=sql.Identifier(deal.object.schema, ROWS), now=_now(deal, _kept(deal)))
    return statement, deal.binds()


def count_kept(deal: DealFields) -> tuple[sql.Composed, dict[str, Any]]:
    """How many deals a snapshot holds. Counted apart: distinct rows of the insert would be sorted. Binds: since."""
    statement = sql.SQL("SELECT count(*) FROM {} r WHERE r.deleted_at IS NULL{}").format(
        _table(deal.object), _kept(deal)
    )
    return statement, deal.binds()


def drop_rows(schema: str) -> sql.Composed:
    """Rows of snapshots that are gone. Binds: snapshots."""
    return sql.SQL("DELETE FROM {} WHERE snapshot_id = ANY(%(snapshots)s::uuid[])").format(
        sql.Identifier(schema, ROWS)
    )


def _side(
    deal: DealFields, side: Side, name: str, rights: str, *, of_period: bool, keys: bool = False
) -> sql.Composed:
    """Rows of one side open to the reader; of the period alone, or of the deals in `keys`."""
    if side.snapshot is None:
        narrow: sql.Composable = sql.SQL("")
        if of_period:
            narrow = sql.SQL(" AND {0} >= %(start)s AND {0} < %(end)s").format(_column(deal.close))
        if keys:
            narrow = sql.SQL(" AND r.id IN (SELECT record_id FROM keys)")
        return _now(deal, sql.SQL("{} AND {}").format(narrow, sql.SQL(rights)))
    narrow = sql.SQL("")
    if of_period:
        narrow = sql.SQL(" AND f.close_date >= %(start)s AND f.close_date < %(end)s")
    if keys:
        narrow = sql.SQL(" AND f.record_id IN (SELECT record_id FROM keys)")
    # Today's rights decide, also about deals that lie in the trash; one that is gone for ever has no row to judge by.
    everything = rights == "(true)"
    join = (
        sql.SQL("")
        if everything
        else sql.SQL(" JOIN {} r ON r.id = f.record_id AND {}").format(_table(deal.object), sql.SQL(rights))
    )
    return sql.SQL(
        "SELECT f.record_id, f.person_id, f.share, f.amount, f.currency, f.probability, f.category, f.stage, "
        "f.close_date FROM {rows} f{join} WHERE f.snapshot_id = %({name})s::uuid{narrow}"
    ).format(rows=sql.Identifier(deal.object.schema, ROWS), join=join, name=sql.SQL(name), narrow=narrow)


_MINE = sql.SQL("(%(people)s::uuid[] IS NULL OR {0}person_id = ANY(%(people)s::uuid[]))")


def figures(deal: DealFields, side: Side, rights: ResolvedFilter) -> tuple[sql.Composed, dict[str, Any]]:
    """Sums of a period by person, currency and category, as text. Binds beside those returned: start, end, people."""
    statement = sql.SQL(
        "SELECT d.person_id, d.currency, d.category, trim_scale(sum(d.amount * d.share * 0.01))::text, "
        "trim_scale(sum(d.amount * d.share * d.probability * 0.0001))::text, count(*) "
        "FROM ({side}) d WHERE {mine} GROUP BY 1, 2, 3"
    ).format(
        side=_side(deal, side, "side", _rights(deal, rights), of_period=True),
        mine=_MINE.format(sql.SQL("d.")),
    )
    return statement, {**deal.binds(), **predicate_binds(rights), "side": side.snapshot}


def _rights(deal: DealFields, rights: ResolvedFilter) -> str:
    return predicate_sql(deal.object, rights)


def _of_each(rows: sql.Composed) -> sql.Composed:
    """One row per deal: what it is, and how much of it belongs to the people asked for."""
    return sql.SQL(
        "SELECT d.record_id, min(d.amount) AS whole, min(d.currency) AS currency, min(d.category) AS category, "
        "min(d.stage) AS stage, min(d.close_date) AS close_date, "
        "coalesce(sum(d.share) FILTER (WHERE {mine}), 0) AS share, count(*) FILTER (WHERE {mine}) > 0 AS mine "
        "FROM ({rows}) d GROUP BY 1"
    ).format(rows=rows, mine=_MINE.format(sql.SQL("d.")))


def _moves(
    deal: DealFields, before: Side, after: Side, rights: ResolvedFilter
) -> tuple[sql.Composed, dict[str, Any]]:
    """Common table expressions that end in `moves`: record, kind, category, currency, amount of each movement.

    A deal's movements are the difference of what it was and is worth in each category, exactly: first who has how
    much of it, then its amount, then its category; a deal that is on one side alone comes or goes whole.
    """
    allowed = _rights(deal, rights)
    parts = {
        "table": _table(deal.object),
        "a_in": _side(deal, before, "before", allowed, of_period=True),
        "b_in": _side(deal, after, "after", allowed, of_period=True),
        "a_of_each": _of_each(_side(deal, before, "before", allowed, of_period=False, keys=True)),
        "b_of_each": _of_each(_side(deal, after, "after", allowed, of_period=False, keys=True)),
        "mine": _MINE.format(sql.SQL("d.")),
    }
    statement = sql.SQL(
        "keys AS MATERIALIZED (SELECT record_id FROM ({a_in}) d WHERE {mine} "
        "UNION SELECT record_id FROM ({b_in}) d WHERE {mine}), "
        "a AS ({a_of_each}), b AS ({b_of_each}), "
        "p AS (SELECT record_id, a.record_id IS NOT NULL AS a_any, b.record_id IS NOT NULL AS b_any, "
        "a.mine AS a_mine, b.mine AS b_mine, a.whole AS a_whole, b.whole AS b_whole, a.share AS a_share, "
        "b.share AS b_share, a.whole * a.share * 0.01 AS a_value, b.whole * b.share * 0.01 AS b_value, "
        "a.currency AS a_cur, b.currency AS b_cur, a.category AS a_cat, b.category AS b_cat, "
        "a.stage AS a_stage, b.stage AS b_stage, a.close_date AS a_close, b.close_date AS b_close, "
        "coalesce(a.mine AND a.close_date >= %(start)s AND a.close_date < %(end)s, false) AS a_in, "
        "coalesce(b.mine AND b.close_date >= %(start)s AND b.close_date < %(end)s, false) AS b_in, "
        "coalesce(b.stage = ANY(%(lost_stages)s::text[]), false) AS b_lost, "
        "coalesce(array_position(%(rank)s::text[], a.category), 0) AS a_rank, "
        "coalesce(array_position(%(rank)s::text[], b.category), 0) AS b_rank FROM a FULL JOIN b USING (record_id)), "
        "q AS (SELECT p.*, coalesce(t.created_at > %(taken_at)s, false) AS young, "
        "p.a_in AND p.b_in AND p.a_cur = p.b_cur AS both FROM p LEFT JOIN {table} t ON t.id = p.record_id), "
        "moves AS (SELECT q.*, m.kind, m.category, m.currency, m.amount FROM q CROSS JOIN LATERAL (VALUES "
        "(CASE WHEN q.b_share > q.a_share THEN 'came' ELSE 'went' END, q.a_cat, q.a_cur, "
        "q.a_whole * (q.b_share - q.a_share) * 0.01, q.both AND q.a_share <> q.b_share), "
        "(CASE WHEN q.b_whole > q.a_whole THEN 'raised' ELSE 'lowered' END, q.a_cat, q.a_cur, "
        "(q.b_whole - q.a_whole) * q.b_share * 0.01, q.both AND q.a_whole <> q.b_whole), "
        "({turned}, q.a_cat, q.a_cur, -q.b_value, q.both AND q.a_cat <> q.b_cat), "
        "({turned}, q.b_cat, q.b_cur, q.b_value, q.both AND q.a_cat <> q.b_cat), "
        "({left}, q.a_cat, q.a_cur, -q.a_value, q.a_in AND NOT q.both), "
        "({joined}, q.b_cat, q.b_cur, q.b_value, q.b_in AND NOT q.both)"
        ") AS m(kind, category, currency, amount, holds) WHERE m.holds)"
    ).format(**parts, turned=_TURNED, left=_LEFT, joined=_JOINED)
    binds = {
        **deal.binds(),
        **predicate_binds(rights),
        "before": before.snapshot,
        "after": after.snapshot,
        "rank": [deal.omitted, *reversed(deal.open_categories), deal.closed],
    }
    return statement, binds


_TURNED = sql.SQL(
    "CASE WHEN q.b_cat = %(closed)s THEN 'won' WHEN q.b_lost THEN 'lost' "
    "WHEN q.a_cat = %(closed)s OR q.a_stage = ANY(%(lost_stages)s::text[]) THEN 'reopened' "
    "WHEN q.b_rank > q.a_rank THEN 'category_up' ELSE 'category_down' END"
)
_LEFT = sql.SQL(
    "CASE WHEN q.a_in AND q.b_in THEN 'currency' WHEN NOT q.b_any THEN 'gone' WHEN NOT q.b_mine THEN 'went' "
    "WHEN q.b_lost AND q.a_cat <> %(omitted)s THEN 'lost' ELSE 'pushed_out' END"
)
_JOINED = sql.SQL(
    "CASE WHEN q.a_in AND q.b_in THEN 'currency' "
    "WHEN NOT q.a_any THEN CASE WHEN NOT q.young THEN 'returned' WHEN q.b_cat = %(closed)s THEN 'won' "
    "WHEN q.b_lost THEN 'lost' ELSE 'new' END WHEN NOT q.a_mine THEN 'came' "
    "WHEN q.b_cat = %(closed)s AND q.a_cat <> %(closed)s THEN 'won' "
    "WHEN q.b_cat <> %(closed)s AND NOT q.b_lost AND "
    "(q.a_cat = %(closed)s OR q.a_stage = ANY(%(lost_stages)s::text[])) THEN 'reopened' ELSE 'pulled_in' END"
)


def changes(
    deal: DealFields, before: Side, after: Side, rights: ResolvedFilter
) -> tuple[sql.Composed, dict[str, Any]]:
    """Sums by currency, kind and category, and how many deals by currency and kind (category NULL).

    Binds beside those returned: start, end, people, taken_at (of `before`).
    """
    moves, binds = _moves(deal, before, after, rights)
    statement = sql.SQL(
        "WITH {moves} SELECT currency, kind, category, trim_scale(sum(amount))::text, count(DISTINCT record_id) "
        "FROM moves GROUP BY GROUPING SETS ((currency, kind, category), (currency, kind))"
    ).format(moves=moves)
    return statement, binds


def changed_deals(
    deal: DealFields, before: Side, after: Side, rights: ResolvedFilter
) -> tuple[sql.Composed, dict[str, Any]]:
    """The deals of one kind of movement that are still there, the largest first, as it was and is.

    Binds beside those of `changes`: kind, of_currency, of_category (or null), limit.
    """
    moves, binds = _moves(deal, before, after, rights)
    statement = sql.SQL(
        "WITH {moves} SELECT m.record_id, m.a_cat, m.b_cat, m.a_close, m.b_close, m.a_stage, m.b_stage, "
        "trim_scale(m.a_value)::text, trim_scale(m.b_value)::text "
        "FROM moves m JOIN {table} t ON t.id = m.record_id AND t.deleted_at IS NULL "
        "WHERE m.kind = %(kind)s AND m.currency = %(of_currency)s "
        "AND (%(of_category)s::text IS NULL OR m.category = %(of_category)s) "
        "GROUP BY 1, 2, 3, 4, 5, 6, 7, m.a_value, m.b_value "
        "ORDER BY greatest(abs(m.a_value), abs(m.b_value)) DESC NULLS LAST, m.record_id "
        "LIMIT %(limit)s"
    ).format(moves=moves, table=_table(deal.object))
    return statement, binds

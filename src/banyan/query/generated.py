"""Rows that PostgreSQL makes by itself, each value an expression of the row's number `g.i`: for generated data alone.

Chance is a hash of number, seed and the name of what is thrown: the same seed gives the same row, whatever stands
beside it, so a row's value can be known elsewhere without reading the row.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from psycopg import sql

from banyan.kernel.collation import KEY_LENGTH
from banyan.metadata.catalog import Object

Statement = sql.Composed
Expression = sql.Composable
NUMBER = sql.SQL("g.i")
_EPOCH_MS = (
    1_790_000_000_000  # 2026-09-21: ids of generated rows are older than those of what is written later
)


@dataclass(frozen=True)
class Dice:
    """Expressions of chance for one seed; `name` tells throws of the same row apart."""

    seed: int

    def throw(self, name: str) -> Expression:
        """A whole number from 0 to 2⁶³ - 1."""
        salt = (self.seed % 2**31) << 32 | zlib.crc32(name.encode())
        return sql.SQL("(hashint8extended(g.i, {}) & 9223372036854775807)").format(sql.Literal(salt))

    def share(self, name: str) -> Expression:
        """A number in [0, 1)."""
        return sql.SQL("(({} & 4503599627370495) / 4503599627370496.0::float8)").format(self.throw(name))

    def below(self, name: str, count: int) -> Expression:
        """A whole number below `count`."""
        return sql.SQL("({} % {})").format(self.throw(name), sql.Literal(count))

    def one_of(self, name: str, values: Sequence[str]) -> Expression:
        place = self.below(name, len(values))
        return sql.SQL("({}::text[])[1 + {}]").format(sql.Literal(list(values)), place)

    def weighted(self, name: str, weights: Mapping[str, int]) -> Expression:
        """One of the keys, as often as its weight says."""
        sums = list(accumulate(weights.values(), initial=0))
        place = sql.SQL("width_bucket({}, {}::bigint[])").format(
            self.below(name, sums.pop()), sql.Literal(sums)
        )
        return sql.SQL("({}::text[])[{}]").format(sql.Literal(list(weights)), place)

    def skewed(self, name: str, count: int, slope: float) -> Expression:
        """A whole number below `count`, small ones more often: Pareto's distribution."""
        power = sql.SQL("power(1 - {}, {})").format(self.share(name), sql.Literal(-1 / slope))
        return sql.SQL("(floor(least({}, {}::float8))::int - 1)").format(power, sql.Literal(count))

    def record_id(self, kind: str, number: Expression = NUMBER) -> Expression:
        """The id of row `number` of `kind`: a UUIDv7 that later rows' ids follow."""
        mark = f"{zlib.crc32(f'{self.seed}/{kind}'.encode()):08x}"
        return sql.SQL("(lpad(to_hex({} + {}), 12, '0') || {} || lpad(to_hex({}), 8, '0'))::uuid").format(
            sql.Literal(_EPOCH_MS), number, sql.Literal(f"70008000{mark}"[:12]), number
        )


def literal(value: Any, kind: str) -> Expression:
    return sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(kind))


def before(moment: datetime, share: Expression, days: int) -> Expression:
    """Up to `days` before `moment`, in whole milliseconds."""
    return sql.SQL("({}::timestamptz - floor({} * {}) * interval '1 millisecond')").format(
        sql.Literal(moment), share, sql.Literal(days * 86_400_000)
    )


def day(first: Any, days: Expression) -> Expression:
    return sql.SQL("({}::date + {}::int)").format(sql.Literal(first), days)


def amount(low: int, high: int, share: Expression) -> Expression:
    """Between `low` and `high`, small ones more often, in whole hundreds."""
    return sql.SQL("round(({} * power({}::float8, {}))::numeric, -2)::numeric(18, 2)").format(
        sql.Literal(low), sql.Literal(high / low), share
    )


def digits(count: int, number: Expression) -> Expression:
    return sql.SQL("lpad(({})::text, {}, '0')").format(number, sql.Literal(count))


def joined(*parts: Expression | str) -> Expression:
    texts = (sql.Literal(part) if isinstance(part, str) else part for part in parts)
    return sql.SQL("({})").format(sql.SQL(" || ").join(texts))


def text(number: Expression) -> Expression:
    return sql.SQL("({})::text").format(number)


def lookup(key: Expression, table: Mapping[str, Any], kind: str) -> Expression:
    """The value beside `key` in `table`; none where it is not in it."""
    cases = sql.SQL(" ").join(
        sql.SQL("WHEN {} THEN {}").format(sql.Literal(name), literal(value, kind))
        for name, value in table.items()
    )
    return sql.SQL("CASE {} {} END").format(key, cases)


def only(key: Expression, value: str, then: Expression, kind: str) -> Expression:
    """`then` where `key` is `value`, none elsewhere."""
    return sql.SQL("CASE WHEN {} = {} THEN {} ELSE NULL::{} END").format(
        key, sql.Literal(value), then, sql.SQL(kind)
    )


def of(pool: str, column: str) -> Expression:
    return sql.Identifier(pool, column)


def modulo(number: Expression, count: int) -> Expression:
    return sql.SQL("({} % {})").format(number, sql.Literal(count))


def times(number: Expression, factor: int) -> Expression:
    return sql.SQL("({} * {})").format(number, sql.Literal(factor))


def between(low: int, high: int, throw: Expression) -> Expression:
    return sql.SQL("({} + {} % {})").format(sql.Literal(low), throw, sql.Literal(high - low + 1))


def mark(number: Expression, every: int) -> Expression:
    """How often `every` has gone by, as text; nothing for the first time."""
    return sql.SQL("coalesce(nullif({} / {}, 0)::text, '')").format(number, sql.Literal(every))


def coalesced(value: Expression, otherwise: int) -> Expression:
    return sql.SQL("coalesce({}, {})").format(value, sql.Literal(otherwise))


def count_where(key: Expression, value: str) -> Expression:
    return sql.SQL("count(*) FILTER (WHERE {} = {})").format(key, sql.Literal(value))


def first(moment: Expression) -> Expression:
    return sql.SQL("min({})").format(moment)


def latest(moment: Expression) -> Expression:
    return sql.SQL("max({})").format(moment)


def numbered_key(pool: str, mark: Expression) -> Expression:
    """The sort key, as `kernel.collation` makes it, of the pool's text with `mark` (digits, or nothing) after it."""
    return sql.SQL(
        "CASE WHEN {p}.ascii THEN left(lower({p}.text || {m}) || E'\\x01' || {p}.text || {m}, {whole}) "
        "ELSE left({p}.key || {m}, {half}) || E'\\x01' || left({p}.text || {m}, {rest}) END"
    ).format(
        p=sql.Identifier(pool),
        m=mark,
        whole=sql.Literal(KEY_LENGTH),
        half=sql.Literal(KEY_LENGTH - 32),
        rest=sql.Literal(31),
    )


@dataclass(frozen=True)
class Pool:
    """A temporary table of values to choose from, joined where its `n` is `place`."""

    name: str
    columns: Mapping[str, str]  # with their types, beside n
    place: Expression


def create_pool(pool: Pool) -> Statement:
    columns = [sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(t)) for c, t in pool.columns.items()]
    return sql.SQL("CREATE TEMPORARY TABLE {} (n bigint PRIMARY KEY, {}) ON COMMIT DROP").format(
        sql.Identifier(pool.name), sql.SQL(", ").join(columns)
    )


def copy_pool(pool: Pool) -> Statement:
    names = sql.SQL(", ").join(map(sql.Identifier, ("n", *pool.columns)))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier("pg_temp", pool.name), names)


def analyze_pool(pool: Pool) -> Statement:
    return sql.SQL("ANALYZE {}").format(sql.Identifier("pg_temp", pool.name))


@dataclass(frozen=True)
class Gathered:
    """What other generated rows come to for this one: aggregates over those of `count` whose `place` is this row's."""

    name: str
    count: int
    place: Expression
    values: Mapping[str, Expression]


def insert_generated(
    obj: Object,
    columns: Mapping[str, Expression],
    pools: Sequence[Pool],
    gathered: Sequence[Gathered],
    rows: range,
) -> Statement:
    """INSERT … SELECT of the rows numbered `rows`. Expressions reach pools by their names and `gathered` by theirs."""
    joins = [
        sql.SQL(" JOIN {} {} ON {}.n = {}").format(
            sql.Identifier("pg_temp", pool.name),
            sql.Identifier(pool.name),
            sql.Identifier(pool.name),
            pool.place,
        )
        for pool in pools
    ]
    joins += [
        sql.SQL(
            " LEFT JOIN (SELECT {} AS n, {} FROM generate_series(0, {}) AS g(i) GROUP BY 1) {} ON {}.n = g.i"
        ).format(
            each.place,
            sql.SQL(", ").join(
                sql.SQL("{} AS {}").format(value, sql.Identifier(name)) for name, value in each.values.items()
            ),
            sql.Literal(each.count - 1),
            sql.Identifier(each.name),
            sql.Identifier(each.name),
        )
        for each in gathered
    ]
    return sql.SQL(
        "INSERT INTO {} ({}) SELECT {} FROM generate_series({}::bigint, {}::bigint) AS g(i){}"
    ).format(
        sql.Identifier(obj.schema, obj.table_name),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(columns.values()),
        sql.Literal(rows.start),
        sql.Literal(rows.stop - 1),
        sql.SQL("").join(joins),
    )


def begin_stages(
    obj: Object, field: Any, columns: Mapping[str, str], rows: range, dice: Dice, kind: str
) -> Statement:
    """The open period of each generated record in its stage. `columns`: line, state, entered, amount, currency."""
    first, last = (dice.record_id(kind, sql.Literal(number)) for number in (rows.start, rows.stop - 1))
    named = {key: sql.Identifier(column) for key, column in columns.items()}
    return sql.SQL(
        "INSERT INTO {periods} (object_id, record_id, field_id, pipeline, stage, entered_at, entered_by, amount, "
        "currency) SELECT {object}::uuid, id, {field}::uuid, {line}, {state}, {entered}, created_by, {amount}, "
        "{currency} FROM {table} WHERE id BETWEEN {first} AND {last} AND {state} IS NOT NULL"
    ).format(
        periods=sql.Identifier(obj.schema, "stage_period"),
        table=sql.Identifier(obj.schema, obj.table_name),
        object=sql.Literal(str(obj.id)),
        field=sql.Literal(str(field.id)),
        first=first,
        last=last,
        **named,
    )

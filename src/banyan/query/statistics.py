"""What PostgreSQL knows of a record table: its rows, its indexes, and how often an owner or a department stands in it.

Kept in the process for a minute: it only chooses between statements that give the same rows.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from banyan.db.database import Connection
from banyan.metadata.catalog import DEPARTMENT_COLUMN, Object

KEPT_S, MOST_KEPT = 60.0, 1_000
OWNER_COLUMN = "owner_id"
_UNKNOWN_ROWS, _UNKNOWN_SHARE = 10_000.0, 0.01

_KNOWN = """
SELECT json_build_object(
  'rows', t.reltuples,
  'indexes', (
    SELECT coalesce(json_agg(ARRAY(
      SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number ORDER BY k.place)), '[]')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
    WHERE i.indrelid = t.oid AND i.indisvalid AND i.indexprs IS NULL AND m.amname = 'btree'
      AND coalesce(pg_get_expr(i.indpred, i.indrelid), '') IN ('', '(deleted_at IS NULL)')),
  'scopes', (
    SELECT coalesce(json_object_agg(s.attname, json_build_object(
      'empty', s.null_frac, 'distinct', s.n_distinct,
      'values', s.most_common_vals::text::text[], 'shares', s.most_common_freqs)), '{}')
    FROM pg_stats s WHERE s.schemaname = n.nspname AND s.tablename = t.relname AND NOT s.inherited
      AND s.attname = ANY(%s)))
FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = %s AND t.relname = %s
"""


@dataclass(frozen=True)
class Shares:
    """The part of a table's rows in which a value stands: the frequent ones counted, the others alike."""

    frequent: Mapping[str, float]
    other: float

    def of(self, values: Sequence[str]) -> float:
        return min(1.0, sum(self.frequent.get(value, self.other) for value in values))


@dataclass(frozen=True)
class Known:
    rows: float
    indexes: frozenset[tuple[str, ...]]
    scopes: Mapping[str, Shares]

    def leads(self, *columns: str) -> bool:
        """Whether an index of live rows begins with these columns."""
        return any(index[: len(columns)] == columns for index in self.indexes)

    def share(self, column: str, values: Sequence[str]) -> float:
        return self.scopes.get(column, Shares({}, _UNKNOWN_SHARE)).of(values)


_kept: dict[tuple[str, str], tuple[float, Known]] = {}


async def known_of(connection: Connection, obj: Object) -> Known:
    """What is known of the table of `obj`, at most KEPT_S old."""
    key, now = (obj.schema, obj.table_name), time.monotonic()
    found = _kept.get(key)
    if found is not None:
        if now < found[0]:
            return found[1]
        _kept[key] = (now + KEPT_S, found[1])  # one asks anew, the others go on meanwhile
    names = [OWNER_COLUMN, DEPARTMENT_COLUMN]
    row = await (await connection.execute(_KNOWN, (names, *key))).fetchone()
    fresh = read_known(orjson.loads(row[0]) if row else {})
    _kept[key] = (now + KEPT_S, fresh)
    if len(_kept) > MOST_KEPT:
        del _kept[next(iter(_kept))]
    return fresh


def forget_known(schema: str) -> None:
    """Read anew when next asked: what this process knows of a workspace is no longer so."""
    for key in [key for key in _kept if key[0] == schema]:
        del _kept[key]


def read_known(document: Mapping[str, Any]) -> Known:
    """A table nobody has counted yet is taken for a middling one."""
    rows = float(document.get("rows", -1))
    return Known(
        rows=rows if rows >= 0 else _UNKNOWN_ROWS,
        indexes=frozenset(tuple(columns) for columns in document.get("indexes", ())),
        scopes={name: _shares(each, rows) for name, each in document.get("scopes", {}).items()},
    )


def _shares(document: Mapping[str, Any], rows: float) -> Shares:
    frequent = dict(zip(document["values"] or (), document["shares"] or (), strict=True))
    distinct = float(document["distinct"])
    values = distinct if distinct > 0 else -distinct * max(rows, 1.0)
    left = max(0.0, 1.0 - float(document["empty"]) - sum(frequent.values()))
    return Shares(frequent, left / max(1.0, values - len(frequent)))

"""Indexes made while work goes on: a scope and a sort field together, so that rows within a scope lie in order.

Beyond some rows the house makes them by itself for what lists are sorted by; administrators ask for further ones.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson
import psycopg
import structlog
from psycopg import sql

from banyan.db.database import Connection, Database
from banyan.db.locks import try_session_lock
from banyan.kernel.errors import InvalidInput
from banyan.metadata.catalog import DEPARTMENT_COLUMN, Catalog, Object
from banyan.metadata.changes import ddl
from banyan.metadata.orders import sort_column
from banyan.metadata.store import load_catalog

EVERY_S = 3_600
MAKING = "make_index"  # the lock of who makes an index beside the work, or drops one
SCOPES = (DEPARTMENT_COLUMN, "owner_id")
# Below so many live rows reading a whole scope and sorting it costs less than keeping the order of it costs writers.
WORTH_FROM = 100_000
MOST_FIELDS = 4  # of one object: each costs two indexes at every write
_ORDERED = frozenset({"number", "currency", "date", "datetime"})
_log = structlog.get_logger("banyan.indexing")

_ROWS = """
SELECT json_object_agg(t.relname, t.reltuples) FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = %s AND t.relkind = 'r' AND t.reltuples >= %s
"""
# It waits for work older than itself, and holds changes of the table up meanwhile: some other time is better then.
_PATIENCE = "SET lock_timeout = '60s'"
_STANDING = """
SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s
"""
_SORTED = """
SELECT v.object_id, v.name FROM
  (SELECT object_id, definition #>> '{{config,sort,0,field}}' AS name FROM {}.meta_view) v
WHERE v.name IS NOT NULL GROUP BY 1, 2 ORDER BY count(*) DESC, 2
"""


@dataclass(frozen=True)
class Wanted:
    """An index on `columns` of the table of `object`, its id behind them, or what is read of it `carried` along."""

    object: Object
    columns: tuple[str, ...]
    carried: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return ddl.joint_index_name(self.object, (*self.columns, *self.carried))


async def make_index(
    database: Database, obj: Object, columns: Sequence[str], carried: Sequence[str] = ()
) -> bool:
    """Make the index on physical `columns` of live rows, and id (or `carried`); whether it was made now.

    Readers and writers go on meanwhile. One at a time in an installation: where another is being made nothing happens.
    What a broken off attempt left behind is made anew.
    """
    name = ddl.joint_index_name(obj, (*columns, *carried))
    async with database.upkeep() as connection:
        # Not waited for: who waits in a statement would be waited for by the making itself.
        if not await try_session_lock(connection, MAKING):
            return False
        row = await (await connection.execute(_STANDING, (obj.schema, name))).fetchone()
        if row is not None and row[0]:
            return False
        await connection.execute(_PATIENCE)
        if row is not None:
            await connection.execute(ddl.drop_beside(obj, name))
        try:
            await connection.execute(ddl.joint_index(obj, columns, carried))
        except psycopg.Error:
            # Half made it would cost every writer and serve nobody.
            await connection.execute(ddl.drop_beside(obj, name))
            raise
        return True


def wanted(catalog: Catalog, rows: Mapping[str, float], sorted_by: Iterable[tuple[str, str]]) -> list[Wanted]:
    """For each large object the scopes beside what its views sort by first, then beside its indexed amounts and dates.

    And what its board counts and sums, and what others call its records by. `sorted_by` are pairs of object id and
    field name, the most usual first.
    """
    asked = [(str(key), name) for key, name in sorted_by]
    found = []
    for obj in catalog.objects:
        if rows.get(obj.table_name, 0) < WORTH_FROM:
            continue
        names = [name for key, name in asked if key == str(obj.id)]
        for column in list(dict.fromkeys(_columns(catalog, obj, names)))[:MOST_FIELDS]:
            found += [Wanted(obj, (scope, column)) for scope in SCOPES]
        found += _totalled(obj)
        found += _named(catalog, obj)
    return found


def _totalled(obj: Object) -> list[Wanted]:
    """What the totals of the object's board are made of: read from the index alone, not from the rows."""
    group, total = (
        obj.field(obj.definition.board_field or ""),
        obj.field(obj.definition.board_sum_field or ""),
    )
    if group is None or total is None or not group.specs or not total.specs:
        return []
    # Where amounts have a currency, those of one lie together.
    codes = tuple(total.physical(spec.suffix) for spec in total.specs if spec.suffix == "__cur")
    return [Wanted(obj, (group.physical(), *codes), (total.physical(),))]


def _named(catalog: Catalog, obj: Object) -> list[Wanted]:
    """What records that point here name theirs by: read from the index alone, without a look at each row."""
    shape = ddl.label_index(obj.title) if catalog.inverses(obj) else None
    return [] if shape is None else [Wanted(obj, *shape)]


def _columns(catalog: Catalog, obj: Object, names: Iterable[str]) -> Iterator[str]:
    fields = [obj.field(name) for name in names]
    fields += [f for f in obj.custom_fields if f.definition.indexed and f.definition.type in _ORDERED]
    for field in fields:
        column = None if field is None else sort_column(catalog, obj, field)
        if column is not None and column not in (*SCOPES, "id"):
            yield column


class Indexer:
    """The worker's round over all workspaces: what is wanted and not there is made, one after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def fit(self, schema: str) -> int:
        """Make what one workspace wants; returns how many were made."""
        made = 0
        for need in await self._wanted(schema):
            try:
                is_new = await make_index(self._database, need.object, need.columns, need.carried)
            except InvalidInput as error:
                # Rows written while texts might be longer; the others are made all the same.
                _log.warning("index does not fit", table=need.object.table_name, problem=error.code)
                continue
            made += is_new
            if is_new and need.name not in {each.name for each in await self._wanted(schema)}:
                # Texts may be longer since it was begun: that change found nothing yet to take away.
                async with self._database.upkeep() as connection:
                    await connection.execute(ddl.drop_beside(need.object, need.name))
        return made

    async def _wanted(self, schema: str) -> list[Wanted]:
        async with self._database.reader() as connection:
            catalog = await load_catalog(connection, schema)
            large = await large_tables(connection, schema)
            return wanted(catalog, large, await _sorted_by(connection, schema))


async def large_tables(connection: Connection, schema: str) -> dict[str, float]:
    """Record tables of many rows, as the planner counts them."""
    row = await (await connection.execute(_ROWS, (schema, WORTH_FROM))).fetchone()
    return orjson.loads(row[0]) if row and row[0] else {}


async def _sorted_by(connection: Connection, schema: str) -> list[tuple[str, str]]:
    rows = await (await connection.execute(sql.SQL(_SORTED).format(sql.Identifier(schema)))).fetchall()
    return [(str(row[0]), str(row[1])) for row in rows]

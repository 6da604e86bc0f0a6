"""Last stage: compiled statements, cached by shape, run on a psycopg connection; bytes pass through untouched."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg import DataError

from banyan.db.compile import CompiledStatement
from banyan.db.database import Connection
from banyan.db.proofs import PLACE, PROOFS
from banyan.query import aggregates, counts, pages
from banyan.query.authorised import AuthorisedAggregate, AuthorisedQuery
from banyan.query.cursor import Cursor, decode, encode, invalid_cursor
from banyan.query.lower import bind_values
from banyan.query.statistics import known_of
from banyan.query.walks import PLAIN, Walk, choose, counted_first

COUNT_CAP = 10_000
CACHED_STATEMENTS = 2_000


@dataclass(frozen=True)
class Page:
    """`texts` are rows as the database wrote them, with BETWEEN in between; one after the other, but for empty ones."""

    texts: Sequence[bytes | memoryview]
    size: int
    next_cursor: str | None
    count: tuple[int, bool] | None = None

    @property
    def rows(self) -> bytes:
        """A JSON array of objects."""
        return self._around(b"[", b"]")

    def document(self) -> bytes:
        """The response body, put together at once and without parsing the rows."""
        cursor = orjson.dumps(self.next_cursor)
        count = b""
        if self.count is not None:
            count = b',"count":' + orjson.dumps({"value": self.count[0], "exact": self.count[1]})
        return self._around(b'{"records":[', b'],"next_cursor":' + cursor + count + b"}")

    def _around(self, before: bytes, after: bytes) -> bytes:
        if len(self.texts) == 1:
            return b"".join((before, self.texts[0], after))
        return b"".join((before, pages.BETWEEN.join(text for text in self.texts if text), after))


class _Statements:
    """SQL by shape, least recently used first out."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, CompiledStatement] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], CompiledStatement]) -> CompiledStatement:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
            if len(self._kept) > CACHED_STATEMENTS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found


_STATEMENTS = _Statements()


def _key(kind: str, query: AuthorisedQuery | AuthorisedAggregate, *rest: Hashable) -> Hashable:
    return (kind, query.catalog.schema, query.catalog.version, query.object.id, query.shape, *rest)


def kept_statement(
    kind: str, query: AuthorisedQuery, make: Callable[[], CompiledStatement]
) -> CompiledStatement:
    """The compiled statement of this shape, made once per catalog version."""
    return _STATEMENTS.get(_key(kind, query), make)


async def run_page(connection: Connection, query: AuthorisedQuery, walk: Walk | None = None) -> Page:
    """One page, walking on into the next segment of the order when the first does not fill it.

    How its rows are walked is chosen by what is known of the table, unless `walk` says it.
    """
    if walk is None:
        walk = choose(query, await known_of(connection, query.object)) if query.arms else PLAIN
    order = pages.order_of(query)
    segments = pages.segments_of(query)
    cursor = start_of(query, order, segments)
    values = bind_values(*pages.bound_nodes(query))
    texts: list[bytes | memoryview] = []
    size, following = 0, None
    for segment in segments[segments.index(cursor.segment) :]:
        place = cursor if segment == cursor.segment else Cursor(segment, ())
        take = query.limit - size
        if take == 0:
            # The page is full but a further segment exists: it begins the next page.
            following = Cursor(segment, ())
            break
        rows, found, last = await _segment(connection, query, walk, place, values, take)
        texts.append(rows)
        size += min(found, take)
        if found > take:
            following = Cursor(segment, tuple(orjson.loads(last)))
            break
    count = await run_count(connection, query) if query.count != "none" else None
    return Page(texts, size, encode(following, order) if following else None, count)


def start_of(query: AuthorisedQuery, order: str, segments: tuple[Any, ...]) -> Cursor:
    """Where the query goes on, or the beginning of its first segment. Raises InvalidInput for another's cursor."""
    if query.cursor is None:
        return Cursor(segments[0], ())
    cursor = decode(query.cursor, order, len(query.sort) + 1)
    if cursor.segment not in segments:
        raise invalid_cursor()
    return cursor


async def _segment(
    connection: Connection,
    query: AuthorisedQuery,
    walk: Walk,
    place: Cursor,
    values: dict[str, Any],
    take: int,
) -> tuple[bytes | memoryview, int, bytes]:
    key = _key("page", query, place.shape, walk)
    statement = _STATEMENTS.get(key, lambda: pages.page_sql(query, place, walk))
    keys = {f"k{index}": value for index, value in enumerate(place.values) if value is not None}
    binds = {**statement.params, **values, **keys, pages.TAKE: take}
    text, proof = statement.sql, PROOFS.get(connection)
    if proof is not None and not proof.is_heard:
        text, binds[PLACE] = proof.along(text), proof.about
    else:
        proof = None
    try:
        cursor = await connection.execute(text, binds)
    except DataError as error:
        if not keys:
            raise
        # Filters were read by their types before; only a cursor's text can still be none of its type.
        raise invalid_cursor() from error
    found = cursor.pgresult
    if proof is not None:
        proof.hear(None if found is None else found.get_value(0, 3))
    if found is None or found.get_value(0, 0) is None:
        return b"", 0, b"[]"
    # As the server sent them: as text of Python's they would be decoded here, and encoded again for the answer.
    whole, count, last = (found.get_value(0, column) for column in range(3))
    rows, size = bytes(whole or b""), int(count or 0)
    return pages.first_rows(rows, size, take), size, bytes(last or b"[]")


async def run_count(connection: Connection, query: AuthorisedQuery) -> tuple[int, bool]:
    """Matching rows and whether the number is exact (a capped count stops at COUNT_CAP)."""
    cap = None if query.count == "exact" else COUNT_CAP + 1
    first = counted_first(query, await known_of(connection, query.object), cap) if query.narrow else None
    key = _key("count", query, cap, first)
    statement = _STATEMENTS.get(key, lambda: counts.count_sql(query, cap, first))
    cursor = await connection.execute(
        statement.sql, {**statement.params, **bind_values(*pages.bound_nodes(query))}
    )
    row = await cursor.fetchone()
    found = int(row[0]) if row else 0
    return (COUNT_CAP, False) if cap is not None and found >= cap else (found, True)


async def run_aggregate(connection: Connection, query: AuthorisedAggregate) -> bytes:
    """Groups as the response body."""
    statement = _STATEMENTS.get(_key("aggregate", query), lambda: aggregates.aggregate_sql(query))
    cursor = await connection.execute(
        statement.sql, {**statement.params, **bind_values(*aggregates.bound_nodes(query))}
    )
    row = await cursor.fetchone()
    groups, more = (bytes(row[0]), bool(row[1])) if row else (b"[]", False)
    return b'{"groups":' + groups + b',"more":' + (b"true" if more else b"false") + b"}"

"""Keys of records: hashes under which a later record finds them. Kept on every write, for all its rows at once."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.duplicates.rules import Rule, keys_wanted
from banyan.duplicates.tables import duplicate_tables
from banyan.duplicates.values import WAYS, hashed
from banyan.metadata.catalog import Field, Object
from banyan.records.matching import Texts, texts_of
from banyan.records.session import Session

_THREAD_FROM = 2_000


def fields_of(wanted: Mapping[str, Sequence[Field]]) -> tuple[Field, ...]:
    return tuple({field.slug: field for fields in wanted.values() for field in fields}.values())


def keys_of(obj: Object, wanted: Mapping[str, Sequence[Field]], texts: Texts) -> set[int]:
    """All hashes of one record."""
    return {
        hashed(obj.grant_key, way, key)
        for way, fields in wanted.items()
        for field in fields
        if (text := texts.get(field.api_name))
        for key in WAYS[way].stored(text)
    }


async def write_keys(
    connection: Connection,
    session: Session,
    obj: Object,
    ids: Sequence[UUID],
    rules: Sequence[Rule],
    *,
    fresh: bool,
) -> None:
    """Set the keys of live records among `ids` anew; `fresh` ones have none yet."""
    wanted = keys_wanted(rules, obj)
    table = duplicate_tables(session.full.schema).key
    if not fresh:
        await run(connection, sa.delete(table).where(table.c.record_id == sa.any_(_ids(ids))))
    if not wanted:
        return
    texts = await texts_of(connection, session, obj, ids, fields_of(wanted))
    if len(texts) >= _THREAD_FROM:
        rows = await asyncio.to_thread(_rows, obj, wanted, texts)
    else:
        rows = _rows(obj, wanted, texts)
    await _insert(connection, table, rows)


def _rows(
    obj: Object, wanted: Mapping[str, Sequence[Field]], texts: Mapping[UUID, Texts]
) -> list[tuple[UUID, int]]:
    return [(record, key) for record, each in texts.items() for key in keys_of(obj, wanted, each)]


def _ids(ids: Iterable[UUID]) -> Any:
    return sa.literal(list(ids), ARRAY(sa.Uuid))


async def _insert(connection: Connection, table: sa.Table, rows: Sequence[tuple[UUID, int]]) -> None:
    if not rows:
        return
    statement = _insertion(table)
    values = {"records": [row[0] for row in rows], "hashes": [row[1] for row in rows]}
    await connection.execute(statement.sql, {**statement.params, **values})


@lru_cache(maxsize=256)
def _insertion(table: sa.Table) -> CompiledStatement:
    """Binds: records and hashes, side by side."""
    arrays = sa.func.unnest(
        sa.bindparam("records", type_=ARRAY(sa.Uuid)), sa.bindparam("hashes", type_=ARRAY(sa.BigInteger))
    )
    columns = (sa.column("record_id", sa.Uuid), sa.column("hash", sa.BigInteger))
    given = arrays.table_valued(*columns, name="given").render_derived()
    return compile_statement(
        sa.insert(table).from_select(["record_id", "hash"], sa.select(given.c.record_id, given.c.hash))
    )

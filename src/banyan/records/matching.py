"""Values of records as text, for features that compare them: asked by id, in one statement per object."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.metadata.catalog import Field, Object
from banyan.metadata.computing import id_array
from banyan.query import load_plans
from banyan.query import lower as lowering
from banyan.query.copying import copy_texts
from banyan.records.session import Session

_IDS = "ids"
Texts = Mapping[str, str | None]


async def texts_of(
    connection: Connection,
    session: Session,
    obj: Object,
    ids: Collection[UUID],
    fields: Sequence[Field],
    where: Any = None,
) -> dict[UUID, Texts]:
    """Texts by API name of those of `ids` that live and satisfy the filter document `where`, whoever asks."""
    if not ids:
        return {}
    whole = session.full.by_id[obj.id]
    statement, values = _statement(session, whole, fields, where)
    cursor = await connection.execute(statement, {**values, _IDS: list(ids)})
    names = [field.api_name for field in fields]
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in await cursor.fetchall()}


def _statement(
    session: Session, obj: Object, fields: Sequence[Field], where: Any
) -> tuple[str, dict[str, Any]]:
    node = session.resolver.unrestricted.document(obj, where) if where else None
    key = (obj.id, tuple(field.id for field in fields), None if node is None else node.shape)

    def make() -> CompiledStatement:  # Asked at every write: what it is made of is built once.
        base = obj.table.alias("r")
        asked: list[Any] = [base.c.id == sa.any_(id_array(_IDS)), base.c.deleted_at.is_(None)]
        if node is not None:
            binds = lowering.Binds()
            binds.number(node)
            asked.append(lowering.lower(node, lowering.Source(base, {}, binds), binds))
        columns = [sa.cast(field.columns(base)[""], sa.Text) for field in fields]
        return compile_statement(sa.select(base.c.id, *columns).where(*asked))

    made = session.full.keep(("texts", key), make)
    return made.sql, {**made.params, **({} if node is None else lowering.bind_values(node))}


async def ids_after(connection: Connection, obj: Object, last: UUID | None, limit: int) -> list[UUID]:
    """Live records in the order of their ids, after `last`; held until the end of the transaction."""
    base = obj.table
    statement = sa.select(base.c.id).where(base.c.deleted_at.is_(None))
    if last is not None:
        statement = statement.where(base.c.id > last)
    made = compile_statement(statement.order_by(base.c.id).limit(limit).with_for_update(read=True))
    return [row[0] for row in await (await connection.execute(made.sql, dict(made.params))).fetchall()]


async def ids_between(connection: Connection, obj: Object, first: UUID, last: UUID, limit: int) -> list[UUID]:
    """Live records from `first` to `last` in the order of their ids."""
    base = obj.table
    statement = (
        sa.select(base.c.id)
        .where(base.c.deleted_at.is_(None), base.c.id >= first, base.c.id <= last)
        .order_by(base.c.id)
        .limit(limit)
    )
    made = compile_statement(statement)
    return [row[0] for row in await (await connection.execute(made.sql, dict(made.params))).fetchall()]


async def count_live(connection: Connection, obj: Object) -> int:
    """How many live records there are."""
    base = obj.table
    made = compile_statement(sa.select(sa.func.count()).select_from(base).where(base.c.deleted_at.is_(None)))
    row = await (await connection.execute(made.sql, dict(made.params))).fetchone()
    return int(row[0]) if row else 0


async def write_texts(
    connection: Connection, obj: Object, columns: Mapping[str, tuple[Field, ...]], path: Path
) -> None:
    """All live records as CSV in a file, streamed: id, and per name the first of its fields that holds something."""
    await connection.execute(load_plans.unhurried())
    async with connection.cursor() as cursor, cursor.copy(copy_texts(obj, dict(columns))) as copy:
        with path.open("wb") as file:
            async for block in copy:
                file.write(block)

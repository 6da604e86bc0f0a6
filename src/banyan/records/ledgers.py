"""Asking the statements of `query.ledgers`: for the house, or as far as a reader's rights reach."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from banyan.db.database import Connection
from banyan.kernel.errors import NotFound
from banyan.metadata.catalog import Catalog, Object
from banyan.query import writes
from banyan.query.ledgers import compose, platform, rights_piece
from banyan.records.session import Session

Row = tuple[Any, ...]
_PLATFORM = (
    "exchange_rate", "receivables_finding", "registration_key", "commission_month", "commission_line",
)  # fmt: skip


async def ask(connection: Connection, session: Session, text: str, **binds: Any) -> list[Row]:
    """Rows of a statement over everything there is: only for what the house itself keeps or has asked rights for."""
    statement = session.full.keep(
        ("ledger", text), lambda: compose(session.full, text, _platform(session.full))
    )
    cursor = await connection.execute(statement, binds)
    return await cursor.fetchall() if cursor.description else []


def _platform(catalog: Catalog) -> Mapping[str, sql.Composable]:
    return {name: platform(catalog.schema, name) for name in _PLATFORM}


def readable(session: Session, name: str) -> Object:
    """The object, where the reader may read it at all. Raises NotFound."""
    obj = session.catalog.by_name.get(name)
    if obj is None or not session.policy.allows(obj.grant_key, "read"):
        raise NotFound("unknown_object", object=name)
    return obj


async def ask_readable(
    connection: Connection, session: Session, name: str, text: str, **binds: Any
) -> list[Row]:
    """Rows of a statement over `name`, whose alias is `r`, narrowed by `{rights}` to what the reader may see."""
    obj = readable(session, name)
    rights = writes.write_predicate(session.policy, session.resolver, obj, "read")
    key = ("ledger of a reader", text, obj.id, rights.shape)

    def make() -> str:
        return compose(session.full, text, {**_platform(session.full), "rights": rights_piece(obj, rights)})

    statement = session.full.keep(key, make)
    cursor = await connection.execute(statement, {**binds, **writes.predicate_binds(rights)})
    return await cursor.fetchall()


def sees(session: Session, name: str, *fields: str) -> bool:
    """Whether the reader may read the object at all, and every one of the fields in the clear."""
    obj = session.catalog.by_name.get(name)
    if obj is None or not session.policy.allows(obj.grant_key, "read"):
        return False
    return all((found := obj.field(field)) is not None and not found.masked for field in fields)


def require_fields(session: Session, name: str, *fields: str) -> None:
    """Figures need every field they are made of. Raises NotFound for who may not see one."""
    obj = readable(session, name)
    for field in fields:
        found = obj.field(field)
        if found is None or found.masked:
            raise NotFound("unknown_field", object=name, field=field)

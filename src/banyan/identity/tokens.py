"""Tokens for programs: a personal one acts as its person, a service one holds roles of its own. Shown once.

Scopes only narrow: "*" leaves everything its holder may do, "account:read" leaves reading accounts. Whatever a
token names, it is worth no more than the person or the roles behind it at that moment.
"""

import re
import secrets as random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity.secrets import token_hash
from banyan.identity.tables import identity_tables
from banyan.kernel.errors import FieldProblem, InvalidInput, NotFound

PREFIX, EVERYTHING = "bnyn_", "*"
LONGEST_DAYS, MOST_SCOPES = 366, 200
_SCOPE = re.compile(r"(\*|[a-z][a-z0-9_]{0,62}):(\*|create|read|update|delete|export|import|transfer|bulk)")


@dataclass(frozen=True)
class Token:
    """A live token. A service token has no user: its rights are those of its roles alone."""

    id: UUID
    kind: Literal["personal", "service"]
    user_id: UUID | None
    language: str
    role_keys: tuple[str, ...]
    scopes: tuple[str, ...]
    stale: bool  # not used for a minute; the caller notes its use


@dataclass(frozen=True)
class NewToken:
    name: str
    days: int
    scopes: tuple[str, ...]
    user_id: UUID | None = None
    role_keys: tuple[str, ...] = ()


def workspace_of(token: str) -> str | None:
    """The key of the workspace a token names, or None for what is no such token (a session's has a dot)."""
    if not token.startswith(PREFIX) or "." in token:
        return None
    key, _, secret = token.removeprefix(PREFIX).rpartition("_")
    return key if key and secret else None


def check_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """The scopes in order, each once. None at all would be a token for nothing: it is refused."""
    found = tuple(sorted(set(scopes)))
    problems = [
        FieldProblem(f"/scopes/{place}", "unknown_scope", {"scope": scope})
        for place, scope in enumerate(found)
        if scope != EVERYTHING and not _SCOPE.fullmatch(scope)
    ]
    if not found:
        problems = [FieldProblem("/scopes", "required", {"field": "scopes"})]
    if problems:
        raise InvalidInput(problems=problems)
    return found


async def create_token(
    connection: Connection, schema: str, workspace_key: str, wanted: NewToken, by: UUID
) -> tuple[UUID, str, datetime]:
    """A new token: its id, the token itself (192 bits, only its hash is stored), its end."""
    token = f"{PREFIX}{workspace_key}_{random.token_hex(24)}"
    table = identity_tables(schema).api_token
    made = await run(
        connection,
        sa.insert(table)
        .values(
            token_hash=token_hash(token),
            hint=token[-4:],
            name=wanted.name,
            kind="personal" if wanted.user_id else "service",
            user_id=wanted.user_id,
            role_keys=list(wanted.role_keys),
            scopes=list(check_scopes(wanted.scopes)),
            created_by=by,
            expires_at=sa.func.now() + timedelta(days=wanted.days),
        )
        .returning(table.c.id, table.c.expires_at),
    )
    row = await made.fetchone()
    if row is None:
        raise LookupError(schema)
    return row[0], token, row[1]


async def find_token(connection: Connection, schema: str, token: str) -> Token | None:
    """The token in one statement; None when unknown, expired, revoked, or its person is out.

    A person is out when sign-in was ended or the record is in the trash: the token ends with it.
    """
    return await _find(
        connection, schema, identity_tables(schema).api_token.c.token_hash == token_hash(token)
    )


async def find_token_again(connection: Connection, schema: str, token_id: UUID) -> Token | None:
    """The token a job was started with, if it still lives."""
    return await _find(connection, schema, identity_tables(schema).api_token.c.id == token_id)


async def _find(connection: Connection, schema: str, which: sa.ColumnElement[bool]) -> Token | None:
    tables = identity_tables(schema)
    table, owner = tables.api_token, tables.credential
    person = sa.table("r_user", sa.column("id"), sa.column("deleted_at"), schema=schema)
    inside = sa.and_(
        owner.c.state == "active",
        sa.exists().where(person.c.id == table.c.user_id, person.c.deleted_at.is_(None)),
    )
    found = await run(
        connection,
        sa.select(
            table.c.id,
            table.c.kind,
            table.c.user_id,
            sa.func.coalesce(owner.c.language, "en"),
            table.c.role_keys,
            table.c.scopes,
            sa.func.coalesce(table.c.last_used_at < sa.func.now() - timedelta(minutes=1), sa.true()),
        )
        .join_from(table, owner, owner.c.user_id == table.c.user_id, isouter=True)
        .where(
            which,
            table.c.revoked_at.is_(None),
            table.c.expires_at > sa.func.now(),
            (table.c.kind == "service") | inside,
        ),
    )
    row = await found.fetchone()
    if row is None:
        return None
    return Token(row[0], row[1], row[2], row[3], tuple(row[4]), tuple(orjson.loads(row[5])), row[6])


async def touch_token(connection: Connection, schema: str, token_id: UUID) -> None:
    """Note that the token is in use; called about once a minute, not per request."""
    table = identity_tables(schema).api_token
    await run(connection, sa.update(table).where(table.c.id == token_id).values(last_used_at=sa.func.now()))


async def tokens_of(connection: Connection, schema: str, user_id: UUID | None) -> list[dict[str, Any]]:
    """The live tokens of a person, or (None) the workspace's service tokens; newest first."""
    table = identity_tables(schema).api_token
    whose = table.c.user_id == user_id if user_id is not None else table.c.kind == "service"
    columns = (
        table.c.id, table.c.name, table.c.hint, table.c.role_keys, table.c.created_at, table.c.expires_at,
        table.c.last_used_at, table.c.created_by,
    )  # fmt: skip
    found = await run(
        connection,
        sa.select(*columns, table.c.scopes)
        .where(whose, table.c.revoked_at.is_(None), table.c.expires_at > sa.func.now())
        .order_by(table.c.created_at.desc(), table.c.id),
    )
    names = [column.name for column in columns]
    return [
        {
            **{name: _shown(value) for name, value in zip(names, row[:-1], strict=True)},
            "scopes": orjson.loads(row[-1]),
        }
        for row in await found.fetchall()
    ]


async def revoke_token(connection: Connection, schema: str, token_id: UUID, user_id: UUID | None) -> None:
    """End a token of this person, or (None) a service token. Raises NotFound for any other."""
    table = identity_tables(schema).api_token
    whose = table.c.user_id == user_id if user_id is not None else table.c.kind == "service"
    gone = await run(
        connection,
        sa.update(table)
        .where(table.c.id == token_id, whose, table.c.revoked_at.is_(None))
        .values(revoked_at=sa.func.now())
        .returning(table.c.id),
    )
    if await gone.fetchone() is None:
        raise NotFound("unknown_token")


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value

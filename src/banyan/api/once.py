"""Idempotency-Key: what a write did is kept in its own transaction, and the same request does it no second time.

Of a record only its id and version are kept: the answer to a repetition shows it with the rights of that moment. Who
asks with `Prefer: return=minimal` (RFC 7240) is answered with id and version alone.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

import sqlalchemy as sa
from fastapi import Request, Response
from sqlalchemy.dialects.postgresql import BYTEA, insert

from banyan.api.caller import Caller
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.errors import Conflict, InvalidInput, Unavailable

HEADER = "idempotency-key"
MINIMAL = {"Preference-Applied": "return=minimal"}
# A preference among others, its value quoted or not, with parameters or without (RFC 7240, section 2).
_MINIMAL = re.compile(r'(?:^|,)\s*return\s*=\s*(?:minimal|"minimal")\s*(?=[,;]|$)', re.IGNORECASE)
_LONGEST = 200
_KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Answer:
    """`kept` is what a repetition is answered from, where that is not the body itself."""

    body: bytes
    status: int = 200
    media_type: str = "application/json"
    kept: bytes | None = None

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        return Response(self.body, self.status, headers, self.media_type)


Work = Callable[[Connection], Awaitable[Answer]]
Again = Callable[[Connection, bytes], Awaitable[bytes]]


@lru_cache(maxsize=256)
def _table(schema: str) -> sa.Table:
    return sa.Table(
        "idempotency",
        sa.MetaData(schema=schema),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("route", sa.Text),
        sa.Column("key", sa.Text),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("status", sa.Integer),
        sa.Column("body", BYTEA),
        sa.Column("content_type", sa.Text),
        sa.Column("request_hash", BYTEA),
    )


async def once(
    request: Request, caller: Caller, work: Work, again: Again | None = None, *, brief: bool = False
) -> Response:
    """Run `work` in one transaction; with an Idempotency-Key, at most once per actor, route and key in 24 h.

    `again` makes the body from what was kept, of a first answer as of a repeated one, and after the commit: nobody
    waits for a number or a row while an answer is read; who wants none of it gets what was kept. Without it what was
    kept is the body. `brief`: see `Database.transaction`.
    """
    key = request.headers.get(HEADER)
    async with caller.transaction(brief=brief) as connection:
        if key is None:
            answer = await work(connection)
        else:
            answer = await _keyed(request, caller, connection, key, work)
    if answer.kept is None or again is None:
        return answer.response()
    if wants_minimal(request):
        return replace(answer, body=answer.kept).response(MINIMAL)
    return replace(answer, body=await _shown(caller, answer.kept, again)).response()


def wants_minimal(request: Request) -> bool:
    """Whether the caller asks not to be shown what was written."""
    return any(_MINIMAL.search(line) for line in request.headers.getlist("prefer"))


async def _shown(caller: Caller, kept: bytes, again: Again) -> bytes:
    """What was written stands: where it cannot be read at this moment, the answer says which it is.

    Nothing that would have the request tried anew may leave here: it would be written twice.
    """
    try:
        async with caller.runtime.database.reader() as connection:
            return await again(connection, kept)
    except (Conflict, Unavailable):
        return kept


async def _keyed(request: Request, caller: Caller, connection: Connection, key: str, work: Work) -> Answer:
    if not 1 <= len(key) <= _LONGEST:
        raise InvalidInput("invalid_idempotency_key", limit=_LONGEST)
    table, route = _table(caller.schema), f"{request.method} {request.url.path}"
    digest = hashlib.sha256(await request.body()).digest()
    # Answers past their day go with the next key that comes, so that they are not kept for ever.
    stale = table.c.at < sa.func.now() - _KEPT
    mine = sa.and_(table.c.actor_id == _who(caller), table.c.route == route, table.c.key == key)
    await run(connection, sa.delete(table).where(stale))
    values = {"actor_id": _who(caller), "route": route, "key": key, "request_hash": digest}
    taken = await run(
        connection, insert(table).values(**values).on_conflict_do_nothing().returning(table.c.key)
    )
    if await taken.fetchone() is None:
        return await _earlier(connection, table, mine, digest)
    answer = await work(connection)
    await run(
        connection,
        sa.update(table)
        .where(mine)
        .values(
            status=answer.status,
            body=answer.body if answer.kept is None else answer.kept,
            content_type=answer.media_type,
        ),
    )
    return answer


def _who(caller: Caller) -> UUID:
    """Whose key it is: the person's, or that of one token; a token may see less than its person."""
    actor = caller.actor
    if actor.user_id is None or actor.kind == "token":
        return UUID(actor.origin.session)
    return actor.user_id


async def _earlier(
    connection: Connection, table: sa.Table, mine: sa.ColumnElement[bool], digest: bytes
) -> Answer:
    columns = (table.c.status, table.c.body, table.c.content_type, table.c.request_hash)
    row = await (await run(connection, sa.select(*columns).where(mine))).fetchone()
    if row is None or bytes(row[3]) != digest:
        raise Conflict("idempotency_key_reused")
    return Answer(bytes(row[1]), row[0], row[2], kept=bytes(row[1]))

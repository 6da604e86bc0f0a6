"""How a transaction begins: in one message, which says where its work comes from and asks what it starts with.

What is asked is prepared under a name on each connection, as the driver does with other statements: the driver sends no
parameters with several statements at once, and without a name the server would plan them anew each time.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from psycopg import Error, sql

from banyan.db.driver import SwiftConnection

_STEADY = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_MOST_NAMES = 64  # per connection, a handful for each workspace; each holds memory in the server
_MOST = 1024  # texts; most of them differ by the session that asks


async def begin(
    connection: SwiftConnection,
    *,
    steady: bool,
    brief: bool,
    origin: str,
    asked: Sequence[str] = (),
    about: bytes | None = None,
) -> tuple[Any, ...]:
    """Begin and return what `asked`, expressions, say; the place {} of one of them is for `about`.

    `steady` and `brief`: see `Database.transaction`. History takes `origin` as the default of a column.
    """
    name, prepare = _prepared(tuple(asked))
    execute = _execute(name, origin, brief, about)
    kind = _STEADY if steady else "BEGIN"
    if name not in connection.named and len(connection.named) >= _MOST_NAMES:
        # The driver hears of it and prepares its own anew.
        await connection.execute("DEALLOCATE ALL", prepare=False)
        connection.named.clear()
    if name in connection.named:
        cursor = await connection.execute(f"{kind}; {execute}".encode(), prepare=False)
    else:
        try:
            cursor = await connection.execute(f"{kind}; {prepare}{execute}".encode(), prepare=False)
        except Error:
            await connection.close()  # Nobody knows whether it is prepared now.
            raise
        connection.named.add(name)
    while cursor.nextset():
        pass
    row = await cursor.fetchone()
    return () if row is None else tuple(row[2:])


@lru_cache(maxsize=_MOST)
def _prepared(asked: tuple[str, ...]) -> tuple[str, str]:
    """The name of a statement that asks this, and what prepares it."""
    wanted = ("set_config('banyan.origin', $1, true)", "set_config('plan_cache_mode', $2, true)", *asked)
    text = ", ".join(each.replace("{}", "$3") for each in wanted)
    kinds = "text, text, bytea" if "$3" in text else "text, text"
    name = f"begin_{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"
    return name, f"PREPARE {name} ({kinds}) AS SELECT {text}; "


@lru_cache(maxsize=_MOST)
def _execute(name: str, origin: str, brief: bool, about: bytes | None) -> str:
    plans = "force_generic_plan" if brief else "auto"
    digits = "" if about is None else f", '\\x{about.hex()}'"
    return f"EXECUTE {name} ({sql.Literal(origin).as_string()}, '{plans}'{digits})"

"""A question whose answer is thought to be known, asked along with the work instead of before it.

Who asks proceeds on the answer of last time; the server says in the same message whether it is still true. Where it is
not, nothing that the work found is used and nothing it would have written stands.
"""

from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection

_Connection = AsyncConnection[tuple[object, ...]]
PLACE = "proof"


class Outdated(Exception):
    """The answer is another one by now, or was not asked for: the request begins anew and asks first."""


@dataclass
class Proof:
    """`function`: SQL of a call with one place `{}` for the bytes `about`; `expected`: the text it gave last time."""

    function: str
    about: bytes
    expected: bytes
    is_heard: bool = False

    def along(self, statement: str) -> str:
        """`statement`, which gives one row, with the answer as a further column; binds PLACE."""
        return _along(self.function, statement)

    def hear(self, said: bytes | None) -> None:
        """Raises Outdated for any other answer than the expected one."""
        if said != self.expected:
            raise Outdated
        self.is_heard = True


async def ask(connection: _Connection, function: str, about: bytes) -> bytes | None:
    """What the function says, asked alone."""
    row = await (await connection.execute(f"SELECT {function.format('%s')}", [about])).fetchone()
    return None if row is None or row[0] is None else str(row[0]).encode()


# What is to be proven along with the first statement of a connection that is lent.
PROOFS: WeakKeyDictionary[_Connection, Proof] = WeakKeyDictionary()


@lru_cache(maxsize=2_000)
def _along(function: str, statement: str) -> str:
    return f"SELECT q.*, {function.format(f'%({PLACE})s')} FROM ({statement}) AS q"

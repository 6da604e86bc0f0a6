"""Statements without values: what of a statement may be kept, and what two of them have in common."""

import hashlib
import re
from functools import lru_cache

from psycopg import sql
from psycopg.abc import Query

LONGEST = 4_000
# Names in double quotes stay as they are; literals, numbers and places for parameters become one sign.
_PARTS = re.compile(
    r"""(?P<name>"(?:[^"]|"")*")"""
    r"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"
    r"|'(?:[^']|'')*'"
    r"|%\(\w+\)[sbt]|%[sbt]"
    r"|(?<![\w$.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w])",
    re.DOTALL,
)
_LISTS = re.compile(r"\?(?:::\w+(?:\[\])?)?(?:\s*,\s*\?(?:::\w+(?:\[\])?)?)+")
_PLACES = re.compile(r"%\((\w+)\)[sbt]|%([sbt])|%%")


def text_of(query: Query | sql.Composable) -> str:
    """The text of a query as it was given to the driver."""
    if isinstance(query, sql.Composable):
        return query.as_string(None)
    return query.decode(errors="replace") if isinstance(query, bytes) else str(query)


@lru_cache(maxsize=512)
def scrubbed(text: str) -> str:
    """The text with `?` for everything that could be a value; lists of any length are alike."""
    bare = _PARTS.sub(lambda found: found["name"] or "?", text)
    return " ".join(_LISTS.sub("?", bare).split())[:LONGEST]


def mark(text: str) -> str:
    """A short hash."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def kind_of(query: Query) -> str:
    """The verb of a query without writing out all of its parts: this is asked of every statement."""
    if isinstance(query, str):
        return verb_of(query)
    return verb_of(text_of(next(iter(query), "") if isinstance(query, sql.Composed) else query))


def verb_of(text: str) -> str:
    """The first word, of few: what kind of statement this is."""
    word = (text[:40].split(maxsplit=1) or ("",))[0].upper()
    return word if word in _VERBS else "OTHER"


_VERBS = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"})


def for_plan(text: str) -> str | None:
    """The statement as EXPLAIN (GENERIC_PLAN) takes it, with numbered places; None for one without a plan."""
    if verb_of(text) == "OTHER" or ";" in text:
        return None
    numbers: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        name = found[1] or f"#{len(numbers)}"
        return f"${numbers.setdefault(name, len(numbers) + 1)}"

    return _PLACES.sub(place, text)

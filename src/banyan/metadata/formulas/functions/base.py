"""What a function is: its names, what it takes and gives, its SQL, its words in both languages, examples that run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.formulas.tree import Typed

Sql = ColumnElement[Any]
Volatile = Literal["never", "daily", "hourly"]
Example = tuple[str, Any]  # a formula and its value as JSON; an error as {"error": code}


@dataclass(frozen=True)
class LowerContext:
    """What values depend on beside the record: where the workspace is and what it pays with."""

    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"


@dataclass(frozen=True, eq=False)
class Lowered:
    """An expression as SQL. `error` is a code or NULL; None when it cannot fail."""

    value: Sql
    error: Sql | None = None


@dataclass(frozen=True, eq=False)
class Site:
    """Where a function is called: in which schema, with which arguments, giving what."""

    node: "Typed"
    args: tuple[Typed, ...]
    schema: str
    context: LowerContext
    source: Callable[[Typed, str], Sql]  # a column of a field named directly, by suffix
    row_id: Sql | None = None  # of the rows an aggregate gathers: what decides between equals


@dataclass(frozen=True)
class Param:
    name: str
    kind: str
    optional: bool = False


@dataclass(frozen=True)
class Signature:
    """`head`, then `group` once or more, then perhaps `tail`."""

    head: tuple[Param, ...]
    group: tuple[Param, ...] = ()
    tail: tuple[Param, ...] = ()

    def params(self, count: int) -> tuple[Param, ...] | None:
        """The parameter of each of `count` arguments; None when so many do not fit."""
        if not self.group:
            least = sum(not param.optional for param in self.head)
            return self.head[:count] if least <= count <= len(self.head) else None
        rest = count - len(self.head)
        times, left = divmod(rest, len(self.group))
        if times < 1 or left > len(self.tail):
            return None
        return (*self.head, *self.group * times, *self.tail[:left])

    @property
    def text(self) -> str:
        """As people read it: `value, [case, result]…, default?`."""
        parts = [f"{param.name}{'?' if param.optional else ''}" for param in self.head]
        if self.group:
            inner = ", ".join(param.name for param in self.group)
            parts.append(f"{inner}…" if len(self.group) == 1 else f"[{inner}]…")
        return ", ".join([*parts, *(f"{param.name}?" for param in self.tail)])


def signature(text: str) -> Signature:
    """Read `value:key [case:key, result:same] default:same?`; brackets repeat."""
    before, _, rest = text.partition("[")
    inside, _, after = rest.partition("]")
    return Signature(_params(before), _params(inside), _params(after))


def _params(text: str) -> tuple[Param, ...]:
    found = []
    for piece in filter(None, (part.strip() for part in text.split(","))):
        name, _, kind = piece.partition(":")
        found.append(Param(name.strip(), kind.strip().rstrip("?"), kind.strip().endswith("?")))
    return tuple(found)


Build = Callable[[Site, Sequence[Lowered]], Lowered]


@dataclass(frozen=True, eq=False)
class Function:
    """One way to call a name. `returns` is a type's name, or a kind of its parameters that says the type.

    `heavy`: its value looks at its arguments' errors. `rows`: it gathers rows that a path to many leads to.
    `matches`: texts beside a choice are its keys or labels.
    """

    key: str
    takes: Signature
    returns: str
    build: Build
    heavy: bool = False
    rows: bool = False
    matches: bool = False
    volatile: Volatile = "never"
    reads: frozenset[str] = frozenset()
    needs: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, eq=False)
class Entry:
    """A name of the language with all its ways to be called, its words and its examples."""

    key: str
    aliases: tuple[str, ...]
    category: str
    doc: Mapping[str, str]
    examples: tuple[Example, ...]
    ways: tuple[Function, ...]


def first_error(*errors: Sql | None) -> Sql | None:
    found = [error for error in errors if error is not None]
    if len(found) < 2:  # noqa: PLR2004 - nothing to choose from
        return found[0] if found else None
    return sa.func.coalesce(*found)


def code(text: str) -> Sql:
    """An error code of ours (never text of a user)."""
    return sa.literal_column(f"'{text}'::text")


_FAILING: set[Build] = set()


def fails(build: Build) -> Build:
    """Mark what can be an error by itself, for the estimate of how large a formula becomes."""
    _FAILING.add(build)
    return build


def can_fail(function: Function) -> bool:
    return function.build in _FAILING


def plain(make: Callable[..., Sql]) -> Build:
    """A function that gives NULL for NULL where SQL does, and never fails."""

    def build(site: Site, args: Sequence[Lowered]) -> Lowered:
        return Lowered(make(*(arg.value for arg in args)), first_error(*(arg.error for arg in args)))

    return build


def failing(make: Callable[..., Sql], error: str) -> Build:
    """A function whose SQL gives NULL for arguments it cannot take: then, and only then, it is an error."""

    def build(site: Site, args: Sequence[Lowered]) -> Lowered:
        values = [arg.value for arg in args]
        value = make(*values)
        wrong = sa.and_(value.is_(None), *(each.is_not(None) for each in values))
        return Lowered(value, first_error(*(arg.error for arg in args), sa.case((wrong, code(error)))))

    return fails(build)


def sited(make: Callable[..., Sql], error: str | None = None) -> Build:
    """As `plain` or `failing`, for SQL that also asks where it is called."""

    def build(site: Site, args: Sequence[Lowered]) -> Lowered:
        def here(*values: Sql) -> Sql:
            return make(site, *values)

        return (plain(here) if error is None else failing(here, error))(site, args)

    return build if error is None else fails(build)


def way(key: str, takes: str, returns: str, build: Build, **more: Any) -> Function:
    return Function(key, signature(takes), returns, build, **more)


def entry(
    names: str, category: str, chinese: str, english: str, examples: Sequence[Example], *ways: Function
) -> Entry:
    """`names` is the key and its aliases, parted by spaces; every way takes the key."""
    key, *aliases = names.split()
    doc = {"zh-CN": chinese, "en": english}
    return Entry(key, tuple(aliases), category, doc, tuple(examples), ways)


def bound(value: Any, kind: sa.types.TypeEngine[Any]) -> Sql:
    """A value of the author's as a parameter that the server casts."""
    return sa.cast(sa.bindparam(None, value, type_=sa.types.NULLTYPE, unique=True), kind)


def text_bound(value: str) -> Sql:
    return bound(value, sa.Text())

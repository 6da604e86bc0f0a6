"""From a SQLAlchemy Core statement to SQL text and parameters for psycopg.

SQLAlchemy builds and compiles; it never opens a connection. A caller may keep a `CompiledStatement` and
bind other
values to it: parameter names depend only on how the statement was built.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.cache_key import CacheKey
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

DIALECT: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_MOST_SHAPES = 2_000


@dataclass(frozen=True)
class CompiledStatement:
    """SQL text with `%(name)s` places, and the values given when it was built (already in psycopg's form)."""

    sql: str
    params: Mapping[str, Any]
    processors: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def bind(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters with `values` in place of those given at build time.

        Raises:
            KeyError: a value for a parameter the statement does not have.
        """
        bound = dict(self.params)
        for name, value in values.items():
            if name not in bound:
                raise KeyError(name)
            process = self.processors.get(name)
            bound[name] = process(value) if process else value
        return bound


class _Shapes:
    """Compiled statements by their shape, least recently used first out; None where a shape is no whole text."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, SQLCompiler | None] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], SQLCompiler | None]) -> SQLCompiler | None:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        found = self._kept[key] = make()
        if len(self._kept) > _MOST_SHAPES:
            self._kept.popitem(last=False)
        return found


_SHAPES = _Shapes()


def compile_once(statement: ClauseElement) -> CompiledStatement:
    """As `compile_statement`; statements that differ in their values alone are compiled once.

    Building the text costs more than running most statements. For statements over tables that stay, as the platform's
    do: a shape holds on to its tables.
    """
    key = statement._generate_cache_key()  # noqa: SLF001 - pinned; the public way needs an engine
    if key is None:
        return compile_statement(statement)
    shape = _SHAPES.get(key.key, lambda: _whole(statement, key))
    if shape is None:
        return compile_statement(statement)
    given = shape.construct_params(extracted_parameters=key.bindparams, _check=False)
    processors: dict[str, Any] = dict(shape._bind_processors)  # noqa: SLF001 - as above
    return CompiledStatement(str(shape), _processed(given, processors), processors)


def _whole(statement: ClauseElement, key: CacheKey) -> SQLCompiler | None:
    """The text, unless it depends on values: lists are written out at their length."""
    compiled = statement.compile(dialect=DIALECT, cache_key=key)
    if (
        not isinstance(compiled, SQLCompiler)
        or compiled.post_compile_params
        or compiled.literal_execute_params
    ):
        return None
    return compiled


def _processed(given: Mapping[str, Any], processors: Mapping[str, Any]) -> dict[str, Any]:
    return {name: processors[name](value) if name in processors else value for name, value in given.items()}


def compile_statement(statement: ClauseElement) -> CompiledStatement:
    """Compile for PostgreSQL through psycopg.

    `IN` lists are expanded, so their length is part of the text.
    """
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    if not isinstance(compiled, SQLCompiler):  # DDL takes no parameters.
        return CompiledStatement(str(compiled), {})
    processors: dict[str, Any] = dict(compiled._bind_processors)  # noqa: SLF001 - pinned; the public way needs an engine
    return CompiledStatement(
        str(compiled), _processed(compiled.construct_params(_check=False), processors), processors
    )

"""From a SQLAlchemy Core statement to SQL text and parameters for psycopg.

SQLAlchemy builds and compiles; it never opens a connection. A caller may keep a `CompiledStatement` and
bind other
values to it: parameter names depend only on how the statement was built.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

DIALECT: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]


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


def compile_statement(statement: ClauseElement) -> CompiledStatement:
    """Compile for PostgreSQL through psycopg.

    `IN` lists are expanded, so their length is part of the text.
    """
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    if not isinstance(compiled, SQLCompiler):  # DDL takes no parameters.
        return CompiledStatement(str(compiled), {})
    processors: dict[str, Any] = dict(compiled._bind_processors)  # noqa: SLF001 - pinned; the public way needs an engine
    params = {
        name: processors[name](value) if name in processors else value
        for name, value in compiled.construct_params(_check=False).items()
    }
    return CompiledStatement(str(compiled), params, processors)

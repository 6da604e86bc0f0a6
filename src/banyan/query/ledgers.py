"""Statements over records of a package, written with API names.

`[payment]` stands for a table, `[payment.amount]` for a column, `[payment.amount:__cur]` for a part of a composite and
`{name}` for a piece given with the statement. What an administrator has renamed is found by its old name; what is gone
is a refusal that names it.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from psycopg import sql

from banyan.kernel.errors import InvalidInput
from banyan.metadata.catalog import Catalog, Object
from banyan.query.resolved import ResolvedFilter
from banyan.query.writes import predicate_sql

_NAME = re.compile(r"\[([a-z_]+)(?:\.([a-z_]+))?(?::([a-z_]+))?\]|\{([a-z_]+)\}")


@lru_cache(maxsize=512)
def _parts(text: str) -> tuple[str | tuple[str, str, str, str], ...]:
    found: list[str | tuple[str, str, str, str]] = []
    last = 0
    for match in _NAME.finditer(text):
        found += [
            text[last : match.start()],
            (match[1] or "", match[2] or "", match[3] or "", match[4] or ""),
        ]
        last = match.end()
    return (*found, text[last:])


def compose(catalog: Catalog, text: str, pieces: Mapping[str, sql.Composable] | None = None) -> str:
    """The statement for one workspace. Raises InvalidInput where an object or field is not there any more."""
    made: list[sql.Composable] = []
    for part in _parts(text):
        if isinstance(part, str):
            made.append(sql.SQL(part))
            continue
        object_name, field_name, suffix, piece = part
        if piece:
            made.append((pieces or {})[piece])
            continue
        obj = catalog.by_name.get(object_name)
        field = None if obj is None or not field_name else obj.field(field_name)
        if obj is None or (field_name and field is None):
            raise InvalidInput("money_fields_gone", object=object_name, field=field_name or "—")
        if field is None:
            made.append(sql.Identifier(obj.schema, obj.table_name))
        else:
            made.append(sql.Identifier(field.physical(suffix)))
    return sql.Composed(made).as_string()


def platform(schema: str, table: str) -> sql.Identifier:
    """A table of a feature, as a piece."""
    return sql.Identifier(schema, table)


def rights_piece(obj: Object, rights: ResolvedFilter) -> sql.Composable:
    """What a reader may see of `obj`, over the alias `r`, as a piece."""
    return sql.SQL(predicate_sql(obj, rights))

"""Changing a field's type: a new column beside the old one, filled by a registered conversion, then swapped.

The old column is archived with its data and its history, so taking the change back loses nothing.
"""

import sqlalchemy as sa
from psycopg import sql

from banyan.db.compile import compile_statement
from banyan.db.database import Connection
from banyan.kernel.errors import Conflict, InvalidInput
from banyan.kernel.limits import setting
from banyan.metadata.catalog import Field, Object
from banyan.metadata.changes import ddl
from banyan.metadata.changes.fields import field_of, in_place_of, target_of
from banyan.metadata.changes.operations import RestoreField, RetypeField
from banyan.metadata.changes.rights import inherit_rights
from banyan.metadata.changes.state import State, built, check_config
from banyan.metadata.changes.steps import Count, Statement, Step, Work
from banyan.metadata.field_types.conversions import Conversion, conversion
from banyan.metadata.field_types.registry import FIELD_TYPES

_DERIVE_CHUNK = 5_000


def retype_field(state: State, operation: RetypeField) -> Step:
    stored = state.object(operation.object)
    known = state.field(stored, operation.field)
    if operation.type not in FIELD_TYPES or not FIELD_TYPES[operation.type].creatable:
        raise InvalidInput("unknown_field_type", type=operation.type)
    edge = conversion(known.definition.type, operation.type)
    if edge is None:
        raise Conflict("impossible_conversion", source=known.definition.type, target=operation.type)
    if (
        stored.definition.title_field == known.definition.api_name
        and not FIELD_TYPES[operation.type].titleable
    ):
        raise Conflict("field_is_title", field=known.definition.api_name)
    before = built(state, stored)
    old = field_of(before, known)
    check_config(operation.type, operation.config)
    kind = FIELD_TYPES[operation.type]
    definition = known.definition.model_copy(
        update={
            "type": operation.type,
            "config": dict(operation.config),
            "default": None,
            "unique": known.definition.unique and kind.uniqueable,
            "searchable": known.definition.searchable and kind.searchable,
        }
    )
    state, fresh = in_place_of(state, stored, known, definition)
    obj = built(state, stored)
    field = field_of(obj, fresh)
    return Step(
        operation=operation,
        state=state,
        summary=dict(field.label),
        inverse=[RestoreField(object=obj.api_name, field_id=known.id, replaces=fresh.id)],
        statements=[*_retire(obj, old), *ddl.add_columns(obj, field)],
        fill=_fill(obj, old, field, edge, state.limits.convert_rows),
        finish=[
            *ddl.field_indexes(obj, field, target_of(state, field)),
            *(ddl.search_index(obj) if before.searched != obj.searched else ()),
            *inherit_rights(obj.schema, known.id, fresh.id),
        ],
        rows_affected=ddl.count_filled(before, old),
        values_lost=_lost(before, old, field, edge),
    )


def _retire(obj: Object, old: Field) -> list[Statement]:
    return [ddl.drop_unique(obj, old)] if old.definition.unique else []


def _fill(obj: Object, old: Field, new: Field, edge: Conversion, most: int) -> Work:
    """Runs under the lock that adding the column takes: more rows than `most` would block readers for seconds."""

    async def fill(connection: Connection) -> None:
        rows = await ddl.count_rows(obj)(connection)
        if rows > most:
            named = setting("convert_rows")
            raise Conflict("too_many_rows_to_convert", rows=rows, limit=most, setting=named)
        table = obj.table
        converted = edge.sql(old, old.columns(table), new)
        values = {new.physical(suffix): expression for suffix, expression in converted.items()}
        compiled = compile_statement(sa.update(table).values(values))
        await connection.execute(compiled.sql, dict(compiled.params))
        if hasattr(new.kind, "derive"):
            await _derive(connection, obj, new)

    return fill


async def _derive(connection: Connection, obj: Object, field: Field) -> None:
    """Sort and search keys are made in Python, so they follow in chunks over the keyset."""
    derive = field.kind.derive  # type: ignore[attr-defined]
    main, last = field.physical(), None
    names = [spec.suffix for spec in field.specs if not spec.tracked]
    select = sql.SQL("SELECT id, {0} FROM {1} WHERE {0} IS NOT NULL AND (%(last)s::uuid IS NULL OR id > %(last)s) "
                     "ORDER BY id LIMIT %(limit)s").format(sql.Identifier(main), ddl.table_of(obj))  # fmt: skip
    columns = [sql.Identifier(field.physical(suffix)) for suffix in names]
    update = sql.SQL(
        "UPDATE {} AS t SET {} FROM unnest(%(ids)s::uuid[], {}) AS d(id, {}) WHERE t.id = d.id"
    ).format(
        ddl.table_of(obj),
        sql.SQL(", ").join(sql.SQL("{0} = d.{0}").format(column) for column in columns),
        sql.SQL(", ").join(sql.SQL("%({})s::text[]").format(sql.SQL(f"c{i}")) for i in range(len(columns))),
        sql.SQL(", ").join(columns),
    )
    while rows := await (await connection.execute(select, {"last": last, "limit": _DERIVE_CHUNK})).fetchall():
        derived = [derive(text, bulk=True) for _, text in rows]
        keys = {f"c{i}": [values[suffix] for values in derived] for i, suffix in enumerate(names)}
        await connection.execute(update, {"ids": [row[0] for row in rows], **keys})
        last = rows[-1][0]


def _lost(obj: Object, old: Field, new: Field, edge: Conversion) -> Count:
    async def lost(connection: Connection) -> int:
        table = obj.table
        converted = edge.sql(old, old.columns(table), new)[""]
        query = (
            sa.select(sa.func.count())
            .select_from(table)
            .where(table.c.deleted_at.is_(None), table.c[old.physical()].is_not(None), converted.is_(None))
        )
        compiled = compile_statement(query)
        row = await (await connection.execute(compiled.sql, dict(compiled.params))).fetchone()
        return int(row[0]) if row else 0

    return lost

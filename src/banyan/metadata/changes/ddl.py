"""DDL of record tables. Identifiers come from the catalog and are quoted; values never appear here.

Physical names derive from immutable slugs, so renaming a label or an API name touches no table.
"""

from collections.abc import Awaitable, Callable, Sequence

from psycopg import sql

from banyan.db.constraints import constraint_name
from banyan.db.database import Connection
from banyan.metadata.catalog import DEPARTMENT_COLUMN, Field, Object
from banyan.metadata.field_types.base import ColumnSpec
from banyan.metadata.system_fields import SYSTEM_FIELDS

Statement = sql.Composed
_LIVE = sql.SQL(" WHERE deleted_at IS NULL")
_LONGEST_ENTRY = 2_600  # bytes of an index's entry without its own
_COUNTED_UP_TO = 200_000  # rows
_CHARACTER, _PLAIN = 4, 40  # bytes at most: of a character, of a number, a date or a key of a choice


def table_of(obj: Object) -> sql.Identifier:
    return sql.Identifier(obj.schema, obj.table_name)


def create_table(obj: Object) -> list[Statement]:
    columns: list[sql.Composable] = [
        sql.SQL("{} {}").format(sql.Identifier(s.column), sql.SQL(s.ddl)) for s in SYSTEM_FIELDS
    ]
    columns.append(sql.SQL("deleted_at timestamptz"))
    # Room on its own page for the next version of a row: where no indexed column changed, no index is written to.
    create = sql.SQL("CREATE TABLE {} ({}) WITH (fillfactor = 90)").format(
        table_of(obj), sql.SQL(", ").join(columns)
    )
    scopes = [
        sql.SQL("CREATE INDEX {} ON {} ({}, id) WHERE deleted_at IS NULL").format(
            sql.Identifier(constraint_name("ix", obj.table_name, column)),
            table_of(obj),
            sql.Identifier(column),
        )
        for column in ("owner_id", DEPARTMENT_COLUMN)
    ]
    return [create, *scopes]


def add_columns(obj: Object, field: Field, default: dict[str, object] | None = None) -> list[Statement]:
    """One ALTER for all columns of a value. A constant default fills existing rows without rewriting them."""
    if not field.specs:
        return []
    parts: list[sql.Composable] = []
    after: list[sql.Composable] = []
    for spec in field.specs:
        name = sql.Identifier(field.physical(spec.suffix))
        part: sql.Composable = sql.SQL("ADD COLUMN {} {}").format(name, sql.SQL(spec.ddl))
        value = spec.written((default or {}).get(spec.suffix))
        if value is not None:
            part = sql.SQL("{} DEFAULT {}::{}").format(part, sql.Literal(value), sql.SQL(spec.ddl))
            after.append(sql.SQL("ALTER COLUMN {} DROP DEFAULT").format(name))
        parts.append(part)
    alter = sql.SQL("ALTER TABLE {} {}")
    statements = [alter.format(table_of(obj), sql.SQL(", ").join(parts))]
    if after:
        statements.append(alter.format(table_of(obj), sql.SQL(", ").join(after)))
    return statements


def _spec(field: Field, suffix: str) -> ColumnSpec:
    return next(spec for spec in field.specs if spec.suffix == suffix)


def field_indexes(obj: Object, field: Field, target: Object | None) -> list[Statement]:
    """Indexes and the foreign key a field asks for, beside the search index."""
    statements: list[Statement] = []
    if field.definition.unique:
        statements.append(unique_index(obj, field))
    if target is not None:
        statements.append(foreign_key(obj, field, target))
    if field.definition.indexed or field.kind.pointing:
        statements.extend(sort_indexes(obj, field))
    return statements


def unique_index(obj: Object, field: Field) -> Statement:
    column = field.physical()
    return sql.SQL("CREATE UNIQUE INDEX {} ON {} ({}) WHERE deleted_at IS NULL").format(
        sql.Identifier(constraint_name("uq", obj.table_name, column)), table_of(obj), sql.Identifier(column)
    )


def unique_together(obj: Object, key: str, fields: Sequence[Field]) -> Statement:
    """No two live records alike in all of `fields`; an empty one among them leaves a record free."""
    return sql.SQL("CREATE UNIQUE INDEX {} ON {} ({}) WHERE deleted_at IS NULL").format(
        sql.Identifier(unique_together_name(obj, key)),
        table_of(obj),
        sql.SQL(", ").join(sql.Identifier(field.physical()) for field in fields),
    )


def unique_together_name(obj: Object, key: str) -> str:
    return constraint_name("ut", obj.table_name, key)


def drop_index(obj: Object, name: str) -> Statement:
    return sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(obj.schema, name))


def drop_beside(obj: Object, name: str) -> Statement:
    """Drop an index while readers and writers go on: run it outside a transaction."""
    return sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(obj.schema, name))


def drop_unique(obj: Object, field: Field) -> Statement:
    return drop_index(obj, constraint_name("uq", obj.table_name, field.physical()))


def sort_indexes(obj: Object, field: Field) -> list[Statement]:
    """(column, id) for live rows: serves equality, range, sort and the keyset of its pages."""
    statements = []
    for suffix in field.kind.index_columns(field):
        column = field.physical(suffix)
        gin = _spec(field, suffix).ddl.endswith("[]")
        shape = "USING gin ({0})" if gin else "({0}, id)"
        statements.append(
            sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} {}{}").format(
                sql.Identifier(constraint_name("ix", obj.table_name, column)),
                table_of(obj),
                sql.SQL(shape).format(sql.Identifier(column)),
                _LIVE,
            )
        )
    return statements


def drop_sort_indexes(obj: Object, field: Field) -> list[Statement]:
    return [
        drop_index(obj, constraint_name("ix", obj.table_name, field.physical(suffix)))
        for suffix in field.kind.index_columns(field)
    ]


def joint_index_name(obj: Object, columns: Sequence[str]) -> str:
    return constraint_name("ix", obj.table_name, *columns)


def joint_index(obj: Object, columns: Sequence[str], carried: Sequence[str] = ()) -> Statement:
    """(columns…, id) for live rows, made beside the work on the table: run it outside a transaction.

    With `carried` (columns…) alone, and these in its entries: rows of equal columns then lie as in the table, and what
    is counted and summed of them is read from the index without going to and fro.
    """
    keys = columns if carried else (*columns, "id")
    statement = sql.SQL("CREATE INDEX CONCURRENTLY IF NOT EXISTS {} ON {} ({})").format(
        sql.Identifier(joint_index_name(obj, (*columns, *carried))),
        table_of(obj),
        sql.SQL(", ").join(map(sql.Identifier, keys)),
    )
    if carried:
        names = sql.SQL(", ").join(map(sql.Identifier, carried))
        statement = sql.SQL("{} INCLUDE ({})").format(statement, names)
    return sql.Composed([statement, _LIVE])


def fit_together(fields: Sequence[Field]) -> bool:
    """Whether an entry of an index, beside an id, holds whatever these fields may hold: a longer value is refused."""
    widths = [field.kind.longest(field) for field in fields]
    return sum(_PLAIN if not width else width * _CHARACTER for width in widths) <= _LONGEST_ENTRY and (
        None not in widths
    )


def label_index(field: Field) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Columns and carried columns of the index by which other records' lists name a record called by `field`.

    None where a value might not fit into it.
    """
    return (("id",), (field.physical(),)) if fit_together([field]) else None


def drop_label_index(obj: Object, field: Field) -> Statement:
    return drop_index(obj, joint_index_name(obj, ("id", field.physical())))


def foreign_key(obj: Object, field: Field, target: Object) -> Statement:
    """NOT VALID: nothing is scanned under the lock; a new column is empty, so there is nothing to validate."""
    column = field.physical()
    return sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} (id) NOT VALID").format(
        table_of(obj),
        sql.Identifier(constraint_name("fk", obj.table_name, column)),
        sql.Identifier(column),
        table_of(target),
    )


def search_index_name(obj: Object) -> str:
    return constraint_name("ix", obj.table_name, "search")


def search_index(obj: Object) -> list[Statement]:
    """The bigram index over the searched columns, made anew; none when nothing is searched."""
    statements = [drop_index(obj, search_index_name(obj))]
    if obj.searched and obj.definition.searchable:
        joined = sql.SQL(" || E'\\n' || ").join(
            sql.SQL("coalesce({}, '')").format(sql.Identifier(column)) for column in obj.searched
        )
        statements.append(
            sql.SQL(
                "CREATE INDEX {} ON {} USING gin (control.grams({})) "
                "WITH (fastupdate = on, gin_pending_list_limit = 16384)"
            ).format(sql.Identifier(search_index_name(obj)), table_of(obj), joined)
        )
    return statements


def count_rows(obj: Object) -> Callable[[Connection], Awaitable[int]]:
    """Live records of `obj`, counted when asked."""
    return _counter(sql.SQL("SELECT count(*) FROM {} WHERE deleted_at IS NULL").format(table_of(obj)))


def about_rows(obj: Object) -> Callable[[Connection], Awaitable[int]]:
    """As `count_rows`; of very many about how many there are, those in the trash among them, as the planner knows.

    Counting ten millions takes a second of both processors, before a change that takes none.
    """
    return _counter(
        sql.SQL(
            "SELECT CASE WHEN reltuples < {} THEN (SELECT count(*) FROM {} WHERE deleted_at IS NULL) "
            "ELSE round(reltuples::numeric, -3) END FROM pg_class WHERE oid = {}::regclass"
        ).format(sql.Literal(_COUNTED_UP_TO), table_of(obj), sql.Literal(table_of(obj).as_string()))
    )


def count_filled(obj: Object, field: Field) -> Callable[[Connection], Awaitable[int]]:
    """Live records in which `field` has a value; none where it holds none."""
    if not field.specs:
        return _counter(sql.SQL("SELECT 0").format())
    return _counter(
        sql.SQL("SELECT count({}) FROM {} WHERE deleted_at IS NULL").format(
            sql.Identifier(field.physical()), table_of(obj)
        )
    )


def _counter(query: Statement) -> Callable[[Connection], Awaitable[int]]:
    async def count(connection: Connection) -> int:
        row = await (await connection.execute(query)).fetchone()
        return int(row[0]) if row else 0

    return count

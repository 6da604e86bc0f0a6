"""Numbers that the system gives, never twice and, where the field says so, without gaps.

A counter is a row. Of a field without gaps it is taken in the transaction of the write: what is refused gives its
number back, and whoever comes next waits for the row. It is therefore taken last before the rows are written. Of
another field it is taken apart, so that writers do not wait for each other, and what is refused leaves a gap.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from banyan.db.apart import COUNT, take_apart
from banyan.db.database import Connection
from banyan.metadata.catalog import Field, Object
from banyan.query import numbering, writes
from banyan.records.session import Session
from banyan.records.values import Stored

COMPANY, CODE = "company", "code"


def is_numbered(field: Field) -> bool:
    return bool(getattr(field.kind, "automatic", False))


async def give_numbers(connection: Connection, session: Session, obj: Object, rows: Sequence[Stored]) -> None:
    """Into the rows, in place: one counter step for all of them, or one per company where numbers carry its code."""
    context = session.context
    for field in obj.stored_fields:
        if not is_numbered(field):
            continue
        kind: Any = field.kind
        codes = await _codes_of_rows(connection, session, obj, field, rows)
        wanted = Counter(codes)
        last: dict[str, int] = {}
        # In one order, so that two who number for the same companies wait for each other and not in a circle.
        for code in sorted(wanted):
            period = kind.period(field, context.now, context.timezone, code)
            last[code] = await _take(connection, obj, field, period, wanted[code]) - wanted[code]
        for row, code in zip(rows, codes, strict=True):
            last[code] += 1
            values = kind.render(field, last[code], context.now, context.timezone, code)
            row.update({field.physical(suffix): value for suffix, value in values.items()})


async def _take(
    connection: Connection, obj: Object, field: Field, period: str, count: int, *, trial: bool = False
) -> int:
    """The last of `count` numbers; of a trial, which is undone, the counter hears nothing."""
    counter = {"field": field.id, "period": period}
    if not trial and not getattr(field.config, "gap_free", True):
        return await take_apart(connection, writes.next_numbers_apart(obj.schema), counter, count)
    asked = numbering.numbers_ahead(obj.schema) if trial else writes.next_numbers(obj.schema)
    row = await (await connection.execute(asked, {**counter, COUNT: count})).fetchone()
    return int(row[0]) if row else count


async def _codes_of_rows(
    connection: Connection, session: Session, obj: Object, field: Field, rows: Sequence[Stored]
) -> list[str]:
    """Per row the code that its number carries; none for a record without a company."""
    column = _company_column(session, obj, field)
    if column is None:
        return [""] * len(rows)
    codes = await _codes(connection, session, {str(row[column]) for row in rows if row.get(column)})
    return [codes.get(str(row.get(column)), "") for row in rows]


def _company_column(session: Session, obj: Object, field: Field) -> str | None:
    """Where a record says its company, if its numbers carry the code of one."""
    kind: Any = field.kind
    relation = session.full.by_id[obj.id].field(COMPANY)
    company = session.full.by_name.get(COMPANY)
    if not kind.carries_company(field) or relation is None or company is None:
        return None
    coded = relation.kind.pointing and not relation.kind.is_list and relation.reaches == (company.api_name,)
    return relation.physical() if coded and company.field(CODE) is not None else None


async def _codes(connection: Connection, session: Session, ids: set[str]) -> Mapping[str, str]:
    company = session.full.object(COMPANY)
    code = company.field(CODE)
    if code is None or not ids:
        return {}
    statement = numbering.codes_of(company, code.physical())
    cursor = await connection.execute(statement, {"ids": sorted(ids)})
    return {str(row[0]): row[1] for row in await cursor.fetchall() if row[1]}


async def number_load(
    connection: Connection,
    session: Session,
    obj: Object,
    field: Field,
    rows: sql.Composable,
    given: Sequence[str],
    count: int,
    *,
    trial: bool = False,
) -> sql.Composable:
    """For a load: one step per counter, and the expression by which PostgreSQL numbers each row `s` from its place.

    `rows` are those that will be created; `given` the columns that they have.
    """
    column = _company_column(session, obj, field)
    if column is None or column not in given:
        return await _of_code(connection, session, obj, field, "", count, sql.SQL("s.place"), trial=trial)
    cursor = await connection.execute(numbering.rows_by(rows, column))
    found = {str(row[0]): int(row[1]) for row in await cursor.fetchall()}
    codes = await _codes(connection, session, {each for each in found if each != "None"})
    counts: Counter[str] = Counter()
    for company, rows_of in found.items():
        counts[codes.get(company, "")] += rows_of
    code = numbering.code_of_row(column, codes)
    place = sql.SQL("row_number() OVER (PARTITION BY {} ORDER BY s.row_no)").format(code)
    numbers = {
        each: await _of_code(connection, session, obj, field, each, counts[each], place, trial=trial)
        for each in sorted(counts)
    }
    return numbering.by_code(code, numbers)


async def _of_code(
    connection: Connection,
    session: Session,
    obj: Object,
    field: Field,
    code: str,
    count: int,
    place: sql.Composable,
    *,
    trial: bool,
) -> sql.Composable:
    context, kind = session.context, field.kind
    automatic: Any = kind
    period = automatic.period(field, context.now, context.timezone, code)
    first = await _take(connection, obj, field, period, count, trial=trial) - count
    before, width, after = automatic.parts(field, context.now, context.timezone, code)
    return numbering.rendered(before, first, width, after, place)

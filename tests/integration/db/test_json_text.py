"""JSON written as text by the server is the JSON its own functions give."""

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from banyan.db.compile import compile_statement
from banyan.db.json_text import JsonObject, object_text

pytestmark = pytest.mark.anyio
VALUES = {
    "text": (sa.Text(), "'quo\"te \\ %'"),
    "empty": (sa.Text(), "NULL"),
    "whole": (sa.BigInteger(), "-9007199254740993"),
    "none": (sa.Integer(), "NULL"),
    "yes": (sa.Boolean(), "true"),
    "id": (sa.Uuid(), "'01a20703-ae1b-7b4f-b704-22c221ca9556'"),
    "nobody": (sa.Uuid(), "NULL"),
    "money": (sa.Numeric(), "'12.50'"),
    "nan": (sa.Numeric(), "'NaN'"),
    "day": (sa.Date(), "'2026-02-28'"),
    "moment": (sa.DateTime(timezone=True), "'2026-02-28 12:00:00.5+08'"),
    "list": (ARRAY(sa.Text()), "ARRAY['a', NULL, '\"']"),
    "document": (JSONB(), "'{\"a\": [1, null]}'"),
}


def column(name: str) -> sa.ColumnElement:
    kind, text = VALUES[name]
    return sa.literal_column(
        f"CAST({text} AS {kind.compile(dialect=sa.dialects.postgresql.dialect())})", kind
    )


async def said(database, expression: sa.ColumnElement):
    statement = compile_statement(sa.select(expression))
    async with database.reader() as connection:
        row = await (await connection.execute(statement.sql, dict(statement.params))).fetchone()
    return None if row[0] is None else json.loads(row[0], parse_float=str, parse_int=str)


async def test_every_kind_of_value_is_written_as_the_server_writes_it(database):
    members = [(name, column(name)) for name in VALUES]
    members.append(("number as text", sa.cast(column("money"), sa.Text)))
    by_server = sa.func.json_build_object(
        *(part for name, value in members for part in (sa.literal_column(f"'{name}'"), value))
    )
    assert await said(database, object_text(members)) == await said(database, by_server)


async def test_an_object_says_the_same_in_both_its_forms_and_null_where_there_is_none(database):
    for name in ("money", "empty"):
        made = JsonObject(column(name), [('it\'s "%"', column(name)), ("text", column("text"))])
        assert await said(database, made.text()) == await said(database, made)
    assert await said(database, object_text([("inner", JsonObject(column("empty"), []))])) == {"inner": None}


async def test_more_values_than_a_function_takes(database):
    members = [(f"n{number}", sa.literal_column(str(number), sa.Integer)) for number in range(400)]
    assert await said(database, object_text(members)) == {name: name[1:] for name, _ in members}

"""Compiled once per shape: the same text and the same values as compiled anew, whatever the values are."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from banyan.db.compile import compile_once, compile_statement

TABLE = sa.Table(
    "thing",
    sa.MetaData(schema="ws"),
    sa.Column("id", sa.Uuid),
    sa.Column("document", JSONB),
    sa.Column("version", sa.Integer),
    sa.Column("updated_at", sa.DateTime(timezone=True)),
)
C = TABLE.c
WHO = uuid.UUID(int=7)


def chosen(value: int) -> Any:
    since = sa.func.now() - timedelta(days=value)
    return sa.select(C.document).where(C.version == value, C.updated_at > since).limit(value)


def upserted(value: int) -> Any:
    row = insert(TABLE).values(id=WHO, document={"a": value}, version=value)
    changed = {"document": {"b": value}, "version": C.version + value}
    return row.on_conflict_do_update(index_elements=[C.id], set_=changed, where=C.version == value)


def of_list(value: int) -> Any:
    return sa.select(C.version).where(C.version.in_(range(value)))


def rows(value: int) -> Any:
    return insert(TABLE).values([{"version": each} for each in range(value)])


def changed(value: int) -> Any:
    written = {"document": {"x": value}} if value % 2 else {"updated_at": None}
    return sa.update(TABLE).where(C.version == value).values(**written)


def nothing_or_something(value: int) -> Any:
    return sa.select(C.id).where(C.version == (value if value % 2 else None))


@pytest.mark.parametrize("make", [chosen, upserted, of_list, rows, changed, nothing_or_something])
def test_as_if_compiled_anew(make: Callable[[int], Any]) -> None:
    for value in (3, 4, 7, 3, 8):
        once, anew = compile_once(make(value)), compile_statement(make(value))
        assert once.sql == anew.sql
        assert repr(once.params) == repr(anew.params)


def test_a_shape_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_once(chosen(1))

    def refused(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(sa.sql.elements.ClauseElement, "compile", refused)
    assert compile_once(chosen(2)).params["version_1"] == 2

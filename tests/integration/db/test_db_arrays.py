"""Lists reach PostgreSQL as the driver itself would write them."""

import uuid
from typing import Any

import psycopg
import pytest

from banyan.db.arrays import PlainListDumper

IDS = [uuid.UUID(int=n * 7919**9 % 2**128) for n in range(1, 300)]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("uuid[]", IDS),
        ("uuid[]", [IDS[0], None, IDS[1]]),
        ("uuid[]", []),
        ("uuid[]", [str(each) for each in IDS[:3]]),
        ("bigint[]", [0, -1, 2**63 - 1, -(2**63)]),
        ("bigint[]", [1, None]),
        ("int[]", [1, 2, 3]),
        ("numeric[]", [2**70, -3]),
        ("int[]", [[1, 2], [3, 4]]),
        ("boolean[]", [True, False]),
        ("text[]", ['a,"b"\\', "", "NULL", None]),
    ],
)
def test_a_list_means_what_the_drivers_own_means(targets: Any, kind: str, values: list[Any]):
    with psycopg.connect(targets.app) as plain, psycopg.connect(targets.app) as ours:
        ours.adapters.register_dumper(list, PlainListDumper)
        query = f"SELECT %(values)s::{kind}"
        found, expected = (each.execute(query, {"values": values}).fetchone() for each in (ours, plain))
        assert found == expected
        assert found is not None


@pytest.mark.parametrize(
    "other", [[IDS[0], None], [[IDS[0]], [IDS[1]]], [], [str(IDS[0]), None], [1, 2]], ids=str
)
@pytest.mark.parametrize("is_first", [True, False])
def test_lists_of_one_statement_are_told_apart(targets: Any, other: list[Any], is_first: bool):
    ids = IDS[:3]
    lists = [ids, other, ids] if is_first else [other, ids, other]
    with psycopg.connect(targets.app) as plain, psycopg.connect(targets.app) as ours:
        ours.adapters.register_dumper(list, PlainListDumper)
        query = "SELECT " + ", ".join(f"%s::{'int[]' if each == [1, 2] else 'uuid[]'}" for each in lists)
        found, expected = (each.execute(query, lists).fetchone() for each in (ours, plain))
    assert found == expected
    assert found is not None

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

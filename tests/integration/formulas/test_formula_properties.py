"""A formula in SQL gives what an evaluator of its own gives, for generated formulas and rows with gaps."""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from banyan.db.statements import run
from banyan.metadata.formulas.facade import FormulaInvalid, LowerContext, check, lower
from factories.expressions import Expression, expressions, outcome
from factories.house import House
from factories.ledger import build, value

pytestmark = pytest.mark.anyio
ROWS: list[dict[str, Any]] = [
    {"qty": Decimal("2.5"), "rate": Decimal(13), "note": "上海 a", "done": True, "day": date(2024, 2, 29)},
    {"qty": Decimal(0), "rate": Decimal("-0.01"), "note": 'x"y', "done": False, "day": date(1999, 12, 31)},
    {"qty": None, "rate": Decimal(0), "note": None, "done": None, "day": None},
    {
        "qty": Decimal("123456789012.3456"),
        "rate": None,
        "note": "''",
        "done": None,
        "day": date(9999, 12, 30),
    },
]
COUNT = 400


def generated(strategy: st.SearchStrategy[Expression]) -> list[Expression]:
    found: dict[str, Expression] = {}

    @settings(
        max_examples=COUNT, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def collect(made: Expression) -> None:
        found[made.text] = made

    collect()
    return list(found.values())


@pytest.fixture(scope="module")
async def ledger(house: House) -> House:
    await build(house)
    for place, row in enumerate(ROWS):
        values = {name: _json(each) for name, each in row.items()}
        await house.create("folder", {"name": str(place), **values})
    return house


def _json(each: Any) -> Any:
    return each if each is None or isinstance(each, bool | str) else str(each)


async def computed(house: House, expression: Expression) -> list[Any]:
    """The formula over all rows, in their order."""
    catalog = await house.catalog()
    obj = catalog.object("folder")
    base = obj.table.alias("r")
    lowered = lower(check(expression.text, catalog, obj), base, house.schema, LowerContext())
    error = sa.cast(sa.null(), sa.Text) if lowered.error is None else lowered.error
    shown = sa.func.json_build_array(error, sa.cast(lowered.value, sa.Text))
    async with house.database.reader() as connection:
        cursor = await run(
            connection, sa.select(shown).select_from(base).order_by(base.c[obj.title.physical()])
        )
        return [orjson.loads(row[0]) for row in await cursor.fetchall()]


def same(found: list[Any], expected: Any) -> bool:
    error, shown = found
    if isinstance(expected, dict):
        return error == expected["error"]
    if error is not None or shown is None or expected is None:
        return error is None and shown is None and expected is None
    if isinstance(expected, Decimal):
        return Decimal(shown) == expected
    return shown == (str(expected).lower() if isinstance(expected, bool) else str(expected))


async def test_sql_gives_what_the_evaluator_gives(ledger: House):
    computable, failed, too_large, counted = 0, 0, 0, 0
    made = generated(expressions())
    for expression in made:
        try:
            found = await computed(ledger, expression)
        except FormulaInvalid as refused:
            too_large += {each.code for each in refused.problems} <= {
                "formula_too_complex",
                "formula_too_large",
            }
            continue
        counted += 1
        for row, each in zip(ROWS, found, strict=True):
            expected = outcome(expression, row)
            assert same(each, expected), (expression.text, row, each, expected)
            computable += 1
            failed += isinstance(expected, dict)
    assert counted + too_large == len(made)
    assert computable > COUNT
    assert failed > 0


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("/".join(["1"] * 60), "1"),
        ("(1/" * 56 + "qty" + ")" * 56, "2.5"),
        ("ROUND(" * 60 + "qty" + ", 1)" * 60, "2.5"),
        ("+".join(["qty"] * 400), "1000"),
        ('REPT(REPT("ab", 1999), 1000000)', {"error": "text_too_long"}),
        ("10 ^ 10 ^ 10 ^ 10", {"error": "out_of_range"}),
        ("EXP(EXP(EXP(EXP(5))))", {"error": "out_of_range"}),
        ("DATE(99999999999999999999, 1, 1)", {"error": "not_a_date"}),
        ("DATE(2026, 1, 1) + 10 ^ 30", {"error": "out_of_range"}),
        ('DATEADD(NOW(), 999999999, "year")', {"error": "unknown_unit"}),
        ('VALUE("1e999999999")', {"error": "not_a_number"}),
        ("CHAR(55296)", {"error": "out_of_range"}),
        ('SUBSTITUTE(REPT("a", 4000), "a", REPT("b", 4000))', {"error": "text_too_long"}),
        ('TEXT(1, "%s %(x)s")', {"error": "unknown_format"}),
        ("FACT(27) * FACT(27) * FACT(27) > 1", True),
        ("ROUND(1, 10 ^ 9)", {"error": "out_of_range"}),
        ('"%(param_1)s :name %s" & 1', "%(param_1)s :name %s1"),
    ],
)
async def test_nothing_fails_a_statement(ledger: House, formula: str, expected: Any):
    first = (await ledger.page("folder", select=["id"], where={"field": "name", "op": "eq", "value": "0"}))[
        "records"
    ]
    assert await value(ledger, formula, first[0]["id"]) == expected

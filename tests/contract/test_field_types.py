"""Every registered field type keeps the protocol: SQL and Python say the same, pages are stable, text comes back."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from banyan.db.vault import Vault
from banyan.kernel import collation
from banyan.metadata.catalog import Field, Object
from banyan.metadata.field_types.base import FieldType
from banyan.metadata.field_types.operators import OPERATORS
from banyan.metadata.field_types.periods import PERIODS
from banyan.metadata.field_types.registry import FIELD_TYPES
from banyan.query.parsed import ParsedQuery
from banyan.records import queries, sealing
from banyan.records.commands import Commands
from banyan.records.session import Session
from conformance.cases import BY_KEY, CASES, WRITABLE, Case
from factories.house import House

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
TITLE = "title"
TOLD_AS = {
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "text[]": "ARRAY",
    "uuid[]": "ARRAY",
}


def examples(strategy: st.SearchStrategy[Any], count: int = 15) -> list[Any]:
    """Generated values, taken before the first await: hypothesis does not follow a test across a shared loop."""
    found: list[Any] = []

    @settings(
        max_examples=count, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


class RolledBack(Exception):
    pass


class Bench:
    """Rows of one object that exist for one example."""

    def __init__(self, house: House, session: Session, connection: Any) -> None:
        self.house, self.session, self.connection = house, session, connection
        self.obj: Object = session.catalog.object("specimen")

    async def fill(self, case: Case, values: list[Any]) -> None:
        rows = [{TITLE: f"row {i}", case.name: value} for i, value in enumerate(values)]
        await Commands(self.connection, self.session, self.house.bus).create(self.obj, rows, [""] * len(rows))

    async def page(self, **query: Any) -> dict[str, Any]:
        parsed = ParsedQuery.model_validate(query)
        page = await queries.query_page(self.connection, self.session, self.obj, parsed)
        return orjson.loads(page.document())

    async def values(self, name: str) -> dict[str, Any]:
        """JSON values by record id."""
        page = await self.page(select=[name], limit=1000)
        return {record["id"]: record[name] for record in page["records"]}

    async def by_row(self, name: str) -> dict[str, Any]:
        page = await self.page(select=[TITLE, name], limit=1000)
        return {record[TITLE]: record[name] for record in page["records"]}

    async def matching(self, where: dict[str, Any]) -> set[str]:
        return {record["id"] for record in (await self.page(select=["id"], where=where))["records"]}


@pytest.fixture(scope="module")
async def specimen(house: House) -> AsyncIterator[House]:
    fields = [
        {
            "api_name": case.name,
            "type": case.key,
            "label": {"en": f"Value {case.key}"},
            "config": dict(case.config),
        }
        for case in CASES
    ]
    parent = {"type": "relation", "label": {"en": "Parent"}, "config": {"target": "specimen"}}
    fields.append({"api_name": "parent", **parent})
    vault, before = Vault({"test": Fernet.generate_key().decode()}), sealing.wired()
    sealing.wire(keys := lambda: vault)
    names = {"label": {"en": "Specimen"}, "title_field": TITLE}
    await house.change({"kind": "create_object", "api_name": "specimen", **names, "fields": fields})
    for name in ("王芳", "Zoë", "安娜", "bob"):
        await house.create("user", {"name": name})
        await house.create("department", {"name": f"{name}部"})
    yield house
    if sealing.wired() is keys:  # Other tests seal with the keys of their own application.
        sealing.wire(before)


@pytest.fixture(scope="module")
async def records_of(specimen: House) -> dict[str, list[str]]:
    """Ids by object, to point at."""
    names = ("user", "department")
    return {name: [record["id"] for record in (await specimen.page(name))["records"]] for name in names}


@pytest.fixture
async def people(specimen: House, records_of: dict[str, list[str]], case: Case) -> list[str]:
    """Records a value of the type may name."""
    reached = (await specimen.catalog()).object("specimen").by_name[case.name].reaches
    return records_of[reached[-1]] if reached else []


def bare(field: Field, value: Any) -> Any:
    """A value as the Python twin has it, which knows no labels."""
    if not field.kind.pointing or value is None:
        return value
    if isinstance(value, list):
        return [item["id"] for item in value]
    if "object" in value:
        return {"object": value["object"], "id": value["id"]}
    return value["id"]


@contextlib.asynccontextmanager
async def bench(house: House) -> AsyncIterator[Bench]:
    session = await house.session()
    with contextlib.suppress(RolledBack):
        async with house.database.transaction() as connection:
            yield Bench(house, session, connection)
            raise RolledBack


def each_type(*cases: Case) -> Any:
    return pytest.mark.parametrize("case", cases or CASES, ids=lambda case: case.key)


def columns_of(case: Case, people: list[str], size: int = 8) -> st.SearchStrategy[list[Any]]:
    return st.lists(case.values(people) | st.none(), min_size=1, max_size=size)


def operand(case: Case, key: str, people: list[str]) -> st.SearchStrategy[Any]:
    """Right sides that fit the operator."""
    op, value = OPERATORS[key], case.values(people)
    if op.arity == "none":
        return st.none()
    if op.input == "period":
        return st.sampled_from(sorted(PERIODS))
    if op.input == "text":
        return case.words.filter(lambda text: text != "")
    if op.arity == "one" or case.is_set:
        return value
    least, most = (2, 2) if op.arity == "two" else (0, 4)
    return st.lists(value, min_size=least, max_size=most)


def test_every_registered_type_has_a_case():
    assert {
        key for key, kind in FIELD_TYPES.items() if kind.creatable and not (kind.virtual or kind.holds_files)
    } == set(BY_KEY)


@pytest.mark.parametrize("kind", FIELD_TYPES.values(), ids=lambda kind: kind.key)
def test_type_declares_what_the_protocol_asks(kind: FieldType):
    assert set(kind.label) == {"zh-CN", "en"}
    assert set(kind.operators) <= set(OPERATORS)
    schema = kind.Config.model_json_schema()
    assert schema["type"] == "object"
    assert schema.get("additionalProperties") is False


@each_type()
async def test_columns_are_those_of_the_database(specimen: House, case: Case):
    obj = (await specimen.catalog()).object("specimen")
    specs = obj.by_name[case.name].specs
    assert specs[0].suffix == ""
    async with specimen.database.reader() as connection:
        cursor = await connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
            (obj.schema, obj.table_name),
        )
        found = dict(await cursor.fetchall())
    for spec in specs:
        told = found[obj.by_name[case.name].physical(spec.suffix)]
        assert told == TOLD_AS.get(spec.ddl, spec.ddl)
        assert isinstance(spec.type, sa.types.TypeEngine)


@each_type(*WRITABLE)
async def test_empty_is_null_and_null_is_empty(specimen: House, case: Case):
    async with bench(specimen) as table:
        await table.fill(case, [None])
        assert list((await table.values(case.name)).values()) == [None]
        field = table.obj.by_name[case.name]
        assert field.kind.to_json(field, field.kind.empty(field)) is None


def is_blank(raw: Any) -> bool:
    return raw is None or raw == [] or (isinstance(raw, str) and not raw.strip())


@each_type(*WRITABLE)
async def test_value_comes_back_as_the_python_twin_says(specimen: House, people: list[str], case: Case):
    raw = examples(case.values(people) | st.none(), 60)
    async with bench(specimen) as table:
        await table.fill(case, raw)
        field = table.obj.by_name[case.name]
        found = await table.by_row(case.name)
        for row, given_value in enumerate(raw):
            value = found[f"row {row}"]
            if is_blank(given_value):
                assert value is None
                continue
            told = field.kind.to_json(field, field.kind.parse(field, given_value, table.session.context))
            assert bare(field, value) == told


@each_type(*(case for case in CASES if case.default is not None))
async def test_default_fills_new_records_and_existing_ones(house: House, case: Case):
    name = f"d_{case.key}"
    await house.change(
        {
            "kind": "create_object",
            "api_name": name,
            "label": {"en": name},
        }
    )
    before = await house.create(name, {"name": "before"})
    field = {
        "api_name": "value",
        "type": case.key,
        "label": {"en": "Value"},
        "config": dict(case.config),
        "default": case.default,
    }
    await house.change({"kind": "add_field", "object": name, "field": field})
    after = await house.create(name, {"name": "after"})
    old, new = await house.read(name, before.id), await house.read(name, after.id)
    assert old["value"] is not None
    assert old["value"] == new["value"]


@each_type(*WRITABLE)
async def test_operators_match_their_python_twins(specimen: House, people: list[str], case: Case):
    keys = FIELD_TYPES[case.key].operators
    operands = st.fixed_dictionaries({key: operand(case, key, people) for key in keys})
    for values, given_operands in examples(st.tuples(columns_of(case, people), operands)):
        async with bench(specimen) as table:
            await table.fill(case, values)
            await assert_operators(table, case.name, given_operands)


async def assert_operators(table: Bench, name: str, operands: dict[str, Any]) -> None:
    """Each operator and its NOT find exactly the rows that the Python twin finds."""
    field, context = table.obj.by_name[name], table.session.context
    rows = await table.values(name)
    for key, raw in operands.items():
        where = {"field": name, "op": key} | ({} if raw is None else {"value": raw})
        matches = OPERATORS[key].matches
        expected = {i for i, value in rows.items() if matches(field.kind, field, value, raw, context)}
        assert await table.matching(where) == expected, where
        assert await table.matching({"not": where}) == set(rows) - expected, where


@pytest.mark.parametrize("name", ["v_autonumber", "id", "version"])
async def test_operators_of_system_given_values_match_their_python_twins(specimen: House, name: str):
    async with bench(specimen) as table:
        await table.fill(BY_KEY["boolean"], [True, False, None])
        one = next(iter((await table.values(name)).values()))
        shapes = {"none": None, "one": one, "many": [one], "two": [one, one]}
        keys = table.obj.by_name[name].kind.operators
        await assert_operators(table, name, {key: shapes[OPERATORS[key].arity] for key in keys})


@each_type(*(case for case in WRITABLE if FIELD_TYPES[case.key].sortable))
async def test_pages_of_three_walk_the_order_of_the_python_twin(
    specimen: House, people: list[str], case: Case
):
    orders = st.tuples(st.sampled_from(["asc", "desc"]), st.sampled_from(["first", "last"]))
    for values, (direction, nulls) in examples(st.tuples(columns_of(case, people, 10), orders), 10):
        async with bench(specimen) as table:
            await table.fill(case, values)
            expected = ordered(table.obj, case.name, await table.values(case.name), direction, nulls)
            sort = [{"field": case.name, "direction": direction, "nulls": nulls}]
            for limit in (3, len(expected)):
                assert await walked(table, sort, limit) == expected


def ordered(obj: Object, name: str, rows: dict[str, Any], direction: str, nulls: str) -> list[str]:
    field = obj.by_name[name]

    def key(identifier: str) -> Any:
        value = rows[identifier]
        if field.target is not None:
            return collation.sort_key(value["label"]), identifier
        return field.kind.sort_python(field, value), identifier

    empty = sorted(identifier for identifier, value in rows.items() if value is None)
    filled = sorted((identifier for identifier, value in rows.items() if value is not None), key=key)
    if direction == "desc":
        empty, filled = empty[::-1], filled[::-1]
    return [*empty, *filled] if nulls == "first" else [*filled, *empty]


async def walked(table: Bench, sort: list[dict[str, Any]], limit: int) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = await table.page(select=["id"], sort=sort, limit=limit, cursor=cursor)
        found += [record["id"] for record in page["records"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@each_type(*(case for case in WRITABLE if case.comes_back))
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_exported_text_is_read_back(specimen: House, case: Case, language: str):
    catalog, context = await specimen.catalog(), (await specimen.session()).context
    field = catalog.object("specimen").by_name[case.name]
    for raw in examples(case.values([]), 40):
        if is_blank(raw):
            continue
        value = field.kind.to_json(field, field.kind.parse(field, raw, context))
        cell = field.kind.to_text(field, value, language=language)
        if case.key == "currency":  # a cell holds the amount; the currency is chosen for the whole file
            value = value | {"currency": "CNY"}
        assert field.kind.to_json(field, field.kind.parse_cell(field, cell, context)) == value, cell


@each_type()
def test_type_has_its_page_and_its_renderer(case: Case):
    page = ROOT / "docs" / "field-types" / f"{case.key}.md"
    assert page.is_file(), f"write {page.relative_to(ROOT)}"
    text = page.read_text("utf-8")
    kind = FIELD_TYPES[case.key]
    assert kind.label["zh-CN"] in text
    assert kind.label["en"] in text
    assert len(text.splitlines()) <= 40
    for operator in kind.operators:
        assert f"`{operator}`" in text, f"{case.key}: the page does not name the operator {operator}"
    for name in kind.Config.model_fields:
        assert f"`{name}`" in text, f"{case.key}: the page does not name the option {name}"
    assert (ROOT / "web" / "src" / "fields" / case.key).is_dir()

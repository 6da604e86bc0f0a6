"""An export is read ahead and written in pieces: the same bytes as cell by cell, and nothing left running behind it."""

import asyncio
import csv
import io
import random
from typing import Any

import orjson
import pytest

from banyan.query.authorised import authorise
from banyan.query.execute import run_page
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records import export
from banyan.records.export import Export, ExportBody, neutral
from banyan.records.session import Session
from factories.api import unique
from factories.house import House

pytestmark = pytest.mark.anyio
ROWS = 41
TEXTS = (
    "=1+1",
    "+8613800138000",
    "-5",
    "-x",
    "@a",
    "\tb",
    "plain",
    '"quoted", and more',
    "两行\n文字",
    "",
    "'kept",
)


def field(name: str, kind: str, config: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "api_name": name,
        "type": kind,
        "label": {"en": name, "zh-CN": f"中{name}"},
        "config": config or {},
    }


CHOICES = {"choices": [{"key": key, "label": {"en": f"={key}", "zh-CN": f"选{key}"}} for key in "abc"]}


async def _filled(house: House) -> str:
    obj = unique("bytes")
    fields = [
        field("words", "long_text"),
        field("one", "single_choice", CHOICES),
        field("many", "multiple_choice", CHOICES),
        field("sum", "currency"),
        field("size", "number"),
        field("on", "date"),
        field("moment", "datetime"),
        field("yes", "boolean"),
        field("up", "relation", {"target": obj}),
    ]
    await house.change({"kind": "create_object", "api_name": obj, "label": {"en": obj}, "fields": fields})
    chance, made = random.Random(7), list[str]()  # noqa: S311 - a sample
    for n in range(ROWS):
        values = {
            "name": f"{chance.choice(TEXTS) or 'none'}{n}",
            "words": chance.choice(TEXTS) or None,
            "one": chance.choice(["a", "b", "c", None]),
            "many": chance.choice([None, ["a"], ["b", "c"]]),
            "sum": chance.choice(
                [None, {"amount": "-12.50", "currency": "CNY"}, {"amount": "7", "currency": "USD"}]
            ),
            "size": chance.choice([None, "-1.5", "12"]),
            "on": chance.choice([None, "2026-11-01"]),
            "moment": chance.choice([None, "2026-11-01T23:30:00Z"]),
            "yes": chance.choice([None, True, False]),
            "up": chance.choice([None, *made]),
        }
        made.append(str((await house.create(obj, values)).id))
    return obj


async def _cell_by_cell(house: House, session: Session, obj: Any, body: ExportBody) -> bytes:
    query = ParsedQuery(select=body.columns, sort=body.sort, where=body.where, limit=1_000)
    found = authorise(session.policy, session.resolver, obj, query, action="export")
    refs = {ref.name: ref for ref in found.select}
    async with house.database.reader() as connection:
        records = orjson.loads((await run_page(connection, found)).rows)
    language, currency = session.actor.language, session.context.currency
    buffer = io.StringIO()
    for record in records:
        cells = [
            refs[name].field.kind.to_text(
                refs[name].field, record[name], language=language, labels=body.labels, currency=currency
            )
            for name in body.columns or ()
        ]
        csv.writer(buffer, lineterminator="\r\n").writerow([neutral(cell) for cell in cells])
    return buffer.getvalue().encode()


@pytest.mark.parametrize("page", [1, 7, 4_000])
@pytest.mark.parametrize("labels", [True, False])
async def test_the_bytes_are_those_of_each_cell_by_itself(
    house: House, monkeypatch: pytest.MonkeyPatch, page: int, *, labels: bool
):
    monkeypatch.setattr(export, "PAGE", page)
    monkeypatch.setattr(export, "PIECE", 3)
    monkeypatch.setattr(export, "SLICE", 2)
    monkeypatch.setattr(export, "KNOWN_TEXTS", 2)
    obj = await _filled(house)
    session = await house.session(await house.administrator())
    names = (
        "name",
        "words",
        "one",
        "many",
        "sum",
        "size",
        "on",
        "moment",
        "yes",
        "up",
        "owner",
        "created_at",
    )
    for sort in ((), (Sort(field="size", direction="desc"),), (Sort(field="on"), Sort(field="name"))):
        body = ExportBody(columns=names, sort=sort, labels=labels)
        target = session.catalog.object(obj)
        made = Export(house.database, session, target, body)
        chunks = [chunk async for chunk in made.csv()]
        assert b"".join(chunks[1:]) == await _cell_by_cell(house, session, target, body)
        assert made.written == ROWS


async def test_nothing_to_export_is_a_header(house: House):
    obj = unique("bare")
    await house.change({"kind": "create_object", "api_name": obj, "label": {"en": obj}})
    session = await house.session(await house.administrator())
    made = Export(house.database, session, session.catalog.object(obj), ExportBody(columns=("name",)))
    assert b"".join([chunk async for chunk in made.csv()]).count(b"\r\n") == 1


async def test_a_reader_who_goes_away_leaves_no_statement_behind(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(export, "PAGE", 2)
    obj = unique("left")
    await house.change({"kind": "create_object", "api_name": obj, "label": {"en": obj}})
    await house.create_all(obj, [{"name": f"n{n}"} for n in range(9)])
    session = await house.session(await house.administrator())
    chunks = Export(house.database, session, session.catalog.object(obj), ExportBody(columns=("name",))).csv()
    await anext(chunks)
    await anext(chunks)
    await chunks.aclose()
    running = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    assert not [name for name in running if name.startswith("Export.")]

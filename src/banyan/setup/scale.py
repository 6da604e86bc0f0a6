"""Demo data at scale: accounts, contacts, opportunities and activities streamed by COPY, any number of rows.

Names are spelled once per pool entry and numbered after it, so generation keeps up with COPY and memory stays flat.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from banyan.db.database import Database
from banyan.kernel.collation import search_key, sort_key
from banyan.kernel.ids import new_id
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.changes import ddl
from banyan.metadata.changes.states import begin_periods
from banyan.metadata.states import machines_of
from banyan.records.bulk import copy_records, tidy
from banyan.setup.names import CITIES, company, person

_POOL, _DAYS, _PART = 20_000, 548, 100_000
_STAGES = ("prospecting", "engaging", "proposal", "negotiation", "won", "lost")
_STAGE_WEIGHTS = (18, 16, 12, 8, 28, 18)
_LEVELS, _LEVEL_WEIGHTS = ("a", "b", "c", "d"), (1, 3, 6, 2)
_KINDS = ("note", "call", "visit", "meeting", "email")
Spelled = tuple[str, str, str | None]
OBJECTS = ("account", "contact", "opportunity", "activity")


@dataclass(frozen=True)
class Scale:
    """`rows` of each object; `owners` share them unevenly, as in life."""

    rows: int
    owners: tuple[UUID, ...]
    seed: int = 42
    departments: Mapping[UUID, UUID] = field(default_factory=dict)  # of the owners


async def load_scaled(database: Database, catalog: Catalog, scale: Scale, currency: str = "CNY") -> None:
    """Fill the four objects. Each part is a transaction of its own; run it on an empty workspace."""
    made = _Scaled(scale, currency)
    for name in OBJECTS:
        obj = catalog.object(name)
        columns, rows = made.table(obj)
        # A search index built at the end costs a tenth of one kept up row by row.
        async with database.schema_change() as connection:
            await connection.execute(ddl.drop_index(obj, ddl.search_index_name(obj)))
        while part := list(_take(rows, _PART)):
            async with database.transaction() as connection:
                await copy_records(connection, obj, columns, part)
        async with database.schema_change() as connection:
            for statement in ddl.search_index(obj):
                await connection.execute(statement)
            for machine in machines_of(catalog).get(obj.id, ()):
                await begin_periods(connection, machine)
        await tidy(database, obj)


def _take(rows: Iterator[Any], count: int) -> Iterator[Any]:
    for _, row in zip(range(count), rows, strict=False):
        yield row


class _Scaled:
    def __init__(self, scale: Scale, currency: str) -> None:
        self._scale = scale
        self._currency = currency
        self._random = random.Random(scale.seed)  # noqa: S311 - sample data
        self._now = datetime(2026, 11, 1, tzinfo=UTC)
        self._names = [self._company(index) for index in range(min(_POOL, scale.rows))]
        self._people = [person(self._random)[0] for _ in range(500)]
        self._ids: dict[str, list[str]] = {name: [] for name in OBJECTS}

    def _company(self, index: int) -> tuple[Spelled, str]:
        name, industry = company(self._random, index)
        return (
            name,
            str(sort_key(name, phrases=False)).split("\x01")[0],
            search_key(name, phrases=False),
        ), industry

    def table(self, obj: Object) -> tuple[list[str], Iterator[list[Any]]]:
        """Physical columns and rows of one object."""
        makers = {
            "account": self._account,
            "contact": self._contact,
            "opportunity": self._opportunity,
            "activity": self._activity,
        }
        first = makers[obj.api_name](0)
        columns = [obj.by_name[name].physical(suffix) for name, suffix in first]
        self._ids[obj.api_name].clear()

        def rows() -> Iterator[list[Any]]:
            for index in range(self._scale.rows):
                made = makers[obj.api_name](index)
                self._ids[obj.api_name].append(made["id", ""])
                yield list(made.values())

        return columns, rows()

    def _common(self) -> dict[tuple[str, str], Any]:
        owners = self._scale.owners
        owner = owners[min(int(self._random.paretovariate(0.6)) - 1, len(owners) - 1)]
        moment = self._now - timedelta(days=self._random.random() * _DAYS)
        return {
            ("id", ""): str(new_id()),
            ("owner", ""): owner,
            ("owner_department", ""): self._scale.departments.get(owner),
            ("created_at", ""): moment,
        }

    def _text(self, name: str, spelled: Spelled, number: int) -> dict[tuple[str, str], Any]:
        mark = f"{number}" if number else ""
        text, key, found = spelled
        return {(name, ""): text + mark, (name, "__k"): f"{key}{mark}\x01{text}{mark}", (name, "__p"): found}

    def _phone(self) -> str:
        return f"+861{self._random.choice('3578')}{self._random.randrange(10**9):09d}"

    def _money(self, name: str, low: int, high: int) -> dict[tuple[str, str], Any]:
        amount = round(low * (high / low) ** self._random.random(), -2)
        return {(name, ""): f"{amount:.2f}", (name, "__cur"): self._currency}

    def _account(self, index: int) -> dict[tuple[str, str], Any]:
        spelled, industry = self._names[index % len(self._names)]
        _, city = CITIES[self._random.randrange(len(CITIES))]
        return {
            **self._common(),
            **self._text("name", spelled, index // len(self._names)),
            ("industry", ""): industry,
            ("level", ""): self._random.choices(_LEVELS, _LEVEL_WEIGHTS)[0],
            ("phone", ""): self._phone(),
            ("city", ""): city,
            ("employees", ""): self._random.randrange(5, 20_000),
            **self._money("annual_revenue", 100_000, 900_000_000),
        }

    def _contact(self, index: int) -> dict[tuple[str, str], Any]:
        name = self._people[self._random.randrange(len(self._people))]
        spelled = (name, str(sort_key(name, phrases=False)).split("\x01")[0], search_key(name, phrases=False))
        return {
            **self._common(),
            **self._text("name", spelled, 0),
            ("account", ""): self._pick("account", index),
            ("mobile", ""): self._phone(),
            ("email", ""): f"c{index}@example.com",
        }

    def _opportunity(self, index: int) -> dict[tuple[str, str], Any]:
        spelled, _ = self._names[(index * 7) % len(self._names)]
        close = self._now + timedelta(days=self._random.randint(-_DAYS, 120))
        return {
            **self._common(),
            **self._text("name", spelled, index),
            ("number", ""): f"OP-{index:08d}",
            ("account", ""): self._pick("account", self._random.randrange(self._scale.rows)),
            ("stage", ""): self._random.choices(_STAGES, _STAGE_WEIGHTS)[0],
            **self._money("amount", 8_000, 1_500_000),
            ("close_date", ""): close.date(),
            ("pipeline", ""): "standard",
            ("loss_reason", ""): "price",
            ("stage_entered_at", ""): self._now - timedelta(days=self._random.randint(0, 60)),
        }

    def _activity(self, index: int) -> dict[tuple[str, str], Any]:
        moment = self._now - timedelta(days=self._random.random() * _DAYS)
        return {
            **self._common(),
            **self._text("title", ("跟进记录", "gen jin ji lu ", "genjinjilu gjjl"), 0),
            ("kind", ""): self._random.choice(_KINDS),
            ("body", ""): "电话沟通需求，约定下周演示。",
            ("happened_at", ""): moment,
            ("account", ""): self._pick("account", self._random.randrange(self._scale.rows)),
            ("opportunity", ""): self._pick("opportunity", index),
        }

    def _pick(self, name: str, index: int) -> str:
        ids = self._ids[name]
        return ids[index % len(ids)]

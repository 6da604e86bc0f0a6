"""Demo data at scale: accounts, contacts, opportunities and activities that PostgreSQL makes by itself.

Python spells a pool of names once; each row is then an expression of its number (`query.generated`), and indexes are
made when all rows stand. What a row holds is what writing it through the API would have left, but for history: as with
records that were there before Banyan was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from banyan.db.database import Connection, Database
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.changes.unladen import unload, vacuum
from banyan.metadata.states import Machine, machine_of
from banyan.query import generated
from banyan.query.generated import Pool
from banyan.query.load_plans import unhurried
from banyan.records.bulk import tidy
from banyan.setup.scaled_rows import OBJECTS, Made, Maker

_TRIED = 1_000  # rows that go in with everything in place: what the rules refuse is refused
_log = structlog.get_logger("banyan.scale")


@dataclass(frozen=True)
class Scale:
    """`rows` of each object, of accounts and contacts at most `customers`; `owners` share them unevenly, as in life."""

    rows: int
    owners: tuple[UUID, ...]
    seed: int = 42
    departments: Mapping[UUID, UUID] = field(default_factory=dict)  # of the owners
    customers: int | None = None

    def count(self, name: str) -> int:
        few = name in ("account", "contact") and self.customers is not None
        return min(self.rows, self.customers or 0) if few else self.rows


async def load_scaled(database: Database, catalog: Catalog, scale: Scale, currency: str = "CNY") -> None:
    """Fill the four objects, each in one transaction that locks its table; run it on an empty workspace."""
    counts = {name: scale.count(name) for name in OBJECTS}
    owners = [(owner, scale.departments.get(owner)) for owner in scale.owners]
    maker = Maker(scale.seed, counts, owners, currency, catalog)
    for name in OBJECTS:
        obj = catalog.object(name)
        async with database.schema_change() as connection:
            await connection.execute(unhurried())
            await _fill(connection, obj, maker.made(obj), range(scale.count(name)), maker)
        async with database.upkeep() as connection:
            await connection.execute(vacuum(obj.schema, obj.table_name))
            if machine_of(catalog, obj) is not None:
                await connection.execute(vacuum(obj.schema, "stage_period"))
        await tidy(database, obj)
        _log.info("generated", object=name, rows=scale.count(name))


async def _fill(connection: Connection, obj: Object, made: Made, rows: range, maker: Maker) -> None:
    for pool, values in made.pools:
        await _pool(connection, pool, values)
    machine = machine_of(maker.catalog, obj)
    first, rest = rows[:_TRIED], rows[_TRIED:]
    await _insert(connection, obj, made, first, maker, machine)
    if not rest:
        return
    back = [*await unload(connection, obj.schema, obj.table_name)]
    if machine is not None:
        back += await unload(connection, obj.schema, "stage_period")
    await _insert(connection, obj, made, rest, maker, machine)
    for statement in back:
        await connection.execute(statement)


async def _insert(
    connection: Connection, obj: Object, made: Made, rows: range, maker: Maker, machine: Machine | None
) -> None:
    pools = [pool for pool, _ in made.pools]
    await connection.execute(generated.insert_generated(obj, made.columns, pools, made.gathered, rows))
    if machine is not None:
        statement = generated.begin_stages(obj, machine.field, made.period, rows, maker.dice, obj.api_name)
        await connection.execute(statement)


async def _pool(connection: Connection, pool: Pool, values: Sequence[tuple[Any, ...]]) -> None:
    await connection.execute(generated.create_pool(pool))
    async with connection.cursor() as cursor, cursor.copy(generated.copy_pool(pool)) as copy:
        for row in values:
            await copy.write_row(row)
    await connection.execute(generated.analyze_pool(pool))

"""What follows from a bulk load: defaults by formula, computed values, rules; as for single writes, in chunks."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, FOLLOWS, HOOKS, Breach, Write
from banyan.metadata.catalog import Object
from banyan.metadata.computing import computed_of
from banyan.metadata.formulas.facade import LowerContext
from banyan.query import loads
from banyan.query.foreseen import foresee
from banyan.query.loads import Staging
from banyan.records.computed import Computing, Touched
from banyan.records.defaults import fill_loaded, with_formula, withheld
from banyan.records.rule import Rule
from banyan.records.rules import broken_rules, locked_rows, locking, rules_of
from banyan.records.session import Session

CHUNK = 10_000  # rows of which ids and texts are held at a time


@dataclass
class Loaded:
    """One load of `staging`; nothing is asked or done where the object has neither formulas nor rules."""

    connection: Connection
    session: Session
    staging: Staging
    _touched: list[Touched] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.obj: Object = self.session.full.by_id[self.staging.obj.id]
        self._computing = Computing(self.connection, self.session, whole=True)
        self.computes = bool(computed_of(self.session.full).triggers.get(self.obj.id))
        self.judges = bool(rules_of(self.session.full, self.obj))
        context = LowerContext(timezone=self.session.timezone, currency=self.session.currency)
        self.foreseen = self.session.full.keep(
            ("foreseen", self.obj.id, context),
            lambda: foresee(self.obj, computed_of(self.session.full), context),
        )

    async def before(self) -> None:
        """What must be known of the records before the load changes them."""
        if self.computes:
            async for rows in self._chunks():
                existing = [row[2] for row in rows if row[2] is not None]
                self._touched.append(await self._computing.before(self.obj, existing, self._columns()))

    async def fill_defaults(self) -> None:
        """Defaults by formula for new rows, where the file has no such column."""
        wanted = [
            each
            for each in with_formula(self.obj)
            if each.physical() not in self._columns() and each.definition.default is None
        ]
        kept = withheld(self.session, self.obj) if wanted else set()
        wanted = [f for f in wanted if f.id not in kept]
        if not wanted:
            return
        async for rows in self._chunks():
            ids = [row[1] for row in rows if row[2] is None]
            await fill_loaded(self.connection, self.session, self.obj, wanted, ids)

    async def after(self) -> None:
        """Computed values of everything loaded, and of what is computed from it; what features work out of it."""
        if self.computes:
            known = iter(self._touched)
            async for rows in self._chunks():
                touched = next(known, Touched(self._columns()))
                fresh = [row[1] for row in rows if row[2] is None]
                await self._computing.after(self.obj, fresh, Touched(None), held=True)
                changed = [row[2] for row in rows if row[2] is not None]
                await self._computing.after(self.obj, changed, touched, held=True)
        if FOLLOWS.of(self.obj.api_name):
            async for write, _ in self._writes():
                await FOLLOWS.after(write)

    async def broken(self) -> list[tuple[int, Rule]]:
        """Rows of the file that break a rule, and which."""
        if not self.judges:
            return []
        found: list[tuple[int, Rule]] = []
        async for rows in self._chunks():
            for ids, asked, history in (
                ({row[1]: row[0] for row in rows if row[2] is None}, None, self.session.history),
                ({row[2]: row[0] for row in rows if row[2] is not None}, self._fields(), False),
            ):
                hit = await broken_rules(
                    self.connection, self.session, self.obj, list(ids), asked, history=history
                )
                found += [(ids[key], rule) for key, rules in hit.items() for rule in rules]
        return found

    async def announce(self, *, trial: bool = False) -> None:
        """What features add to a write, in chunks: new rows, then changed ones."""
        if HOOKS.of(self.obj.api_name):
            async for write, _ in self._writes():
                await HOOKS.after(write, trial=trial)

    async def breaches(self) -> list[tuple[int, Breach]]:
        """Rows of the file in which a feature's check finds something, once all of them stand and are announced."""
        found: list[tuple[int, Breach]] = []
        if await CHECKS.apply(self.connection, self.session, self.obj):
            async for write, rows in self._writes():
                hit = await CHECKS.breaches(write)
                found += [(rows[key], breach) for key, breaches in hit.items() for breach in breaches]
        return found

    async def _writes(self) -> AsyncIterator[tuple[Write, dict[UUID, int]]]:
        """Each chunk as the writes it is, with the row of the file by record."""
        async for rows in self._chunks():
            for numbers, columns in (
                ({row[1]: row[0] for row in rows if row[2] is None}, None),
                ({row[2]: row[0] for row in rows if row[2] is not None}, frozenset(self._columns())),
            ):
                if numbers:
                    yield (
                        Write(self.connection, self.session, self.staging.obj, list(numbers), columns),
                        numbers,
                    )

    async def locked(self) -> list[tuple[int, Rule]]:
        """Rows of the file that would write what the known record, as it stands, locks."""
        found: list[tuple[int, Rule]] = []
        if locking(self.obj):
            async for rows in self._chunks():
                ids = {row[2]: row[0] for row in rows if row[2] is not None}
                hit = await locked_rows(self.connection, self.session, self.obj, list(ids), self._columns())
                found += [(ids[key], rule) for key, rules in hit.items() for rule in rules]
        return found

    def _columns(self) -> set[str]:
        return {*self.staging.columns, *(lookup.field.physical() for lookup in self.staging.lookups)}

    def _fields(self) -> set[UUID]:
        columns = self._columns()
        return {each.id for each in self.obj.fields if each.physical() in columns}

    async def _chunks(self) -> AsyncIterator[Sequence[tuple[Any, ...]]]:
        """Good rows in the order of the file: number, id of a new record, id of a known one."""
        last = -1
        while True:
            binds = {"last": last, "limit": CHUNK}
            rows = await (await self.connection.execute(loads.good_rows(self.staging), binds)).fetchall()
            if rows:
                yield rows
            if len(rows) < CHUNK:
                return
            last = rows[-1][0]

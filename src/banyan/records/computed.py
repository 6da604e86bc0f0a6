"""Computed values kept true in the transaction of the write that touches what they are computed from.

Invariants: after each commit every computed value equals what its formula gives on the committed rows, or a
recalculation that will make it so is written down in the same transaction. Rows are locked before they are computed,
and computed in a statement of their own, so that of two writers the later sees what the earlier has committed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.db.recalculations import write_recalculation
from banyan.metadata.catalog import Object
from banyan.metadata.computing import (
    Computed,
    Node,
    Trigger,
    computed_of,
    id_array,
    locked,
    reached_back,
    read_rows,
    set_values,
)
from banyan.metadata.formulas.facade import Hop, LowerContext
from banyan.query.foreseen import Foreseen, foresee
from banyan.records.session import Session

MOST_AT_ONCE = 5_000  # dependent rows of one field that a write sets itself; more are a recalculation
_IDS = "ids"
Ids = Collection[UUID]
_Held = tuple[UUID | None, frozenset[UUID]]
_NOTHING: _Held = (None, frozenset())
_Reached = dict[tuple[tuple[Hop, ...], UUID], list[UUID]]
Changed = dict[UUID, tuple[set[UUID], set[UUID]]]  # object -> rows, fields that came out differently


@dataclass
class Touched:
    """What a write is about to touch, and parents that will have lost a child by then.

    `made`: the rows as a command has just inserted them, with what was foreseen of them. Nobody points at them yet.
    """

    columns: Collection[str] | None
    parents: dict[Trigger, list[UUID]] = field(default_factory=dict)
    made: Sequence[Mapping[str, Any]] | None = None


def _reached(trigger: Trigger, obj: Object, limit: int | None) -> CompiledStatement:
    rows = reached_back(trigger.way, obj, id_array(_IDS)).distinct()
    return compile_statement(rows if limit is None else rows.limit(sa.literal_column(str(limit))))


def _own(obj: Object) -> CompiledStatement:
    return compile_statement(locked(obj, id_array(_IDS)))


def _parents_before(trigger: Trigger) -> CompiledStatement:
    """Of touched rows the record they belong to now: after the write it may be another one."""
    last = trigger.way[-1]
    table = last.object.table.alias("c")
    parent = table.c[last.field.physical()]
    return compile_statement(
        sa.select(parent).where(table.c.id == sa.any_(id_array(_IDS)), parent.is_not(None)).distinct()
    )


def _setting(computed: Computed, nodes: tuple[Node, ...], context: LowerContext) -> list[CompiledStatement]:
    """Locks, the last of them of the rows themselves; then what sets `nodes`, all of one object and level."""
    each = [computed.computations[node] for node in nodes]
    ids = id_array(_IDS)
    shares = [statement for one in each for statement in read_rows(one, ids)]
    return [
        compile_statement(statement)
        for statement in (*shares, locked(each[0].obj, ids), set_values(each, context, ids=ids))
    ]


def _sources(computed: Computed, node: Node) -> tuple[CompiledStatement, ...]:
    each = computed.computations[node]
    return tuple(compile_statement(statement) for statement in read_rows(each, id_array(_IDS)))


class Computing:
    """Sets what depends on the writes of one command."""

    def __init__(self, connection: Connection, session: Session, *, whole: bool = False) -> None:
        """`whole`: whatever their number, all dependent rows are set at once, as in a load."""
        self._connection = connection
        self._most = None if whole else MOST_AT_ONCE
        self._computed = computed_of(session.full)
        self._context = LowerContext(timezone=session.timezone, currency=session.currency)
        self._catalog = session.full
        self.changed: Changed = {}

    async def before(self, obj: Object, ids: Sequence[UUID], columns: Collection[str] | None) -> Touched:
        """`columns`: physical ones about to be written; None when rows come or go."""
        touched = Touched(columns)
        await self._take_sources(obj, ids, columns)
        moving = [
            trigger
            for trigger in self._of(obj)
            if trigger.parents and columns is not None and self._column(trigger) in columns
        ]
        if moving:  # Locked first: somebody else may be moving them at this moment, and their parent counts.
            await self._rows(self._catalog.keep(("own", obj.id), partial(_own, obj)), ids)
        for trigger in moving:
            statement = self._catalog.keep(("parents", trigger), partial(_parents_before, trigger))
            rows = await self._rows(statement, ids)
            touched.parents[trigger] = [row[0] for row in rows]
        return touched

    def take_changed(self) -> Changed:
        """What came out differently so far, to be judged by whoever takes it."""
        taken, self.changed = self.changed, {}
        return taken

    def add_changed(self, taken: Changed) -> None:
        """Put back what was taken, beside what has changed since."""
        add_changed(self.changed, taken)

    async def _take_sources(self, obj: Object, ids: Sequence[UUID], columns: Collection[str] | None) -> None:
        """Lock what the records' own formulas read before the records themselves, as who changes the source does."""
        nodes = {
            trigger.target
            for trigger in self._of(obj)
            if not trigger.way and trigger.target[0] == obj.id and self._is_touched(obj, trigger, columns)
        }
        for node in sorted(nodes):
            locks = self._catalog.keep(("sources", node), partial(_sources, self._computed, node))
            for lock in locks:
                await self._rows(lock, ids)

    async def after(self, obj: Object, ids: Sequence[UUID], touched: Touched, *, held: bool = False) -> None:
        """Set everything that depends on what was written. `held`: each of the rows was just inserted or updated."""
        dirty: dict[Node, set[UUID]] = {}
        reached: _Reached = {}
        for trigger in self._of(obj):
            if not self._is_touched(obj, trigger, touched.columns):
                continue
            if touched.made is not None and self._is_settled(trigger, touched.made):
                continue
            await self._mark(dirty, trigger, ids, reached)
            if before := touched.parents.get(trigger):
                parents = Trigger(None, trigger.way[:-1], trigger.target)
                await self._mark(dirty, parents, before, {})
        await self.settle(dirty, (obj.id, frozenset(ids)) if held else _NOTHING)

    async def settle(self, dirty: dict[Node, set[UUID]], held: _Held = _NOTHING) -> None:
        """Set the marked fields in order; what changes marks what depends on it.

        `held`: an object and rows of it that were just written, so that nobody else changes them.
        """
        levels = self._computed.levels
        while dirty:
            lowest = min(levels[node] for node in dirty)
            # Always in one order, whoever writes: what waits for each other in a circle is broken off.
            first = min(node for node in dirty if levels[node] == lowest)
            together = [node for node in dirty if levels[node] == lowest and node[0] == first[0]]
            rows = set().union(*(dirty.pop(node) for node in together))
            mine = first[0] == held[0] and held[1].issuperset(rows)
            changed = await self._set(tuple(sorted(together)), rows, held=mine)
            if changed:
                await self._spread(dirty, together, changed)

    async def _set(self, nodes: tuple[Node, ...], rows: Ids, *, held: bool) -> list[UUID]:
        key, context = ("setting", nodes, self._context), self._context
        *shares, lock, setting = self._catalog.keep(key, lambda: _setting(self._computed, nodes, context))
        ids = sorted(rows)
        for share in shares:
            await self._rows(share, ids)
        if not held:
            await self._rows(lock, ids)
        return [row[0] for row in await self._rows(setting, ids)]

    async def _spread(self, dirty: dict[Node, set[UUID]], nodes: Sequence[Node], changed: list[UUID]) -> None:
        object_id = nodes[0][0]
        fields = {node[1] for node in nodes}
        rows, known = self.changed.setdefault(object_id, (set(), set()))
        rows.update(changed)
        known.update(fields)
        reached: _Reached = {}
        for trigger in self._computed.triggers.get(object_id, ()):
            if trigger.field in fields:
                await self._mark(dirty, trigger, changed, reached)

    async def _mark(
        self, dirty: dict[Node, set[UUID]], trigger: Trigger, ids: Ids, reached: _Reached
    ) -> None:
        """`reached`: what other triggers of the same way have found of the same rows."""
        obj = self._catalog.by_id[trigger.target[0]]
        if not trigger.way and (self._most is None or len(ids) <= self._most):
            dirty.setdefault(trigger.target, set()).update(ids)
            return
        limit = None if self._most is None else self._most + 1
        way = (trigger.way, obj.id)
        if way not in reached:
            statement = self._catalog.keep(("reached", *way, limit), lambda: _reached(trigger, obj, limit))
            reached[way] = [row[0] for row in await self._rows(statement, list(ids))]
        found = reached[way]
        if self._most is not None and len(found) > self._most:
            await self._later(trigger, ids)
        elif found:
            dirty.setdefault(trigger.target, set()).update(found)

    async def _later(self, trigger: Trigger, ids: Ids) -> None:
        obj = self._catalog.by_id[trigger.target[0]]
        way = [[str(hop.field.id), hop.many] for hop in trigger.way]
        scope = {"way": way, "ids": [str(each) for each in ids]} if len(ids) <= MOST_AT_ONCE else None
        await write_recalculation(self._connection, obj.schema, obj.id, [trigger.target[1]], "write", scope)

    def _of(self, obj: Object) -> Sequence[Trigger]:
        return self._computed.triggers.get(obj.id, ())

    def _is_touched(self, obj: Object, trigger: Trigger, columns: Collection[str] | None) -> bool:
        return columns is None or (trigger.field is not None and self._column(trigger, obj) in columns)

    def _is_settled(self, trigger: Trigger, made: Sequence[Mapping[str, Any]]) -> bool:
        """Whether nothing is to be set through this trigger for rows that were just made."""
        if not trigger.way:
            return trigger.target in self._computed.alone
        last = trigger.way[-1]
        # Who made a row and whose department it is, the insert itself says.
        told = not last.field.system
        return not last.many or (told and not any(row.get(last.field.physical()) for row in made))

    def foreseen(self, obj: Object) -> Foreseen:
        """What of new rows of `obj` is put in with them, and needs no look afterwards."""
        whole, context, computed = self._catalog.by_id[obj.id], self._context, self._computed
        return self._catalog.keep(
            ("foreseen alone", obj.id, context), lambda: foresee(whole, computed, context, computed.alone)
        )

    def _column(self, trigger: Trigger, obj: Object | None = None) -> str | None:
        if trigger.parents:
            return trigger.way[-1].field.physical()
        found = None if obj is None else next((f for f in obj.fields if f.id == trigger.field), None)
        return None if found is None else found.physical()

    async def _rows(self, statement: CompiledStatement, ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
        cursor = await self._connection.execute(statement.sql, {**statement.params, _IDS: list(ids)})
        return await cursor.fetchall()


def add_changed(changed: Changed, more: Changed) -> None:
    """Beside what is there."""
    for object_id, (rows, fields) in more.items():
        known = changed.setdefault(object_id, (set(), set()))
        known[0].update(rows)
        known[1].update(fields)


def scope_document(scope: bytes | None) -> Mapping[str, Any] | None:
    return None if scope is None else orjson.loads(scope)

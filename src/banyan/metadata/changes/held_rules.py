"""What the database itself holds of an object's rules: a trigger of the table, asked when a transaction commits.

A rule that is `held` speaks of stored columns of its own record only, so whether a row breaks it is known from the row.
The trigger looks at each written row at once and remembers only those that break the rule at that moment (`WHEN`): a
write that keeps to it pays one comparison. What is remembered is looked at again at the commit, as the row is then.
Kept in the transaction of the change that says so, as state machines are.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from psycopg import sql

from banyan.db.compile import compile_statement
from banyan.db.constraints import constraint_name
from banyan.db.database import Connection
from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.changes.state import State
from banyan.metadata.computing import computed_of
from banyan.metadata.definitions import ValidationRule
from banyan.metadata.formulas.facade import Checked, LowerContext, check, lower

_ROW = "new"  # what PostgreSQL calls the written row in a trigger's WHEN
_PLACE = re.compile(r"%\((\w+)\)s|%%")


@dataclass(frozen=True)
class HeldRule:
    """`broken` is SQL over the row, `columns` the ones it is computed from."""

    object: Object
    rule: ValidationRule
    columns: tuple[str, ...]
    broken: str

    @property
    def name(self) -> str:
        return constraint_name("ck", self.object.table_name, "rule", self.rule.key)

    @property
    def shape(self) -> tuple[Any, ...]:
        """As long as it stays, so does the trigger."""
        return self.columns, self.broken, self._told

    @property
    def _told(self) -> str:
        """What a refusal carries: where the record's own words for it stand."""
        field = "" if self.rule.field is None else self.rule.field
        return orjson.dumps({"field": field, "said": dict(self.rule.message)}).decode()

    def parts(self) -> Mapping[str, sql.Composable]:
        obj = self.object
        return {
            "name": sql.Identifier(self.name),
            "table": sql.Identifier(obj.schema, obj.table_name),
            "function": sql.Identifier(obj.schema, "hold_rule"),
            "columns": sql.SQL(", ").join(map(sql.Identifier, (*self.columns, "deleted_at"))),
            "row": sql.Identifier(_ROW),
            "broken": sql.SQL(self.broken),  # of a checked formula, its values quoted
            "broken_text": sql.Literal(self.broken),
            "name_text": sql.Literal(self.name),
            "told": sql.Literal(self._told),
        }


def require_holdable(
    catalog: Catalog, obj: Object, place: int, rule: ValidationRule, *, same: bool = False
) -> None:
    """Raise InvalidInput where the database cannot hold the rule: it must be known from the row alone, for good.

    `same`: the object is as it was when this was last asked; only what its values follow from may be another.
    """
    checked = check(rule.error_when, catalog, obj)
    if not _from_the_row_alone(catalog, obj, checked, same=same):
        problem = FieldProblem(f"/set/rules/{place}/held", "rule_not_holdable", {"rule": rule.key})
        raise InvalidInput("rule_not_holdable", problems=[problem], rule=rule.key)


def _from_the_row_alone(catalog: Catalog, obj: Object, checked: Checked, *, same: bool) -> bool:
    fields = [use.field for use in checked.uses]
    if checked.volatile != "never" or checked.reads or any(use.hops for use in checked.uses):
        return False
    if any(field is None or not field.specs for field in fields):
        return False
    computed = computed_of(catalog)
    moving = computed.downstream(
        [node for pace in ("daily", "hourly") for node in computed.reading(sources=(), volatile=pace)]
    )
    if {(obj.id, field.id) for field in fields if field is not None} & set(moving):
        return False
    if same:
        return True
    elsewhere = LowerContext(timezone="Pacific/Auckland", currency="XXX")
    return _broken(obj, checked, elsewhere) == _broken(obj, checked, LowerContext())


def _broken(obj: Object, checked: Checked, context: LowerContext) -> str:
    """As `records.rules` asks it, with its values written in: a trigger takes no parameters."""
    base = obj.table.alias(_ROW)
    lowered = lower(checked, base, obj.schema, context)
    broken: sa.ColumnElement[bool] = lowered.value.is_(sa.true())
    if lowered.error is not None:
        broken = sa.or_(broken, lowered.error.is_not(None))
    compiled = compile_statement(sa.select(broken.label("broken")))
    text = compiled.sql.partition("SELECT ")[2].partition(" \nFROM ")[0].rpartition(" AS ")[0]

    def value(found: re.Match[str]) -> str:
        return "%" if found[1] is None else sql.Literal(compiled.params[found[1]]).as_string()

    return _PLACE.sub(value, text)


Held = dict[tuple[Any, str], HeldRule]


def _held_of_changed(before: State, after: State) -> tuple[Held, Held]:
    """What was and what is to be held, by object and key, of objects that the change touches.

    Of others nothing can differ: what is held is known from the row alone.
    """
    old, new = before.catalog(), after.catalog()
    return _held(old, new), _held(new, old)


def _held(catalog: Catalog, other: Catalog) -> Held:
    """Of objects that are not the same in both."""
    same = {obj.id: obj for obj in other.objects}
    changed = [obj for obj in catalog.objects if same.get(obj.id) is not obj]
    return {(each.object.id, each.rule.key): each for obj in changed for each in _of(catalog, obj)}


def _of(catalog: Catalog, obj: Object) -> Iterator[HeldRule]:
    for rule in obj.definition.rules:
        if rule.held and rule.active:
            checked = check(rule.error_when, catalog, obj)
            fields = [use.field for use in checked.uses if use.field is not None]
            columns = {field.physical(spec.suffix) for field in fields for spec in field.specs}
            yield HeldRule(obj, rule, tuple(sorted(columns)), _broken(obj, checked, LowerContext()))


async def release_rules(connection: Connection, before: State, after: State) -> None:
    """Before tables change: what is no longer held, or not so, lets go of its columns."""
    was, now = _held_of_changed(before, after)
    for key, each in was.items():
        if key not in now or now[key].shape != each.shape:
            dropped = sql.SQL("DROP TRIGGER IF EXISTS {name} ON {table}").format(**each.parts())
            await connection.execute(dropped)


async def hold_rules(connection: Connection, before: State, after: State) -> None:
    """After tables changed. Raises Conflict where records break a rule that is to be held from now on."""
    was, now = _held_of_changed(before, after)
    for key, each in now.items():
        if key in was and was[key].shape == each.shape:
            continue
        if count := await _count(connection, each):
            raise Conflict(
                "held_rule_broken", rule=each.rule.message, object=each.object.definition.label, count=count
            )
        await connection.execute(_trigger(each))


def _trigger(held: HeldRule) -> sql.Composed:
    return sql.SQL(
        "CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR UPDATE OF {columns} ON {table} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({row}.deleted_at IS NULL AND ({broken})) "
        "EXECUTE FUNCTION {function}({name_text}, {broken_text}, {told})"
    ).format(**held.parts())


async def _count(connection: Connection, held: HeldRule) -> int:
    query = sql.SQL(
        "SELECT count(*) FROM {table} AS {row} WHERE {row}.deleted_at IS NULL AND ({broken})"
    ).format(**held.parts())
    row = await (await connection.execute(query)).fetchone()
    return int(row[0]) if row else 0


async def broken_already(connection: Connection, before: State, after: State, name: str) -> int:
    """For a preview: records of the object `name` that break what it is to hold, as far as that can be asked yet."""
    stored = before.object(name)
    was = {each.name: each.shape for each in _of(before.catalog(), before.built(stored.id))}
    columns = {f.physical(spec.suffix) for f in before.built(stored.id).stored_fields for spec in f.specs}
    fresh = [
        each
        for each in _of(after.catalog(), after.built(stored.id))
        if was.get(each.name) != each.shape and columns.issuperset(each.columns)
    ]
    return sum([await _count(connection, each) for each in fresh])

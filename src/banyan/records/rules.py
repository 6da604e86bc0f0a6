"""Rules of an object, asked in one statement after a write and in its transaction, so that no path goes round them.

What is required, shown or changeable under a condition; choices that depend on another; validation formulas. A rule is
asked when a field it speaks of has changed, so that an old record may be mended piece by piece.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.filters.ast import conditions
from banyan.filters.document import parse_filter
from banyan.kernel.errors import Denied, FieldProblem, InvalidInput
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.computing import id_array
from banyan.metadata.formulas.facade import LowerContext, check, lower
from banyan.query import lower as lowering
from banyan.query.resolve import Resolver
from banyan.query.resolved import ResolvedFilter
from banyan.records.computed import Changed
from banyan.records.rule import Rule, among
from banyan.records.session import Session
from banyan.records.stage_rules import stage_rules

_IDS = "ids"


def rules_of(catalog: Catalog, obj: Object) -> tuple[Rule, ...]:
    """Every rule that a write may break, in a fixed order."""
    return catalog.keep(("rules", obj.id), lambda: _rules(catalog, obj))


def _rules(catalog: Catalog, obj: Object) -> tuple[Rule, ...]:
    found = [rule for field in obj.stored_fields for rule in _of_field(obj, field)]
    return (*found, *_validations(catalog, obj), *stage_rules(catalog, obj))


def _named(obj: Object, document: Any) -> frozenset[UUID]:
    paths = [] if document is None else [each.path for each in conditions(parse_filter(document))]
    return frozenset(field.id for path in paths if (field := obj.field(path.partition(".")[0])) is not None)


def _of_field(obj: Object, field: Field) -> list[Rule]:
    definition, found = field.definition, list[Rule]()
    shown, needed = definition.visible_when, definition.required_when
    if needed is not None or (definition.required and not field.required_always):
        filters = tuple(each for each in (shown, None if definition.required else needed) if each is not None)

        def missing(
            base: sa.FromClause, of: Callable[[int], Any], _context: LowerContext
        ) -> ColumnElement[bool]:
            return sa.and_(*(of(place) for place in range(len(filters))), field.columns(base)[""].is_(None))

        named = frozenset({field.id}).union(*(_named(obj, each) for each in filters))
        column = field.physical()
        found.append(
            Rule(
                "required",
                field,
                field.label,
                named,
                filters,
                missing,
                new_may=lambda row: row.get(column) is None,
            )
        )
    leading = obj.field(getattr(field.config, "depends_on", None) or "")
    if leading is not None:
        found.append(_dependent(field, leading))
    return found


def _dependent(field: Field, leading: Field) -> Rule:
    allowed = {
        choice.key: list(choice.when) for choice in getattr(field.config, "choices", ()) if choice.when
    }

    def foreign(
        base: sa.FromClause, _of: Callable[[int], Any], _context: LowerContext
    ) -> ColumnElement[bool]:
        own, other = field.columns(base)[""], leading.columns(base)[""]
        held = field.kind.holds_key  # type: ignore[attr-defined]
        return sa.or_(
            sa.false(),
            *(sa.and_(held(own, key), among(other, when).is_not(sa.true())) for key, when in allowed.items()),
        )

    column = field.physical()
    return Rule(
        "choice_not_for",
        field,
        leading.label,
        frozenset({field.id, leading.id}),
        (),
        foreign,
        new_may=lambda row: row.get(column) is not None,
    )


def _validations(catalog: Catalog, obj: Object) -> list[Rule]:
    found = []
    for rule in obj.definition.rules:
        if rule.active:
            checked = check(rule.error_when, catalog, obj)
            firsts = [use.hops[0].field if use.hops else use.field for use in checked.uses]
            named = frozenset(first.id for first in firsts if first is not None)

            def hit(
                base: sa.FromClause, _of: Callable[[int], Any], context: LowerContext, checked: Any = checked
            ) -> ColumnElement[bool]:
                lowered = lower(checked, base, obj.schema, context)
                value = lowered.value.is_(sa.true())
                return value if lowered.error is None else sa.or_(value, lowered.error.is_not(None))

            field = obj.field(rule.field) if rule.field else None
            found.append(Rule("rule_broken", field, rule.message, named, (), hit))
    return found


def _speaks_of(rule: Rule, fields: Collection[UUID]) -> bool:
    return not rule.fields.isdisjoint(fields) and rule.unless.isdisjoint(fields)


def _asked(
    rules: Sequence[Rule], fields: Collection[UUID] | None, session: Session, *, history: bool
) -> tuple[Rule, ...]:
    held = {role.key for role in session.policy.roles}
    somebody = session.actor.user_id is not None
    return tuple(
        rule
        for rule in rules
        if (not rule.unless if fields is None else _speaks_of(rule, fields))
        and rule.spared.isdisjoint(held)
        and (somebody or not rule.people)
        and not (history and rule.moving)
    )


def _statement(
    obj: Object, rules: tuple[Rule, ...], resolved: "_Resolved", context: LowerContext
) -> CompiledStatement:
    base = obj.table.alias("r")
    binds = lowering.Binds()
    for nodes in resolved.nodes:
        for node in nodes:
            binds.number(node)
    source = lowering.Source(base, {}, binds)

    def ask(rule: Rule, nodes: Sequence[ResolvedFilter]) -> ColumnElement[bool]:
        found = rule.broken(base, lambda place: lowering.lower(nodes[place], source, binds), context)
        return sa.func.coalesce(found, sa.false())

    broken = [ask(rule, nodes) for rule, nodes in zip(rules, resolved.nodes, strict=True)]
    return compile_statement(
        sa.select(base.c.id, *broken).where(
            base.c.id == sa.any_(id_array(_IDS)), base.c.deleted_at.is_(None), sa.or_(*broken)
        )
    )


@dataclass(frozen=True)
class _Resolved:
    """The rules' filters for one caller. Equal shapes share one statement."""

    shape: Any
    nodes: tuple[tuple[ResolvedFilter, ...], ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Resolved) and self.shape == other.shape

    def __hash__(self) -> int:
        return hash(self.shape)


def _resolved(resolver: Resolver, obj: Object, rules: Sequence[Rule]) -> _Resolved:
    nodes = tuple(tuple(resolver.document(obj, each) for each in rule.filters) for rule in rules)
    return _Resolved(tuple(tuple(node.shape for node in each) for each in nodes), nodes)


async def broken_rules(
    connection: Connection,
    session: Session,
    obj: Object,
    ids: Sequence[UUID],
    fields: Collection[UUID] | None,
    *,
    history: bool = False,
    made: Sequence[Mapping[str, Any]] | None = None,
) -> dict[UUID, list[Rule]]:
    """Which of the rows break which rules; `fields` None asks all rules, `history` none of a stage's.

    `made`: the rows, where they are new and stand as they were written. Where a look at them tells that they break no
    rule, nothing is asked.
    """
    rules = _asked(rules_of(session.full, session.full.by_id[obj.id]), fields, session, history=history)
    if not rules or not ids:
        return {}
    if made is not None and not any(rule.new_may(row) for rule in rules for row in made):
        return {}
    whole = session.full.by_id[obj.id]
    resolved = _resolved(session.resolver.unrestricted, whole, rules)
    context = LowerContext(timezone=session.timezone, currency=session.currency)
    key = ("rule statement", obj.id, rules, resolved, context)
    statement = session.full.keep(key, lambda: _statement(whole, rules, resolved, context))
    flat = [node for nodes in resolved.nodes for node in nodes]
    values = {**statement.params, **lowering.bind_values(*flat), _IDS: list(ids)}
    rows = await (await connection.execute(statement.sql, values)).fetchall()
    return {row[0]: [rule for rule, hit in zip(rules, row[1:], strict=True) if hit] for row in rows}


@dataclass(frozen=True)
class Asked:
    """Rows just written, with their pointers, and what of them: physical columns, or None where they are new.

    `made`: see `broken_rules`.
    """

    obj: Object
    places: Mapping[UUID, str]
    columns: Collection[str] | None
    made: Sequence[Mapping[str, Any]] | None = None


async def check_rules(
    connection: Connection, session: Session, asked: Sequence[Asked], changed: Changed
) -> None:
    """Raise InvalidInput with everything that is broken in the written rows and in those computed from them.

    `changed` is what came out differently, by object. A row that was written is told of at its own pointer, also where
    another row's writing broke its rule.
    """
    written: dict[UUID, dict[UUID, str]] = {}
    for each in asked:
        written.setdefault(each.obj.id, {}).update(each.places)
    broken: dict[tuple[UUID, UUID], dict[Rule, None]] = {}

    async def ask(
        obj: Object, ids: Sequence[UUID], fields: Collection[UUID] | None, made: Any = None
    ) -> None:
        for row, rules in (await broken_rules(connection, session, obj, ids, fields, made=made)).items():
            broken.setdefault((obj.id, row), {}).update(dict.fromkeys(rules))

    for each in asked:
        _, computed = changed.get(each.obj.id, (frozenset(), frozenset()))
        await ask(each.obj, list(each.places), _fields(each, computed), each.made)
    for object_id, (rows, computed) in changed.items():
        others = rows - written.get(object_id, {}).keys()
        await ask(session.full.by_id[object_id], list(others), computed)
    problems = []
    for (object_id, row), rules in broken.items():
        place = written.get(object_id, {}).get(row)
        other = session.full.by_id[object_id] if place is None else None
        problems += [_problem(session, rule, place or "", other) for rule in rules]
    if problems:
        raise InvalidInput(problems=problems)


def _fields(asked: Asked, computed: Collection[UUID]) -> Collection[UUID] | None:
    if asked.columns is None:
        return None
    obj = asked.obj
    fields = {field.id for field in obj.stored_fields if field.physical() in asked.columns}
    fields |= {field.id for field in obj.fields if field.system and field.physical() in asked.columns}
    return fields.union(computed)


def _problem(session: Session, rule: Rule, place: str, other: Object | None = None) -> FieldProblem:
    language = session.actor.language
    params = rule.told(language)
    known = {field.id for obj in session.catalog.objects for field in obj.fields} if rule.field else set()
    # Of a field that the writer does not know of not even the name is told.
    name = params["field"] if other is None and rule.field is not None and rule.field.id in known else ""
    params["field"] = name
    if other is not None:  # The rule is another record's: its object is named, its field is not in this form.
        params["message"] = f"{other.definition.label.get(language) or other.api_name}: {params['message']}"
    return FieldProblem(f"{place}/{name}" if name else place, rule.code, params)


async def check_changeable(
    connection: Connection, session: Session, obj: Object, changes: Mapping[UUID, tuple[str, Collection[str]]]
) -> None:
    """Raise Denied where a field is locked by its `readonly_when`. `changes`: by id its place and the names written."""
    problems = []
    for field in locking(obj):
        ids = [key for key, (_, names) in changes.items() if field.api_name in names]
        if ids:
            problems += [
                FieldProblem(f"{changes[key][0]}/{field.api_name}", "field_locked", {"field": field.api_name})
                for key in await _holding(connection, session, obj, ids, field.definition.readonly_when)
            ]
    if problems:
        raise Denied("field_locked", problems=problems, **problems[0].params)


async def locked_rows(
    connection: Connection, session: Session, obj: Object, ids: Sequence[UUID], columns: Collection[str]
) -> dict[UUID, list[Rule]]:
    """Which of the rows, as they stand, lock a field among the physical `columns`: a load may not write it."""
    found: dict[UUID, list[Rule]] = {}
    for field in locking(obj):
        if ids and field.physical() in columns:
            rule = Rule("field_locked", field, field.label, frozenset({field.id}), (), lambda *_: sa.true())
            for key in await _holding(connection, session, obj, ids, field.definition.readonly_when):
                found.setdefault(key, []).append(rule)
    return found


def locking(obj: Object) -> list[Field]:
    """Fields that a condition may lock."""
    return [field for field in obj.stored_fields if field.definition.readonly_when is not None]


async def _holding(
    connection: Connection, session: Session, obj: Object, ids: Sequence[UUID], document: Any
) -> list[UUID]:
    whole = session.full.by_id[obj.id]
    node = session.resolver.unrestricted.document(whole, document)
    binds = lowering.Binds()
    binds.number(node)
    base = whole.table.alias("r")
    found = lowering.lower(node, lowering.Source(base, {}, binds), binds)
    statement = compile_statement(sa.select(base.c.id).where(base.c.id == sa.any_(id_array(_IDS)), found))
    values = {**statement.params, **lowering.bind_values(node), _IDS: list(ids)}
    return [row[0] for row in await (await connection.execute(statement.sql, values)).fetchall()]

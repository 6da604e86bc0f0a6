"""From names to fields: unknown names, operators and operands are refused with their place."""

import re
from dataclasses import dataclass, replace
from typing import Any

from banyan.filters.ast import And, Condition, Filter, Not, Or, Related
from banyan.filters.document import parse_filter
from banyan.kernel.errors import BanyanError, Denied, FieldProblem, InvalidInput
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.field_types.base import ValueContext, ValueProblem
from banyan.metadata.field_types.operators import OPERATORS
from banyan.query.parsed import Group, Measure, Sort
from banyan.query.resolved import (
    MAX_WORDS,
    FieldRef,
    ResolvedBranch,
    ResolvedCondition,
    ResolvedFilter,
    ResolvedRelated,
    ResolvedSearch,
    ResolvedSort,
    ResolvedThrough,
)

MAX_HOPS = 3
_PLAIN = re.compile(r"[0-9a-zA-Z\u4e00-\u9fff]{2,}")
_CHOSEN, _MOST_CHOSEN = "chosen columns", 1_000
LONGEST_NAME = 63  # PostgreSQL's limit for the column alias a dotted path comes back under


@dataclass(frozen=True)
class Resolver:
    """Resolves against one catalog for one caller (`context` gives me, now, time zone).

    `catalog` is what the caller knows of; `full` is everything, for predicates of rights, which the caller does not
    write. With `trusted` set the filter is such a predicate: a dotted path asks the related record itself.
    """

    catalog: Catalog
    context: ValueContext
    full: Catalog | None = None
    trusted: bool = False

    @property
    def unrestricted(self) -> "Resolver":
        return Resolver(self.full or self.catalog, self.context, trusted=True)

    def path(self, obj: Object, name: str, pointer: str, *, shown: bool = False) -> FieldRef:
        """A dotted path across to-one relations. Raises InvalidInput naming the unknown part.

        A masked field may be `shown`, in part; nothing may be asked of it, because an answer would tell its value.
        """
        hops = []
        current = obj
        *walked, last = name.split(".")
        if len(walked) > MAX_HOPS or len(name.encode()) > LONGEST_NAME:
            raise _fault(pointer, "path_too_long", field=name, limit=MAX_HOPS)
        for part in walked:
            field = current.field(part)
            target = field.target if field is not None else None
            if field is None or target is None or target not in self.catalog.by_name:
                raise _fault(pointer, "unknown_relation", field=part, object=current.api_name)
            hops.append(field)
            current = self.catalog.by_name[target]
        found = current.field(last)
        if found is None:
            raise _fault(pointer, "unknown_field", field=last, object=current.api_name)
        if found.kind.virtual:
            raise _fault(pointer, "field_without_value", field=last, object=current.api_name)
        for field in (*hops, found):
            if field.masked and not (shown and field is found):
                raise _masked(pointer, field.api_name)
        return FieldRef(name, tuple(hops), current, found)

    def document(self, obj: Object, where: Any, pointer: str = "/where") -> ResolvedFilter:
        return self.filter(obj, parse_filter(where, pointer))

    def filter(self, obj: Object, node: Filter) -> ResolvedFilter:
        match node:
            case Condition():
                return self._condition(obj, node)
            case And(parts):
                return ResolvedBranch("and", tuple(self.filter(obj, part) for part in parts))
            case Or(parts):
                return ResolvedBranch("or", tuple(self.filter(obj, part) for part in parts))
            case Not(part):
                return ResolvedBranch("not", (self.filter(obj, part),))
            case Related():
                return self._related(obj, node)

    def _condition(self, obj: Object, node: Condition) -> ResolvedFilter:
        if self.trusted and "." in node.path:
            return self._through(obj, node)
        ref = self.path(obj, node.path, f"{node.pointer}/field")
        operator = OPERATORS.get(node.op)
        if operator is None or node.op not in ref.field.kind.operators:
            raise _fault(
                f"{node.pointer}/op",
                "unknown_operator",
                op=node.op,
                field=node.path,
                allowed=", ".join(ref.field.kind.operators),
            )
        try:
            operands = operator.operands(ref.field.kind, ref.field, node.value, self.context)
        except ValueProblem as problem:
            raise _fault(f"{node.pointer}/value", problem.code, **problem.params) from problem
        return ResolvedCondition(ref, operator, operands)

    def _through(self, obj: Object, node: Condition) -> ResolvedThrough:
        first, _, rest = node.path.partition(".")
        via = obj.field(first)
        target = self.catalog.by_name.get(str(via.target)) if via is not None else None
        if via is None or target is None:
            raise _fault(f"{node.pointer}/field", "unknown_relation", field=first, object=obj.api_name)
        return ResolvedThrough(via, target, self._condition(target, replace(node, path=rest)))

    def _related(self, obj: Object, node: Related) -> ResolvedRelated:
        pointer = f"{node.pointer}/relation"
        child_name, _, field_name = node.relation.partition(".")
        child = self.catalog.by_name.get(child_name)
        field = child.field(field_name) if child is not None else None
        target = self.catalog.by_name.get(str(field.target)) if field is not None else None
        if child is None or field is None or target is not obj:
            raise _fault(pointer, "unknown_relation", field=node.relation, object=obj.api_name)
        if field.masked:
            raise _masked(pointer, field.api_name)
        return ResolvedRelated(node.quantifier, child, field, self.filter(child, node.where))

    def search(self, obj: Object, text: str) -> ResolvedSearch:
        """Search condition over the object's searched fields. Raises InvalidInput for a blank text."""
        words = tuple(text.split()[:MAX_WORDS])
        if not words:
            raise _fault("/search", "search_empty")
        fields = tuple(field for field in obj.fields if field.searchable and not field.masked)
        # The index knows every searched column. Where some are withheld it may only be asked for what a visible
        # column that holds the word holds too: pairs of plain characters.
        whole = len(fields) == sum(field.searchable for field in obj.stored_fields)
        asked = words if whole else tuple(word for word in words if _PLAIN.fullmatch(word))
        return ResolvedSearch(obj, fields, words, " ".join(asked) or None)

    def sort(self, obj: Object, sorts: tuple[Sort, ...]) -> tuple[ResolvedSort, ...]:
        found = []
        for index, wanted in enumerate(sorts):
            ref = self.path(obj, wanted.field, f"/sort/{index}/field")
            if not ref.field.kind.sortable:
                raise _fault(f"/sort/{index}/field", "not_sortable", field=wanted.field)
            found.append(ResolvedSort(ref, wanted.direction == "desc", wanted.nulls == "first"))
        return tuple(found)

    def select(self, obj: Object, names: tuple[str, ...] | None) -> tuple[FieldRef, ...]:
        """The chosen columns in order, `id` and `version` always among them; all fields when None."""
        # Each request asks for the columns of a screen, which are few: what a choice means is found out once.
        known: dict[Any, tuple[FieldRef, ...]] = self.catalog.keep(_CHOSEN, dict)
        key = (obj, names)
        if key not in known:
            if len(known) >= _MOST_CHOSEN:
                known.clear()
            known[key] = self._select(obj, names)
        return known[key]

    def _select(self, obj: Object, names: tuple[str, ...] | None) -> tuple[FieldRef, ...]:
        stored = (field.api_name for field in obj.fields if not field.kind.virtual)
        wanted = names if names is not None else tuple(stored)
        ordered = dict.fromkeys(("id", "version", *wanted))
        return tuple(
            self.path(obj, name, f"/select/{max(0, index - 2)}", shown=True)
            for index, name in enumerate(ordered)
        )

    def group(self, obj: Object, group: Group, index: int) -> FieldRef:
        pointer = f"/group_by/{index}"
        ref = self.path(obj, group.field, f"{pointer}/field")
        if not ref.field.kind.groupable:
            raise _fault(f"{pointer}/field", "not_groupable", field=group.field)
        if group.bucket is not None and group.bucket not in ref.field.kind.buckets:
            raise _fault(f"{pointer}/bucket", "unknown_bucket", bucket=group.bucket, field=group.field)
        return ref

    def measure(self, obj: Object, measure: Measure, index: int) -> FieldRef | None:
        if measure.field is None:
            return None
        pointer = f"/measures/{index}"
        ref = self.path(obj, measure.field, f"{pointer}/field")
        if measure.fn not in ref.field.kind.aggregates:
            raise _fault(f"{pointer}/fn", "not_aggregatable", fn=measure.fn, field=measure.field)
        return ref


def _masked(pointer: str, name: str) -> BanyanError:
    return Denied(
        "field_masked", problems=[FieldProblem(pointer, "field_masked", {"field": name})], field=name
    )


def _fault(pointer: str, code: str, **params: Any) -> BanyanError:
    return InvalidInput("invalid_query", problems=(FieldProblem(pointer, code, params),))

"""Operators: each knows its right side, its SQL and its Python twin. Types list the ones they allow.

Positive operators may be NULL in SQL for an empty value (which a WHERE treats as false); negative ones are written
so that an empty value is true. `lower` turns NOT into IS NOT TRUE, so both sides stay two-valued.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.field_types import periods
from banyan.metadata.field_types.base import FieldLike, FieldType, ValueContext, ValueProblem, text_of

Binds = Sequence[ColumnElement[Any]]
MAX_OPERANDS = 1_000


class Operator(ABC):
    key: ClassVar[str]
    label: ClassVar[Mapping[str, str]]
    arity: ClassVar[Literal["none", "one", "two", "many"]] = "one"
    input: ClassVar[Literal["value", "text", "period"]] = "value"

    def operands(self, kind: FieldType, field: FieldLike, raw: Any, context: ValueContext) -> tuple[Any, ...]:
        """Bind values in the form `types` casts. Raises ValueProblem."""
        if raw is None:
            raise ValueProblem("operand_missing")
        return (kind.operand(field, raw, context),)

    def types(self, kind: FieldType, field: FieldLike) -> tuple[sa.types.TypeEngine[Any], ...]:
        return (kind.operand_type(field),)

    @abstractmethod
    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]: ...

    @abstractmethod
    def matches(self, kind: FieldType, field: FieldLike, value: Any, raw: Any, context: ValueContext) -> bool:
        """Twin over a JSON `value` (None when empty) and the raw right side."""


def _operand(kind: FieldType, field: FieldLike, raw: Any, context: ValueContext) -> Any:
    return kind.python(field, kind.operand(field, raw, context))


class _Compare(Operator):
    def matches(self, kind: FieldType, field: FieldLike, value: Any, raw: Any, context: ValueContext) -> bool:
        if value is None:
            return False
        return self.holds(kind.python(field, value), _operand(kind, field, raw, context))

    @abstractmethod
    def holds(self, left: Any, right: Any) -> bool: ...


class Eq(_Compare):
    key = "eq"
    label = {"zh-CN": "等于", "en": "is"}

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left == right[0]

    def holds(self, left: Any, right: Any) -> bool:
        return bool(left == right)


class Lt(_Compare):
    key = "lt"
    label = {"zh-CN": "小于", "en": "less than"}

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left < right[0]

    def holds(self, left: Any, right: Any) -> bool:
        return bool(left < right)


class Lte(_Compare):
    key = "lte"
    label = {"zh-CN": "小于等于", "en": "at most"}

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left <= right[0]

    def holds(self, left: Any, right: Any) -> bool:
        return bool(left <= right)


class Gt(_Compare):
    key = "gt"
    label = {"zh-CN": "大于", "en": "more than"}

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left > right[0]

    def holds(self, left: Any, right: Any) -> bool:
        return bool(left > right)


class Gte(_Compare):
    key = "gte"
    label = {"zh-CN": "大于等于", "en": "at least"}

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left >= right[0]

    def holds(self, left: Any, right: Any) -> bool:
        return bool(left >= right)


class Negation(Operator):
    """The exact complement of another operator, empty values included."""

    of: ClassVar[type[Operator]]

    def __init__(self) -> None:
        self.positive = self.of()

    def operands(self, kind: FieldType, field: FieldLike, raw: Any, context: ValueContext) -> tuple[Any, ...]:
        return self.positive.operands(kind, field, raw, context)

    def types(self, kind: FieldType, field: FieldLike) -> tuple[sa.types.TypeEngine[Any], ...]:
        return self.positive.types(kind, field)

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return self.positive.sql(left, right).is_not(sa.true())

    def matches(self, kind: FieldType, field: FieldLike, value: Any, raw: Any, context: ValueContext) -> bool:
        return not self.positive.matches(kind, field, value, raw, context)


class Ne(Negation):
    key = "ne"
    of = Eq
    label = {"zh-CN": "不等于", "en": "is not"}

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left.is_distinct_from(right[0])


class Between(Operator):
    key = "between"
    arity = "two"
    label = {"zh-CN": "介于", "en": "between"}

    def operands(self, kind: FieldType, field: FieldLike, raw: Any, context: ValueContext) -> tuple[Any, ...]:
        if not isinstance(raw, list) or len(raw) != 2:  # noqa: PLR2004 - both ends
            raise ValueProblem("operand_two")
        return tuple(kind.operand(field, end, context) for end in raw)

    def types(self, kind: FieldType, field: FieldLike) -> tuple[sa.types.TypeEngine[Any], ...]:
        return (kind.operand_type(field),) * 2

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return sa.and_(left >= right[0], left <= right[1])

    def matches(self, kind: FieldType, field: FieldLike, value: Any, raw: Any, context: ValueContext) -> bool:
        if value is None:
            return False
        low, high = (_operand(kind, field, end, context) for end in raw)
        return bool(low <= kind.python(field, value) <= high)


def _list(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise ValueProblem("operand_list")
    if len(raw) > MAX_OPERANDS:
        raise ValueProblem("operand_too_many", limit=MAX_OPERANDS)
    return raw


class In(Operator):
    key = "in"
    arity = "many"
    label = {"zh-CN": "属于", "en": "is any of"}

    def operands(self, kind: FieldType, field: FieldLike, raw: Any, context: ValueContext) -> tuple[Any, ...]:
        return ([value for item in _list(raw) for value in kind.operands(field, item, context)],)

    def types(self, kind: FieldType, field: FieldLike) -> tuple[sa.types.TypeEngine[Any], ...]:
        return (ARRAY(kind.operand_type(field)),)

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left == sa.any_(right[0])

    def matches(self, kind: FieldType, field: FieldLike, value: Any, raw: Any, context: ValueContext) -> bool:
        if value is None:
            return False
        found = [each for item in raw for each in kind.operands(field, item, context)]
        return kind.python(field, value) in [kind.python(field, each) for each in found]


class NotIn(Negation):
    key = "not_in"
    of = In
    arity = "many"
    label = {"zh-CN": "不属于", "en": "is none of"}


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class Contains(Operator):
    key = "contains"
    input = "text"
    label = {"zh-CN": "包含", "en": "contains"}
    before, after = "%", "%"

    def operands(self, kind: FieldType, field: FieldLike, raw: Any, context: ValueContext) -> tuple[Any, ...]:
        if raw is None or raw == "":
            raise ValueProblem("operand_missing")
        return (f"{self.before}{_like(text_of(raw))}{self.after}",)

    def types(self, kind: FieldType, field: FieldLike) -> tuple[sa.types.TypeEngine[Any], ...]:
        return (sa.Text(),)

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left.ilike(right[0])

    def matches(self, kind: FieldType, field: FieldLike, value: Any, raw: Any, context: ValueContext) -> bool:
        if value is None:
            return False
        return self.found(str(kind.python(field, value)).lower(), text_of(raw).lower())

    def found(self, text: str, part: str) -> bool:
        return part in text


class StartsWith(Contains):
    key = "starts_with"
    label = {"zh-CN": "开头是", "en": "starts with"}
    before = ""

    def found(self, text: str, part: str) -> bool:
        return text.startswith(part)


class NotContains(Negation):
    key = "not_contains"
    of = Contains
    input = "text"
    label = {"zh-CN": "不包含", "en": "does not contain"}


class IsEmpty(Operator):
    key = "is_empty"
    arity = "none"
    label = {"zh-CN": "为空", "en": "is empty"}

    def operands(self, kind: FieldType, field: FieldLike, raw: Any, context: ValueContext) -> tuple[Any, ...]:
        if raw is not None:
            raise ValueProblem("operand_not_taken")
        return ()

    def types(self, kind: FieldType, field: FieldLike) -> tuple[sa.types.TypeEngine[Any], ...]:
        return ()

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left.is_(None)

    def matches(self, kind: FieldType, field: FieldLike, value: Any, raw: Any, context: ValueContext) -> bool:
        return value is None


class IsNotEmpty(Negation):
    key = "is_not_empty"
    of = IsEmpty
    arity = "none"
    label = {"zh-CN": "不为空", "en": "is not empty"}

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left.is_not(None)


class _OverSet(Operator):
    """Operators of sets: both sides are keys, folded words or ids."""

    arity = "many"

    def operands(self, kind: FieldType, field: FieldLike, raw: Any, context: ValueContext) -> tuple[Any, ...]:
        return (kind.operand(field, _list(raw), context) or [],)

    def matches(self, kind: FieldType, field: FieldLike, value: Any, raw: Any, context: ValueContext) -> bool:
        if value is None:
            return False
        return self.holds(set(kind.python(field, value)), set(kind.operand(field, raw, context) or ()))

    @abstractmethod
    def holds(self, left: set[str], right: set[str]) -> bool: ...


class AnyOf(_OverSet):
    key = "any_of"
    label = {"zh-CN": "包含任一", "en": "has any of"}

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left.op("&&", is_comparison=True)(right[0])

    def holds(self, left: set[str], right: set[str]) -> bool:
        return bool(left & right)


class AllOf(_OverSet):
    key = "all_of"
    label = {"zh-CN": "包含全部", "en": "has all of"}

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return left.op("@>", is_comparison=True)(right[0])

    def holds(self, left: set[str], right: set[str]) -> bool:
        return left >= right


class NoneOf(Negation):
    key = "none_of"
    of = AnyOf
    arity = "many"
    label = {"zh-CN": "不包含任一", "en": "has none of"}


class Within(Operator):
    """A named period, half open, in the workspace's time zone."""

    key = "within"
    input = "period"
    label = {"zh-CN": "在时间段", "en": "within"}

    def operands(self, kind: FieldType, field: FieldLike, raw: Any, context: ValueContext) -> tuple[Any, ...]:
        first, after = periods.bounds(str(raw), context.now, context.timezone)
        instants = isinstance(kind.operand_type(field), sa.DateTime)
        return tuple(
            periods.midnight(day, context.timezone) if instants else day.isoformat() for day in (first, after)
        )

    def types(self, kind: FieldType, field: FieldLike) -> tuple[sa.types.TypeEngine[Any], ...]:
        return (kind.operand_type(field),) * 2

    def sql(self, left: ColumnElement[Any], right: Binds) -> ColumnElement[Any]:
        return sa.and_(left >= right[0], left < right[1])

    def matches(self, kind: FieldType, field: FieldLike, value: Any, raw: Any, context: ValueContext) -> bool:
        if value is None:
            return False
        low, high = (kind.python(field, end) for end in self.operands(kind, field, raw, context))
        return bool(low <= kind.python(field, value) < high)


def _register(*found: type[Operator]) -> dict[str, Operator]:
    registry: dict[str, Operator] = {}
    for cls in found:
        if cls.key in registry:
            raise RuntimeError(f"two operators with the key {cls.key}")
        registry[cls.key] = cls()
    return registry


OPERATORS: Mapping[str, Operator] = _register(
    Eq, Ne, Lt, Lte, Gt, Gte, Between, In, NotIn, Contains, NotContains, StartsWith,
    IsEmpty, IsNotEmpty, AnyOf, AllOf, NoneOf, Within,
)  # fmt: skip

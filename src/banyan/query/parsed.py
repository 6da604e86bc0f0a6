"""First stage of a query: names as the caller wrote them, shapes and budgets checked, nothing resolved."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Bound

from banyan.kernel.faults import Fault

DEFAULT_LIMIT, MAX_LIMIT = 80, 1_000
Count = Literal["none", "exact", "capped"]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sort(_Body):
    """`nulls` defaults to last in both directions."""

    field: str
    direction: Literal["asc", "desc"] = "asc"
    nulls: Literal["first", "last"] = "last"


class ParsedQuery(_Body):
    """One page of records."""

    select: tuple[str, ...] | None = Bound(default=None, max_length=200)
    where: dict[str, Any] | None = None
    search: str | None = Bound(default=None, max_length=200)
    sort: tuple[Sort, ...] = Bound(default=(), max_length=5)
    limit: int = Bound(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: str | None = Bound(default=None, max_length=4_000)
    count: Count = "none"


class Group(_Body):
    field: str
    bucket: Literal["day", "week", "month", "quarter", "year"] | None = None


class Measure(_Body):
    fn: Literal["count", "sum", "avg", "min", "max", "count_distinct"]
    field: str | None = None

    @model_validator(mode="after")
    def _field_where_needed(self) -> Self:
        if (self.fn == "count") != (self.field is None):
            raise Fault("count_field")
        return self


class ParsedAggregate(_Body):
    """Groups and measures over the matching records."""

    where: dict[str, Any] | None = None
    search: str | None = Bound(default=None, max_length=200)
    group_by: tuple[Group, ...] = Bound(default=(), max_length=3)
    measures: tuple[Measure, ...] = Bound(default=(Measure(fn="count"),), min_length=1, max_length=20)
    limit: int = Bound(default=1_000, ge=1, le=MAX_LIMIT)

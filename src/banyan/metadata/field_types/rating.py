"""Rating 评分: whole stars from one to `most`."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import Field as Bound

from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
)

STARS = "★⭐"


class RatingConfig(TypeConfig):
    """`most` is the best there is."""

    most: int = Bound(default=5, ge=3, le=10)


class Rating(FieldType):
    key = "rating"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "评分", "en": "Rating"}
    Config = RatingConfig
    operators = (
        "eq", "ne", "lt", "lte", "gt", "gte", "between", "in", "not_in", "is_empty", "is_not_empty",
    )  # fmt: skip
    aggregates = ("avg", "min", "max")
    groupable = True
    json_format: ClassVar[Mapping[str, Any]] = {"type": "integer"}
    examples = (3, 1, 5)

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.SmallInteger(), "smallint"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        if isinstance(raw, bool) or not isinstance(raw, int | str):
            raise ValueProblem("not_number")
        try:
            stars = int(raw)
        except ValueError as error:
            raise ValueProblem("not_number") from error
        if stars < 1:
            raise ValueProblem("below_minimum", limit=1)
        if stars > field.config.most:
            raise ValueProblem("above_maximum", limit=field.config.most)
        return {"": stars}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        """Digits, or the stars themselves: ★★★."""
        text = cell.strip().rstrip("☆")
        drawn = text and not text.strip(STARS)
        return self.parse(field, len(text) if drawn else text, context)

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        return None if values.get("") is None else int(values[""])

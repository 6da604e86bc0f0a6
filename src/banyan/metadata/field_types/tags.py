"""Tags 标签: free words. Kept as written; compared without case and width."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from banyan.kernel.collation import fold, search_key
from banyan.metadata.field_types.base import (
    Columns,
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
    text_of,
)

MOST_TAGS, LONGEST = 30, 40
_SEPARATORS = re.compile(r"[;；,，、|\n\r]")


def tag_of(raw: Any) -> str:
    """One tag with half-width letters and single blanks. Raises ValueProblem."""
    tag = " ".join(unicodedata.normalize("NFKC", text_of(raw)).split())
    if len(tag) > LONGEST:
        raise ValueProblem("tag_too_long", limit=LONGEST, value=tag)
    if _SEPARATORS.search(tag):
        raise ValueProblem("tag_separator", value=tag)
    return tag


class Tags(FieldType):
    key = "tags"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "标签", "en": "Tags"}
    operators = ("any_of", "all_of", "none_of", "is_empty", "is_not_empty")
    sortable = False
    searchable = True
    aggregates = ()
    json_format: ClassVar[Mapping[str, Any]] = {
        "type": "array", "items": {"type": "string", "maxLength": LONGEST}, "maxItems": MOST_TAGS,
    }  # fmt: skip
    examples = (["VIP", "华东 区"], ["vip"], ["a", "A", "b"], ["ＡＢ", "重庆"])

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (
            ColumnSpec("", ARRAY(sa.Text()), "text[]"),
            ColumnSpec("__f", ARRAY(sa.Text()), "text[]", tracked=False),
            ColumnSpec("__t", sa.Text(), "text", tracked=False),
        )

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        if not isinstance(raw, list):
            raise ValueProblem("not_list")
        tags: dict[str, str] = {}
        for tag in filter(None, map(tag_of, raw)):
            tags.setdefault(fold(tag), tag)
        if len(tags) > MOST_TAGS:
            raise ValueProblem("too_many_tags", limit=MOST_TAGS)
        if not tags:
            return self.empty(field)
        found = "\n".join((*tags.values(), *filter(None, map(search_key, tags.values()))))
        return {"": list(tags.values()), "__f": list(tags), "__t": found}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        return self.parse(field, _SEPARATORS.split(cell), context)

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        return "; ".join(value or ())

    def comparable(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return columns["__f"]

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return [fold(tag) for tag in map(tag_of, raw) if tag]

    def python(self, field: FieldLike, value: Any) -> Any:
        return [fold(tag) for tag in value]

    def search_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ("__t",)

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ("__f",)

"""File 文件, image 图片 and signature 签名: files uploaded first, then named by a record's value."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field as Bound
from sqlalchemy.dialects.postgresql import JSONB

from banyan.kernel.ids import parse_id
from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
)

MOST_FILES, MOST_MB = 20, 5_000


class FileConfig(TypeConfig):
    """At most `most` files of `max_mb` megabytes each; `accept` names endings (pdf, docx), none: all."""

    most: int = Bound(default=10, ge=1, le=MOST_FILES)
    max_mb: int = Bound(default=20, ge=1, le=MOST_MB)
    accept: tuple[str, ...] = Bound(default=(), max_length=30)


class ImageConfig(TypeConfig):
    """At most `most` pictures of `max_mb` megabytes each."""

    most: int = Bound(default=10, ge=1, le=MOST_FILES)
    max_mb: int = Bound(default=10, ge=1, le=MOST_MB)


class SignatureConfig(TypeConfig):
    """One picture, drawn by hand."""


class File(FieldType):
    key = "file"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "文件", "en": "Files"}
    Config: ClassVar[type[TypeConfig]] = FileConfig
    operators = ("is_empty", "is_not_empty")
    aggregates = ()
    sortable = False
    opaque = True
    holds_files = True
    pictures: ClassVar[bool] = False
    json_format: ClassVar[Mapping[str, Any]] = {"type": "array", "items": {"type": "object"}}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", JSONB(), "jsonb"),)

    def most(self, field: FieldLike) -> int:
        return int(getattr(field.config, "most", 1))

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        """Ids of uploaded files, or values as they are read; what they are is looked up when they are written."""
        items = raw if isinstance(raw, list) else [raw]
        ids = [parse_id(item.get("id") if isinstance(item, Mapping) else item) for item in items]
        if any(each is None for each in ids):
            raise ValueProblem("not_file")
        if len(set(ids)) > self.most(field):
            raise ValueProblem("too_many_files", limit=self.most(field))
        return {"": [{"id": str(each)} for each in dict.fromkeys(ids)]}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        raise ValueProblem("files_not_by_text")

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        found = values.get("")
        return found if found is None else [{**item, "size": int(item.get("size", 0))} for item in found]

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        return "; ".join(str(item.get("name", "")) for item in value or ())

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ()


class Image(File):
    key = "image"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "图片", "en": "Images"}
    Config = ImageConfig
    pictures = True


class Signature(File):
    key = "signature"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "签名", "en": "Signature"}
    Config = SignatureConfig
    pictures = True

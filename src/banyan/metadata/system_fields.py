"""The fields every record has, as fields of the catalog, so that filters, sorts and masks treat them alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from banyan.metadata.definitions import FieldDefinition


@dataclass(frozen=True)
class SystemField:
    column: str
    ddl: str
    definition: FieldDefinition


def _spec(
    name: str,
    column: str,
    ddl: str,
    kind: str,
    chinese: str,
    english: str,
    config: Mapping[str, Any] | None = None,
) -> SystemField:
    definition = FieldDefinition.model_construct(
        api_name=name,
        type=kind,
        label={"zh-CN": chinese, "en": english},
        help=None,
        required=False,
        unique=False,
        searchable=False,
        indexed=False,
        config=config or {},
        default=None,
        aliases=(),
        package=None,
    )
    return SystemField(column, ddl, definition)


SYSTEM_FIELDS: tuple[SystemField, ...] = (
    _spec("id", "id", "uuid NOT NULL DEFAULT uuidv7() PRIMARY KEY", "identifier", "标识", "Id"),
    _spec("version", "version", "integer NOT NULL DEFAULT 1", "row_version", "版本", "Version"),
    _spec(
        "created_at", "created_at", "timestamptz NOT NULL DEFAULT now()", "datetime", "创建时间", "Created"
    ),
    _spec(
        "updated_at", "updated_at", "timestamptz NOT NULL DEFAULT now()", "datetime", "更新时间", "Updated"
    ),
    _spec("created_by", "created_by", "uuid", "user", "创建人", "Created by"),
    _spec("updated_by", "updated_by", "uuid", "user", "更新人", "Updated by"),
    _spec("owner", "owner_id", "uuid", "user", "负责人", "Owner"),
    _spec(
        "owner_department",
        "department_id",
        "uuid",
        "relation",
        "归属部门",
        "Owner's department",
        {"target": "department"},
    ),
)

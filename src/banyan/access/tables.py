"""Tables of roles, sharing and the organisation in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB


@dataclass(frozen=True)
class AccessTables:
    role: sa.Table
    grant: sa.Table
    field: sa.Table
    holder: sa.Table
    version: sa.Table
    rule: sa.Table
    share: sa.Table
    object_access: sa.Table
    membership: sa.Table
    group_member: sa.Table
    handover: sa.Table
    handover_item: sa.Table
    # Records of the organisation, as far as rights follow from them. Their slugs never change.
    user: sa.Table
    department: sa.Table
    position: sa.Table
    group: sa.Table


def _table(meta: sa.MetaData, table: str, /, **columns: Any) -> sa.Table:
    return sa.Table(table, meta, *(sa.Column(column, kind) for column, kind in columns.items()))


def _records(meta: sa.MetaData, table: str, *relations: str) -> sa.Table:
    """A record table as far as rights follow from it, relations under the names of their fields."""
    columns = (sa.Column(f"f_{name}", sa.Uuid(), key=name) for name in relations)
    when = sa.DateTime(timezone=True)
    return sa.Table(table, meta, sa.Column("id", sa.Uuid()), sa.Column("deleted_at", when), *columns)


_WHEN, _TEXT, _KEY = sa.DateTime(timezone=True), sa.Text(), sa.Uuid()
_ROLES: dict[str, dict[str, Any]] = {
    "role": {
        "key": _TEXT, "label": JSONB(), "description": JSONB(), "kind": _TEXT, "locked": sa.Boolean(),
        "powers": ARRAY(sa.Text()), "position": sa.Integer(), "version": sa.Integer(),
    },
    "role_grant": {
        "role_key": _TEXT, "object": _TEXT, "action": _TEXT, "scope": _TEXT, "departments": ARRAY(sa.Uuid()),
        "condition": JSONB(),
    },
    "role_field": {
        "role_key": _TEXT, "object": _TEXT, "field_id": _KEY, "level": _TEXT, "unmask": sa.Boolean(),
    },
    "role_holder": {
        "id": _KEY, "role_key": _TEXT, "kind": _TEXT, "holder_id": _KEY, "starts_at": _WHEN, "ends_at": _WHEN,
        "created_at": _WHEN, "created_by": _KEY,
    },
    "policy_version": {"version": sa.BigInteger()},
    "object_access": {"object": _TEXT, "parent_field": _KEY},
}  # fmt: skip
_SHARING: dict[str, dict[str, Any]] = {
    "sharing_rule": {
        "id": _KEY, "object": _TEXT, "name": JSONB(), "condition": JSONB(), "principals": ARRAY(sa.Text()),
        "access": _TEXT, "active": sa.Boolean(), "created_at": _WHEN, "created_by": _KEY, "version": sa.Integer(),
    },
    "record_share": {
        "id": _KEY, "object_id": _KEY, "record_id": _KEY, "principal": _TEXT, "kind": _TEXT, "team_role": _TEXT,
        "access": _TEXT, "until": _WHEN, "created_at": _WHEN, "created_by": _KEY,
    },
}  # fmt: skip
_ORGANISATION: dict[str, dict[str, Any]] = {
    "membership": {"user_id": _KEY, "department_id": _KEY, "kind": _TEXT},
    "group_member": {"group_id": _KEY, "user_id": _KEY},
    "handover": {
        "id": _KEY, "at": _WHEN, "actor_id": _KEY, "from_user": _KEY, "to_user": _KEY, "counts": JSONB(),
        "undone_at": _WHEN, "undone_by": _KEY,
    },
    "handover_item": {"handover_id": _KEY, "object_id": _KEY, "record_id": _KEY, "version": sa.Integer()},
}  # fmt: skip


@lru_cache(maxsize=256)
def access_tables(schema: str) -> AccessTables:
    meta = sa.MetaData(schema=schema)
    made = {
        name: _table(meta, name, **columns) for name, columns in (_ROLES | _SHARING | _ORGANISATION).items()
    }
    return AccessTables(
        role=made["role"],
        grant=made["role_grant"],
        field=made["role_field"],
        holder=made["role_holder"],
        version=made["policy_version"],
        rule=made["sharing_rule"],
        share=made["record_share"],
        object_access=made["object_access"],
        membership=made["membership"],
        group_member=made["group_member"],
        handover=made["handover"],
        handover_item=made["handover_item"],
        user=_records(meta, "r_user", "department", "manager", "position"),
        department=_records(meta, "r_department", "parent", "head"),
        position=_records(meta, "r_position"),
        group=_records(meta, "r_user_group"),
    )

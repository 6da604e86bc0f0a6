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
    # Records of people and departments, as far as rights follow from them. Their slugs never change.
    user: sa.Table
    department: sa.Table


def _table(meta: sa.MetaData, table: str, /, **columns: Any) -> sa.Table:
    return sa.Table(table, meta, *(sa.Column(column, kind) for column, kind in columns.items()))


def _records(meta: sa.MetaData, table: str, *relations: str) -> sa.Table:
    """A record table as far as rights follow from it, relations under the names of their fields."""
    columns = (sa.Column(f"f_{name}", sa.Uuid(), key=name) for name in relations)
    when = sa.DateTime(timezone=True)
    return sa.Table(table, meta, sa.Column("id", sa.Uuid()), sa.Column("deleted_at", when), *columns)


@lru_cache(maxsize=256)
def access_tables(schema: str) -> AccessTables:
    meta, when = sa.MetaData(schema=schema), sa.DateTime(timezone=True)
    text, key, texts, keys = sa.Text(), sa.Uuid(), ARRAY(sa.Text()), ARRAY(sa.Uuid())
    document, whole, flag = JSONB(), sa.Integer(), sa.Boolean()
    return AccessTables(
        role=_table(
            meta,
            "role",
            key=text,
            label=document,
            description=document,
            kind=text,
            locked=flag,
            powers=texts,
            position=whole,
            version=whole,
        ),
        grant=_table(
            meta,
            "role_grant",
            role_key=text,
            object=text,
            action=text,
            scope=text,
            departments=keys,
            condition=document,
        ),
        field=_table(meta, "role_field", role_key=text, object=text, field_id=key, level=text, unmask=flag),
        holder=_table(
            meta,
            "role_holder",
            id=key,
            role_key=text,
            kind=text,
            holder_id=key,
            starts_at=when,
            ends_at=when,
            created_at=when,
            created_by=key,
        ),
        version=_table(meta, "policy_version", version=sa.BigInteger()),
        rule=_table(
            meta,
            "sharing_rule",
            id=key,
            object=text,
            name=document,
            condition=document,
            principals=texts,
            access=text,
            active=flag,
            created_at=when,
            created_by=key,
            version=whole,
        ),
        share=_table(
            meta,
            "record_share",
            id=key,
            object_id=key,
            record_id=key,
            principal=text,
            kind=text,
            team_role=text,
            access=text,
            until=when,
            created_at=when,
            created_by=key,
        ),
        object_access=_table(meta, "object_access", object=text, parent_field=key),
        membership=_table(meta, "membership", user_id=key, department_id=key, kind=text),
        group_member=_table(meta, "group_member", group_id=key, user_id=key),
        handover=_table(
            meta,
            "handover",
            id=key,
            at=when,
            actor_id=key,
            from_user=key,
            to_user=key,
            counts=document,
            undone_at=when,
            undone_by=key,
        ),
        handover_item=_table(
            meta, "handover_item", handover_id=key, object_id=key, record_id=key, version=whole
        ),
        user=_records(meta, "r_user", "department", "manager", "position"),
        department=_records(meta, "r_department", "parent", "head"),
    )

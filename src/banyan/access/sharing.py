"""Sharing: rules over filters, shares by hand with an end, and the record team."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as Bound
from sqlalchemy.dialects.postgresql import insert

from banyan.access.holders import touch_policies
from banyan.access.model import ShareAccess
from banyan.access.tables import access_tables
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.filters.ast import is_hollow
from banyan.filters.document import parse_filter
from banyan.kernel.errors import FieldProblem, InvalidInput, NotFound
from banyan.kernel.faults import Fault
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.labels import Label, checked_label

KINDS = ("user", "department", "group", "position", "role")
MOST_PRINCIPALS = 200


def checked_principals(principals: Sequence[str], pointer: str) -> tuple[str, ...]:
    """`kind:id` each, roles by key. An empty list would share with nobody and is refused."""
    if not principals:
        raise InvalidInput(problems=[FieldProblem(pointer, "share_with_nobody")])
    for index, principal in enumerate(principals):
        kind, _, key = principal.partition(":")
        if kind not in KINDS or not key or (kind != "role" and parse_id(key) is None):
            raise InvalidInput(problems=[FieldProblem(f"{pointer}/{index}", "not_principal")])
    return tuple(dict.fromkeys(principals))


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleBody(_Body):
    """Records of `object` that satisfy `condition` are open to `principals`."""

    object: str
    name: Label
    condition: dict[str, Any]
    principals: tuple[str, ...] = Bound(max_length=MOST_PRINCIPALS)
    access: ShareAccess = "read"
    active: bool = True
    version: int | None = None

    @field_validator("name")
    @classmethod
    def _name(cls, name: Label) -> Label:
        return checked_label(name)


class ShareBody(_Body):
    """Share one record. `kind` team adds a member of the record team, who has a `team_role`."""

    principals: tuple[str, ...] = Bound(max_length=MOST_PRINCIPALS)
    access: ShareAccess = "read"
    kind: Literal["share", "team"] = "share"
    team_role: str | None = Bound(default=None, max_length=60)
    until: datetime | None = None

    @field_validator("until")
    @classmethod
    def _until(cls, until: datetime | None) -> datetime | None:
        if until is not None and until.tzinfo is None:
            raise Fault("needs_offset")
        return until


async def list_rules(connection: Connection, catalog: Catalog) -> list[dict[str, Any]]:
    rule = access_tables(catalog.schema).rule
    cursor = await run(
        connection,
        sa.select(sa.func.to_json(sa.literal_column(rule.name))).select_from(rule).order_by(rule.c.id),
    )
    by_key = {obj.grant_key: obj.api_name for obj in catalog.objects}
    rules = [orjson.loads(row[0]) for row in await cursor.fetchall()]
    return [{**found, "object": by_key[found["object"]]} for found in rules if found["object"] in by_key]


async def write_rule(
    connection: Connection, catalog: Catalog, body: RuleBody, *, rule_id: UUID | None, by: UUID | None
) -> UUID:
    """Create or replace a rule. An empty filter is refused: it would share everything in silence."""
    obj = catalog.object(body.object)
    principals = checked_principals(body.principals, "/principals")
    if not body.condition:
        raise InvalidInput(problems=[FieldProblem("/condition", "rule_without_condition")])
    if is_hollow(parse_filter(body.condition, "/condition")):
        raise InvalidInput(problems=[FieldProblem("/condition", "condition_empty")])
    table = access_tables(catalog.schema).rule
    values: Mapping[str, Any] = {
        "object": obj.grant_key,
        "name": dict(body.name),
        "condition": body.condition,
        "principals": list(principals),
        "access": body.access,
        "active": body.active,
    }
    await touch_policies(connection, catalog.schema)
    if rule_id is None:
        statement: Any = sa.insert(table).values(created_by=by, **values)
    else:
        current = (table.c.id == rule_id) & (table.c.version == body.version)
        statement = sa.update(table).where(current).values(version=table.c.version + 1, **values)
    row = await (await run(connection, statement.returning(table.c.id))).fetchone()
    if row is None:
        raise NotFound("unknown_rule", rule=str(rule_id))
    return UUID(str(row[0]))


async def remove_rule(connection: Connection, schema: str, rule_id: UUID) -> None:
    table = access_tables(schema).rule
    await touch_policies(connection, schema)
    cursor = await run(connection, sa.delete(table).where(table.c.id == rule_id).returning(table.c.id))
    if await cursor.fetchone() is None:
        raise NotFound("unknown_rule", rule=str(rule_id))


async def list_shares(connection: Connection, obj: Object, record_id: UUID) -> list[dict[str, Any]]:
    """Shares and team of one record, ended ones marked."""
    share = access_tables(obj.schema).share
    ended = sa.func.coalesce(share.c.until <= sa.func.now(), sa.false())
    cursor = await run(
        connection,
        sa.select(sa.func.to_json(sa.literal_column(share.name)), ended)
        .where(share.c.object_id == obj.id, share.c.record_id == record_id)
        .order_by(share.c.kind.desc(), share.c.id),
    )
    return [{**orjson.loads(row[0]), "ended": row[1]} for row in await cursor.fetchall()]


async def share_record(
    connection: Connection, obj: Object, record_id: UUID, body: ShareBody, by: UUID | None
) -> None:
    """Share, or change how it is shared. Takes effect with the next request; policies stay as they are."""
    principals = checked_principals(body.principals, "/principals")
    table = access_tables(obj.schema).share
    values = {"access": body.access, "until": body.until, "team_role": body.team_role}
    await run(
        connection,
        insert(table)
        .values(
            [
                {
                    "object_id": obj.id,
                    "record_id": record_id,
                    "principal": principal,
                    "kind": body.kind,
                    "created_by": by,
                    **values,
                }
                for principal in principals
            ]
        )
        .on_conflict_do_update(constraint="uq_record_share", set_=values),
    )


async def unshare_record(
    connection: Connection, obj: Object, record_id: UUID, share_id: UUID
) -> dict[str, Any]:
    table = access_tables(obj.schema).share
    cursor = await run(
        connection,
        sa.delete(table)
        .where(table.c.id == share_id, table.c.object_id == obj.id, table.c.record_id == record_id)
        .returning(table.c.principal, table.c.access),
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("unknown_share", share=str(share_id))
    return {"principal": row[0], "access": row[1]}

"""A document brought to a workspace: one change of the configuration, then views, roles and rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from banyan.access.roles import RoleBody, list_roles, read_role, write_role
from banyan.audit.facade import write_audit
from banyan.configuration.comparing import Difference, compare
from banyan.configuration.document import Document, WrittenRole, WrittenRows
from banyan.configuration.writing import written_document
from banyan.db.database import Connection, Database
from banyan.events import EventBus
from banyan.kernel.errors import Conflict, FieldProblem
from banyan.metadata.catalog import Catalog
from banyan.metadata.changes import sets
from banyan.metadata.changes.apply import Changes, read_state
from banyan.metadata.views import NewView, ViewChanges, change_view, create_view, shared_views
from banyan.query.parsed import ParsedQuery
from banyan.records.queries import query_page
from banyan.records.session import Session
from banyan.records.upsert import UpsertBody, upsert

MOST_ROWS = 1_000  # of one object: choices, price books, templates; data goes through imports
_SYSTEM = frozenset(
    {"id", "version", "created_at", "updated_at", "created_by", "updated_by", "owner_department"}
)


@dataclass
class Applied:
    change: UUID | None = None
    operations: int = 0
    views: int = 0
    roles: int = 0
    rows: int = 0
    only_here: Sequence[str] = field(default_factory=list)


async def export(
    connection: Connection,
    session: Session,
    *,
    objects: Collection[str] | None = None,
    rows: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The configuration, or the part of `objects`; with `rows` (object: key field) their records too."""
    catalog = session.full
    if objects is not None:
        objects = {catalog.object(name).api_name for name in objects}
    views = [
        view
        for view in await shared_views(connection, catalog)
        if objects is None or view["object"] in objects
    ]
    roles = [] if objects is not None else await _written_roles(connection, catalog)
    records = [await _written_rows(connection, session, name, key) for name, key in (rows or {}).items()]
    return written_document(catalog, objects=objects, views=views, roles=roles, rows=records)


async def _written_roles(connection: Connection, catalog: Catalog) -> list[dict[str, Any]]:
    found = []
    for head in await list_roles(connection, catalog.schema):
        if not head["locked"]:
            role = await read_role(connection, catalog, head["key"])
            body = RoleBody.model_validate(
                {name: role[name] for name in RoleBody.model_fields if name in role}
            )
            # Departments are people's places, not configuration: they are others in another workspace.
            found.append({"key": head["key"], **body.model_dump(mode="json", exclude_defaults=True)})
    return found


async def _written_rows(connection: Connection, session: Session, name: str, key: str) -> dict[str, Any]:
    obj = session.catalog.object(name)
    names = tuple(
        each.api_name for each in obj.fields if not each.system and not each.readonly and each.target is None
    )
    query = ParsedQuery.model_validate(
        {"select": names, "limit": MOST_ROWS, "sort": [{"field": key}], "count": "capped"}
    )
    page = await query_page(connection, session, obj, query)
    records = [
        {field: value for field, value in record.items() if field not in _SYSTEM and value is not None}
        for record in orjson.loads(page.rows)
    ]
    return {"object": name, "key": key, "records": records}


async def difference(
    connection: Connection, schema: str, document: Document, *, prune: bool = False
) -> Difference:
    """What applying would do; nothing is written."""
    return compare(document, await read_state(connection, schema), prune=prune)


@dataclass(frozen=True)
class Applier:
    database: Database
    changes: Changes
    bus: EventBus

    async def apply(self, session: Session, document: Document, name: str, *, prune: bool = False) -> Applied:
        """Apply all of it or, where something stands in the way, nothing. Raises Conflict naming every clash."""
        schema, done = session.actor.workspace, Applied()
        async with self.database.reader() as connection:
            found = await difference(connection, schema, document, prune=prune)
        refuse_clashes(found)
        done.only_here = found.only_here
        if found.operations:
            done.change, done.operations = await self._publish(session, found, name), len(found.operations)
        return await self._rest(session, document, done)

    async def _publish(self, session: Session, found: Difference, name: str) -> UUID:
        schema = session.actor.workspace
        async with self.database.transaction() as connection:
            documents = [each.model_dump(mode="json", exclude_unset=True) for each in found.operations]
            kinds = [each.kind for each in found.operations]
            documents = [{**document, "kind": kind} for document, kind in zip(documents, kinds, strict=True)]
            limits = self.changes.limits
            draft = await sets.create_set(connection, schema, session.actor, name, documents, limits=limits)
        change, _, _ = await self.changes.publish(schema, draft.id, draft.version, session.actor)
        return change

    async def _rest(self, session: Session, document: Document, done: Applied) -> Applied:
        """Views, roles and rows speak of the configuration as it is now."""
        from banyan.metadata.store import load_catalog

        async with self.database.transaction() as connection:
            catalog = await load_catalog(connection, session.actor.workspace)
            after = Session(session.actor, session.policy, catalog, session.currency, session.timezone)
            done.views = await _write_views(connection, catalog, document.views)
            for role in document.roles:
                done.roles += await _write_role(connection, after, role)
            for rows in document.rows:
                done.rows += await self._write_rows(connection, after, rows)
            told = {
                "operations": done.operations,
                "views": done.views,
                "roles": done.roles,
                "rows": done.rows,
            }
            await write_audit(connection, session.actor, "configuration_applied", {}, told)
        return done

    async def _write_rows(self, connection: Connection, session: Session, rows: WrittenRows) -> int:
        obj = session.catalog.object(rows.object)
        for values in rows.records:
            await upsert(connection, session, self.bus, obj, UpsertBody(key=rows.key, values=dict(values)))
        return len(rows.records)


def refuse_clashes(found: Difference) -> None:
    if found.clashes:
        problems = [
            FieldProblem(
                "/objects/" + each.object + (f"/fields/{each.field}" if each.field else ""),
                each.error.problems[0].code if each.error.problems else each.error.code,
                each.error.problems[0].params if each.error.problems else each.error.params,
            )
            for each in found.clashes
        ]
        raise Conflict("configuration_clash", problems=problems, count=len(problems))


async def _write_views(connection: Connection, catalog: Catalog, views: Sequence[NewView]) -> int:
    """A view is the same by object, kind and name; what differs is written."""
    known = {_view_key(view): view for view in await shared_views(connection, catalog, ids=True)}
    count = 0
    for view in views:
        written = view.model_dump(mode="json", exclude_defaults=True)
        there = known.get(_view_key(written))
        if there is None:
            await create_view(connection, catalog, view, owner=None)
        elif {**there, "id": None} != {**written, "id": None}:
            changes = ViewChanges(visibility=view.visibility, roles=view.roles, config=view.config)
            await change_view(
                connection, catalog, UUID(there["id"]), changes, UUID(int=0), administrator=True
            )
        else:
            continue
        count += 1
    return count


def _view_key(view: Mapping[str, Any]) -> tuple[Any, ...]:
    return (view["object"], view.get("kind", "list"), tuple(sorted(view["name"].items())))


async def _write_role(connection: Connection, session: Session, role: WrittenRole) -> int:
    body = RoleBody.model_validate(role.model_dump(exclude={"key"}))
    heads = {head["key"]: head for head in await list_roles(connection, session.full.schema)}
    known = heads.get(role.key)
    if known is not None:
        now = await read_role(connection, session.full, role.key)
        same = RoleBody.model_validate({name: now[name] for name in RoleBody.model_fields if name in now})
        if same == body or known["locked"]:
            return 0
    version = None if known is None else known["version"]
    await write_role(connection, session.full, session.policy, role.key, body, version=version)
    return 1

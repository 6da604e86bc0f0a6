"""Templates of a workspace: found, chosen, written. Each version stands whole in the audit, so none is lost."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.errors import Conflict, InvalidInput, NotFound
from banyan.kernel.ids import new_id, parse_id
from banyan.metadata.catalog import Object
from banyan.printing.checking import check_template
from banyan.printing.shipped import shipped_for
from banyan.printing.tables import template_table
from banyan.printing.template import TemplateDocument
from banyan.records.session import Session

SHIPPED = "shipped"
MOST_TEMPLATES = 50


@dataclass(frozen=True)
class StoredTemplate:
    """`version` 0: not of this workspace, but what ships."""

    id: UUID | None
    object_id: UUID
    language: str
    company: UUID | None
    name: str
    document: TemplateDocument
    active: bool = True
    version: int = 0

    @property
    def key(self) -> str:
        return SHIPPED if self.id is None else str(self.id)


_COLUMNS = ("id", "object_id", "language", "company_id", "name", "document", "active", "version")


def _read(row: Any) -> StoredTemplate:
    document = TemplateDocument.model_validate(orjson.loads(row[5]))
    return StoredTemplate(row[0], row[1], row[2], row[3], row[4], document, row[6], row[7])


async def templates_of(
    connection: Connection, schema: str, object_id: UUID | None = None
) -> list[StoredTemplate]:
    """Those of one object, or all, by name."""
    table = template_table(schema)
    asked = sa.select(*(table.c[name] for name in _COLUMNS)).order_by(table.c.name, table.c.id)
    if object_id is not None:
        asked = asked.where(table.c.object_id == object_id)
    return [_read(row) for row in await (await run(connection, asked)).fetchall()]


async def find_template(connection: Connection, schema: str, key: UUID) -> StoredTemplate:
    """Raises NotFound."""
    table = template_table(schema)
    asked = sa.select(*(table.c[name] for name in _COLUMNS)).where(table.c.id == key)
    row = await (await run(connection, asked)).fetchone()
    if row is None:
        raise NotFound("unknown_print_template")
    return _read(row)


async def choose_template(
    connection: Connection,
    schema: str,
    obj: Object,
    *,
    key: str | None,
    language: str,
    company: str | None,
) -> StoredTemplate:
    """The one asked for; else the company's own, else the workspace's own, else what ships. Raises NotFound."""
    own = await templates_of(connection, schema, obj.id)
    if key is not None and key != SHIPPED:
        wanted = parse_id(key)
        found = next((each for each in own if each.id == wanted and each.active), None)
        if found is None:
            raise NotFound("unknown_print_template")
        return found
    if key is None:
        fitting = [each for each in own if each.active and each.language == language]
        for wish in (company, None):
            of_company = [
                each for each in fitting if (None if each.company is None else str(each.company)) == wish
            ]
            if of_company:
                return of_company[0]
    document = shipped_for(obj.grant_key, language)
    if document is None:
        raise NotFound("no_print_template", object=obj.api_name)
    return StoredTemplate(None, obj.id, language, None, "", document)


async def save_template(connection: Connection, session: Session, template: StoredTemplate) -> StoredTemplate:
    """A new one where it has no id. Raises InvalidInput with places, Conflict where somebody was quicker."""
    obj = session.full.by_id.get(template.object_id)
    if obj is None or obj not in session.full.objects:
        raise NotFound("unknown_print_template")
    check_template(session.full, obj, template.document, template.language)
    table = template_table(session.full.schema)
    values: dict[str, Any] = {
        "language": template.language,
        "company_id": template.company,
        "name": template.name,
        "document": template.document.model_dump(mode="json"),
        "active": template.active,
        "updated_by": session.actor.user_id,
        "updated_at": sa.func.now(),
    }
    if template.id is None:
        if len(await templates_of(connection, session.full.schema, obj.id)) >= MOST_TEMPLATES:
            raise InvalidInput("too_many_print_templates", limit=MOST_TEMPLATES)
        key, version = new_id(), 1
        made = sa.insert(table).values(id=key, object_id=obj.id, version=version, **values)
        await run(connection, made)
    else:
        key = template.id
        changed = (
            sa.update(table)
            .where(table.c.id == key, table.c.version == template.version)
            .values(**values, version=table.c.version + 1)
            .returning(table.c.version)
        )
        row = await (await run(connection, changed)).fetchone()
        if row is None:
            raise Conflict("print_template_changed")
        version = row[0]
    await _audit(connection, session, obj, key, {"version": version, "document": values["document"]})
    return StoredTemplate(
        key, obj.id, template.language, template.company, template.name, template.document,
        template.active, version,
    )  # fmt: skip


async def remove_template(connection: Connection, session: Session, key: UUID, version: int) -> None:
    """Gone; its texts stay in the audit. Raises NotFound, Conflict."""
    found = await find_template(connection, session.full.schema, key)
    table = template_table(session.full.schema)
    gone = sa.delete(table).where(table.c.id == key, table.c.version == version).returning(table.c.id)
    if await (await run(connection, gone)).fetchone() is None:
        raise Conflict("print_template_changed")
    obj = session.full.by_id.get(found.object_id)
    await _audit(connection, session, obj, key, {"removed": found.document.model_dump(mode="json")})


async def _audit(
    connection: Connection, session: Session, obj: Object | None, key: UUID, detail: dict[str, Any]
) -> None:
    await write_audit(
        connection,
        session.actor,
        "print_template",
        {"template": str(key), **({} if obj is None else {"object": obj.api_name})},
        detail,
        object_id=None if obj is None else obj.id,
    )

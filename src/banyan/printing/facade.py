"""Printing: a record, a template and a reader make a file."""

import asyncio
import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from banyan.db.database import Connection
from banyan.extension.printing import Format, Printed
from banyan.files.content import safe_name
from banyan.files.facade import find_files
from banyan.files.stores import Stores
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Object
from banyan.printing.checking import wanted_by
from banyan.printing.example import example_of
from banyan.printing.filling import Filler, Occasion
from banyan.printing.material import COMPANY, Material, read_material
from banyan.printing.rendering import Press
from banyan.printing.sheet import Sheet
from banyan.printing.store import StoredTemplate, choose_template
from banyan.records.queries import labels_of
from banyan.records.session import Session

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_LARGEST_LOGO = 5 * 1024 * 1024
_LOGO_PIXELS = 900
_MOST_PIXELS = 24_000_000
_LOGO_KINDS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")


@dataclass(frozen=True)
class Prepared:
    """All that the press needs: from here on nothing is read."""

    sheet: Sheet
    logo: bytes | None
    name: str
    template: StoredTemplate


class Printing:
    """The printer of this process (the port `extension.printing`)."""

    def __init__(self, stores: Stores, press: Press) -> None:
        self._stores = stores
        self._press = press

    async def render(
        self,
        connection: Connection,
        session: Session,
        obj: Object,
        record_id: UUID,
        *,
        template: str | None = None,
        language: str,
        format: Format = "pdf",  # noqa: A002 - the word of the API
    ) -> Printed:
        prepared = await self.prepare(
            connection, session, obj, record_id, template=template, language=language
        )
        return await self.finish(prepared, format)

    async def prepare(
        self,
        connection: Connection,
        session: Session,
        obj: Object,
        record_id: UUID,
        *,
        template: str | None,
        language: str,
    ) -> Prepared:
        """Read through the session's rights. Raises NotFound for a record out of sight and an unknown template."""
        head = await read_material(connection, session, obj, record_id, relations=(COMPANY,), tables=())
        company = head.related.get(COMPANY)
        chosen = await choose_template(
            connection,
            session.full.schema,
            obj,
            key=template,
            language=language,
            company=None if company is None else str(company[1]["id"]),
        )
        return await self.fill(connection, session, obj, record_id, chosen)

    async def fill(
        self,
        connection: Connection,
        session: Session,
        obj: Object,
        record_id: UUID,
        template: StoredTemplate,
    ) -> Prepared:
        wanted = wanted_by(template.document, template.language)
        relations = {*wanted.relations, COMPANY} if template.document.logo else wanted.relations
        material = await read_material(
            connection, session, obj, record_id, relations=relations, tables=wanted.tables
        )
        occasion = await _occasion(connection, session, template.language)
        sheet, name = Filler(occasion, template.document, material).sheet()
        logo = await self._logo(connection, session, material) if template.document.logo else None
        return Prepared(sheet, logo, name, template)

    async def example(self, connection: Connection, session: Session, template: StoredTemplate) -> Prepared:
        """The template over invented values: before there is a record to show it with."""
        obj = session.full.by_id[template.object_id]
        occasion = await _occasion(connection, session, template.language)
        sheet, name = Filler(occasion, template.document, example_of(session.full, obj, occasion)).sheet()
        return Prepared(sheet, None, name, template)

    async def finish(self, prepared: Prepared, form: Format) -> Printed:
        content = await self._press.set(prepared.sheet, form, prepared.logo)
        name = f"{safe_name(prepared.name.replace('/', '-'))}.{form}"
        return Printed(name, MEDIA[form], content, hashlib.sha256(content).hexdigest())

    async def pictures(self, prepared: Prepared) -> list[str]:
        """The first pages as PNG in base64: what a browser shows anywhere, with or without a reader of PDF."""
        found: list[str] = orjson.loads(await self._press.set(prepared.sheet, "png", prepared.logo))
        return found

    async def _logo(self, connection: Connection, session: Session, material: Material) -> bytes | None:
        """The company's mark as a small picture of our own making: nothing of the file itself goes further."""
        found = material.related.get(COMPANY)
        field = None if found is None else found[0].field("logo")
        if found is None or field is None or field.masked:
            return None
        files: list[Any] = found[1].get(field.api_name) or []
        key = parse_id(files[0]["id"]) if files else None
        stored = None if key is None else (await find_files(connection, session.full.schema, [key])).get(key)
        if stored is None or stored.size > _LARGEST_LOGO:
            return None
        content = self._stores.read(stored.store, connection, session.full.schema, stored.id)
        parts = [part async for part in content]
        return await asyncio.to_thread(_picture, b"".join(parts))


def _picture(content: bytes) -> bytes | None:
    """None for what is no picture, or would unpack to too many pixels: a small file may claim very many."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=_LOGO_KINDS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            picture.thumbnail((_LOGO_PIXELS, _LOGO_PIXELS))
            buffer = io.BytesIO()
            picture.convert("RGBA").save(buffer, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return buffer.getvalue()


async def _occasion(connection: Connection, session: Session, language: str) -> Occasion:
    now = (session.now or datetime.now(UTC)).astimezone(ZoneInfo(session.timezone))
    who = await _who(connection, session)
    return Occasion(session.full, language, session.timezone, now.date(), who, session.currency)


async def _who(connection: Connection, session: Session) -> str:
    me = session.actor.user_id
    people = session.catalog.by_name.get("user")
    if me is None or people is None:
        return ""
    return (await labels_of(connection, session, people, {str(me)})).get(str(me)) or ""

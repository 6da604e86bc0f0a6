"""Export of a list or selection as CSV or XLSX: streamed page by page, formula cells neutralised, re-importable."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.audit.facade import write_audit
from banyan.db.database import Connection, Database
from banyan.metadata.catalog import Object
from banyan.query.authorised import AuthorisedQuery, authorise
from banyan.query.execute import run_page
from banyan.query.parsed import ParsedAggregate, ParsedQuery, Sort
from banyan.query.resolved import FieldRef
from banyan.records.queries import aggregate
from banyan.records.session import Session

PAGE = 1_000
MAX_SELECTION = 10_000
XLSX_ROWS = 1_048_575
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"


class ExportBody(BaseModel):
    """`ids` exports a selection; `labels` writes choice and relation labels rather than keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["csv", "xlsx"] = "csv"
    columns: tuple[str, ...] | None = Bound(default=None, max_length=200)
    where: dict[str, Any] | None = None
    search: str | None = Bound(default=None, max_length=200)
    sort: tuple[Sort, ...] = Bound(default=(), max_length=5)
    ids: tuple[str, ...] | None = Bound(default=None, max_length=MAX_SELECTION)
    labels: bool = True


def neutral(cell: str) -> str:
    """A cell no spreadsheet takes for a formula. Plain numbers and phone numbers stay as they are."""
    if cell.startswith(_FORMULA_STARTS):
        rest = cell[1:].replace(",", "").replace(".", "", 1)
        if cell[0] in "+-" and rest.isdigit():
            return cell
        return f"'{cell}"
    return cell


class Export:
    """One export of one actor. The rows are read by cursor, so memory stays flat at any size."""

    def __init__(
        self,
        database: Database,
        session: Session,
        obj: Object,
        body: ExportBody,
        renew: Callable[[], Awaitable[Session]] | None = None,
    ) -> None:
        session.policy.require(obj.grant_key, "export")
        self._database = database
        self._renew = renew
        self._session = session
        self._object = obj
        self._body = body
        self._mark = ""
        self.written = 0  # rows given out so far
        names = body.columns or tuple(
            f.api_name for f in obj.fields if not f.kind.virtual and (not f.system or f.api_name == "owner")
        )
        self._names = names
        # Resolved and authorised once before anything is sent, so that a fault is still a proper answer.
        self._authorised(None)

    def _authorised(self, cursor: str | None) -> AuthorisedQuery:
        session, body = self._session, self._body
        where = body.where
        if body.ids is not None:
            chosen = {"or": [{"field": "id", "op": "in", "value": list(part)} for part in _parts(body.ids)]}
            where = {"and": [chosen, where]} if where else chosen
        query = ParsedQuery(
            select=self._names, where=where, search=body.search, sort=body.sort, limit=PAGE, cursor=cursor
        )
        found = authorise(session.policy, session.resolver, self._object, query, action="export")
        self._refs = {ref.name: ref for ref in found.select if ref.name in self._names}
        return found

    async def _again(self) -> None:
        """The rights of this moment: a file under way ends, broken off, for whoever may no longer take it."""
        if self._renew is not None:
            self._session = await self._renew()
            self._object = self._session.catalog.by_id[self._object.id]

    async def size(self, connection: Connection) -> int:
        """About how many rows this will be, for the limit on exports: as many as may be read of those asked for."""
        body = self._body
        if body.ids is not None:
            return len(body.ids)
        query = ParsedAggregate(where=body.where, search=body.search)
        found = orjson.loads(await aggregate(connection, self._session, self._object, query))
        return int(found["groups"][0]["values"][0]) if found["groups"] else 0

    def mark(self, text: str) -> None:
        """What each page of a workbook says at its edge: who took it, and when."""
        self._mark = text

    async def audit(self, connection: Connection, rows: int | None = None) -> None:
        """Who exported what, by which filter: written before the first byte leaves."""
        body = self._body.model_dump(mode="json", exclude_defaults=True)
        ids = body.pop("ids", None)
        detail = {
            **body,
            **({"selected": len(ids)} if ids else {}),
            **({} if rows is None else {"rows": rows}),
        }
        await write_audit(
            connection,
            self._session.actor,
            "export",
            {"object": self._object.api_name},
            detail,
            object_id=self._object.id,
        )

    def header(self) -> list[str]:
        language = self._session.actor.language
        return [_title(self._refs[name], language) for name in self._names]

    async def rows(self) -> AsyncIterator[list[list[str]]]:
        """Pages of cells."""
        cursor: str | None = None
        while True:
            async with self._database.reader() as connection:
                page = await run_page(connection, self._authorised(cursor))
            yield [self._cells(record) for record in orjson.loads(page.rows)]
            self.written += page.size
            cursor = page.next_cursor
            if cursor is None:
                return
            await self._again()

    def _cells(self, record: Mapping[str, Any]) -> list[str]:
        language, labels = self._session.actor.language, self._body.labels
        currency = self._session.context.currency
        return [
            str(record[name] or "")
            if self._refs[name].field.masked
            else self._refs[name].field.kind.to_text(
                self._refs[name].field, record[name], language=language, labels=labels, currency=currency
            )
            for name in self._names
        ]

    async def csv(self) -> AsyncIterator[bytes]:
        """UTF-8 with a mark, so that spreadsheets read Chinese right."""
        yield (_BOM + _lines([self.header()])).encode()
        async for page in self.rows():
            yield _lines(page).encode()

    async def xlsx(self) -> AsyncIterator[bytes]:
        """Written to a temporary file in constant memory, then streamed; rows past the sheet's end open another."""
        import xlsxwriter

        with tempfile.TemporaryFile() as file:
            book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
            if self._mark:
                book.set_properties({"comments": self._mark})
            sheet, row = _sheet(book, self.header(), self._mark)
            async for page in self.rows():
                for cells in page:
                    if row > XLSX_ROWS:
                        sheet, row = _sheet(book, self.header(), self._mark)
                    for column, cell in enumerate(cells):
                        sheet.write_string(row, column, cell)
                    row += 1
                await asyncio.sleep(0)
            await asyncio.to_thread(book.close)
            file.seek(0)
            while chunk := file.read(1 << 16):
                yield chunk


def _sheet(book: Any, header: list[str], mark: str) -> tuple[Any, int]:
    sheet = book.add_worksheet()
    if mark:
        text = mark.replace("&", "&&")[:120]
        sheet.set_header(f"&R{text}")
        sheet.set_footer(f"&R{text}")
    for column, title in enumerate(header):
        sheet.write_string(0, column, title)
    return sheet, 1


def _lines(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([neutral(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def _title(ref: FieldRef, language: str) -> str:
    parts = [*(hop.label for hop in ref.hops), ref.field.label]
    return " / ".join(label.get(language) or next(iter(label.values())) for label in parts)


def _parts(ids: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [ids[start : start + PAGE] for start in range(0, len(ids), PAGE)] or [()]

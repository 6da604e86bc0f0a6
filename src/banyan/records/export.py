"""Export of a list or selection as CSV or XLSX: streamed page by page, formula cells neutralised, re-importable."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.audit.facade import write_audit
from banyan.db.database import Connection, Database
from banyan.metadata.catalog import Object
from banyan.query.authorised import AuthorisedQuery, authorise
from banyan.query.execute import Page, run_page
from banyan.query.parsed import ParsedAggregate, ParsedQuery, Sort
from banyan.query.resolved import FieldRef
from banyan.records.queries import aggregate
from banyan.records.session import Session

PAGE = 4_000  # rows of one statement; rights are asked anew for each
PIECE, SLICE = 1_000, 50  # rows given out at a time; rows made into cells before the process looks at others
KNOWN_TEXTS = 5_000  # of one column: choices, dates and amounts come again and again
LONGEST_LIST = 1_000  # ids of one condition
MAX_SELECTION = 10_000
XLSX_ROWS = 1_048_575
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_STARTS = frozenset(_FORMULA_STARTS)
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


@dataclass(frozen=True)
class _Fetched:
    """A page with the columns as they were authorised for it."""

    page: Page
    columns: Sequence[tuple[str, Callable[[Any], str]]]


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
            select=self._names, where=where, search=body.search, sort=body.sort, cursor=cursor
        )
        found = authorise(session.policy, session.resolver, self._object, query, action="export")
        self._refs = {ref.name: ref for ref in found.select if ref.name in self._names}
        return replace(found, limit=PAGE)

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

    async def rows(self) -> AsyncGenerator[list[list[str]], None]:
        """Pages of cells. The database reads the next page while this one is made into cells."""
        following = asyncio.create_task(self._fetch(None))
        try:
            while True:
                found = await following
                page = found.page
                if page.next_cursor is not None:
                    following = asyncio.create_task(self._again(page.next_cursor))
                await asyncio.sleep(0)
                records = orjson.loads(page.rows)
                for start in range(0, max(len(records), 1), PIECE):
                    cells: list[list[str]] = []
                    part = records[start : start + PIECE]
                    for place in range(0, len(part), SLICE):
                        await asyncio.sleep(0)
                        cells += [
                            [write(record[name]) for name, write in found.columns]
                            for record in part[place : place + SLICE]
                        ]
                    self.written += len(part)
                    yield cells
                if page.next_cursor is None:
                    return
        finally:
            await _ended(following)

    async def _fetch(self, cursor: str | None) -> _Fetched:
        query = self._authorised(cursor)
        columns = [(name, self._writer(self._refs[name])) for name in self._names]
        async with self._database.reader() as connection:
            return _Fetched(await run_page(connection, query), columns)

    async def _again(self, cursor: str) -> _Fetched:
        """The rights of this moment: a file under way ends, broken off, for whoever may no longer take it."""
        if self._renew is not None:
            self._session = await self._renew()
            self._object = self._session.catalog.by_id[self._object.id]
        return await self._fetch(cursor)

    def _writer(self, ref: FieldRef) -> Callable[[Any], str]:
        """What makes a cell of a value of this column."""
        field, language, labels = ref.field, self._session.actor.language, self._body.labels
        currency = self._session.context.currency
        if field.masked:
            return lambda value: str(value or "")
        to_text = field.kind.to_text
        known: dict[str, str] = {}

        def write(value: Any) -> str:
            if value.__class__ is not str:
                return to_text(field, value, language=language, labels=labels, currency=currency)
            found = known.get(value)
            if found is None:
                found = to_text(field, value, language=language, labels=labels, currency=currency)
                if len(known) < KNOWN_TEXTS:
                    known[value] = found
            return found

        return write

    async def csv(self) -> AsyncIterator[bytes]:
        """UTF-8 with a mark, so that spreadsheets read Chinese right."""
        yield (_BOM + _lines([self.header()])).encode()
        async with aclosing(self.rows()) as pages:
            async for page in pages:
                yield _lines(page).encode()

    async def xlsx(self) -> AsyncIterator[bytes]:
        """Written to a temporary file in constant memory, then streamed; rows past the sheet's end open another."""
        import xlsxwriter

        with tempfile.TemporaryFile() as file:
            book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
            if self._mark:
                book.set_properties({"comments": self._mark})
            sheet, row = _sheet(book, self.header(), self._mark)
            async with aclosing(self.rows()) as pages:
                async for page in pages:
                    for cells in page:
                        if row > XLSX_ROWS:
                            sheet, row = _sheet(book, self.header(), self._mark)
                        for column, cell in enumerate(cells):
                            sheet.write_string(row, column, cell)
                        row += 1
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
    # Few cells begin as a formula does, so only those are looked at closely.
    csv.writer(buffer, lineterminator="\r\n").writerows(
        [neutral(cell) if cell[:1] in _STARTS else cell for cell in row] for row in rows
    )
    return buffer.getvalue()


def _title(ref: FieldRef, language: str) -> str:
    parts = [*(hop.label for hop in ref.hops), ref.field.label]
    return " / ".join(label.get(language) or next(iter(label.values())) for label in parts)


def _parts(ids: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [ids[start : start + LONGEST_LIST] for start in range(0, len(ids), LONGEST_LIST)] or [()]


async def _ended(task: "asyncio.Task[Any]") -> None:
    """Nobody waits for the page any more."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

"""Routes of the audit: search, entry, export, seals, alarms, limits. Who has the power `audit` sees all of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.access.roles import list_roles
from banyan.api import audit_shown
from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit import sheets
from banyan.audit.facade import Outcome, write_audit
from banyan.audit.search import Filters, Row, Source, find, search
from banyan.audit.verify import Verdict, verify
from banyan.audit.words import ACTIONS, word
from banyan.db import seals
from banyan.db.seals import START
from banyan.kernel.errors import FieldProblem, InvalidInput, NotFound, TooLarge
from banyan.kernel.ids import parse_id

_EXPORT_PAGE = 1_000
_SHOWN_SEALS = 30
_LONGEST_DETAIL = 1_000


def auditor(caller: CallerDep) -> Caller:
    """The caller, who holds the power `audit`."""
    caller.require_power("audit")
    return caller


Auditor = Annotated[Caller, Depends(auditor)]
router = APIRouter(prefix="/audit", tags=["audit"], route_class=StrictRoute)


class Wanted(BaseModel):
    """Filters of the search; all of them narrow."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    actor: UUID | None = None
    action: str | None = Bound(default=None, max_length=60)
    object: str | None = Bound(default=None, max_length=80)
    record: UUID | None = None
    outcome: Outcome | None = None
    source: Source | None = None
    text: str | None = Bound(default=None, max_length=200)

    def filters(self, caller: Caller) -> Filters:
        named = None if self.object is None else caller.session.full.by_name.get(self.object)
        values = self.model_dump(exclude={"object", "text", "format"})
        text = (self.text or "").strip() or None
        return Filters(**values, text=text, object_name=self.object, object_id=named.id if named else None)


def asked(
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    actor: UUID | None = None,
    action: Annotated[str | None, Query(max_length=60)] = None,
    object: Annotated[str | None, Query(max_length=80)] = None,  # noqa: A002 - the parameter's public name
    record: UUID | None = None,
    outcome: Annotated[Outcome | None, Query()] = None,
    source: Annotated[Source | None, Query()] = None,
    text: Annotated[str | None, Query(max_length=200)] = None,
) -> Wanted:
    """The filters as query parameters."""
    return Wanted(
        since=since,
        until=until,
        actor=actor,
        action=action,
        object=object,
        record=record,
        outcome=outcome,
        source=source,
        text=text,
    )


class ExportWish(Wanted):
    format: sheets.Format = "csv"


class VerifyWish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    head: str | None = Bound(default=None, pattern=r"^[0-9]+:[0-9a-f]{64}$")


@router.get("/entries")
async def entries(
    wanted: Annotated[Wanted, Depends(asked)],
    caller: Auditor,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Entries and changes of records, newest first."""
    async with caller.runtime.database.reader() as connection:
        rows = await search(
            connection, caller.schema, wanted.filters(caller), limit=limit + 1, before=_cursor(cursor)
        )
        documents = await audit_shown.shown(connection, caller, rows[:limit], changes=False)
    return {"entries": documents, "next_cursor": documents[-1]["id"] if len(rows) > limit else None}


@router.get("/entries/{entry_id}")
async def entry(entry_id: str, caller: Auditor) -> dict[str, Any]:
    """One entry, with what a record held before and after."""
    found = parse_id(entry_id)
    async with caller.runtime.database.reader() as connection:
        row = None if found is None else await find(connection, caller.schema, found)
        if row is None:
            raise NotFound("unknown_audit_entry")
        (document,) = await audit_shown.shown(connection, caller, [row], changes=True)
    return document


@router.get("/words")
async def words(caller: Auditor) -> dict[str, Any]:
    """What can be asked for and limited: known actions, objects, roles, and the people who may have acted."""
    language = caller.actor.language
    async with caller.runtime.database.reader() as connection:
        people = await audit_shown.everybody(connection, caller)
        roles = await list_roles(connection, caller.schema)
    return {
        "actions": [{"key": key, "label": word(ACTIONS, key, language)} for key in ACTIONS],
        "people": people,
        "roles": [
            {"key": role["key"], "label": role["label"].get(language) or role["key"]} for role in roles
        ],
        "objects": [
            {"name": obj.api_name, "label": obj.definition.label.get(language) or obj.api_name}
            for obj in caller.session.full.objects
        ],
    }


@router.post("/export")
async def export(body: ExportWish, caller: Auditor) -> Response:
    """The entries found, as a file; that it was taken is an entry too."""
    filters, most, language = body.filters(caller), sheets.MOST[body.format], caller.actor.language
    rows: list[list[str]] = []
    async for page in _pages(caller, filters):
        rows += page
        if len(rows) > most:
            raise TooLarge("too_many_audit_rows", most=most)
    async with caller.runtime.database.transaction() as connection:
        mark = await audit_shown.taken_by(connection, caller)
        detail = body.model_dump(mode="json", exclude_none=True) | {"rows": len(rows)}
        await write_audit(connection, caller.actor, "audit_exported", {}, detail)
    title = "审计日志" if language != "en" else "Audit"
    sheet = sheets.Sheet(f"{caller.workspace.name} · {title}", mark, audit_shown.header(language), rows)
    content = await asyncio.to_thread(sheets.write, sheet, body.format)
    name = quote(f"{title} {mark.replace(':', '.')}.{body.format}")
    disposition = f"attachment; filename=\"audit.{body.format}\"; filename*=UTF-8''{name}"
    return Response(
        content, media_type=sheets.TYPES[body.format], headers={"Content-Disposition": disposition}
    )


async def _pages(caller: Caller, filters: Filters) -> AsyncIterator[list[list[str]]]:
    before: UUID | None = None
    while True:
        async with caller.runtime.database.reader() as connection:
            rows: list[Row] = await search(
                connection, caller.schema, filters, limit=_EXPORT_PAGE, before=before
            )
            documents = await audit_shown.shown(connection, caller, rows, changes=False)
        yield [audit_shown.cells(document, _told(document)) for document in documents]
        if len(rows) < _EXPORT_PAGE:
            return
        before = rows[-1].id


def _told(document: dict[str, Any]) -> str:
    """What an entry says beside its columns, in one cell."""
    if document["source"] == "change":
        return "、".join(document["fields"])[:_LONGEST_DETAIL]
    said = {**document["target"], **document["detail"]}
    return orjson.dumps(said).decode()[:_LONGEST_DETAIL] if said else ""


@router.get("/seals")
async def sealed(caller: Auditor) -> dict[str, Any]:
    """The head of the chain, the newest seals, and how much waits for one."""
    async with caller.runtime.database.reader() as connection:
        newest = await seals.newest_seals(connection, caller.schema, _SHOWN_SEALS)
        end = newest[0].end if newest else START
        waiting = await seals.count_after(connection, caller.schema, end)
    return {
        "head": None if not newest else f"{newest[0].seq}:{newest[0].hash.hex()}",
        "waiting": waiting,
        "seals": [
            {"seq": seal.seq, "at": seal.at.isoformat(), "count": seal.count, "hash": seal.hash.hex()}
            for seal in newest
        ],
    }


@router.post("/verify")
async def verify_chain(body: VerifyWish, caller: Auditor) -> dict[str, Any]:
    """Compute the chain anew; with a head kept elsewhere a chain that was cut shows too."""
    verdict = await verify(caller.runtime.database, caller.schema, body.head)
    document = _verdict(verdict)
    async with caller.runtime.database.transaction() as connection:
        outcome: Outcome = "done" if verdict.intact else "failed"
        await write_audit(connection, caller.actor, "audit_verified", {}, document, outcome=outcome)
    return document


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "intact": verdict.intact,
        "seals": verdict.seals,
        "entries": verdict.entries,
        "unsealed": verdict.unsealed,
        "head": None if verdict.head is None else str(verdict.head),
        "fault": verdict.fault,
        "seq": verdict.seq,
        "entry": None if verdict.entry is None else str(verdict.entry),
        "file": verdict.file,
    }


def _cursor(text: str | None) -> UUID | None:
    found = None if text is None else parse_id(text)
    if text is not None and found is None:
        raise InvalidInput("invalid_query", problems=[FieldProblem("/cursor", "invalid_cursor")])
    return found

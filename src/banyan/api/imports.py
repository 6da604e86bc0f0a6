"""Routes of imports: upload, map, check, load, watch, undo."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, File, Form, Request, UploadFile
from fastapi.responses import StreamingResponse

from banyan.api.caller import Caller, CallerDep, caller_of
from banyan.api.strict import StrictRoute
from banyan.imports import store
from banyan.imports.facade import Imports
from banyan.imports.mapping import ImportMapping
from banyan.imports.store import Import
from banyan.kernel.errors import NotFound, NotSignedIn, TooLarge
from banyan.kernel.ids import parse_id
from banyan.records.export import neutral

router = APIRouter(prefix="/imports", tags=["imports"], route_class=StrictRoute)
MAX_FILE = 1024**3
UPLOAD_PATH = "/api/v1/imports"
_CHUNK = 1 << 20
_WATCH_S = 0.4
_RUNNING = frozenset({"checking", "loading", "cancelling"})


def _imports(caller: Caller) -> Imports:
    runtime = caller.runtime
    return Imports(
        runtime.database, runtime.queue, runtime.bus, runtime.changes, runtime.settings.home / "uploads"
    )


def _document(caller: Caller, record: Import) -> dict[str, Any]:
    return record.document(caller.session.catalog.by_id[record.object_id].api_name)


async def _find(caller: Caller, import_id: str) -> Import:
    found = parse_id(import_id)
    if found is None:
        raise NotFound("unknown_import")
    async with caller.runtime.database.reader() as connection:
        return await store.read_import(
            connection, caller.schema, found, caller.actor.user_id, all_users=False
        )


async def _answer(caller: Caller, import_id: str) -> dict[str, Any]:
    return _document(caller, await _find(caller, import_id))


@router.post("", status_code=201)
async def upload(
    file: Annotated[UploadFile, File()],
    object: Annotated[str, Form()],  # noqa: A002 - the name the API gives it
    caller: CallerDep,
) -> dict[str, Any]:
    """Take a file, find out what it is, suggest a mapping."""
    obj = caller.object(object)
    caller.session.policy.require(obj.grant_key, "import")
    imports = _imports(caller)
    import_id, path = imports.new_place(caller.schema)
    try:
        await _save(file, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    name = (file.filename or "file").replace("\\", "/").rpartition("/")[2][:200]
    await imports.analyse(caller.session, obj, import_id, name)
    return await _answer(caller, str(import_id))


async def _save(file: UploadFile, path: Path) -> None:
    size = 0
    with path.open("wb") as target:
        while chunk := await file.read(_CHUNK):
            size += len(chunk)
            if size > MAX_FILE:
                raise TooLarge("file_too_large", limit="1 GB")
            await asyncio.to_thread(target.write, chunk)


@router.get("")
async def list_imports(caller: CallerDep) -> dict[str, Any]:
    """The caller's own imports, newest first: a file is data, and nobody sees data for being an administrator."""
    async with caller.runtime.database.reader() as connection:
        found = await store.list_imports(connection, caller.schema, caller.actor.user_id)
    known = caller.session.catalog.by_id
    return {"imports": [_document(caller, record) for record in found if record.object_id in known]}


@router.get("/{import_id}")
async def read(import_id: str, caller: CallerDep) -> dict[str, Any]:
    """One import as it stands."""
    return await _answer(caller, import_id)


@router.put("/{import_id}/mapping")
async def put_mapping(
    import_id: str, mapping: Annotated[ImportMapping, Body()], caller: CallerDep
) -> dict[str, Any]:
    """Decide which column is which field."""
    await _imports(caller).set_mapping(caller.session, await _find(caller, import_id), mapping)
    return await _answer(caller, import_id)


@router.post("/{import_id}/check", status_code=202)
async def check(import_id: str, caller: CallerDep) -> dict[str, Any]:
    """Dry run: a full report, nothing written."""
    await _imports(caller).start(caller.session, await _find(caller, import_id), load=False)
    return await _answer(caller, import_id)


@router.post("/{import_id}/run", status_code=202)
async def run(import_id: str, caller: CallerDep) -> dict[str, Any]:
    """Load every good row, in one transaction."""
    await _imports(caller).start(caller.session, await _find(caller, import_id), load=True)
    return await _answer(caller, import_id)


@router.post("/{import_id}/cancel")
async def cancel(import_id: str, caller: CallerDep) -> dict[str, Any]:
    """Stop; nothing of it stays."""
    await _imports(caller).cancel(caller.session, await _find(caller, import_id))
    return await _answer(caller, import_id)


@router.post("/{import_id}/undo")
async def undo(import_id: str, caller: CallerDep) -> dict[str, int]:
    """Take back what the load created, as far as nobody has changed it since."""
    return await _imports(caller).undo(caller.session, await _find(caller, import_id))


@router.get("/{import_id}/events")
async def events(import_id: str, request: Request, caller: CallerDep) -> StreamingResponse:
    """Server-sent events: the import at each change, until it comes to rest."""
    await _find(caller, import_id)
    return StreamingResponse(
        _watch(request, caller, import_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store"},
    )


async def _watch(request: Request, caller: Caller, import_id: str) -> AsyncIterator[bytes]:
    before: bytes | None = None
    while not await request.is_disconnected():
        try:
            caller = await caller_of(request)
        except NotSignedIn:
            return
        record = await _find(caller, import_id)
        state = orjson.dumps(_document(caller, record))
        if state != before:
            kind = b"progress" if record.state in _RUNNING else b"state"
            yield b"event: " + kind + b"\ndata: " + state + b"\n\n"
            before = state
        if record.state not in _RUNNING:
            return
        await asyncio.sleep(_WATCH_S)


@router.get("/{import_id}/errors.csv")
async def errors(import_id: str, caller: CallerDep) -> StreamingResponse:
    """Rejected rows in their original form with the reason."""
    record = await _find(caller, import_id)
    rows = _imports(caller).error_rows(caller.session, record)
    first = await anext(rows)

    async def lines() -> AsyncIterator[bytes]:
        yield ("\ufeff" + _line(first)).encode()
        async for row in rows:
            yield _line(row).encode()

    headers = {"Content-Disposition": 'attachment; filename="problems.csv"'}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


def _line(row: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([neutral(cell) for cell in row])
    return buffer.getvalue()

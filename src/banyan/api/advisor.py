"""Routes of the index advisor, for administrators: slow views in words, indexes asked for, indexes nothing uses."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.advisor import making
from banyan.advisor.looking import Slow, slow_views
from banyan.advisor.making import Asked
from banyan.advisor.unused import COUNTED_FOR, Unused, unused_indexes
from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.kernel.messages import message, texts
from banyan.metadata.catalog import Field

router = APIRouter(prefix="/advisor", tags=["advisor"], route_class=StrictRoute)


class IndexBody(BaseModel):
    """Fields in the order of the index: those asked for one value first, then the one sorted by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: str = Bound(max_length=40)
    fields: tuple[str, ...] = Bound(min_length=1, max_length=making.MOST_FIELDS)


@router.get("/views")
async def views(caller: CallerDep) -> dict[str, Any]:
    """Shared views and plain lists whose plan reads or sorts much, those that read most first (power `configure`)."""
    caller.require_power("configure")
    async with caller.runtime.database.reader() as connection:
        found, asked = await slow_views(connection, caller.session)
    return {"views": [_slow(caller, each) for each in found], "asked": asked}


@router.get("/indexes")
async def indexes(caller: CallerDep) -> dict[str, Any]:
    """Indexes asked for here with how far they are, and those that nothing has read for a month (power `configure`)."""
    caller.require_power("configure")
    catalog = caller.session.full
    async with caller.runtime.database.reader() as connection:
        asked = await making.asked_for(connection, catalog)
        unused, since = await unused_indexes(connection, catalog, asked)
    return {
        "indexes": [_asked(caller, each) for each in asked],
        "unused": [_unused(caller, each) for each in unused],
        "since": None if since is None else since.isoformat(),
        "judged_from": None if since is None else (since + COUNTED_FOR).isoformat(),
    }


@router.post("/indexes", status_code=201)
async def make(body: IndexBody, caller: CallerDep) -> dict[str, Any]:
    """Make an index while everybody works on (power `configure`)."""
    caller.require_power("configure")
    obj = caller.session.full.object(body.object)
    fields = making.fields_of(obj, body.fields)
    async with caller.runtime.database.transaction() as connection:
        key = await making.ask_for(connection, caller.actor, caller.runtime.queue, obj, fields)
    return {"id": str(key)}


@router.delete("/indexes/{index_id}", status_code=202)
async def drop(index_id: UUID, caller: CallerDep) -> dict[str, Any]:
    """Drop an index that was asked for here, or give up making it (power `configure`).

    Asking for it again makes it again.
    """
    caller.require_power("configure")
    async with caller.runtime.database.transaction() as connection:
        await making.ask_to_drop(
            connection, caller.actor, caller.runtime.queue, caller.session.full, index_id
        )
    return {"id": str(index_id)}


def _slow(caller: Caller, slow: Slow) -> dict[str, Any]:
    reading, language = slow.reading, caller.actor.language
    view = slow.view
    name = message("advisor.plain_list", language, {}) if view is None else _said(caller, view["name"])
    return {
        "object": _object(caller, slow),
        "view": {"id": None if view is None else view["id"], "name": name},
        "words": _words(caller, slow),
        "way": reading.way,
        "rows": reading.rows,
        "of": reading.of,
        "sorted": reading.sorted,
        "fields": _fields(caller, slow.fields),
    }


def _words(caller: Caller, slow: Slow) -> str:
    reading, language = slow.reading, caller.actor.language
    numbers = {"rows": f"{reading.rows:,}", "of": f"{reading.of:,}", "sorted": f"{reading.sorted:,}"}
    reads = message(f"advisor.{reading.way}", language, numbers)
    if not reading.sorted or not slow.sorted_by:
        return reads
    between = "、" if language == "zh-CN" else ", "
    by = between.join(_said(caller, field.definition.label) for field in slow.sorted_by)
    return message("advisor.sorts", language, {**numbers, "reads": reads, "fields": by})


def _asked(caller: Caller, asked: Asked) -> dict[str, Any]:
    error = None
    if asked.error is not None:
        error = message(
            asked.error if asked.error in texts() else "internal_error", caller.actor.language, {}
        )
    return {
        "id": str(asked.id),
        "object": None if asked.object is None else _object(caller, asked),
        "fields": _fields(caller, asked.fields),
        "state": asked.state,
        "progress": asked.progress,
        "error": error,
        "created_at": asked.created_at,
    }


def _unused(caller: Caller, unused: Unused) -> dict[str, Any]:
    return {
        "id": None if unused.asked is None else str(unused.asked.id),
        "object": _object(caller, unused),
        "fields": _fields(caller, unused.fields),
        "size": unused.size,
    }


def _object(caller: Caller, of: Slow | Asked | Unused) -> dict[str, Any]:
    if of.object is None:
        return {}
    return {"name": of.object.api_name, "label": _said(caller, of.object.definition.label)}


def _fields(caller: Caller, fields: Sequence[Field]) -> list[dict[str, Any]]:
    return [{"name": each.api_name, "label": _said(caller, each.definition.label)} for each in fields]


def _said(caller: Caller, label: Any) -> str:
    """A label in the caller's language, or in the one it has."""
    said: str = label.get(caller.actor.language) or next(iter(label.values()), "")
    return said

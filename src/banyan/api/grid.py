"""Routes of the grid: what pasted texts mean, and places in a long list."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import CallerDep
from banyan.api.metering import count_reading
from banyan.api.strict import StrictRoute
from banyan.query.anchors import run_anchors
from banyan.query.authorised import authorise
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records.cells import CellColumn, read_cells

router = APIRouter(
    prefix="/records/{object_name}",
    tags=["records"],
    route_class=StrictRoute,
    dependencies=[Depends(count_reading)],
)
Text = Annotated[str, Bound(max_length=20_000)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnBody(_Body):
    field: str = Bound(max_length=100)
    texts: tuple[Text, ...] = Bound(max_length=5_000)


class CellsBody(_Body):
    columns: tuple[ColumnBody, ...] = Bound(min_length=1, max_length=100)


class AnchorsBody(_Body):
    """Without `every` the whole list is counted and divided; with it, places follow `cursor` at that distance."""

    where: dict[str, Any] | None = None
    search: str | None = Bound(default=None, max_length=200)
    sort: tuple[Sort, ...] = Bound(default=(), max_length=5)
    every: int | None = Bound(default=None, ge=1, le=1_000)
    cursor: str | None = Bound(default=None, max_length=4_000)


@router.post("/cells")
async def cells(object_name: str, body: CellsBody, caller: CallerDep) -> dict[str, Any]:
    """Texts as values of fields, and what is wrong with those that are none; nothing is written."""
    obj = caller.object(object_name)
    columns = [CellColumn(column.field, column.texts) for column in body.columns]
    async with caller.runtime.database.reader() as connection:
        read = await read_cells(connection, caller.session, obj, columns)
    return {"columns": read}


@router.post("/anchors")
async def anchors(object_name: str, body: AnchorsBody, caller: CallerDep) -> dict[str, Any]:
    """Cursors at even distances in a list, and how many rows it has."""
    obj = caller.object(object_name)
    asked = ParsedQuery(select=(), where=body.where, search=body.search, sort=body.sort, cursor=body.cursor)
    query = authorise(caller.session.policy, caller.session.resolver, obj, asked)
    async with caller.runtime.database.reader() as connection:
        count, every, found = await run_anchors(connection, query, body.every)
    return {"count": count, "every": every, "cursors": found}

"""Routes of the formula editor: check a formula as it is written, and what there is to write."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep, caller_of
from banyan.api.metadata import read_each
from banyan.api.strict import StrictRoute
from banyan.kernel.errors import FieldProblem, Unavailable
from banyan.kernel.messages import message
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.changes.apply import plan, read_state
from banyan.metadata.changes.budget import require_formula_within
from banyan.metadata.changes.sets import read_set
from banyan.metadata.formulas.facade import Checked, FormulaInvalid, Use, ValueType, check
from banyan.metadata.formulas.reference import functions
from banyan.records.formula_preview import preview

router = APIRouter(prefix="/metadata/formulas", tags=["metadata"], route_class=StrictRoute)
_LONGEST = 20_000  # longer than a formula may be, so that the answer can say how long that is


class CheckBody(BaseModel):
    """`change_set`: read names as they would be with that draft.

    `record_id`: also compute the formula on that record, which the caller must be able to read; what only a draft
    has cannot be computed yet, and `result` is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: str
    formula: str = Bound(max_length=_LONGEST)
    expect: Literal["number", "text", "boolean", "date", "datetime", "list"] | None = None
    blank_as_zero: bool = False
    record_id: UUID | None = None
    change_set: UUID | None = None


@router.post("/check")
async def check_formula(body: CheckBody, caller: CallerDep) -> dict[str, Any]:
    """A formula's type, or its faults with their places; a wrong formula is an answer, not an error."""
    caller.require_power("configure")
    catalog = await _catalog(caller, body.change_set)
    obj = catalog.object(body.object)
    expect = None if body.expect is None else ValueType(body.expect)
    try:
        checked = check(body.formula, catalog, obj, expect=expect, blank_as_zero=body.blank_as_zero)
        require_formula_within(body.formula, caller.runtime.changes.limits)
    except FormulaInvalid as error:
        language = caller.actor.language
        problems = [_problem(each, language) for each in error.problems]
        return {"type": None, "canonical": None, "uses": [], "problems": problems}
    found: dict[str, Any] = {
        **checked.type.document(),
        "canonical": checked.text,
        "uses": [_use(use) for use in checked.uses],
        "volatile": checked.volatile,
        "problems": [],
    }
    if body.record_id is not None and (standing := _standing(caller, body)) is not None:
        found["result"] = await _result(caller, *standing, body.record_id)
    return found


async def _catalog(caller: Caller, change_set: UUID | None) -> Catalog:
    """The caller's catalog, or the one a draft leads to, which whoever configures may see whole."""
    if change_set is None:
        return caller.session.catalog
    async with caller.runtime.database.reader() as connection:
        draft = await read_set(connection, caller.schema, change_set)
        state = await read_state(connection, caller.schema, limits=caller.runtime.changes.limits)
    return plan(state, read_each(draft.operations)).state.catalog()


def _standing(caller: Caller, body: CheckBody) -> tuple[Object, Checked] | None:
    """The formula as it reads on what is published; None where it needs the draft."""
    obj = caller.session.catalog.by_name.get(body.object)
    if obj is None:
        return None
    try:
        return obj, check(body.formula, caller.session.catalog, obj, blank_as_zero=body.blank_as_zero)
    except FormulaInvalid:
        return None


async def _result(caller: Caller, obj: Object, checked: Checked, record_id: UUID) -> Any:
    try:
        async with caller.runtime.database.transaction() as connection:
            return await preview(connection, caller.session, obj, record_id, checked)
    except Unavailable as error:
        if error.code != "statement_timeout":
            raise
        return {"error": "took_too_long"}


def _problem(problem: FieldProblem, language: str) -> dict[str, Any]:
    params = problem.params
    return {
        "start": params["start"],
        "end": params["end"],
        "code": problem.code,
        "message": message(problem.code, language, params),
        "suggestion": params.get("suggestion"),
    }


def _use(use: Use) -> dict[str, Any]:
    return {
        "hops": [
            {"object": hop.object.api_name, "field": hop.field.api_name, "many": hop.many} for hop in use.hops
        ],
        "field": None if use.field is None else use.field.api_name,
    }


@router.get("/functions", dependencies=[Depends(caller_of)])
async def list_functions() -> dict[str, Any]:
    """Every function with its ways to be called, words in both languages and examples."""
    return functions()

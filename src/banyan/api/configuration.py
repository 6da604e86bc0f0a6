"""Routes of the configuration as a document: written as YAML, compared, applied."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.configuration.applying import Applier, difference, export
from banyan.configuration.comparing import Clash, Difference
from banyan.configuration.document import MB, read_document
from banyan.configuration.writing import to_yaml
from banyan.kernel.errors import BadRequest
from banyan.kernel.limits import ceiling
from banyan.kernel.messages import message

router = APIRouter(prefix="/metadata/configuration", tags=["metadata"], route_class=StrictRoute)
MEDIA_TYPE = "application/yaml; charset=utf-8"


class ConfigurationBody(BaseModel):
    """`prune` also removes fields that the document does not have; `dry_run` only tells what would be done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str = Bound(max_length=ceiling("configuration_mb") * MB)
    name: str = Bound(default="YAML", min_length=1, max_length=120)
    prune: bool = False
    dry_run: bool = False


@router.get("")
async def written(
    caller: CallerDep,
    objects: Annotated[str | None, Query(max_length=10_000)] = None,
    rows: Annotated[str | None, Query(max_length=2_000)] = None,
) -> Response:
    """The configuration as YAML; a part of it by `objects`; with `rows` (object:key, …) records of theirs."""
    caller.require_power("configure")
    chosen = objects.split(",") if objects else None
    async with caller.runtime.database.reader() as connection:
        document = await export(connection, caller.session, objects=chosen, rows=_rows(rows))
    async with caller.runtime.database.transaction() as connection:
        target = {"objects": chosen or ["*"], "rows": rows}
        await write_audit(connection, caller.actor, "configuration_exported", target, {})
    headers = {"Content-Disposition": f'attachment; filename="{caller.workspace.key}.yaml"'}
    return Response(to_yaml(document), media_type=MEDIA_TYPE, headers=headers)


@router.post("")
async def apply(body: ConfigurationBody, caller: CallerDep) -> dict[str, Any]:
    """Compare a document with this workspace, or apply it: all of it, or nothing."""
    caller.require_power("configure")
    document = read_document(body.document, caller.runtime.changes.limits)
    runtime, language = caller.runtime, caller.actor.language
    if document.roles:
        caller.require_power("roles")
    if body.dry_run:
        async with runtime.database.reader() as connection:
            return told(await difference(connection, caller.schema, document, prune=body.prune), language)
    applier = Applier(runtime.database, runtime.changes, runtime.bus)
    done = await applier.apply(caller.session, document, body.name, prune=body.prune)
    await runtime.catalogs.refresh(caller.schema)
    return {
        "change": None if done.change is None else str(done.change),
        "operations": done.operations,
        "views": done.views,
        "roles": done.roles,
        "rows": done.rows,
        "only_here": list(done.only_here),
    }


def told(found: Difference, language: str) -> dict[str, Any]:
    """A difference for people and programs."""
    return {
        "operations": [
            {**each.model_dump(mode="json", exclude_unset=True), "kind": each.kind}
            for each in found.operations
        ],
        "clashes": [_clash(each, language) for each in found.clashes],
        "only_here": found.only_here,
    }


def _clash(clash: Clash, language: str) -> dict[str, Any]:
    problem = clash.error.problems[0] if clash.error.problems else None
    code, params = (problem.code, problem.params) if problem else (clash.error.code, clash.error.params)
    return {
        "object": clash.object,
        "field": clash.field,
        "code": code,
        "message": message(code, language, params),
    }


def _rows(text: str | None) -> dict[str, str]:
    found = {}
    for part in filter(None, (text or "").split(",")):
        name, colon, key = part.partition(":")
        if not (name and colon and key):
            raise BadRequest("rows_not_named", value=part)
        found[name] = key
    return found

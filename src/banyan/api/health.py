"""GET /health/details: how the installation is, for administrators; judged and worded here."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.db.slow import FailedKind, SlowGroup
from banyan.kernel.messages import message, texts
from banyan.metadata.views import shared_views
from banyan.observing import words
from banyan.observing.health import judge
from banyan.observing.reading import read_facts

router = APIRouter(prefix="/health", tags=["health"], route_class=StrictRoute)


@router.get("/details")
async def details(caller: CallerDep) -> dict[str, Any]:
    """Checks by section with state and advice; failed jobs and slow places of a day (power `configure`)."""
    caller.require_power("configure")
    runtime, language = caller.runtime, caller.actor.language
    facts = await read_facts(runtime.database, runtime.settings, caller.schema)
    views = await _views(caller) if any(each.view_id for each in facts.slow) else {}
    return {
        **words.document(judge(facts), language),
        "at": facts.now.isoformat(),
        "failures": [_failure(each, language) for each in facts.failures],
        "slow": [_slow(each, caller, views) for each in facts.slow],
    }


async def _views(caller: Caller) -> dict[UUID, str]:
    """Names of views by id; of those that are somebody's own nothing is told."""
    async with caller.runtime.database.reader() as connection:
        found = await shared_views(connection, caller.session.full, ids=True)
    language = caller.actor.language
    return {
        UUID(str(each["id"])): each["name"].get(language) or next(iter(each["name"].values()))
        for each in found
    }


def _failure(each: FailedKind, language: str) -> dict[str, Any]:
    known = each.code in texts()
    return {
        "name": each.name,
        "times": each.times,
        "code": each.code,
        "reason": message(each.code, language, {}) if known else None,
        "last_at": each.last_at.isoformat(),
    }


def _slow(each: SlowGroup, caller: Caller, views: dict[UUID, str]) -> dict[str, Any]:
    obj = None if each.object is None else caller.session.full.by_name.get(each.object)
    language = caller.actor.language
    return {
        "kind": each.kind,
        "route": each.route,
        "object": each.object,
        "object_label": obj and (obj.definition.label.get(language) or obj.api_name),
        "view_id": each.view_id and str(each.view_id),
        "view": each.view_id and views.get(each.view_id),
        "times": each.times,
        "longest_ms": round(each.longest_s * 1000),
        "median_ms": round(each.median_s * 1000),
        "last_at": each.last_at.isoformat(),
    }

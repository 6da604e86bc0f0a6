"""Making pools and changing what they do: checked as a whole, and shown first where somebody would lose everything."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from banyan.access.members import people_of
from banyan.access.policy import system_policy
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.filters.ast import And
from banyan.kernel.errors import BanyanError, Conflict, Denied, FieldProblem, InvalidInput
from banyan.metadata.catalog import Object
from banyan.pools.recycling import Going, counts, now_of, refresh, tonight
from banyan.pools.settings import RecycleRule, Settings
from banyan.pools.store import (
    POOL,
    Pool,
    manages,
    note_state,
    read_pool,
    read_pools,
    require_manager,
    write_settings,
)
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.people import house_session
from banyan.records.session import Session


def acting(session: Session) -> Session:
    """The person, with the house's rights: only after who they are to the pool has been asked."""
    return replace(session, policy=system_policy(session.actor))


async def create_pool(
    connection: Connection, session: Session, bus: EventBus, values: dict[str, Any], settings: Settings
) -> UUID:
    """A pool record with its settings. For who configures."""
    if not session.policy.has("configure"):
        raise Denied("power_needed", power="configure")
    own = acting(session)
    try:
        (written,) = await Commands(connection, own, bus).create(own.full.object(POOL), [values])
    except Conflict as error:
        raise Conflict("pool_name_taken", problems=[FieldProblem("/name", "pool_name_taken")]) from error
    pool = await read_pool(connection, session, written.id)
    await _check(connection, session, pool, settings)
    await write_settings(connection, session, pool.id, settings, 0)
    await _begin(connection, session, pool, settings)
    await _note(connection, session, pool, "pool_made")
    return pool.id


async def change_pool(
    connection: Connection,
    session: Session,
    bus: EventBus,
    pool: Pool,
    settings: Settings,
    version: int,
    values: dict[str, Any],
    *,
    confirm: bool,
) -> None:
    """Settings as a whole; the record's own fields (name, active) by who configures."""
    configures = session.policy.has("configure")
    if not configures:
        require_manager(session, pool)
        if set(settings.managers) != set(pool.settings.managers) or values:
            raise Denied("pool_managers_change")
    await _check(connection, session, pool, settings)
    if not confirm:
        await _show_first(connection, session, pool, settings.active_rules)
    await write_settings(connection, session, pool.id, settings, version)
    await _begin(connection, session, pool, settings)
    if values:
        own = acting(session)
        await Commands(connection, own, bus).update(own.full.object(POOL), [Change(pool.id, values)])
    changed = await read_pool(connection, session, pool.id)
    if changed.settings.recycle != pool.settings.recycle:
        await refresh(connection, session, changed)
    await _note(connection, session, changed, "pool_changed")


async def _begin(connection: Connection, session: Session, pool: Pool, settings: Settings) -> None:
    """A rule that is new runs first when its time of day comes, not at once."""
    known = pool.settings.active_rules
    ran = dict(pool.state.get("ran", {}))
    moment = now_of(session).isoformat()
    ran |= {rule.key: moment for rule in settings.active_rules if rule not in known}
    await note_state(connection, session, pool.id, ran=ran)


async def _note(connection: Connection, session: Session, pool: Pool, action: str) -> None:
    detail = pool.settings.model_dump(mode="json", exclude_defaults=True)
    target = {"pool": pool.name, "id": str(pool.id)}
    if action == "pool_made":
        await write_audit(connection, session.actor, "pool_made", target, detail)
    else:
        await write_audit(connection, session.actor, "pool_changed", target, detail)


async def _show_first(
    connection: Connection, session: Session, pool: Pool, rules: Sequence[RecycleRule]
) -> None:
    """Raises Conflict with the counts where rules that were not there before would empty somebody's list."""
    if tuple(rules) == pool.settings.active_rules or not rules:
        return
    going = await counts(connection, session, pool, rules, tonight(session))
    emptied = [each for each in going if each.held and each.going == each.held]
    if emptied:
        owners = await named(connection, session, going)
        raise Conflict("recycle_would_empty", count=len(emptied), extra={"owners": owners})


async def named(connection: Connection, session: Session, going: Sequence[Going]) -> list[dict[str, Any]]:
    """Counts per owner with their names."""
    own = house_session(session)
    ids = {str(each.owner) for each in going}
    names = await queries.labels_of(connection, own, own.catalog.object("user"), ids)
    return [
        {
            "owner": {"id": str(each.owner), "label": names.get(str(each.owner))},
            "held": each.held,
            "going": each.going,
        }
        for each in going
        if each.going
    ]


async def _check(connection: Connection, session: Session, pool: Pool, settings: Settings) -> None:
    """Raises InvalidInput with everything that names nothing."""
    obj, _ = pool.of(session)
    problems: list[FieldProblem] = []
    for index, name in enumerate(settings.hidden):
        field = obj.field(name)
        if field is None or field.system:
            told = {"field": name, "object": obj.api_name}
            problems.append(FieldProblem(f"/hidden/{index}", "unknown_field", told))
        elif field is obj.title:
            problems.append(FieldProblem(f"/hidden/{index}", "pool_hidden_title"))
    problems += _filters(session, obj, pool, settings)
    problems += await _people(connection, session, settings)
    targets = {rule.target for rule in settings.recycle if rule.target is not None}
    known = {each.id: each for each in await read_pools(connection, session, list(targets))}
    for index, rule in enumerate(settings.recycle):
        target = known.get(rule.target) if rule.target is not None else pool
        if target is None or target.applies_to != pool.applies_to:
            problems.append(FieldProblem(f"/recycle/{index}/target", "pool_unknown_target"))
    if problems:
        raise InvalidInput(problems=problems)


def _asked(settings: Settings) -> list[Any]:
    """What the rules of a pool ask already."""
    assigned = (rule.where for rule in settings.assignment.rules)
    return [settings.intake_where, *(rule.where for rule in settings.recycle), *assigned]


def _filters(session: Session, obj: Object, pool: Pool, settings: Settings) -> list[FieldProblem]:
    """Filters as the house reads them: they are rules, not questions of a person.

    Who does not configure writes new ones over fields they may know alone: a preview tells what a rule matches.
    """
    known = _asked(pool.settings)
    own = replace(session, policy=session.policy.narrowed(obj.grant_key, And(()), ()))
    places = [
        *((f"/recycle/{index}/where", rule.where) for index, rule in enumerate(settings.recycle)),
        *((f"/assignment/rules/{i}/where", rule.where) for i, rule in enumerate(settings.assignment.rules)),
        ("/intake_where", settings.intake_where),
    ]
    problems: list[FieldProblem] = []
    for pointer, where in places:
        if where is None:
            continue
        free = session.policy.has("configure") or where in known
        try:
            if free:
                house_session(session).resolver.unrestricted.document(obj, where, pointer)
            else:
                own.resolver.document(own.catalog.by_id[obj.id], where, pointer)
        except BanyanError as error:
            problems += error.problems or [FieldProblem(pointer, error.code, dict(error.params))]
    return problems


async def _people(connection: Connection, session: Session, settings: Settings) -> list[FieldProblem]:
    named_people = {
        f"/assignment/rules/{i}/people/{j}": share.person
        for i, rule in enumerate(settings.assignment.rules)
        for j, share in enumerate(rule.people)
    }
    named_people |= {f"/away/{i}": each.person for i, each in enumerate(settings.away)}
    named_people |= {f"/assignment/capacities/{each}": each for each in settings.assignment.capacities}
    wanted = [f"user:{each}" for each in set(named_people.values())]
    known = set(await people_of(connection, session.full.schema, wanted)) if wanted else set()
    return [
        FieldProblem(pointer, "pool_unknown_person")
        for pointer, person in named_people.items()
        if person not in known
    ]


def oversees(session: Session, pool: Pool) -> bool:
    """Whether the person sees all that happens in the pool."""
    return manages(session, pool) or session.policy.has("configure")


def shown(session: Session, pool: Pool) -> dict[str, Any]:
    """A pool as its reader may see it: settings are the managers'."""
    settings = pool.settings
    mine = manages(session, pool)
    found = {
        "id": str(pool.id),
        "name": pool.name,
        "applies_to": pool.applies_to,
        "active": pool.active,
        "description": pool.description,
        "manages": mine,
        "hidden": list(settings.hidden),
        "approval": settings.approval,
        "limits": settings.limits.model_dump(mode="json"),
        "recycle": [
            {"key": rule.key, "kind": rule.kind, "days": rule.days} for rule in settings.active_rules
        ],
    }
    if oversees(session, pool):
        found |= {"settings": settings.model_dump(mode="json"), "version": pool.version}
    return found

"""Deal registrations 报备: looked up before they are handed in, decided on, won, prolonged."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from banyan.kernel.errors import Conflict, Denied, FieldProblem, InvalidInput
from banyan.metadata.states import OPEN, machine_of
from banyan.notifications.inbox import Notice, notify
from banyan.partners.hooks import PARTNER, REGISTRATION, clashes_of, partner_names
from banyan.partners.keys import code_of, core_of, keys_of
from banyan.query import partners as statements
from banyan.records import queries
from banyan.records.desk import Desk
from banyan.records.ledgers import ask, readable

SUBMITTED, APPROVED, REJECTED, WON, EXPIRED = "submitted", "approved", "rejected", "won", "expired"
DAYS, MOST_DAYS = 90, 720
_LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": "\\\\"})


async def check(desk: Desk, customer: str, credit_code: str | None) -> dict[str, Any]:
    """Whether a customer is free: who protects it, whose customer it is, who works on a deal with it."""
    readable(desk.session, REGISTRATION)
    keys = keys_of(customer, credit_code)
    if not keys:
        raise InvalidInput(problems=[FieldProblem("/customer", "required", {"field": "customer"})])
    clashes = await _protected(desk, keys)
    accounts = await _accounts(desk, customer, credit_code)
    deals = await _deals(desk, [UUID(each["key"]) for each in accounts])
    told = [{name: value for name, value in each.items() if name != "key"} for each in accounts]
    return {"free": not clashes, "registrations": clashes, "accounts": told, "deals": deals}


async def _protected(desk: Desk, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = await ask(
        desk.connection, desk.session, statements.CLASHES_OF_KEYS, keys=list(keys), today=desk.today
    )
    names = await partner_names(desk.connection, desk.session, {row[1] for row in rows})
    return [
        {
            "partner": {"id": str(row[1]), "label": names[row[1]]} if row[1] in names else None,
            "until": row[2].isoformat(),
        }
        for row in rows
    ]


async def _accounts(desk: Desk, customer: str, credit_code: str | None) -> list[dict[str, Any]]:
    """Customers of ours; of those out of sight only whose they are."""
    code, core = code_of(credit_code), core_of(customer)
    like = f"%{core.translate(_LIKE)}%" if core else ""
    rows = await ask(desk.connection, desk.session, statements.ACCOUNTS, code=code.upper() or None, like=like)
    same = [row for row in rows if row[3] or (core and core_of(row[1]) == core)]
    seen = await _labels(desk, "account", {row[0] for row in same})
    owners = await _owners(desk, {row[2] for row in same})
    return [
        {
            "key": str(row[0]),
            "id": str(row[0]) if row[0] in seen else None,
            "label": seen.get(row[0]),
            "owner": owners.get(row[2]),
        }
        for row in same
    ]


async def _deals(desk: Desk, accounts: list[UUID]) -> list[dict[str, Any]]:
    obj = desk.session.full.by_name.get("opportunity")
    machine = None if obj is None else machine_of(desk.session.full, obj)
    if machine is None or not accounts:
        return []
    opened = list(machine.of_category(OPEN))
    rows = await ask(desk.connection, desk.session, statements.OPEN_DEALS, accounts=accounts, open=opened)
    seen = await _labels(desk, "opportunity", {row[0] for row in rows})
    owners = await _owners(desk, {row[1] for row in rows})
    return [
        {
            "id": str(row[0]) if row[0] in seen else None,
            "label": seen.get(row[0]),
            "owner": owners.get(row[1]),
        }
        for row in rows
    ]


async def _labels(desk: Desk, name: str, ids: set[UUID]) -> dict[UUID, str | None]:
    obj = desk.session.catalog.by_name.get(name)
    if obj is None or not ids:
        return {}
    found = await queries.labels_of(desk.connection, desk.session, obj, set(map(str, ids)))
    return {UUID(key): label for key, label in found.items()}


async def _owners(desk: Desk, ids: set[UUID | None]) -> dict[UUID | None, str | None]:
    found = await _labels(desk, "user", {each for each in ids if each is not None})
    return dict(found.items())


async def approve(desk: Desk, record: str, version: int | None, note: str | None = None) -> dict[str, Any]:
    """From today the customer is this partner's, for as many days as the partner has."""
    found = await _decided(desk, record, version, SUBMITTED)
    await _free(desk, found)
    until = desk.today + timedelta(days=await _days(desk, found))
    return await _move(
        desk, found, {"status": APPROVED, "protected_until": until.isoformat(), **_by(desk, note)}
    )


async def reject(desk: Desk, record: str, version: int | None, note: str | None = None) -> dict[str, Any]:
    found = await _decided(desk, record, version, SUBMITTED)
    return await _move(desk, found, {"status": REJECTED, **_by(desk, note)})


async def extend(
    desk: Desk, record: str, version: int | None, days: int | None = None, note: str | None = None
) -> dict[str, Any]:
    """Protected for longer, from the day it would have ended."""
    found = await _decided(desk, record, version, APPROVED)
    await _free(desk, found)  # its protection may have passed, and another's begun, before the night's round
    begins = max(desk.today, date.fromisoformat(found["protected_until"]))
    until = begins + timedelta(days=days or await _days(desk, found))
    if until > desk.today + timedelta(days=MOST_DAYS):
        problem = FieldProblem("/days", "registration_too_long", {"limit": MOST_DAYS})
        raise InvalidInput("registration_too_long", problems=[problem], limit=MOST_DAYS)
    return await _move(desk, found, {"protected_until": until.isoformat(), **_by(desk, note)})


async def win(desk: Desk, record: str, version: int | None, opportunity: str | None = None) -> dict[str, Any]:
    """The partner brought the deal."""
    found = await _held(desk, record, version, APPROVED)
    values: dict[str, Any] = {"status": WON}
    if opportunity is not None:
        values["opportunity"] = opportunity
    return await _move(desk, found, values)


async def _held(desk: Desk, record: str, version: int | None, state: str) -> dict[str, Any]:
    found = await desk.held(REGISTRATION, record, version)
    if found["status"] != state:
        raise Conflict("registration_state", status=str(found["status"]))
    return found


async def _decided(desk: Desk, record: str, version: int | None, state: str) -> dict[str, Any]:
    """Registrations are decided on by whoever keeps partners."""
    found = await _held(desk, record, version, state)
    if not desk.session.policy.allows(desk.full(PARTNER).grant_key, "update"):
        raise Denied("registration_not_yours")
    return found


async def _free(desk: Desk, found: Mapping[str, Any]) -> None:
    key = UUID(found["id"])
    schema = desk.session.full.schema
    await ask(desk.connection, desk.session, statements.TAKE_TURNS, id=key, schema=schema)
    for breach in (await clashes_of(desk.connection, desk.session, [key])).get(key, ()):
        raise Conflict(breach.code, **breach.params)


async def _days(desk: Desk, found: Mapping[str, Any]) -> int:
    partner = await desk.read(PARTNER, found["partner"]["id"])
    return int(partner.get("protection_days") or DAYS)


def _by(desk: Desk, note: str | None) -> dict[str, Any]:
    return {"decided_by": desk.me, "decided_at": desk.now.isoformat(), "decision_note": note or None}


async def _move(desk: Desk, found: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    await desk.move(REGISTRATION, found["id"], values)
    owner = (found.get("owner") or {}).get("id")
    if "decided_by" in values and owner and owner != desk.me:
        actor = desk.session.actor.user_id
        obj = desk.full(REGISTRATION)
        notice = Notice(UUID(owner), "registration_decided", obj.id, UUID(found["id"]), actor)
        await notify(desk.connection, desk.session.full.schema, [notice])
    return await desk.answer(REGISTRATION, found["id"])

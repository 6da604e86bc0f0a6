"""查重: hints for a form while it is filled in, and the page that answers one name, phone or code, so often a day."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.duplicates.matching import Match, matches_of_values
from banyan.duplicates.rules import Comparison, Rule, RuleBody, all_rules
from banyan.duplicates.tables import duplicate_tables
from banyan.duplicates.told import SHOWN, tell
from banyan.duplicates.values import WAYS, code_of, phone_of
from banyan.kernel.errors import Denied, InvalidInput, TooMany
from banyan.kernel.errors import FieldProblem as Fault
from banyan.kernel.ids import new_id
from banyan.metadata.catalog import Object
from banyan.records.session import Session

PER_DAY = 100
_CODE_LENGTH = 18
_DAY_S = 86_400
HINTS_PER_QUESTION = 5
_LONGEST = 200


async def hints(
    connection: Connection,
    session: Session,
    obj: Object,
    values: Mapping[str, Any],
    itself: UUID | None = None,
) -> list[dict[str, Any]]:
    """What the rules would say of these values, as far as the reader knows the fields they speak of.

    Answers about records out of sight are counted: whoever has had five times as many in a day as they may ask of 查重
    hears of no more of them until tomorrow. Saving is judged all the same.
    """
    if not (session.policy.allows(obj.grant_key, "create") or session.policy.allows(obj.grant_key, "update")):
        raise Denied("action_denied", action="create", object=obj.api_name)
    rules = [
        rule
        for rule in await all_rules(connection, session.full)
        if rule.obj.id == obj.id and not rule.spares(session) and _knows(session, rule)
    ]
    texts = {name: text for name, value in values.items() if (text := _text(value))}
    matches = await matches_of_values(connection, session, texts, rules, itself)
    told = await tell(connection, session, matches)
    found = list(told.values())
    if any(each["id"] is None for each in found) and not await _hinted(connection, session):
        found = [each for each in found if each["id"] is not None]
    return sorted(found, key=lambda each: ("block", "warn", "merge").index(each["action"]))[:SHOWN]


def _knows(session: Session, rule: Rule) -> bool:
    """A field hidden or masked on either side would be told by the answer."""
    one = session.catalog.by_name.get(rule.obj.api_name)
    other = session.catalog.by_name.get(rule.against.api_name)
    if one is None or other is None:
        return False
    for part in rule.parts:
        for obj, field in ((one, part.field), (other, part.other)):
            seen = obj.field(field.api_name)
            if seen is None or seen.masked:
                return False
    return True


def _text(value: Any) -> str | None:
    """Values of a request as they are compared; related records by their id."""
    if isinstance(value, Mapping):
        value = value.get("id") or value.get("amount")
    return str(value)[:_LONGEST] if isinstance(value, str | int | float) and value not in ("", True) else None


async def read_limit(connection: Connection, schema: str) -> int:
    table = duplicate_tables(schema).limit
    row = await (await run(connection, sa.select(table.c.per_day))).fetchone()
    return int(row[0]) if row else PER_DAY


async def set_limit(connection: Connection, schema: str, per_day: int) -> None:
    table = duplicate_tables(schema).limit
    statement = insert(table).values(one=True, per_day=per_day)
    await run(connection, statement.on_conflict_do_update(index_elements=["one"], set_={"per_day": per_day}))


async def ask(connection: Connection, session: Session, text: str) -> dict[str, Any]:
    """One question of 查重: is there such a customer, who has it. Counted per person and day, and audited."""
    asked = text.strip()[:_LONGEST]
    way = _way(asked)
    left = await _count(connection, session)
    rules = await all_rules(connection, session.full)
    matches: list[Match] = []
    proposed = new_id()
    for wanted in (way, "near") if way == "name" else (way,):
        matches += await _same_as(connection, session, rules, wanted, asked, proposed)
    told = await tell(connection, session, matches, ids=False)
    exact = {match.other for match in matches if match.rule.driving.way.key != "near"}
    found = [
        {
            "object": each["object"],
            "name": each["name"],
            "owner": each["owner"],
            "state": each["state"],
            "pool": each["pool"],
            "exact": other in exact,
        }
        for (_, other), each in told.items()
    ]
    found.sort(key=lambda each: (not each["exact"], each["object"], each["name"] or ""))
    target = {"way": way, "asked": asked}
    await write_audit(connection, session.actor, "duplicates_asked", target, {"found": len(found)})
    return {"way": way, "matches": found[:SHOWN], "left": left}


def _way(text: str) -> str:
    if not text:
        raise InvalidInput(problems=[Fault("/text", "required", {"field": "text"})])
    code = code_of(text)
    if len(code) == _CODE_LENGTH and text.isascii():
        return "code"
    if phone_of(text):
        return "phone"
    if "@" in text:
        raise InvalidInput(problems=[Fault("/text", "asked_not_mail")])
    return "name"


async def _same_as(
    connection: Connection, session: Session, rules: Sequence[Rule], way: str, text: str, proposed: UUID
) -> list[Match]:
    """Every field that some rule looks up in this way is asked, once."""
    asked: list[Rule] = []
    seen: set[tuple[UUID, UUID]] = set()
    for rule in rules:
        part = rule.driving
        place = (rule.against.id, part.other.id)
        if part.way.key != way or place in seen or not session.policy.allows(rule.against.grant_key, "read"):
            continue
        seen.add(place)
        whole = Comparison(WAYS[way], part.other, part.other)
        body = RuleBody.model_validate(
            {
                **rule.body.model_dump(mode="json"),
                "parts": [{"way": way, "field": part.other.api_name, "other": part.other.api_name}],
                "where": rule.body.where,
            }
        )
        asked.append(Rule(body, rule.against, rule.against, (whole,)))
    texts = {rule.parts[0].field.api_name: text for rule in asked}
    return await matches_of_values(connection, session, texts, asked, proposed)


async def _hinted(connection: Connection, session: Session) -> bool:
    """Count one hint about what is out of sight; whether it may be given. Somebody's eyes borrowed see none."""
    user = session.actor.user_id
    if user is None or session.actor.read_only:
        return False
    limit = HINTS_PER_QUESTION * await read_limit(connection, session.full.schema)
    return await _counted(connection, session, user, "hint", limit) is not None


def _now(session: Session) -> datetime:
    return (session.now or datetime.now(UTC)).astimezone(ZoneInfo(session.timezone))


async def _counted(connection: Connection, session: Session, user: UUID, kind: str, limit: int) -> int | None:
    """Today's count with this one; None beyond the limit."""
    table = duplicate_tables(session.full.schema).asked
    new = insert(table).values(user_id=user, day=_now(session).date(), kind=kind, count=1)
    counted = new.on_conflict_do_update(
        index_elements=["user_id", "day", "kind"],
        set_={"count": table.c.count + 1},
        where=table.c.count < limit,
    ).returning(table.c.count)
    row = await (await run(connection, counted)).fetchone()
    return None if row is None else int(row[0])


async def _count(connection: Connection, session: Session) -> int:
    """Count one question; returns how many are left today. Raises TooMany."""
    user = session.actor.user_id
    if user is None:
        raise Denied("only_in_person")
    limit = await read_limit(connection, session.full.schema)
    count = await _counted(connection, session, user, "ask", limit)
    if count is None:
        now = _now(session)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        wait = _DAY_S - int((now - midnight).total_seconds())
        raise TooMany("duplicates_asked_enough", limit=limit, retry_after=max(wait, 1))
    return limit - count

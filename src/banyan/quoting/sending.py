"""A quote goes out, and what becomes of it: accepted, declined, expired, cancelled, replaced by a later version."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.extension.printing import PRINTING
from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound, Unavailable
from banyan.quoting.moving import Act, id_of
from banyan.quoting.prices import number
from banyan.quoting.pricing import Result, Sheet, settle
from banyan.quoting.repricing import NOT_RELEASED, today_of
from banyan.quoting.settings import read_settings
from banyan.quoting.tables import quoting_tables
from banyan.records import documents

# States of an older version that a new one puts out of date when it is sent.
REPLACED = ("draft", "pending", "released", "sent", "declined", "expired")


async def send(act: Act, valid_until: date | None = None, *, printed: bool = True) -> None:
    """The quote is as the customer has it from now on. An older version is superseded at this moment.

    Raises InvalidInput for what has become wrong since it was drafted: a product withdrawn, a price run out, no price,
    a validity that is over; Conflict where a discount still needs somebody's yes.
    """
    found = await act.held("draft", "released", "expired")
    if found["status"] == "draft" and found.get("needs_approval"):
        raise Conflict("quote_needs_approval", discount=number(Decimal(found.get("largest_discount") or 0)))
    until = await _validity(act, found, valid_until)
    result = await as_of_today(act)
    # The list may have risen since the draft was saved: what is given away is measured by today's.
    if found["status"] == "draft" and result.needs_approval:
        raise Conflict("quote_needs_approval", discount=number(result.largest_discount))
    _require_sendable(result)
    await act.move({"status": "sent", "sent_at": act.now.isoformat(), "valid_until": until.isoformat()})
    await _replace_older(act, found)
    if printed:
        await _keep_print(act)


async def _validity(act: Act, found: dict[str, Any], valid_until: date | None) -> date:
    settings, _ = await read_settings(act.connection, act.schema)
    today = today_of(act.session)
    known = date.fromisoformat(found["valid_until"]) if found.get("valid_until") else None
    until = valid_until or known or today + timedelta(days=settings.validity_days)
    if until < today:
        problem = FieldProblem("/valid_until", "quote_validity_past", {"until": until.isoformat()})
        raise InvalidInput(problems=[problem])
    return until


async def as_of_today(act: Act) -> Result:
    """What the quote comes to by today's books and products, as if it were a draft."""
    today = today_of(act.session)
    heads = await documents.read_heads(act.connection, act.session, act.kind, today, [act.id])
    lines = await documents.read_lines(act.connection, act.session, act.kind, [act.id])
    (head,) = heads
    head.day = max(head.day, today)
    head.values["status"] = "draft"
    (result,) = await settle(act.connection, act.session, [Sheet(head, lines)])
    return result


def _require_sendable(result: Result) -> None:
    """What the draft is today: prices of today's book, products of today."""
    if not result.lines:
        raise InvalidInput(problems=[FieldProblem("/lines", "quote_without_lines")])
    # The rate of exchange is the one of the document's own day, which it has been saved with.
    problems = [each for each in result.problems if each.code != "no_exchange_rate"]
    if problems:
        raise InvalidInput(problems=problems)


async def _replace_older(act: Act, found: dict[str, Any]) -> None:
    """Every earlier version that is still open is superseded, and its link ended. One that was accepted stands."""
    older = id_of(found.get("previous"))
    seen: set[UUID] = set()
    while older is not None and older not in seen:
        seen.add(older)
        previous = Act(act.place, older)
        values = await previous.read()
        if values["status"] == "accepted":
            raise Conflict("older_version_accepted", number=values.get("number") or "")
        if values["status"] in REPLACED:
            await act.move({"status": "superseded"}, of=older)
        older = id_of(values.get("previous"))
    await end_links(act.connection, act.schema, sorted(seen), act.now)


async def _keep_print(act: Act) -> None:
    """The file as it is sent, with its hash; where this process prints nothing, the quote goes without."""
    house = act.house_place().session
    try:
        printed = await PRINTING.printer.render(
            act.connection, house, act.kind.head, act.id, language=act.session.actor.language
        )
    except (NotFound, Unavailable):
        return
    version = (await act.read())["version"]
    await run(
        act.connection,
        sa.insert(quoting_tables(act.schema).sent).values(
            quote_id=act.id,
            quote_version=version,
            sent_at=act.now,
            sent_by=act.session.actor.user_id,
            name=printed.name,
            media_type=printed.media_type,
            sha256=bytes.fromhex(printed.sha256),
            content=printed.content,
        ),
    )


async def end_links(connection: Connection, schema: str, quotes: Sequence[UUID], now: datetime) -> None:
    """No open link of these quotes answers any more."""
    if not quotes:
        return
    table = quoting_tables(schema).link
    mine = sa.and_(table.c.quote_id.in_(quotes), table.c.used_at.is_(None), table.c.ended_at.is_(None))
    await run(connection, sa.update(table).where(mine).values(ended_at=now))


@dataclass(frozen=True)
class Answer:
    """What a customer said: through a link, or told to the seller, who writes it down (`recorded_by`)."""

    answer: str
    name: str
    title: str | None = None
    reason: str | None = None
    address: str | None = None
    agent: str | None = None
    signature: bytes | None = None
    link_id: UUID | None = None
    sha256: bytes | None = None
    recorded_by: UUID | None = None


async def record_answer(act: Act, answer: Answer) -> None:
    """The quote is answered, with its evidence. The quote is held already and is still sent."""
    await act.move(
        {
            "status": answer.answer,
            "answered_at": act.now.isoformat(),
            "answered_by": answer.name,
            "decline_reason": answer.reason if answer.answer == "declined" else None,
        }
    )
    values = {name: value for name, value in vars(answer).items() if name != "sha256"}
    sha256 = answer.sha256 or await last_sha256(act.connection, act.schema, act.id)
    await run(
        act.connection,
        sa.insert(quoting_tables(act.schema).acceptance).values(
            quote_id=act.id, answered_at=act.now, sha256=sha256, **values
        ),
    )
    await end_links(act.connection, act.schema, [act.id], act.now)


async def last_sha256(connection: Connection, schema: str, quote: UUID) -> bytes | None:
    """The hash of what was sent last."""
    table = quoting_tables(schema).sent
    asked = sa.select(table.c.sha256).where(table.c.quote_id == quote).order_by(table.c.id.desc()).limit(1)
    row = await (await run(connection, asked)).fetchone()
    return None if row is None else bytes(row[0])


async def accept(act: Act) -> None:
    """The seller writes down that the customer has accepted; the note says who."""
    await _require_valid(act, await act.held("sent"))
    await record_answer(act, _told(act, "accepted", None))


async def decline(act: Act) -> None:
    await act.held("sent")
    await record_answer(act, _told(act, "declined", act.note))


def _told(act: Act, answer: str, reason: str | None) -> Answer:
    name = (act.note if reason is None else None) or "—"
    return Answer(answer, name[:200], reason=reason, recorded_by=act.session.actor.user_id)


async def _require_valid(act: Act, found: dict[str, Any]) -> None:
    until = found.get("valid_until")
    if until and date.fromisoformat(until) < today_of(act.session):
        raise Conflict("quote_expired", until=until)


async def cancel(act: Act) -> None:
    found = await act.held("draft", "pending", "released", "sent")
    more = NOT_RELEASED if found["status"] == "pending" else {}
    await act.move({"status": "cancelled", **more})
    await end_links(act.connection, act.schema, [act.id], act.now)


async def read_evidence(act: Act) -> dict[str, Any]:
    """What is kept of the answer. Raises NotFound where there is none."""
    table = quoting_tables(act.schema).acceptance
    row = await (await run(act.connection, sa.select(table).where(table.c.quote_id == act.id))).fetchone()
    if row is None:
        raise NotFound("quote_not_answered")
    found = dict(zip(table.c.keys(), row, strict=True))
    signature = found["signature"]
    return {
        "answer": found["answer"],
        "at": found["answered_at"].isoformat(),
        "name": found["name"],
        "title": found["title"],
        "reason": found["reason"],
        "address": found["address"],
        "agent": found["agent"],
        "by_link": found["link_id"] is not None,
        "sha256": bytes(found["sha256"]).hex() if found["sha256"] else None,
        "signature": picture_url(bytes(signature)) if signature else None,
    }


def picture_url(content: bytes) -> str:
    """A drawing as an address that a page shows without asking for it."""
    return "data:image/png;base64," + base64.b64encode(content).decode()

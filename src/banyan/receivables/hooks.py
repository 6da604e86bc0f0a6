"""What follows from writes on any path: whose an instalment is, when it is due, rates, taxes, defaults of requests."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, FOLLOWS, MARKS, Breach, Write
from banyan.kernel.money import WITH_THREE, WITHOUT_MINOR, digits
from banyan.metadata.catalog import Object
from banyan.query import receivables as statements
from banyan.query.receivables_guards import GUARDS, Guard, asking
from banyan.receivables.credit import CreditLimit
from banyan.receivables.working import is_working
from banyan.records.desk import today_of
from banyan.records.following import follow
from banyan.records.ledgers import ask
from banyan.records.merging import MERGING
from banyan.records.session import Session
from banyan.records.shares import out_of_hand

PLAN, ALLOCATION, PAYMENT, REFUND, INVOICE, REQUEST = (
    "payment_plan", "allocation", "payment", "refund", "invoice", "invoice_request"
)  # fmt: skip
CONTRACT, ORDER = "contract", "sales_order"
LIVE_CONTRACT = ("signed", "performing", "completed")
LIVE_ORDER = ("confirmed", "completed")


def columns_of(obj: Object, names: Sequence[str]) -> frozenset[str]:
    """Every physical column of the fields."""
    fields = [field for name in names if (field := obj.field(name)) is not None]
    return frozenset(field.physical(spec.suffix) for field in fields for spec in field.specs)


def _touches(write: Write, *names: str) -> bool:
    whole = write.session.full.by_id[write.obj.id]
    return write.touches(columns_of(whole, names) | ({"owner_id"} if "owner" in names else frozenset()))


async def follow_documents(
    connection: Connection,
    session: Session,
    *,
    plans: Sequence[UUID] = (),
    contracts: Sequence[UUID] = (),
    orders: Sequence[UUID] = (),
) -> None:
    """Instalments take account, company, owner and being in force from their document."""
    rows = await ask(
        connection,
        session,
        statements.FOLLOW_DOCUMENT,
        plans=list(plans),
        contracts=list(contracts),
        orders=list(orders),
        live_contract=list(LIVE_CONTRACT),
        live_order=list(LIVE_ORDER),
    )
    plan = session.full.object(PLAN)
    names = ("account", "company", "in_force")
    await _follow(connection, session, plan, rows, columns_of(plan, names) | {"owner_id", "department_id"})


async def _follow(
    connection: Connection, session: Session, obj: Object, rows: Sequence[Any], columns: frozenset[str]
) -> None:
    if rows:
        await follow(connection, session, obj, [row[0] for row in rows], columns)


async def _plans(write: Write) -> None:
    if write.created or _touches(write, CONTRACT, ORDER, "owner"):
        await follow_documents(write.connection, write.session, plans=write.ids)
    obj = write.session.full.by_id[write.obj.id]
    if write.created or _touches(write, "milestone", "milestone_reached_on", "days_after", "due_on"):
        rows = await ask(write.connection, write.session, statements.FOLLOW_MILESTONE, plans=list(write.ids))
        await _follow(write.connection, write.session, obj, rows, columns_of(obj, ("due_on",)))
    if _touches(write, "amount"):
        await _settled(write, plans=write.ids)


async def _contracts(write: Write) -> None:
    if not write.created and _touches(write, "account", "company", "status", "owner"):
        await follow_documents(write.connection, write.session, contracts=write.ids)


async def _orders(write: Write) -> None:
    if not write.created and _touches(write, "account", "company", "status", "owner"):
        await follow_documents(write.connection, write.session, orders=write.ids)


async def _marked(write: Write) -> None:
    """A document in the trash asks nothing of anybody."""
    name = write.obj.api_name
    await follow_documents(
        write.connection,
        write.session,
        contracts=write.ids if name == CONTRACT else (),
        orders=write.ids if name == ORDER else (),
    )


async def _settled(write: Write, *, plans: Sequence[UUID] = (), allocations: Sequence[UUID] = ()) -> None:
    rows = await ask(
        write.connection,
        write.session,
        statements.FOLLOW_ALLOCATIONS,
        plans=list(plans),
        allocations=list(allocations),
    )
    obj = write.session.full.object(PLAN)
    await _follow(write.connection, write.session, obj, rows, columns_of(obj, ("paid_on",)))


async def _allocations(write: Write) -> None:
    await _settled(write, allocations=write.ids)


async def _payments(write: Write) -> None:
    if _touches(write, "amount", "received_on"):
        session = write.session
        own = session.currency
        rows = await ask(
            write.connection,
            session,
            statements.PAYMENT_RATES,
            ids=list(write.ids),
            own=own,
            digits=digits(own),
        )
        obj = session.full.object(PAYMENT)
        names = ("exchange_rate", "base_amount")
        await _follow(write.connection, session, obj, rows, columns_of(obj, names))


async def _refunds(write: Write) -> None:
    if _touches(write, PAYMENT):
        rows = await ask(write.connection, write.session, statements.REFUND_ACCOUNTS, ids=list(write.ids))
        obj = write.session.full.object(REFUND)
        await _follow(write.connection, write.session, obj, rows, columns_of(obj, ("account",)))


async def _invoices(write: Write) -> None:
    if _touches(write, "total", "tax_rate"):
        rows = await ask(
            write.connection,
            write.session,
            statements.INVOICE_TAXES,
            ids=list(write.ids),
            none=list(WITHOUT_MINOR),
            three=list(WITH_THREE),
        )
        obj = write.session.full.object(INVOICE)
        await _follow(write.connection, write.session, obj, rows, columns_of(obj, ("net", "tax")))


_ASKED = (
    "title", "tax_id", "bank_name", "bank_account", "address", "phone", "email", "company", "tax_rate",
)  # fmt: skip


async def _requests(write: Write) -> None:
    if write.created:
        rows = await ask(write.connection, write.session, statements.REQUEST_DEFAULTS, ids=list(write.ids))
        obj = write.session.full.object(REQUEST)
        await _follow(write.connection, write.session, obj, rows, columns_of(obj, _ASKED))


class Guarded:
    """The conditions of one object, in one statement per write."""

    judges_removal = True

    def __init__(self, name: str) -> None:
        self._name = name

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection, session, obj
        return True

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        guards = tuple(each for each in GUARDS[self._name] if self._asked(each, write))
        if not guards:
            return {}
        text = asking(self._name, guards)
        today = today_of(write.session)
        rows = await ask(write.connection, write.session, text, ids=list(write.ids), today=today)
        return {row[0]: _breaches(guards, row[1:]) for row in rows}

    def _asked(self, guard: Guard, write: Write) -> bool:
        if guard.removed or write.removed:
            return guard.removed and write.removed
        if guard.carried and write.session.policy.of_house and MERGING not in write.session.accepts:
            return False
        new = (write.created or write.restored) and not guard.born
        if guard.by_hand and (is_working() or new):
            return False
        return write.created or write.restored or _touches(write, *guard.fields)


class PlansOfDocuments:
    """Whoever may only read a contract or order plans nothing of it; who keeps all plans does."""

    judges_removal = True

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection
        return not session.policy.unrestricted(obj.grant_key, "update")

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        session = write.session
        plan = session.full.by_id[write.obj.id]
        if session.policy.unrestricted(plan.grant_key, "update"):
            return {}
        found: dict[UUID, list[Breach]] = {}
        for name in (CONTRACT, ORDER):
            parent, target = plan.field(name), session.full.by_name.get(name)
            if parent is None or target is None or parent.target != name:
                continue
            for key in await out_of_hand(write.connection, session, plan, parent, target, write.ids):
                found.setdefault(key, []).append(Breach("plan_not_yours", name))
        return found


def _breaches(guards: Sequence[Guard], found: Sequence[Any]) -> list[Breach]:
    return [
        Breach(guard.code, guard.field, orjson.loads(told) if told else {})
        for guard, holds, told in zip(guards, found[::2], found[1::2], strict=True)
        if holds
    ]


def register_hooks() -> None:
    for name, hook in (
        (PLAN, _plans),
        (CONTRACT, _contracts),
        (ORDER, _orders),
        (ALLOCATION, _allocations),
        (PAYMENT, _payments),
        (REFUND, _refunds),
        (INVOICE, _invoices),
        (REQUEST, _requests),
    ):
        FOLLOWS.register(name, "receivables", hook)
    for name in (CONTRACT, ORDER):
        MARKS.register(name, "receivables", _marked)
        CHECKS.register(name, "credit", CreditLimit())
    for name in GUARDS:
        CHECKS.register(name, "receivables", Guarded(name))
    CHECKS.register(PLAN, "plans_of_documents", PlansOfDocuments())

"""Goods that come back: a return with its lines; what each is worth follows from what was paid for it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, FOLLOWS, Breach, Write
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.kernel.money import EXACT, rounded
from banyan.metadata.catalog import OWNER, Object
from banyan.quoting.moving import Act
from banyan.quoting.sheets import read_lines
from banyan.records import documents
from banyan.records.commands import Commands
from banyan.records.documents import ReturnRow
from banyan.records.session import Session

NAME = "quoting"
RETURN, LINE = "order_return", "return_line"


async def take_back(act: Act, lines: Sequence[tuple[UUID, Decimal]], reason: str) -> dict[str, Any]:
    """A return of some of the order's goods. More than was ordered is refused by the rule `over_returned`."""
    found = await act.held("confirmed", "completed")
    ordered = {row["id"]: row for row in await read_lines(act.house_place(), act.id)}
    problems = [
        FieldProblem(f"/lines/{place}/order_line", "line_of_another_order")
        for place, (line, _) in enumerate(lines)
        if str(line) not in ordered
    ]
    if problems:
        raise InvalidInput(problems=problems)
    session, full = act.session, act.session.full
    commands = Commands(act.connection, session, act.bus, house=True)
    head: dict[str, Any] = {
        "sales_order": str(act.id),
        "account": found.get("account"),
        "reason": reason,
        OWNER: found.get(OWNER),
    }
    async with commands.together():
        (made,) = await commands.create(full.object(RETURN), [head])
        rows = [
            {
                "order_return": str(made.id),
                "order_line": str(line),
                "quantity": f"{quantity:f}",
                "name": ordered[str(line)].get("name"),
            }
            for line, quantity in lines
        ]
        await commands.create(full.object(LINE), rows, [f"/lines/{place}" for place in range(len(rows))])
    return {"id": str(made.id), "object": RETURN, "differences": []}


async def _price(write: Write) -> None:
    """Returned goods are worth their part of the line's total; of the last of a line, what is left of it."""
    session: Session = write.session
    obj = session.full.by_id[write.obj.id]
    if write.removed or not _worth(obj):
        return
    columns = [obj.by_name[name].physical() for name in ("order_line", "quantity")]
    if not (write.created or write.restored or write.touches(columns)):
        return
    await _write_worth(write.connection, session, obj, write.ids)


def _worth(obj: Object) -> bool:
    return all(obj.field(name) is not None for name in ("order_line", "quantity", "total"))


async def _write_worth(connection: Connection, session: Session, obj: Object, ids: Sequence[UUID]) -> None:
    rows = []
    for each in await documents.read_returns(connection, session, obj, ids):
        worth = worth_of(each)
        if worth is not None and worth != each.total:
            column = obj.by_name["total"].physical
            rows.append({"id": str(each.id), column(): f"{worth:f}", column("__cur"): each.currency})
    await documents.derive(connection, session, obj, rows)


def worth_of(row: ReturnRow) -> Decimal | None:
    """In proportion to the quantity; cents that rounding has left go with whatever brings the last back."""
    if not row.ordered or row.line_total is None or row.currency is None:
        return None
    if row.returned_before + row.quantity >= row.ordered:
        return row.line_total - row.worth_before
    share = EXACT.divide(EXACT.multiply(row.line_total, row.quantity), row.ordered)
    return rounded(share, row.currency)


class AccountOfOrder:
    """A return is of the order's customer: filled where nobody said."""

    async def __call__(self, write: Write) -> None:
        session: Session = write.session
        obj = session.full.by_id[write.obj.id]
        order = session.full.by_name.get("sales_order")
        if write.created and order is not None and order.field("account") and obj.field("account"):
            rows: list[Mapping[str, Any]] = await documents.accounts_of_returns(
                write.connection, session, obj, order, write.ids
            )
            await documents.derive(write.connection, session, obj, rows)


class OfOneOrder:
    """What comes back with a return is of the return's order."""

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection, obj
        return _whole(session)

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        session: Session = write.session
        if not _whole(session):
            return {}
        full = session.full
        line, head = full.object(LINE), full.object(RETURN)
        of_heads = write.obj.id == head.id
        if of_heads and not write.touches([head.by_name["sales_order"].physical()]):
            return {}
        found = await documents.strange_returns(
            write.connection, session, line, head, write.ids, of_heads=of_heads
        )
        field = "sales_order" if of_heads else "order_line"
        return {
            whole if of_heads else back: [Breach("line_of_another_order", field)] for back, whole in found
        }


def _whole(session: Session) -> bool:
    """Whether the fields that tie a return to its order are there."""
    tied = {LINE: ("order_line", "order_return"), RETURN: ("sales_order",), "order_line": ("sales_order",)}
    objects = {name: session.full.by_name.get(name) for name in tied}
    return all(
        obj is not None and all(obj.field(each) is not None for each in tied[name])
        for name, obj in objects.items()
    )


def register_hooks() -> None:
    FOLLOWS.register(LINE, NAME, _price)
    FOLLOWS.register(RETURN, NAME, AccountOfOrder())
    for name in (LINE, RETURN):
        CHECKS.register(name, NAME, OfOneOrder())

"""One document made of another, with its lines: a new version, a contract or order, an amendment, a renewal."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.metadata.catalog import OWNER, Object
from banyan.query.documents import DocumentKind
from banyan.quoting.differences import between, sold
from banyan.quoting.moving import Act
from banyan.quoting.repricing import Repricing, postponed
from banyan.quoting.sheets import Place, read_head, read_lines
from banyan.records.commands import Commands

# Not of the document but of its life; files belong to the record they were given to.
_ITS_OWN = frozenset(
    {
        "status", "number", "files", "note", "signed_on", "signed_by", "issued_on", "ordered_on", "valid_until",
        "amount", "delivered", "erp_number", "delivery", "kind",
    }
)  # fmt: skip
Lines = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


async def make(
    act: Act,
    target: DocumentKind,
    values: Mapping[str, Any],
    *,
    lines: Lines | None = None,
) -> dict[str, Any]:
    """A new document out of the one that is held: under the caller's right to create; what it is, and what differs.

    `values` stand over what is copied; `lines` chooses among the lines, or changes them.
    """
    house = act.house_place()
    head, rows = await read_head(house, act.id), await read_lines(house, act.id)
    chosen = rows if lines is None else lines([dict(row) for row in rows])
    session = act.session
    session.policy.require(target.head.grant_key, "create")
    commands = Commands(act.connection, session, act.bus, house=True)
    document = {
        **_copied(head, act.kind.head, target.head),
        OWNER: head.get(OWNER) or (str(session.actor.user_id) if session.actor.user_id else None),
        **values,
    }
    async with commands.together(), postponed(act.connection, Repricing(act.bus)):
        (written,) = await commands.create(target.head, [document])
        link = target.link.api_name
        made = [
            {"position": place + 1, **_copied(row, act.kind.line, target.line), link: str(written.id)}
            for place, row in enumerate(chosen)
        ]
        if made:
            await commands.create(target.line, made, [f"/lines/{place}" for place in range(len(made))])
    return {
        "id": str(written.id),
        "object": target.name,
        "differences": await differences(act, target, written.id),
    }


def _copied(values: Mapping[str, Any], source: Object, target: Object) -> dict[str, Any]:
    """What both have and people write."""
    found = {}
    for name, value in values.items():
        field, other = source.field(name), target.field(name)
        if (
            value is None
            or field is None
            or other is None
            or name in _ITS_OWN
            or field.system
            or other.system
        ):
            continue
        same = field.definition.type == other.definition.type and field.target == other.target
        if same and other.kind.writable and not other.definition.managed:
            found[name] = value
    return found


async def differences(act: Act, target: DocumentKind, made: UUID) -> list[dict[str, Any]]:
    """What is otherwise in the new document, as far as the caller sees both."""
    place = Place(act.connection, act.session, act.bus, target)
    before = await read_head(act.place, act.id), await read_lines(act.place, act.id)
    after = await read_head(place, made), await read_lines(place, made)
    found = between(place.head, place.line, before, after)
    if act.kind.name == target.name:
        return found
    return [each for each in found if each["field"] != "name" or each["line"] is not None]


def remaining(taken: Mapping[str, Any], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines with what is left of their quantity once `taken` (by what they sell) is away."""
    left, found = dict(taken), []
    for row in rows:
        quantity = Decimal(row["quantity"])
        gone = min(quantity, left.get(sold(row), Decimal(0)))
        left[sold(row)] = left.get(sold(row), Decimal(0)) - gone
        if quantity > gone:
            found.append({**row, "quantity": f"{quantity - gone:f}"})
    return found

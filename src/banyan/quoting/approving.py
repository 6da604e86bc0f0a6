"""Discounts that need somebody's yes: asked for, given, refused, taken back. Each stands on the quote, in its history.

Whoever's own limit covers the discount gives it, and nobody else: no one releases what they could not have given.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from banyan.extension.approvals import APPROVALS, Matter
from banyan.kernel.errors import Conflict, Denied, FieldProblem, InvalidInput
from banyan.quoting.moving import Act
from banyan.quoting.prices import number
from banyan.quoting.pricing import limit_of
from banyan.quoting.repricing import NOT_RELEASED
from banyan.quoting.sending import as_of_today
from banyan.quoting.settings import read_settings


async def submit(act: Act) -> None:
    """Ask for a release."""
    found = await act.held("draft")
    if not found.get("line_count") or Decimal(found["line_count"]) == 0:
        raise InvalidInput(problems=[FieldProblem("/lines", "quote_without_lines")])
    if not found.get("needs_approval") and not (await as_of_today(act)).needs_approval:
        raise Conflict("approval_not_needed")
    await act.move({"status": "pending"})
    await APPROVALS.approvals.ask(act.connection, act.session, _matter(act, found.get("largest_discount")))


async def release(act: Act) -> None:
    """Say yes. Raises Denied for whoever could not have given the discount."""
    found = await act.held("pending")
    await _require_limit(act, Decimal(found.get("largest_discount") or 0))
    person = act.session.actor.user_id
    values = {
        "status": "released",
        "released_by": str(person) if person else None,
        "released_at": act.now.isoformat(),
        "release_note": act.note,
    }
    await act.move(values)
    await _decided(act, found, "released")


async def refuse(act: Act) -> None:
    """Say no, with a reason: the quote is a draft again."""
    found = await act.held("pending")
    await _require_limit(act, Decimal(found.get("largest_discount") or 0))
    await act.move({"status": "draft", **NOT_RELEASED, "release_note": act.note})
    await _decided(act, found, "draft")


async def recall(act: Act) -> None:
    """Take back what was asked for, or given, to change the quote."""
    found = await act.held("pending", "released")
    await act.move({"status": "draft", **NOT_RELEASED})
    await APPROVALS.approvals.settled(
        act.connection, act.session, _matter(act, found.get("largest_discount"))
    )


async def _decided(act: Act, found: Mapping[str, Any], status: str) -> None:
    """By whoever could: the owner learns of it."""
    owner = found.get("owner")
    matter = _matter(act, found.get("largest_discount"))
    told = {"status": status, "owner": owner["id"] if owner else None, "note": act.note}
    matter = replace(matter, params={**matter.params, **told})
    await APPROVALS.approvals.settled(act.connection, act.session, matter)


async def _require_limit(act: Act, saved: Decimal) -> None:
    """By the discount as it was saved or as it is by today's list, whichever is larger."""
    discount = max(saved, (await as_of_today(act)).largest_discount)
    settings, _ = await read_settings(act.connection, act.schema)
    limit = await limit_of(act.connection, act.session, settings, act.session.actor.user_id)
    if discount > limit:
        raise Denied("release_beyond_limit", discount=number(discount), limit=number(limit))


def _matter(act: Act, discount: str | None) -> Matter:
    return Matter("quote", act.id, "discount_needs_approval", {"discount": discount})

"""The credit limit of a customer warns when a contract is signed or an order confirmed, on every path."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.extension.writes import Breach, Write
from banyan.query.receivables_guards import over_credit
from banyan.records.desk import today_of
from banyan.records.ledgers import ask, sees

ACCEPTS = "credit"
BEGINS = {"contract": ("signed", "performing"), "sales_order": ("confirmed",)}


class CreditLimit:
    """Warns: who has seen it goes on with `accepts: credit`. A currency without a rate is left out."""

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection, obj
        return ACCEPTS not in session.accepts

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        session, name = write.session, write.obj.api_name
        whole = session.full.by_id[write.obj.id]
        status, amount = whole.field("status"), whole.field("amount" if name == "contract" else "total")
        fields = [field for field in (status, amount) if field is not None]
        asked = not fields or write.touches(field.physical() for field in fields)
        if ACCEPTS in session.accepts or session.actor.kind == "system" or not asked:
            return {}
        rows = await ask(
            write.connection,
            session,
            over_credit(name),
            ids=list(write.ids),
            begins=list(BEGINS[name]),
            own=session.currency,
            on=today_of(session),
        )
        told = sees(session, "account", "credit_limit")
        return {
            key: [_breach(str(limit), str(owed), session.currency, told=told)] for key, limit, owed in rows
        }


def _breach(limit: str, owed: str, currency: str, *, told: bool) -> Breach:
    """Whoever may not see the limit hears only that it is passed."""
    if not told:
        return Breach("over_credit_untold", "account", {}, {"accepts": ACCEPTS})
    params = {"limit": limit, "owed": owed, "currency": currency}
    return Breach("over_credit", "account", params, {"accepts": ACCEPTS, "limit": limit, "owed": owed})

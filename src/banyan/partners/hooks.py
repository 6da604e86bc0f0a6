"""A customer protected for one partner is not registered by another, whichever path writes it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, HOOKS, Breach, Write
from banyan.partners.keys import keys_of
from banyan.query import partners as statements
from banyan.records import queries
from banyan.records.ledgers import ask
from banyan.records.matching import texts_of
from banyan.records.session import Session

REGISTRATION, PARTNER = "deal_registration", "partner"
_NAMED = ("customer", "credit_code")


def today_of(session: Session) -> date:
    now = session.now or datetime.now(UTC)
    return now.astimezone(ZoneInfo(session.timezone)).date()


def _touches(write: Write, *names: str) -> bool:
    whole = write.session.full.by_id[write.obj.id]
    return write.touches({field.physical() for name in names if (field := whole.field(name)) is not None})


class KeepKeys:
    """Keys follow what is written; a check asks of them, so a trial of a load keeps them too."""

    before_checks = True

    async def __call__(self, write: Write) -> None:
        if not _touches(write, *_NAMED):
            return
        session = write.session
        whole = session.full.by_id[write.obj.id]
        fields = [field for name in _NAMED if (field := whole.field(name)) is not None]
        texts = await texts_of(write.connection, session, whole, write.ids, fields)
        rows = [
            (record, key)
            for record, text in texts.items()
            for key in keys_of(text.get("customer"), text.get("credit_code"))
        ]
        await ask(write.connection, session, statements.FORGET_KEYS, ids=list(write.ids))
        if rows:
            ids, keys = ([row[place] for row in rows] for place in (0, 1))
            await ask(write.connection, session, statements.KEEP_KEYS, ids=ids, keys=keys)


class Protected:
    """Refuses what is protected for another partner, naming that one only to who may see it."""

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection, session, obj
        return True

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        if not (write.restored or _touches(write, *_NAMED, "partner", "status")):
            return {}
        return await clashes_of(write.connection, write.session, write.ids)


async def clashes_of(
    connection: Connection, session: Session, ids: Sequence[UUID]
) -> dict[UUID, Sequence[Breach]]:
    """What stands against the registrations, as it is told to the writer."""
    today = today_of(session)
    rows = await ask(connection, session, statements.CLASHES_OF_WRITTEN, ids=list(ids), today=today)
    names = await partner_names(connection, session, {row[2] for row in rows})
    return {row[0]: [breach(names.get(row[2]), row[3])] for row in rows}


def breach(partner: str | None, until: date) -> Breach:
    code = "registration_protected" if partner else "registration_protected_other"
    return Breach(code, "customer", {"partner": partner or "", "until": until.isoformat()})


async def partner_names(
    connection: Connection, session: Session, ids: set[UUID | None]
) -> dict[UUID, str | None]:
    """Of those the reader may see."""
    obj = session.catalog.by_name.get(PARTNER)
    wanted = {str(each) for each in ids if each is not None}
    if obj is None or not wanted:
        return {}
    return {
        UUID(key): name for key, name in (await queries.labels_of(connection, session, obj, wanted)).items()
    }


def register_hooks() -> None:
    HOOKS.register(REGISTRATION, "partners", KeepKeys())
    CHECKS.register(REGISTRATION, "partners", Protected())

"""A lead becomes an account, a contact and an opportunity: one command under the lead's lock, all of it or nothing.

What the command makes passes every right, rule and check of its writer. What hangs on the lead is linked to what it
became by the house: the lead keeps it too, with its history.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.events import EventBus
from banyan.kernel.errors import Conflict, Denied, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import OWNER, Object
from banyan.metadata.states import OPEN, WON, Machine, machine_of
from banyan.pipelines.linking import link_all
from banyan.pipelines.proposal import ACCOUNT, CONTACT, LEAD, PARTS
from banyan.pipelines.tables import pipeline_tables
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.locking import as_house, hold
from banyan.records.people import house_session
from banyan.records.reach import require_change
from banyan.records.related import visible
from banyan.records.session import Session

CONVERTED_AT = "converted_at"


@dataclass(frozen=True)
class Part:
    """One of what the lead becomes: a record that is there, or values of a new one."""

    id: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    account: Part
    contact: Part | None = None
    opportunity: Part | None = None
    owner: str | None = None
    version: int | None = None

    def part(self, name: str) -> Part | None:
        found: Part | None = getattr(self, name)
        return found


@dataclass(frozen=True)
class Converting:
    """One conversion in its transaction."""

    connection: Connection
    session: Session
    bus: EventBus
    lead: Object
    lead_id: UUID

    @property
    def schema(self) -> str:
        return self.session.full.schema

    @property
    def now(self) -> datetime:
        return self.session.now or datetime.now(UTC)

    async def run(self, wish: Wish) -> dict[str, Any]:
        """What the lead became. Raises Conflict with who has done it where it was done already."""
        machine, record = await self._held(wish)
        became: dict[str, UUID] = {}
        made: list[dict[str, str]] = []
        for name in PARTS:
            part = wish.part(name)
            if part is None:
                continue
            if part.id is not None:
                became[name] = await self._known(name, part.id)
            else:
                became[name] = await self._make(name, part, wish.owner, became)
                made.append({"object": name, "id": str(became[name])})
        await self._close(machine, wish, became)
        linked = await link_all(self.connection, self.session, self.bus, self.lead, self.lead_id, became)
        await run(
            self.connection,
            sa.insert(pipeline_tables(self.schema).conversion).values(
                lead_id=self.lead_id,
                at=self.now,
                by_user=self.session.actor.user_id,
                was_status=record.get(machine.field.api_name),
                made=made,
                linked=linked,
            ),
        )
        return {"lead": str(self.lead_id), **{name: str(key) for name, key in became.items()}}

    async def _held(self, wish: Wish) -> tuple[Machine, dict[str, Any]]:
        """The lead, locked, open and still to be converted."""
        key = str(self.lead_id)
        await require_change(self.connection, self.session, self.lead, key)
        whole = self.session.full.by_id[self.lead.id]
        machine = machine_of(self.session.full, whole)
        if machine is None or not ended_state(machine):
            raise InvalidInput("lead_not_convertible")
        await hold(self.connection, whole, self.lead_id)
        house = house_session(self.session)
        record = orjson.loads(await queries.read_record(self.connection, house, whole, key))
        if record.get(machine.field.api_name) == ended_state(machine) or record.get(CONVERTED_AT):
            raise await self._already()
        if wish.version is not None and record["version"] != wish.version:
            raise Conflict("version_conflict", object=LEAD, id=key, version=record["version"])
        if machine.categories.get(record.get(machine.field.api_name) or "", OPEN) != OPEN:
            raise Conflict("lead_not_open")
        return machine, record

    async def _already(self) -> Conflict:
        """Who has converted it, when and into what, as far as this reader may read it."""
        own = await queries.read_record(self.connection, self.session, self.lead, str(self.lead_id))
        record = orjson.loads(own)
        table = pipeline_tables(self.schema).conversion
        row = await (
            await run(self.connection, sa.select(table).where(table.c.lead_id == self.lead_id))
        ).fetchone()
        by = None if row is None or row[2] is None else str(row[2])
        people = self.session.full.object("user")
        name = await queries.labels_of(self.connection, self.session, people, {by}) if by else {}
        into = {part: record.get(f"converted_{part}") for part in PARTS}
        who = name.get(by or "") or "—"
        extra = {"by": by, "by_name": who, "at": record.get(CONVERTED_AT), "into": into}
        return Conflict("already_converted", extra=extra, who=who)

    async def _known(self, name: str, record_id: str) -> UUID:
        key, obj = parse_id(record_id), self.session.catalog.by_name.get(name)
        seen = obj is not None and key is not None
        if (
            not seen
            or obj is None
            or str(key) not in await visible(self.connection, self.session, obj, [str(key)])
        ):
            problem = FieldProblem(f"/{name}/id", "related_not_found", {"object": name})
            raise InvalidInput(problems=[problem])
        return UUID(str(key))

    async def _make(self, name: str, part: Part, owner: str | None, became: Mapping[str, UUID]) -> UUID:
        obj = self.session.catalog.object(name)
        values = dict(part.values)
        for other in (ACCOUNT, CONTACT):
            link = obj.field(other)
            if other in became and link is not None and link.target == other and other not in values:
                values[other] = str(became[other])
        if owner is not None:
            values.setdefault(OWNER, owner)
        commands = Commands(self.connection, self.session, self.bus)
        (written,) = await commands.create(obj, [values], [f"/{name}/values"])
        return written.id

    async def _close(self, machine: Machine, wish: Wish, became: Mapping[str, UUID]) -> None:
        whole = self.session.full.by_id[self.lead.id]
        links = {f"converted_{name}": str(key) for name, key in became.items()}
        values: dict[str, Any] = {
            machine.field.api_name: ended_state(machine),
            CONVERTED_AT: self.now.isoformat(),
            **links,
        }
        kept = {name: value for name, value in values.items() if whole.field(name) is not None}
        commands = Commands(self.connection, self.session, self.bus, house=True)
        async with as_house(self.connection):
            await commands.update(whole, [Change(self.lead_id, kept, wish.version)])


def ended_state(machine: Machine) -> str | None:
    """The state that only a conversion brings about."""
    return next((key for key in machine.of_category(WON) if key in machine.by_house), None)


def require_lead(session: Session) -> Object:
    obj = session.catalog.by_name.get(LEAD)
    if obj is None or not session.policy.allows(obj.grant_key, "read"):
        raise NotFound("unknown_object", object=LEAD)
    if not session.policy.allows(obj.grant_key, "update"):
        raise Denied("action_denied", action="update", object=LEAD)
    return obj

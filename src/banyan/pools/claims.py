"""Claiming: of any number of simultaneous claimers exactly one gets the record; the others are told who."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.kernel.errors import BanyanError, Conflict
from banyan.pools import limits
from banyan.pools.store import Pool
from banyan.records import queries
from banyan.records.owning import Given, Owning, State, states
from banyan.records.people import house_session
from banyan.records.session import Session


@dataclass(frozen=True)
class Outcome:
    """What became of one record: `error`, or it is the person's (or `asked` for)."""

    id: UUID
    error: BanyanError | None = None
    version: int = 0
    asked: bool = False


@dataclass(frozen=True)
class Claim:
    """One person claiming out of one pool, in the caller's transaction."""

    connection: Connection
    session: Session
    bus: EventBus
    pool: Pool
    person: UUID
    began: str = "claimed"

    @property
    def now(self) -> datetime:
        return self.session.now or datetime.now(UTC)

    async def run(self, ids: Sequence[UUID]) -> list[Outcome]:
        """Each record for itself, in the order asked."""
        obj, kept = self.pool.of(self.session)
        level = limits.level_of(self.session, self.pool)
        await limits.lock_people(self.connection, [self.person])
        room = (await limits.rooms(self.connection, self.session, self.pool, [self.person], self.now))[
            self.person
        ]
        seen = await states(self.connection, obj, kept, ids, self.person, level)
        outcomes: dict[UUID, Outcome] = {}
        # A second click, or the same request again: what is mine already is answered as claimed.
        for key in ids:
            state = seen.get(key)
            if state is not None and state.owner == self.person and state.pool == self.pool.id:
                outcomes[key] = Outcome(key, version=state.version)
        if len(outcomes) < len(set(ids)) and (error := room.beginning(self.now)):
            return [outcomes.get(key) or Outcome(key, error) for key in ids]
        waiting = [key for key in dict.fromkeys(ids) if key not in outcomes]
        owning = Owning(self.connection, self.session, self.bus, obj, kept)
        free = [key for key in waiting if self._against(seen.get(key)) is None]
        if len(free) > 1:
            # All of a batch in one order, before the first is taken: two batches never wait for each other in a circle.
            await owning.lock(free)
            seen = await states(self.connection, obj, kept, ids, self.person, level)
        lost: list[UUID] = []
        while waiting:
            # Who loses a race leaves room for the next one of the batch.
            some, waiting = self._next(room, seen, waiting, outcomes)
            taken = await self._take(owning, some)
            for key in some:
                if key in taken:
                    room.taken(seen[key].level)
                    outcomes[key] = Outcome(key, version=taken[key])
                else:
                    lost.append(key)
        if lost:
            after = await states(self.connection, obj, kept, lost, self.person, level)
            outcomes |= {key: Outcome(key, self._against(after.get(key))) for key in lost}
        return await self._named([outcomes[key] for key in ids])

    def _next(
        self, room: limits.Room, seen: dict[UUID, State], waiting: list[UUID], outcomes: dict[UUID, Outcome]
    ) -> tuple[list[UUID], list[UUID]]:
        """As many as there is room for, and those left; what cannot be claimed has its outcome."""
        trial = limits.Room(room.pool, room.claims, room.last, room.uncontacted, dict(room.by_level))
        some: list[UUID] = []
        for place, key in enumerate(waiting):
            state = seen.get(key)
            error = self._against(state) or room.claiming(None if state is None else state.level)
            if error is None and state is not None and trial.claiming(state.level) is not None:
                return some, waiting[place:]
            if error is not None:
                outcomes[key] = Outcome(key, error)
            elif state is not None:
                trial.taken(state.level)
                some.append(key)
        return some, []

    async def _take(self, owning: Owning, ids: Sequence[UUID]) -> dict[UUID, int]:
        if not ids:
            return {}
        settings = self.pool.settings
        how = Given(
            self.began,
            self.now,
            settings.protected_until(self.now),
            settings.respond_by(self.now, self.session.timezone),
        )
        moved = await owning.give(self.pool.id, [(key, self.person) for key in ids], how)
        return {each.id: each.version for each in moved}

    def _against(self, state: State | None) -> BanyanError | None:
        """What stands against claiming a record that stands so."""
        if state is None or state.deleted or state.pool != self.pool.id:
            return Conflict("not_in_pool", pool=self.pool.name)
        if state.owner is not None:
            return Conflict("already_claimed", winner=str(state.owner))
        if state.locked:
            return Conflict("pool_record_locked")
        hours = self.pool.settings.limits.cooling_hours
        if hours is not None and state.lost is not None and self.began == "claimed":
            free = state.lost + timedelta(hours=hours)
            if self.now < free:
                return Conflict("claim_cooling", hours=hours, until=free.isoformat())
        return None

    async def _named(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Winners by their names: who was too late may know who was not."""
        winners = {
            str(each.error.params["winner"])
            for each in outcomes
            if each.error is not None and each.error.code == "already_claimed"
        }
        if not winners:
            return outcomes
        own = house_session(self.session)
        people = own.catalog.object("user")
        names = await queries.labels_of(self.connection, own, people, winners)
        return [_with_winner(each, names) for each in outcomes]


def _with_winner(outcome: Outcome, names: dict[str, str | None]) -> Outcome:
    error = outcome.error
    if error is None or error.code != "already_claimed":
        return outcome
    winner = str(error.params["winner"])
    name = names.get(winner) or "…"
    extra = {"winner": {"id": winner, "label": name}}
    return Outcome(outcome.id, Conflict("already_claimed", extra=extra, winner=name))


def shown(outcome: Outcome, problem: Any) -> dict[str, Any]:
    """An outcome as the API tells it; `problem` makes a document of an error."""
    if outcome.error is not None:
        return {"id": str(outcome.id), "status": "error", "error": problem(outcome.error)}
    state = "asked" if outcome.asked else "ok"
    return {"id": str(outcome.id), "status": state, "version": outcome.version}

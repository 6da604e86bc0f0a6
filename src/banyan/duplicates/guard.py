"""What duplicates add to the writing of records: keys after every write, and the check that refuses or asks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.db.locks import hold_keys
from banyan.duplicates.keys import fields_of, write_keys
from banyan.duplicates.looking import note_look
from banyan.duplicates.matching import Match, fields_written, matches_of
from banyan.duplicates.pairs import note_pairs
from banyan.duplicates.rules import BLOCK, MERGE, WARN, Rule, all_rules, keys_wanted
from banyan.duplicates.told import SHOWN, tell
from banyan.duplicates.values import hashed
from banyan.extension.writes import CHECKS, EVERY, HOOKS, Breach, Write
from banyan.records.matching import texts_of
from banyan.records.merging import MERGING
from banyan.records.session import Session
from banyan.records.unmerging import still_merged

ACCEPTS = "duplicates"
LOAD = "load"  # with ACCEPTS: what is accepted is looked through afterwards, all of it at once
NAME = "duplicates"
# From so many rows on a write is a load: locked as a whole, and looked through afterwards where it was accepted.
BULK = 1_001


class KeyKeeper:
    """Keys of every created row, and of changed ones whose key fields were written."""

    before_checks = True

    async def __call__(self, write: Write) -> None:
        session: Session = write.session
        rules = await all_rules(write.connection, session.full)
        obj = session.full.by_id[write.obj.id]
        wanted = fields_of(keys_wanted(rules, obj))
        if wanted and write.touches(field.physical() for field in wanted):
            await write_keys(write.connection, session, obj, write.ids, rules, fresh=write.created)
        if write.created and LOAD in session.accepts and any(rule.obj.id == obj.id for rule in rules):
            await note_look(write.connection, session, obj, min(write.ids), max(write.ids))


class DuplicateCheck:
    async def applies(self, connection: Connection, session: Session, obj: Any) -> bool:
        """A load that accepts what looks like a duplicate is only asked about rules that block."""
        rules = await _rules_for(connection, session, obj)
        if ACCEPTS in session.accepts:
            rules = [rule for rule in rules if rule.body.action == BLOCK and not rule.guarded]
        return any(rule.body.action in (BLOCK, WARN) for rule in rules)

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        session: Session = write.session
        if MERGING in session.accepts:
            return {}
        if write.restored:
            merged = await still_merged(write.connection, session, write.ids)
            if merged:
                return {key: [Breach("merged_not_restored")] for key in merged}
        rules = [
            rule
            for rule in await _rules_for(write.connection, session, write.obj)
            if write.restored or write.touches(rule.columns)
        ]
        if not rules:
            return {}
        obj = session.full.by_id[write.obj.id]
        await _hold(write, rules)
        matches = await matches_of(write.connection, session, obj, write.ids, rules)
        if not matches:
            return {}
        refused = await self._refused(write, matches)
        if not refused and LOAD not in session.accepts:
            await note_pairs(write.connection, session, matches, accepted=ACCEPTS in session.accepts)
        return refused

    async def _refused(self, write: Write, matches: Sequence[Match]) -> dict[UUID, list[Breach]]:
        accepts = ACCEPTS in write.session.accepts
        stops = [
            match
            for match in matches
            if match.rule.body.action == BLOCK or (match.rule.body.action == WARN and not accepts)
        ]
        if not stops:
            return {}
        records = {match.record for match in stops}
        told = await tell(
            write.connection, write.session, [match for match in matches if match.record in records]
        )
        found: dict[UUID, list[Breach]] = {}
        for record in records:
            said = [document for (key, _), document in told.items() if key == record][:SHOWN]
            if not said:
                continue
            blocked = any(match.rule.body.action == BLOCK for match in stops if match.record == record)
            first = next((each for each in said if each["action"] != MERGE), said[0])
            params = {"name": first["name"] or "", "rule": first["rules"][0], "owner": first["owner"] or "–"}
            found[record] = [
                Breach(
                    "duplicate_blocked" if blocked else "duplicate_suspected",
                    None,
                    params,
                    {"acceptable": not blocked, "matches": said},
                )
            ]
        return found


async def _rules_for(connection: Connection, session: Session, obj: Any) -> list[Rule]:
    return [
        rule
        for rule in await all_rules(connection, session.full)
        if rule.obj.id == obj.id and not rule.spares(session)
    ]


async def _hold(write: Write, rules: Iterable[Rule]) -> None:
    """One at a time for equal keys of rules that block: of two creators of one customer the second sees the first."""
    blocking = [rule for rule in rules if rule.body.action == BLOCK and not rule.guarded]
    if not blocking:
        return
    session: Session = write.session
    obj = session.full.by_id[write.obj.id]
    keys: set[int] = set()
    whole = len(write.ids) >= BULK
    if not whole:
        texts = await texts_of(write.connection, session, obj, write.ids, fields_written(blocking))
        for rule in blocking:
            part = rule.driving
            for values in texts.values():
                text = values.get(part.field.api_name)
                keys |= {
                    hashed(rule.against.grant_key, f"lock {part.way.key}", key)
                    for key in ({*part.way.asked(text), *part.way.stored(text)} if text else ())
                }
    spaces = sorted({hashed(rule.against.grant_key, "lock", "all") for rule in blocking})
    await hold_keys(write.connection, spaces, sorted(keys), whole=whole)


def register_hooks() -> None:
    """For every object: rules may be written for any."""
    HOOKS.register(EVERY, NAME, KeyKeeper())
    CHECKS.register(EVERY, NAME, DuplicateCheck())

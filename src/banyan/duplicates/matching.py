"""Records that rules say are the same: looked up by the hash of the driving part, decided by comparing all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.duplicates.rules import Rule
from banyan.duplicates.tables import duplicate_tables
from banyan.duplicates.values import hashed
from banyan.kernel.errors import InvalidInput
from banyan.kernel.ids import new_id
from banyan.metadata.catalog import Field, Object
from banyan.records.matching import Texts, texts_of
from banyan.records.session import Session

# Of one key: a name borne by more is found all the same, by the first of them.
MOST_BY_KEY = 100
AT_ONCE = 200  # records looked up together: each may have that many candidates for each of its keys


@dataclass(frozen=True)
class Match:
    """A written record (or a proposed one, under an id of its own) and one that is there."""

    record: UUID
    other: UUID
    rule: Rule


def fields_written(rules: Iterable[Rule]) -> tuple[Field, ...]:
    return tuple({part.field.slug: part.field for rule in rules for part in rule.parts}.values())


async def matches_of(
    connection: Connection, session: Session, obj: Object, ids: Sequence[UUID], rules: Sequence[Rule]
) -> list[Match]:
    """Of records that stand; of two rows of one command the later is the duplicate."""
    texts = await texts_of(connection, session, obj, ids, fields_written(rules))
    return await _matches(connection, session, texts, rules)


async def matches_of_values(
    connection: Connection, session: Session, texts: Texts, rules: Sequence[Rule], itself: UUID | None = None
) -> list[Match]:
    """Of values that nobody has written yet; `itself` is the record they are meant for."""
    key = itself or new_id()
    return await _matches(connection, session, {key: texts}, rules)


async def _matches(
    connection: Connection, session: Session, texts: Mapping[UUID, Texts], rules: Sequence[Rule]
) -> list[Match]:
    records = list(texts)
    found: list[Match] = []
    for start in range(0, len(records), AT_ONCE):
        part = {key: texts[key] for key in records[start : start + AT_ONCE]}
        found += await _matches_of_some(connection, session, part, rules)
    return found


async def _matches_of_some(
    connection: Connection, session: Session, texts: Mapping[UUID, Texts], rules: Sequence[Rule]
) -> list[Match]:
    asked: list[tuple[UUID, int, int]] = []
    for number, rule in enumerate(rules):
        part = rule.driving
        for record, values in texts.items():
            text = values.get(part.field.api_name)
            if text:
                asked += [
                    (record, number, hashed(rule.against.grant_key, part.way.key, key))
                    for key in part.way.asked(text)
                ]
    if not asked:
        return []
    found = await _candidates(connection, session.full.schema, asked)
    matches: list[Match] = []
    for number, rule in enumerate(rules):
        pairs = {(record, other) for record, rule_no, other in found if rule_no == number}
        if pairs:
            matches += await _decided(connection, session, texts, rule, pairs)
    return matches


async def _decided(
    connection: Connection,
    session: Session,
    texts: Mapping[UUID, Texts],
    rule: Rule,
    pairs: set[tuple[UUID, UUID]],
) -> list[Match]:
    others = {other for _, other in pairs}
    fields = tuple({part.other.slug: part.other for part in rule.parts}.values())
    try:
        known = await texts_of(connection, session, rule.against, others, fields, rule.body.where)
    except (
        InvalidInput
    ):  # It asks for a field that is gone: such a rule rests, as one whose own fields are gone.
        return []
    return [
        Match(record, other, rule)
        for record, other in sorted(pairs)
        if other in known and _same(rule, texts[record], known[other])
    ]


def _same(rule: Rule, one: Texts, other: Texts) -> bool:
    for part in rule.parts:
        left, right = one.get(part.field.api_name), other.get(part.other.api_name)
        if not left or not right or not part.way.same(left, right):
            return False
    return True


async def _candidates(
    connection: Connection, schema: str, asked: Sequence[tuple[UUID, int, int]]
) -> set[tuple[UUID, int, UUID]]:
    """(record, number of the rule, candidate): without the record itself and later rows of the same command."""
    statement = _lookup(schema)
    values = {
        "records": [each[0] for each in asked],
        "rules": [each[1] for each in asked],
        "hashes": [each[2] for each in asked],
    }
    cursor = await connection.execute(statement.sql, {**statement.params, **values})
    return {(row[0], row[1], row[2]) for row in await cursor.fetchall()}


_KEPT: dict[str, CompiledStatement] = {}


def _lookup(schema: str) -> CompiledStatement:
    if schema not in _KEPT:
        table = duplicate_tables(schema).key
        arrays = sa.func.unnest(
            sa.bindparam("records", type_=ARRAY(sa.Uuid)),
            sa.bindparam("rules", type_=ARRAY(sa.Integer)),
            sa.bindparam("hashes", type_=ARRAY(sa.BigInteger)),
        )
        columns = (
            sa.column("record_id", sa.Uuid),
            sa.column("rule", sa.Integer),
            sa.column("hash", sa.BigInteger),
        )
        given = arrays.table_valued(*columns, name="given").render_derived()
        mine: Any = sa.func.pg_current_xact_id()
        later = sa.and_(sa.literal_column("written") == mine, table.c.record_id > given.c.record_id)
        known = (
            sa.select(table.c.record_id)
            .where(table.c.hash == given.c.hash, table.c.record_id != given.c.record_id, ~later)
            .limit(MOST_BY_KEY)
            .lateral("known")
        )
        _KEPT[schema] = compile_statement(
            sa.select(given.c.record_id, given.c.rule, known.c.record_id)
            .select_from(given.join(known, sa.true()))
            .distinct()
        )
    return _KEPT[schema]

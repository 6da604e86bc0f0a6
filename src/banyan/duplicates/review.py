"""The review queue: pairs side by side, decided one by one or all above a score; a decision is remembered."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import as_text, run
from banyan.duplicates.pairs import insert_pairs
from banyan.duplicates.tables import duplicate_tables
from banyan.kernel.errors import NotFound
from banyan.metadata.catalog import Object
from banyan.records.merge_tables import merge_tables
from banyan.records.merging import Group
from banyan.records.queries import labels_of
from banyan.records.session import Session

Decision = Literal["different", "later", "open"]
SHOWN = 50
_WAITING = ("open", "later")
_ASKED_AT_ONCE = 1_000
_PAGE, _PAGES = 400, 10
_ROUNDING = 1e-6  # scores are kept in single precision


async def read_pairs(
    connection: Connection, session: Session, obj: Object, *, state: str, limit: int = SHOWN
) -> dict[str, Any]:
    """Pairs of the object, surest first, both of whose records the reader may read; how many of them wait in all."""
    table = duplicate_tables(session.full.schema).pair
    mine = (table.c.object_id == obj.id, table.c.state == state, *_of_nobody_gone(session.full.schema))
    asked = (
        sa.select(
            table.c.id,
            table.c.record_id,
            table.c.other_object_id,
            table.c.other_id,
            table.c.score,
            table.c.reasons,
            table.c.source,
            table.c.cluster,
            as_text(table.c.created_at),
        )
        .where(*mine)
        .order_by(table.c.score.desc(), table.c.cluster, table.c.id)
    )
    whole = session.policy.unrestricted(obj.grant_key, "read")
    shown: list[dict[str, Any]] = []
    for page in range(_PAGES):
        rows = await (await run(connection, asked.limit(_PAGE).offset(page * _PAGE))).fetchall()
        titles = await _titles(connection, session, obj, rows)
        shown += [
            _document(session, obj, row, titles)
            for row in rows
            if str(row[1]) in titles and str(row[3]) in titles
        ]
        if len(rows) < _PAGE or (whole and len(shown) >= limit):
            break
    total = len(shown)  # of what is out of sight nobody is told how much it is
    if whole:
        counted = sa.select(sa.func.count()).select_from(table).where(*mine)
        row = await (await run(connection, counted)).fetchone()
        total = int(row[0]) if row else 0
    return {"pairs": shown[:limit], "total": total}


def _document(session: Session, obj: Object, row: Any, titles: Mapping[str, str | None]) -> dict[str, Any]:
    return {
        "id": str(row[0]),
        "object": obj.api_name,
        "record": {"id": str(row[1]), "title": titles[str(row[1])]},
        "other_object": session.full.by_id[row[2]].api_name,
        "other": {"id": str(row[3]), "title": titles[str(row[3])]},
        "score": round(row[4], 4),
        "reasons": orjson.loads(row[5]),
        "source": row[6],
        "cluster": str(row[7]) if row[7] else None,
        "at": row[8],
    }


def _of_nobody_gone(schema: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Pairs whose records have not become another one meanwhile; they are back when that merge is undone."""
    table, merges = duplicate_tables(schema).pair, merge_tables(schema)
    joined = merges.merged.join(merges.merge, merges.merge.c.id == merges.merged.c.merge_id)
    done = sa.select(sa.literal(1)).select_from(joined).where(merges.merge.c.state == "done")
    return (
        ~done.where(merges.merged.c.record_id == table.c.record_id).exists(),
        ~done.where(merges.merged.c.record_id == table.c.other_id).exists(),
    )


async def _titles(
    connection: Connection, session: Session, obj: Object, rows: Sequence[Any]
) -> dict[str, str | None]:
    wanted: dict[UUID, set[str]] = {obj.id: {str(row[1]) for row in rows}}
    for row in rows:
        wanted.setdefault(row[2], set()).add(str(row[3]))
    found: dict[str, str | None] = {}
    for object_id, ids in wanted.items():
        known = session.catalog.by_id.get(object_id)
        if known is not None:
            found |= await labels_of(connection, session, known, ids)
    return found


async def decide(connection: Connection, session: Session, pair_id: UUID, decision: Decision) -> None:
    """Not a duplicate, later, or back into the queue. Raises NotFound for a pair out of sight."""
    table = duplicate_tables(session.full.schema).pair
    asked = sa.select(table.c.object_id, table.c.record_id, table.c.other_object_id, table.c.other_id)
    row = await (await run(connection, asked.where(table.c.id == pair_id).with_for_update())).fetchone()
    if row is None:
        raise NotFound("unknown_pair")
    for object_id, key in ((row[0], row[1]), (row[2], row[3])):
        obj = session.catalog.by_id.get(object_id)
        if obj is None or not await labels_of(connection, session, obj, {str(key)}):
            raise NotFound("unknown_pair")
    obj = session.catalog.by_id[row[0]]
    session.policy.require(obj.grant_key, "update")
    values = {"state": decision, "decided_at": sa.func.now(), "decided_by": session.actor.user_id}
    await run(connection, sa.update(table).where(table.c.id == pair_id).values(**values))


async def clusters_above(
    connection: Connection, session: Session, obj: Object, score: float, limit: int
) -> list[list[UUID]]:
    """Records that open pairs of at least `score` tie together, each group once, the oldest first.

    Only what the reader may read, and no group in which somebody has said of two that they are not the same: a third
    record that resembles both does not make them one.
    """
    table = duplicate_tables(session.full.schema).pair
    asked = (
        sa.select(table.c.record_id, table.c.other_id)
        .where(
            table.c.object_id == obj.id,
            table.c.other_object_id == obj.id,
            table.c.state == "open",
            table.c.score >= score - _ROUNDING,
            *_of_nobody_gone(session.full.schema),
        )
        .order_by(table.c.score.desc())
    )
    rows = await (await run(connection, asked)).fetchall()
    groups = tied([(row[0], row[1]) for row in rows])
    apart = await _told_apart(connection, session, obj)
    if not session.policy.unrestricted(obj.grant_key, "read"):
        apart += [(key, key) for key in await _out_of_sight(connection, session, obj, groups)]
    place = {key: number for number, group in enumerate(groups) for key in group}
    held = {place[one] for one, other in apart if one in place and place[one] == place.get(other)}
    return [group for number, group in enumerate(groups) if number not in held][:limit]


async def _told_apart(connection: Connection, session: Session, obj: Object) -> list[tuple[UUID, UUID]]:
    table = duplicate_tables(session.full.schema).pair
    asked = sa.select(table.c.record_id, table.c.other_id)
    decided = asked.where(table.c.object_id == obj.id, table.c.state.in_(("different", "later")))
    return [(row[0], row[1]) for row in await (await run(connection, decided)).fetchall()]


async def _out_of_sight(
    connection: Connection, session: Session, obj: Object, groups: Sequence[Sequence[UUID]]
) -> list[UUID]:
    keys = [key for group in groups for key in group]
    seen: set[str] = set()
    for start in range(0, len(keys), _ASKED_AT_ONCE):
        part = {str(key) for key in keys[start : start + _ASKED_AT_ONCE]}
        seen |= (await labels_of(connection, session, obj, part)).keys()
    return [key for key in keys if str(key) not in seen]


def tied(pairs: Sequence[tuple[UUID, UUID]]) -> list[list[UUID]]:
    """Connected groups, each in the order of its ids: the oldest record first."""
    head: dict[UUID, UUID] = {}

    def find(key: UUID) -> UUID:
        while head.setdefault(key, key) != key:
            head[key] = head[head[key]]
            key = head[key]
        return key

    for one, other in pairs:
        first, second = sorted((find(one), find(other)))
        head[second] = first
    groups: dict[UUID, list[UUID]] = {}
    for key in head:
        groups.setdefault(find(key), []).append(key)
    return [sorted(group) for _, group in sorted(groups.items())]


async def note_merged(connection: Connection, session: Session, groups: Sequence[Group]) -> None:
    """Pairs among the merged are done; those with somebody else wait on, with the record that stays."""
    table = duplicate_tables(session.full.schema).pair
    merges = {key: group.merge_id for group in groups for key in group.ids}
    stays = {key: group.survivor for group in groups for key in group.others}
    ids = list(merges)
    names = ("object_id", "record_id", "other_object_id", "other_id", "score", "reasons", "source", "cluster")
    touched = sa.select(table.c.id, table.c.state, *(table.c[name] for name in names)).where(
        sa.or_(table.c.record_id.in_(ids), table.c.other_id.in_(ids))
    )
    found: dict[UUID, list[UUID]] = {}
    moved: list[dict[str, Any]] = []
    for pair_id, state, *rest in await (await run(connection, touched)).fetchall():
        pair = dict(zip(names, rest, strict=True))
        one, other = pair["record_id"], pair["other_id"]
        if one in merges and merges.get(one) == merges.get(other):
            found.setdefault(merges[one], []).append(pair_id)
        elif state in _WAITING and (one in stays or other in stays):
            moved.append({**pair, **_staying(pair, stays), "reasons": orjson.loads(pair["reasons"])})
    await insert_pairs(connection, session.full.schema, moved)
    for merge_id, pairs in found.items():
        values = {
            "state": "merged",
            "decided_at": sa.func.now(),
            "decided_by": session.actor.user_id,
            "merge_id": merge_id,
        }
        await run(connection, sa.update(table).where(table.c.id.in_(pairs)).values(**values))


def _staying(pair: Mapping[str, Any], stays: Mapping[UUID, UUID]) -> dict[str, UUID]:
    one, other = (stays.get(pair[name], pair[name]) for name in ("record_id", "other_id"))
    ordered = pair["object_id"] != pair["other_object_id"] or one < other
    return {"record_id": one if ordered else other, "other_id": other if ordered else one}


async def note_unmerged(connection: Connection, session: Session, merge_id: UUID) -> None:
    """Whoever undoes a merge says that they are not the same."""
    table = duplicate_tables(session.full.schema).pair
    values = {"state": "different", "decided_at": sa.func.now(), "decided_by": session.actor.user_id}
    await run(connection, sa.update(table).where(table.c.merge_id == merge_id).values(**values))

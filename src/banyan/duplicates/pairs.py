"""Pairs that wait for review: accepted by a writer, offered by a rule, found in a load or by a scan."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.duplicates.matching import Match
from banyan.duplicates.tables import duplicate_tables
from banyan.records.session import Session

Source = Literal["accepted", "offered", "import", "scan"]
_SCORES = {"code": 0.99, "name": 0.95, "phone": 0.9, "email": 0.85, "near": 0.8, "domain": 0.6, "exact": 0.6}


async def note_pairs(
    connection: Connection,
    session: Session,
    matches: Sequence[Match],
    *,
    accepted: bool,
    source: Source | None = None,
) -> int:
    """Lay matches for review; a pair that is known stays as it was decided. Returns how many are new."""
    rows: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    for match in matches:
        rule = match.rule
        same_object = rule.obj.id == rule.against.id
        one, other = match.record, match.other
        if same_object and other < one:
            one, other = other, one
        row = rows.setdefault(
            (one, other),
            {
                "object_id": rule.obj.id,
                "record_id": one,
                "other_object_id": rule.against.id,
                "other_id": other,
                "score": 0.0,
                "reasons": [],
                "source": source or ("accepted" if accepted else "offered"),
            },
        )
        row["score"] = max(row["score"], _SCORES[rule.driving.way.key])
        row["reasons"].append({"rule": dict(rule.body.label)})
    return await insert_pairs(connection, session.full.schema, rows.values())


async def insert_pairs(connection: Connection, schema: str, rows: Iterable[dict[str, Any]]) -> int:
    """Set-wise; what is known already keeps its state."""
    given = list(rows)
    if not given:
        return 0
    table = duplicate_tables(schema).pair
    kinds: dict[str, Any] = {
        "object_id": sa.Uuid,
        "record_id": sa.Uuid,
        "other_object_id": sa.Uuid,
        "other_id": sa.Uuid,
        "score": sa.Float,
        "reasons": sa.Text,
        "source": sa.Text,
        "cluster": sa.Uuid,
    }
    told = [{**row, "reasons": orjson.dumps(row["reasons"]).decode()} for row in given]
    arrays = [sa.literal([row.get(name) for row in told], ARRAY(kind)) for name, kind in kinds.items()]
    columns = [sa.column(name, kind) for name, kind in kinds.items()]
    source = sa.func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
    picked = [sa.cast(source.c[name], JSONB) if name == "reasons" else source.c[name] for name in kinds]
    statement = (
        insert(table)
        .from_select(list(kinds), sa.select(*picked))
        .on_conflict_do_nothing(constraint="uq_duplicate_pair")
        .returning(table.c.id)
    )
    return len(await (await run(connection, statement)).fetchall())

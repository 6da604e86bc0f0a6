"""Global search: every searchable object in one statement each, ranked, within the actor's rights."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.metadata.catalog import Object
from banyan.query.ranked import ranked_hits
from banyan.records.session import Session

MAX_RESULTS = 50
Opened = Callable[[set[UUID]], Awaitable[Mapping[UUID, int]]]


async def search(
    connection: Connection,
    session: Session,
    text: str,
    *,
    objects: tuple[str, ...] | None,
    limit: int,
    opened: Opened | None = None,
) -> list[dict[str, Any]]:
    """The best `limit` hits: exact and leading matches of the title first, then the shorter title.

    `opened` says how often the reader opened which of some records: of equal hits those come first.
    """
    if not text.strip():
        raise InvalidInput("invalid_query", problems=[FieldProblem("/q", "search_empty")])
    hits: list[tuple[int, int, dict[str, Any]]] = []
    for obj in _searched(session, objects):
        rows = await ranked_hits(connection, session.policy, session.resolver, obj, text, limit)
        for rank, hit in orjson.loads(rows):
            hits.append((rank, len(hits), {"object": obj.api_name, **hit}))
    known = await opened({UUID(hit["id"]) for _, _, hit in hits}) if opened and hits else {}
    hits.sort(key=lambda hit: (hit[0], -known.get(UUID(hit[2]["id"]), 0), hit[1]))
    return [hit for _, _, hit in hits[:limit]]


def _searched(session: Session, names: tuple[str, ...] | None) -> list[Object]:
    chosen = session.catalog.objects if names is None else tuple(map(session.catalog.object, names))
    return [
        obj
        for obj in chosen
        if obj.searched and obj.definition.searchable and session.policy.allows(obj.grant_key, "read")
    ]
